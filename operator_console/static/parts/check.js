// A check that the operator asks for while the caller stays on the line: ways, reasons, live steps.

import { h } from "../dom.js";
import { t, word } from "../texts.js";
import { grouped, steps } from "./steps.js";

const REASONS = ["first_check", "failed_before", "higher_level", "alarm_explained", "other"];
const STEPS = ["awaiting_app", "awaiting_call_confirm", "awaiting_choice", "awaiting_pin", "awaiting_card", "verifying"];
// Hints that stand for a step of the list.
const AS = { app_opened: "awaiting_call_confirm", matching_contract: "verifying" };

/** form: {open, mode, reason}; act.toggle(), act.choose({…}), act.start({mode, reason}), act.say(), act.stop() */
export function check(pop, form, act) {
  if (pop.check) return running(pop, act);
  if (pop.check_refused === "number_not_on_contract") return h("p", { class: "notice warning", "data-check": "refused" }, t("check.number_not_on_contract"));
  if (!pop.check_modes.length || pop.status === "pending") return null;
  const button = h("button", { type: "button", "data-key": "check", "aria-keyshortcuts": "C", "aria-expanded": String(form.open), "aria-controls": "check", onclick: act.toggle },
    t("check.ask"), h("kbd", { "aria-hidden": "true" }, "C"));
  return h("section", { class: "check", id: "check", "aria-labelledby": "check-title" }, h("h3", { id: "check-title", class: "unseen" }, t("check.title")), button, form.open ? asking(pop, form, act) : null);
}

/** What is to be read out now, for screen readers; "" when nothing is. */
export function toRead(open) {
  if (open.code) return t("check.read_code", { code: grouped(open.code) });
  return open.item ? t("check.read_item", { item: open.item }) : "";
}

function asking(pop, form, act) {
  const mode = pop.check_modes.includes(form.mode) ? form.mode : pop.check_modes[0];
  const reason = form.reason ?? usual(pop);
  const chosen = h("select", { id: "check-reason", "data-key": "check-reason", required: true, onchange: () => act.choose({ reason: chosen.value }) },
    REASONS.map((one) => h("option", { value: one, selected: one === reason }, t(`check.reason.${one}`))));
  return h("form", { onsubmit: (event) => {
      event.preventDefault();
      act.start({ mode: form.mode ?? mode, reason: chosen.value });
    }, onkeydown: (event) => event.key === "Escape" && act.toggle() },
    pop.badge === "red" ? h("p", { class: "notice warning" }, t("check.lifts_alarm")) : null,
    against(pop.check_expects),
    h("label", { for: "check-reason" }, t("check.why")), chosen,
    h("fieldset", {}, h("legend", {}, t("check.how")), pop.check_modes.map((one) => way(one, mode, act))),
    h("div", { class: "buttons" },
      h("button", { type: "submit", class: "main", "data-key": "check-start" }, t("check.start")),
      h("button", { type: "button", "data-key": "check-leave", onclick: act.toggle }, t("check.leave"))));
}

/** Whose card is to be found: any other is somebody else's. */
function against(contract) {
  return contract ? h("p", { class: "against", "data-against": contract }, t("check.against"), " ", h("code", {}, contract)) : null;
}

function way(one, mode, act) {
  const id = `check-${one}`;
  const choice = h("input", { type: "radio", name: "check-mode", id, "data-key": id, value: one, checked: one === mode, onchange: () => act.choose({ mode: one }) });
  return h("div", { class: "choice" }, choice, h("label", { for: id }, t(`check.mode.${one}`)));
}

function usual(pop) {
  if (pop.badge === "red") return "alarm_explained";
  if (pop.hint === "level_not_reached") return "higher_level";
  return pop.status === "none" ? "first_check" : "failed_before";
}

function running(pop, act) {
  const { code, item, until, mode } = pop.check;
  return h("section", { class: "check running", id: "check", "aria-labelledby": "check-title" },
    h("h3", { id: "check-title" }, t("check.running"), " ", h("span", { class: "quiet" }, word("mode", mode, null)), " ", h("span", { class: "quiet digits", "data-until": until })),
    against(pop.expected),
    code ? aloud(t("check.code"), grouped(code), "code") : null,
    item ? aloud(t("check.item"), item, "item") : null,
    (code || item) && pop.state === "talking" && pop.direction === "caller" ? byMachine(act) : null,
    mode === "sms_link" && pop.hint === "awaiting_app" && !code ? h("p", {}, t("check.sent")) : null,
    steps(STEPS, AS[pop.hint] ?? pop.hint, "check.step"),
    h("div", { class: "buttons" },
      mode === "spoken_code" && code && pop.check_modes.includes("sms_link")
        ? h("button", { type: "button", "data-key": "check-message", onclick: () => act.start({ mode: "sms_link", reason: "other" }) }, t("check.also_message"))
        : null,
      mode === "sms_link" && pop.hint === "awaiting_app" && !code
        ? h("button", { type: "button", "data-key": "check-code", onclick: () => act.start({ mode: "spoken_code", reason: "other" }) }, t("check.also_code"))
        : null,
      h("button", { type: "button", "data-key": "check-stop", onclick: act.stop }, t("check.stop"))));
}

function aloud(title, text, kind) {
  return h("p", { class: "aloud" }, h("span", { class: "quiet" }, title), h("strong", { class: "digits", "data-aloud": kind }, text));
}

/** The caller hears it from a recorded voice, and is back after some seconds. */
function byMachine(act) {
  return h("p", {}, h("button", { type: "button", class: "small", "data-key": "check-say", "aria-describedby": "check-say-note", onclick: act.say }, t("check.say")),
    " ", h("span", { class: "quiet", id: "check-say-note" }, t("check.say_note")));
}
