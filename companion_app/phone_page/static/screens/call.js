// Whose call, or whose desk, is this? The business, the facts, the question, and the decline asked
// once more.

import { STOP } from "../app/journey.js";
import { button, element, heading, paragraph, screen } from "./elements.js";

export function whoCalledScreen(t, { call }, answer) {
  const choices = ["i_called", "they_called", "no_call"].map((who) =>
    button(t(`who_${who}`), () => answer(who), "answer"),
  );
  return screen(
    "who-screen",
    businessMark(call.business),
    facts(t, call),
    heading(t("who_title")),
    element("div", { class: "answers", role: "group", "aria-label": t("who_title") }, ...choices),
    button(t("stop"), () => answer(STOP), "quiet"),
  );
}

export function declineScreen(t, { call, answer: given }, answer) {
  return screen(
    "decline-screen",
    businessMark(call.business),
    heading(t("decline_title")),
    paragraph(t(`decline_${given}`)),
    element(
      "div",
      { class: "answers" },
      button(t("decline_yes"), () => answer(true), "answer"),
      button(t("back"), () => answer(false), "answer"),
    ),
  );
}

export function deskScreen(t, { desk }, answer) {
  return screen(
    "desk-screen",
    businessMark(desk.business),
    factList([
      [t("fact_number"), desk.business.number],
      [t("fact_purpose"), desk.purpose],
    ]),
    heading(t("desk_title")),
    paragraph(t("desk_lead")),
    element(
      "div",
      { class: "answers", role: "group", "aria-label": t("desk_title") },
      button(t("desk_yes"), () => answer(true), "answer"),
      button(t("desk_no"), () => answer(STOP), "answer"),
    ),
  );
}

export function businessMark({ name, logo }) {
  const mark = logo
    ? element("img", { class: "logo", src: logo, alt: "" })
    : element("span", { class: "logo letter", "aria-hidden": "true" }, name.slice(0, 1));
  return element("div", { class: "business" }, mark, element("strong", {}, name));
}

function facts(t, call) {
  return factList([
    [t("fact_number"), call.business.number],
    [t("fact_dialled"), likePeopleWrite(call.dialled, call.business.number)],
    [t("fact_line"), call.line_last4 ? `…${call.line_last4}` : t("fact_withheld")],
    [t("fact_started"), clockTime(call.started_at)],
    [t("fact_purpose"), call.purpose],
  ]);
}

function factList(rows) {
  const items = rows.flatMap(([name, value]) => [
    element("dt", {}, name),
    element("dd", {}, value),
  ]);
  return element("dl", { class: "facts" }, ...items);
}

// +81312345678 as 0312345678, and with the business's own hyphens when it is its number.
function likePeopleWrite(dialled, published) {
  const national = dialled.replace(/^\+81/, "0");
  return published.replaceAll("-", "") === national ? published : national;
}

export function clockTime(moment) {
  const at = new Date(moment);
  return at.toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" });
}
