// The smartphone's frame has the app only; this page is the handset around it: it places the calls
// that the app asks for, tells it what a handset knows of them, and hands over text messages.

export class HandsetAround {
  constructor(frame, carrier, telephone, { caller, onPlaced }) {
    this.frame = frame;
    this.carrier = carrier;
    this.telephone = telephone;
    this.caller = caller;
    this.onPlaced = onPlaced;
    this.seen = null;
    this.placed = false;
    window.addEventListener("message", (event) => {
      const ours = event.source === frame.contentWindow && event.origin === location.origin;
      if (ours && event.data?.handset === "place") this.place(event.data);
    });
    this.look();
  }

  async place({ number, postDial }) {
    this.placed = true;
    this.onPlaced();
    const sid = await this.telephone.dial({ number, postDial });
    if (sid === null) this.tell({ handset: "call", state: "refused" });
  }

  // Of the telephone's own call, as the carrier tells it.
  carrierSays(entry) {
    if (this.placed && entry.kind === "status" && entry.status === "in-progress") {
      this.tell({ handset: "call", state: "connected" });
    }
    if (entry.kind === "end") {
      if (this.placed) this.tell({ handset: "call", state: "over" });
      this.placed = false;
    }
    if (entry.kind === "say") this.look();
  }

  // A call that speaks of a message has sent it: those from before are not shown again.
  async look() {
    const messages = await this.carrier.messages(this.caller).catch(() => null);
    if (messages === null) return;
    const fresh = messages.filter(({ sid }) => this.seen && !this.seen.has(sid));
    this.seen = new Set(messages.map(({ sid }) => sid));
    for (const { from, body } of fresh) this.tell({ handset: "message", from, body });
  }

  tell(words) {
    this.frame.contentWindow.postMessage(words, location.origin);
  }
}
