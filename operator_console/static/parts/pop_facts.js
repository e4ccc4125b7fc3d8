// How, when and against what: the facts behind the badge, in words and in codes.

import { h } from "../dom.js";
import { t, word } from "../texts.js";
import { moment } from "../times.js";
import { answer } from "./recheck.js";

export function facts(pop, revealed, act) {
  const verdict = pop.verdict;
  const placed = pop.direction === "business";
  return h("dl", { class: "facts block" },
    fact("identity", coded("level", pop.identity_level)),
    fact("binding", coded("level", pop.binding_level)),
    fact("method", word("method", pop.method || "none")),
    fact("mode", pop.mode ? coded("mode", pop.mode) : t("mode.none")),
    pop.expected ? fact("expected", h("code", {}, pop.expected)) : null,
    verdict ? judged(verdict, pop.recheck) : null,
    placed ? fact("direction", t("pop.placed")) : null,
    fact(placed ? "rung" : "line", line(pop, revealed, act)),
    fact(placed ? "shown_number" : "dialled", h("span", { class: "digits" }, pop.dialled)),
    fact("queue", pop.queue),
    fact(placed ? "talk_since" : "waiting_since", moment(pop.waiting_since)),
    verdict ? fact("evidence", evidence(verdict.evidence_id, act)) : null,
  );
}

function judged(verdict, recheck) {
  return [
    fact("verified_at", h("time", { datetime: verdict.at }, moment(verdict.at))),
    fact("age", h("span", { class: "digits", "data-since": verdict.at })),
    fact("revocation", revocation(verdict)),
    recheck ? fact("rechecked", answer(recheck)) : null,
    fact("policy", h("code", {}, verdict.policy)),
    fact("line_or_device", [yesOrNo(verdict.line_or_device_required), h("code", {}, "line_or_device_known")]),
    fact("line_known", yesOrNo(verdict.line_known)),
    fact("device_known", yesOrNo(verdict.device_known)),
    verdict.refusal ? fact("refusal", h("code", {}, verdict.refusal)) : null,
  ];
}

export function revocation(verdict) {
  const lines = [word("revocation", verdict.revocation, "unknown")];
  if (verdict.revocation_reason) lines.push(h("code", {}, verdict.revocation_reason));
  if (verdict.revocation_checked_at) lines.push(quiet(t("pop.revocation_checked", { time: moment(verdict.revocation_checked_at) })));
  if (verdict.revocation_updated_at) lines.push(quiet(t("pop.revocation_as_of", { time: moment(verdict.revocation_updated_at) })));
  return lines;
}

function line(pop, revealed, act) {
  if (!pop.line) return t("pop.withheld");
  const kind = quiet(word("line_kind", pop.line_kind, null));
  if (revealed) return [h("span", { class: "digits", id: "number" }, revealed), kind];
  const show = h("button", { type: "button", class: "small", "data-key": "reveal", "aria-describedby": "reveal-note", onclick: act.reveal }, t("pop.reveal"));
  return [h("span", { class: "digits", id: "number" }, pop.line), kind, show, h("span", { class: "quiet", id: "reveal-note" }, t("pop.reveal_note"))];
}

export function evidence(id, act) {
  return [
    h("code", { title: id }, id.length > 12 ? `${id.slice(0, 12)}…` : id),
    h("button", { type: "button", class: "small", "data-key": "copy", onclick: () => act.copy(id) }, t("pop.copy")),
  ];
}

export function coded(place, code) {
  return [word(place, code, null), h("code", {}, code)];
}

function yesOrNo(value) {
  return h("strong", { class: value ? "yes" : "no" }, t(value ? "pop.yes" : "pop.no"));
}

function quiet(text) {
  return h("span", { class: "quiet" }, text);
}

export function fact(name, content) {
  return h("div", { "data-fact": name }, h("dt", {}, t(`pop.${name}`)), h("dd", {}, content));
}
