// The choice of three, the sentence, the PIN pad and the place where the card is held.

import { wellFormed } from "../app/card_tap.js";
import { STOP } from "../app/journey.js";
import { button, element, heading, keypad, notice, paragraph, screen } from "./elements.js";

export const CARD_TYPE = "application/x-kazasu-card";

export function choiceScreen(t, { choice }, answer) {
  const numbers = choice.choices.map((number) => button(number, () => answer(number), "number"));
  return screen(
    "choice-screen",
    choice.round > 1 ? notice(t("choice_again")) : null,
    heading(t("choice_title")),
    element("div", { class: "numbers", role: "group", "aria-label": t("choice_title") }, ...numbers),
    button(t("stop"), () => answer(STOP), "quiet"),
  );
}

export function shownScreen(t, { shown }, answer) {
  return screen(
    "shown-screen",
    heading(t("shown_title")),
    paragraph(shown, "sentence"),
    button(t("shown_next"), () => answer(true), "primary"),
    button(t("stop"), () => answer(STOP), "quiet"),
  );
}

export function pinScreen(t, { shown, require, trouble }, answer) {
  const signing = require === "id_card_sign";
  const entry = signing ? passwordEntry(t) : pinEntry(t);
  const said = element("div", { "aria-live": "assertive" });
  const submit = () => {
    const secret = wellFormed(require, entry.field.value);
    if (secret === null) {
      said.replaceChildren(notice(t("pin_malformed")));
      return;
    }
    entry.field.value = "";
    answer(secret);
  };
  entry.field.addEventListener("keydown", (event) => event.key === "Enter" && submit());
  if (trouble) said.append(notice(troubleText(t, trouble)));
  return screen(
    "pin-screen",
    paragraph(shown, "sentence small"),
    heading(t(signing ? "password_title" : "pin_title")),
    said,
    entry.node,
    paragraph(t("pin_safety"), "safety"),
    button(t("next"), submit, "primary"),
    button(t("stop"), () => answer(STOP), "quiet"),
  );
}

function troubleText(t, { code, triesLeft }) {
  return t(code, { tries: triesLeft ?? "" });
}

function secretField(label, more) {
  return element("input", {
    id: "secret", class: "secret", type: "password", autocomplete: "off", "aria-label": label, ...more,
  });
}

// Shows how many digits there are, never which.
function pinEntry(t) {
  const field = secretField(t("pin_label"), { inputmode: "numeric", maxlength: "4" });
  const dots = element("div", { class: "dots", "aria-hidden": "true" });
  const count = element("p", { class: "spoken-only", "aria-live": "polite" });
  const show = () => {
    const { length } = field.value;
    dots.replaceChildren(
      ...[0, 1, 2, 3].map((place) => element("span", { class: place < length ? "dot full" : "dot" })),
    );
    count.textContent = t("pin_entered", { count: length });
  };
  const set = (value) => {
    field.value = value.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, 4);
    show();
  };
  field.addEventListener("input", () => set(field.value));
  set("");
  const pad = keypad({
    onDigit: (digit) => set(field.value + digit),
    onErase: () => set(field.value.slice(0, -1)),
    eraseLabel: t("erase"),
  });
  const wrapped = element("div", { class: "dotted" }, field, dots);
  return { field, node: element("div", {}, wrapped, count, pad) };
}

function passwordEntry(t) {
  const field = secretField(t("password_label"), { maxlength: "16" });
  return { field, node: element("div", {}, paragraph(t("password_label"), "label"), field) };
}

// The slot takes a dragged card; the drawer answers for a chosen one.
export function cardScreen(t, _, answer) {
  const slot = element(
    "div",
    { class: "slot", "data-slot": true },
    element("span", { class: "waves", "aria-hidden": "true" }),
    element("strong", {}, t("card_slot")),
  );
  slot.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes(CARD_TYPE)) return;
    event.preventDefault();
    slot.classList.add("over");
  });
  slot.addEventListener("dragleave", () => slot.classList.remove("over"));
  slot.addEventListener("drop", (event) => {
    event.preventDefault();
    answer(event.dataTransfer.getData(CARD_TYPE));
  });
  return screen(
    "card-screen",
    heading(t("card_title")),
    slot,
    paragraph(t("card_how")),
    button(t("stop"), () => answer(STOP), "quiet"),
  );
}
