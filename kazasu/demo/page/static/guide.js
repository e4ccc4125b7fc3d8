// What to do next, told by what has happened. It never does a step itself, and can be closed.

import { button, element } from "./dom.js";
import { spokenNumber } from "./telephone/spoken.js";
import { onLanguage, text } from "./texts/language.js";

const STEPS = [
  ["login", "console"], ["available", "console"], ["dial", "telephone"], ["menu", "telephone"],
  ["code", "smartphone"], ["confirm", "smartphone"], ["choice", "smartphone"],
  ["pin", "smartphone"], ["card", "smartphone"], ["place", "smartphone"], ["answer", "console"],
  ["done", "console"],
];
const NAMES = STEPS.map(([name]) => name);
const ONLY_FROM_THE_APP = "place";
const COUNTED = NAMES.filter((name) => name !== ONLY_FROM_THE_APP);
const AT_THE_DESK = new Set(["available", "dial", "answer", "done"]);
const BADGES = new Set(["green", "amber", "grey", "red"]);
// The step that a state of the pairing has brought about.
const REACHED = {
  app_opened: "confirm", awaiting_call_confirm: "confirm", awaiting_choice: "choice",
  awaiting_pin: "pin", awaiting_card: "card", awaiting_dial: "place",
};

export class Guide {
  constructor(place, { words }) {
    this.place = place;
    this.words = words;
    this.at = 0;
    this.open = true;
    this.available = false;
    this.fromApp = false;
    this.badge = "";
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

  placedByTheApp() {
    this.fromApp = true;
  }

  // Of the telephone's own call, and nothing from before this page was opened. A key is not what
  // moves the guide, as one that is pressed too early is not heard: the code that is spoken is.
  carrier(entry) {
    if (entry.wall < this.since) return;
    if (entry.kind === "status" && entry.status === "ringing") {
      this.badge = "";
      this.go(NAMES.indexOf(this.fromApp ? "answer" : "menu"));
    } else if (entry.kind === "say" && spokenNumber(entry.text).length > 2) this.reach("code");
    else if (entry.kind === "end") {
      this.fromApp = false;
      if (NAMES[this.at] !== "done") this.go(NAMES.indexOf("dial"));
    }
  }

  service(kind, data) {
    if (kind === "pairing") {
      // A check that gave way to another one is no step.
      if (data.status === "pending") this.reach(REACHED[data.hint]);
      else if (data.status !== "cancelled") this.reach("answer");
    } else if (kind === "api") this.api(data);
  }

  api(data) {
    const signedOut = data.route === "/operator/logout" ||
      (data.status === 401 && data.route?.startsWith("/operator/api/"));
    if (signedOut) this.signedOut();
    else if (data.status < 400) this.operator(data);
  }

  signedOut() {
    this.available = false;
    if (AT_THE_DESK.has(NAMES[this.at])) this.go(NAMES.indexOf("login"));
  }

  operator({ route, response }) {
    if (route === "/operator/api/state") {
      this.reach("available");
      this.available = /"state": "(available|on_call)"/.test(response);
      if (this.available) this.reach("dial");
    }
    if (route === "/operator/api/answer") this.reach("done");
    const badge = /^\/operator\/api\/pop\//.test(route) && /"badge": "(\w+)"/.exec(response)?.[1];
    if (BADGES.has(badge) && badge !== this.badge) {
      this.badge = badge;
      this.draw();
    }
  }

  draw() {
    const [name, where] = STEPS[this.at];
    for (const column of document.querySelectorAll(".column")) {
      column.classList.toggle("now", this.open && column.id === where);
    }
    this.place.hidden = !this.open;
    if (!this.open) return;
    const last = name === "done";
    const n = COUNTED.filter((other) => NAMES.indexOf(other) <= this.at).length;
    const words = last && this.badge ? `step_done_${this.badge}` : `step_${name}`;
    this.place.replaceChildren(
      element("strong", {}, text("guide")), " ",
      element("span", { class: "count" }, text("step", { n, of: COUNTED.length })),
      element("p", { class: "say", "data-step": name }, text(words)),
      ...(last ? [this.dares()] : [button(text("next"), () => this.go(this.at + 1))]),
      button(text("skip"), () => this.close(), { id: "skip-guide" }),
    );
  }

  dares() {
    const items = ["dare_app", "dare_revoked", "dare_revoke", "dare_link", "dare_zero", "dare_flow"].map((name) =>
      element("li", {}, text(name, { file: this.words })));
    return element("div", { class: "dares" }, element("strong", {}, text("dares")),
      element("ul", {}, ...items));
  }

  close() {
    this.open = false;
    this.draw();
  }
}
