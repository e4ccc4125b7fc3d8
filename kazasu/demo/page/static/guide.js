// What to do next, told by what has happened. It never does a step itself, and can be closed.

import { button, element } from "./dom.js";
import { onLanguage, text } from "./texts/language.js";

const STEPS = [
  ["login", "desk"], ["available", "desk"], ["dial", "telephone"], ["menu", "telephone"],
  ["code", "smartphone"], ["confirm", "smartphone"], ["choice", "smartphone"],
  ["pin", "smartphone"], ["card", "smartphone"], ["answer", "desk"], ["done", "desk"],
];
const NAMES = STEPS.map(([name]) => name);
// The step that a state of the pairing has brought about.
const REACHED = {
  app_opened: "confirm", awaiting_call_confirm: "confirm", awaiting_choice: "choice",
  awaiting_pin: "pin", awaiting_card: "card",
};

export class Guide {
  constructor(place, { words }) {
    this.place = place;
    this.words = words;
    this.at = 0;
    this.open = true;
    this.available = false;
    this.since = new Date().toISOString();
    onLanguage(() => this.draw());
  }

  again() {
    this.open = true;
    this.at = 0;
    if (this.available) this.reach("dial");
    this.draw();
  }

  reach(name) {
    const place = NAMES.indexOf(name);
    if (place > this.at) this.go(place);
  }

  go(place) {
    this.at = place;
    this.draw();
  }

  // Of the telephone's own call, and nothing from before this page was opened.
  carrier(entry) {
    if (entry.wall < this.since) return;
    const name = NAMES[this.at];
    if (entry.kind === "status" && entry.status === "ringing") this.go(NAMES.indexOf("menu"));
    else if (entry.kind === "key" && entry.key === "1") this.reach("code");
    else if (entry.kind === "end" && name !== "done") this.go(NAMES.indexOf("dial"));
  }

  service(kind, data) {
    if (kind === "pairing") {
      this.reach(data.status === "pending" ? REACHED[data.hint] : "answer");
    } else if (kind === "api" && data.status < 400) this.api(data);
  }

  api(data) {
    if (data.route === "/operator/api/state") {
      this.reach("available");
      this.available = /"state": "(available|on_call)"/.test(data.response);
      if (this.available) this.reach("dial");
    }
    if (data.route === "/operator/api/answer") this.reach("done");
  }

  draw() {
    const [name, where] = STEPS[this.at];
    for (const column of document.querySelectorAll(".column")) {
      column.classList.toggle("now", this.open && column.id === where);
    }
    this.place.hidden = !this.open;
    if (!this.open) return;
    const last = name === "done";
    this.place.replaceChildren(
      element("strong", {}, text("guide")), " ",
      element("span", { class: "count" }, text("step", { n: this.at + 1, of: STEPS.length })),
      element("p", { class: "say", "data-step": name }, text(`step_${name}`)),
      ...(last ? [this.dares()] : [button(text("next"), () => this.go(this.at + 1))]),
      button(text("skip"), () => this.close(), { id: "skip-guide" }),
    );
  }

  dares() {
    const items = ["dare_revoked", "dare_zero", "dare_flow"].map((name) =>
      element("li", {}, text(name, { file: this.words })));
    return element("div", { class: "dares" }, element("strong", {}, text("dares")),
      element("ul", {}, ...items));
  }

  close() {
    this.open = false;
    this.draw();
  }
}
