// The telephone that this page runs on. In the demo it is the page around the frame, which plays
// the handset: it places calls, knows of them, and hands over text messages. A page of its own has
// only the browser: a `tel:` link, and no knowledge of calls.

const TEL = /^tel:(\+[0-9]{5,15})(,{1,10}[0-9]{8,10})?$/;

// The number, and the pauses and digits that are sent once it answers; null for anything else.
export function dialString(tel) {
  const found = TEL.exec(tel ?? "");
  return found && { number: found[1], postDial: found[2] ?? "" };
}

export class Handset {
  constructor(page = window) {
    this.page = page;
    this.around = page.parent === page ? null : page.parent;
    this.origin = page.location.origin;
    this.onMessage = () => {};
    this.call = null;
    this.heard = () => {};
    page.addEventListener("message", (event) => {
      if (event.source === this.around && event.origin === this.origin) this.told(event.data);
    });
    this.tell({ handset: "ready" });
  }

  // Resolves to what is known of the call once it is connected or over; to null where nobody knows.
  async place({ number, postDial }) {
    if (!this.around) {
      this.page.location.href = `tel:${number}${postDial}`;
      return null;
    }
    this.call = { begun: this.page.performance.now(), connected: null, others: false };
    const known = new Promise((resolve) => {
      this.heard = resolve;
    });
    this.tell({ handset: "place", number, postDial });
    return known;
  }

  told(said) {
    if (said?.handset === "message") this.onMessage(said);
    if (said?.handset !== "call" || !this.call) return;
    if (said.state === "refused") this.call.others = true;
    if (said.state === "connected") this.call.connected = this.page.performance.now();
    if (["connected", "over", "refused"].includes(said.state)) this.heard(this.call);
  }

  tell(words) {
    this.around?.postMessage(words, this.origin);
  }

  now() {
    return this.page.performance.now();
  }
}
