// Enter the code: big digits, 4-4, checked here so that a slip costs no try.

import { digitsOf, grouped, isComplete, isSpokenCode } from "../app/spoken_code.js";
import { button, element, heading, keypad, notice, paragraph, screen } from "./elements.js";

export function codeScreen(t, _, answer) {
  const field = element("input", {
    id: "code", class: "code", type: "text", inputmode: "numeric", autocomplete: "one-time-code",
    maxlength: "16", placeholder: "0000-0000", "aria-describedby": "code-trouble",
  });
  const trouble = element("div", { id: "code-trouble", "aria-live": "assertive" });
  const next = button(t("next"), submit, "primary");
  const set = (digits) => {
    field.value = grouped(digits);
    next.disabled = !isComplete(digits);
    trouble.replaceChildren();
  };

  function submit() {
    const digits = digitsOf(field.value);
    if (!isComplete(digits)) return;
    if (isSpokenCode(digits)) answer(digits);
    else trouble.replaceChildren(notice(t("code_typo")));
  }

  field.addEventListener("input", () => set(digitsOf(field.value)));
  field.addEventListener("keydown", (event) => event.key === "Enter" && submit());
  set("");
  return screen(
    "code-screen",
    button(t("call_from_app"), () => answer({ dial: true }), "outline call-from-app"),
    heading(t("code_title")),
    paragraph(t("code_lead")),
    element("label", { for: "code", class: "label" }, t("code_label")),
    field,
    trouble,
    keypad({
      onDigit: (digit) => set(digitsOf(field.value + digit)),
      onErase: () => set(digitsOf(field.value).slice(0, -1)),
      eraseLabel: t("erase"),
    }),
    next,
  );
}
