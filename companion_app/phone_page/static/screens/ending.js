// What the phone says while it works, how it ended, and what was checked before.

import { resultOf } from "../texts/results.js";
import { clockTime } from "./call.js";
import { button, element, heading, paragraph, screen } from "./elements.js";

const MARKS = { good: "✓", done: "✓", stop: "!", alarm: "×" };

export function workingScreen(t, { what }) {
  return screen(
    "working-screen",
    element("div", { class: "spinner", "aria-hidden": "true" }),
    heading(t(`working_${what}`)),
  );
}

// `callable` is there when the check began without a call: the way to a person is to call.
export function resultScreen(t, { hint, callable = null, place = null }, answer) {
  const inCall = callable === null ? "call" : "nowhere";
  const { tone, title, todo } = resultOf(hint, t.language, { place: place ?? inCall });
  return screen(
    `result-screen ${tone}`,
    element("span", { class: "mark", "aria-hidden": "true" }, MARKS[tone]),
    heading(title),
    paragraph(todo),
    callable === null ? null : button(t("call_plain"), () => answer("call"), "outline"),
    button(t("close"), () => answer("close"), "primary"),
    button(t("history"), () => answer("history"), "quiet"),
  );
}

export function historyScreen(t, { entries }, answer) {
  const items = entries.map((entry) => historyItem(t, entry, answer));
  return screen(
    "history-screen",
    heading(t("history_title")),
    items.length > 0
      ? element("ul", { class: "past" }, ...items)
      : paragraph(t("history_empty")),
    button(t("back"), () => answer(null), "primary"),
  );
}

function historyItem(t, entry, answer) {
  const day = new Date(entry.at).toLocaleDateString("ja-JP", { month: "numeric", day: "numeric" });
  const what = entry.own
    ? `${entry.purpose} ${resultOf(entry.hint, t.language).title}`
    : t("history_other");
  const may = entry.repudiable_until && entry.hint !== "repudiated";
  return element(
    "li",
    {},
    element("strong", {}, entry.business),
    element("span", { class: "when" }, `${day} ${clockTime(entry.at)}`),
    element("span", {}, what),
    may ? button(t("repudiate"), () => answer(entry), "outline") : null,
  );
}

export function repudiateScreen(t, { entry }, answer) {
  return screen(
    "decline-screen",
    element("div", { class: "business" }, element("strong", {}, entry.business)),
    heading(t("repudiate_title")),
    paragraph(t("repudiate_lead")),
    element(
      "div",
      { class: "answers" },
      button(t("repudiate_yes"), () => answer(true), "answer"),
      button(t("back"), () => answer(false), "answer"),
    ),
  );
}
