// The drawer of test cards and the handset's settings: the tester's side, outside the phone.

import { button, element } from "../screens/elements.js";
import { CARD_TYPE } from "../screens/card.js";

const CALL_STATES = ["unknown", "outgoing", "incoming", "in_call", "none"];
// The order in which somebody would try them; cards of one's own come after.
const ORDER = [
  "valid", "valid-sign", "wrong-pin-2-left", "no-contract", "two-contracts", "other-person",
  "revoked", "suspended", "expired", "moved-holder", "pin-blocked", "unknown-ca",
  "revocation-down", "slow-tap", "replay",
];

export class Drawer {
  // `onChosen(name)` hears of a card that was clicked or got Enter.
  constructor(place, reader, { texts, onChosen }) {
    this.place = place;
    this.reader = reader;
    this.texts = texts;
    this.onChosen = onChosen;
    this.cards = [];
    this.callState = "unknown";
    this.hasRoom = matchMedia("(min-width: 30.01rem)").matches;
    this.open(this.hasRoom);
    this.live = element("p", { class: "drawer-says", role: "status" });
  }

  async load() {
    try {
      this.cards = (await this.reader.cards()).sort((one, other) => place(one) - place(other));
      this.draw();
    } catch {
      this.draw();
      this.say(this.texts("drawer_down"));
    }
  }

  // Of a call that this handset has placed itself.
  reportedState() {
    return this.callState === "unknown" || this.callState === "none" ? "outgoing" : this.callState;
  }

  say(text) {
    this.live.textContent = text;
  }

  wanted(isWanted) {
    this.place.classList.toggle("wanted", isWanted);
    this.open(isWanted || this.hasRoom);
  }

  draw() {
    const t = this.texts;
    const toggle = element(
      "button",
      { type: "button", class: "toggle", "aria-expanded": String(this.isOpen), "aria-controls": "cards" },
      t("drawer"),
    );
    toggle.addEventListener("click", () => this.open(!this.isOpen));
    this.toggle = toggle;
    this.place.replaceChildren(
      element("h2", {}, toggle),
      element(
        "div",
        { class: "inside", id: "cards" },
        element("p", { class: "lead" }, t("drawer_lead")),
        this.live,
        element("ul", { class: "cards" }, ...this.cards.map((card) => this.item(card))),
        this.handset(t),
      ),
    );
  }

  // In a narrow frame the drawer opens when a card is wanted; in a wide one it stays in sight.
  open(isOpen) {
    this.isOpen = isOpen;
    this.place.classList.toggle("open", isOpen);
    this.toggle?.setAttribute("aria-expanded", String(isOpen));
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

function place({ name }) {
  const at = ORDER.indexOf(name);
  return at < 0 ? ORDER.length : at;
}
