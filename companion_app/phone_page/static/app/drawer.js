// The drawer of test cards and the handset's settings: the tester's side, outside the phone.

import { button, element } from "../screens/elements.js";
import { CARD_TYPE } from "../screens/card.js";

const CALL_STATES = ["unknown", "outgoing", "incoming", "in_call", "none"];

export class Drawer {
  // `onChosen(name)` hears of a card that was clicked or got Enter.
  constructor(place, reader, { texts, onChosen }) {
    this.place = place;
    this.reader = reader;
    this.texts = texts;
    this.onChosen = onChosen;
    this.cards = [];
    this.callState = "unknown";
    this.live = element("p", { class: "drawer-says", role: "status" });
  }

  async load() {
    try {
      this.cards = await this.reader.cards();
      this.draw();
    } catch {
      this.draw();
      this.say(this.texts("drawer_down"));
    }
  }

  say(text) {
    this.live.textContent = text;
  }

  wanted(isWanted) {
    this.place.classList.toggle("wanted", isWanted);
  }

  draw() {
    const t = this.texts;
    this.place.replaceChildren(
      element("h2", {}, t("drawer")),
      element("p", { class: "lead" }, t("drawer_lead")),
      this.live,
      element("ul", { class: "cards" }, ...this.cards.map((card) => this.item(card))),
      this.handset(t),
    );
  }

  item(card) {
    const { language } = this.texts;
    const face = element(
      "button",
      { type: "button", class: "card", draggable: "true", "data-card": card.name },
      element("strong", {}, card.title[language]),
      element("span", {}, card.description[language]),
    );
    face.addEventListener("click", () => this.onChosen(card.name));
    face.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData(CARD_TYPE, card.name);
      event.dataTransfer.effectAllowed = "move";
    });
    const restore = button(this.texts("restore"), () => this.restore(card), "small");
    restore.setAttribute("aria-label", `${card.title[language]}: ${this.texts("restore")}`);
    return element("li", {}, face, restore);
  }

  async restore(card) {
    const title = card.title[this.texts.language];
    try {
      await this.reader.restore(card.name);
      this.say(this.texts("restored", { card: title }));
    } catch {
      this.say(this.texts("drawer_down"));
    }
  }

  handset(t) {
    const options = CALL_STATES.map((state) =>
      element("option", { value: state, selected: state === this.callState }, t(`state_${state}`)),
    );
    const choose = element("select", { id: "call-state" }, ...options);
    choose.addEventListener("change", () => {
      this.callState = choose.value;
    });
    return element(
      "details",
      { class: "handset" },
      element("summary", {}, t("handset")),
      element("label", { for: "call-state" }, t("call_state")),
      choose,
    );
  }
}
