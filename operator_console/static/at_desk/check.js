// One check at a desk: the code to be typed, each step, then what it came to and against what.

import { h, redraw } from "../dom.js";
import { badge } from "../parts/badge.js";
import { cardAttributes } from "../parts/card_attributes.js";
import { coded, evidence, fact, revocation } from "../parts/pop_facts.js";
import { grouped, steps } from "../parts/steps.js";
import { t, word } from "../texts.js";
import { moment } from "../times.js";
import { compared } from "./compared.js";
import { about, means, next, reason } from "./words.js";

const STEPS = ["awaiting_app", "awaiting_pin", "awaiting_card", "verifying"];
const AS = { app_opened: "awaiting_pin", matching_contract: "verifying" };

class Check extends HTMLElement {
  /** known: the check on the screen, the card's attributes where they were asked for, and whether
   *  reading failed; act.stop(pairing), act.reveal(pairing), act.copy(text) */
  show({ shown, card, failed }, act) {
    if (shown) redraw(this, whole(shown, card, act));
    else redraw(this, failed ? h("section", { class: "card" }, h("p", { class: "notice warning" }, t("desk.unreadable"))) : null);
  }
}

function whole(check, card, act) {
  const pending = check.status === "pending";
  return h("article", { class: "card pop at-desk", "data-badge": check.badge, "data-pairing": check.pairing, "data-status": check.status, "aria-labelledby": "desk-check-title" },
    h("h2", { id: "desk-check-title" }, t(`desk.kind.${check.kind}`), " ", h("span", { class: "quiet" }, t("desk.about"), " ", h("code", {}, about(check)))),
    h("div", { class: "result" }, badge(check.badge, { class: "large" }), h("p", {}, means(check))),
    pending ? running(check, act) : over(check, card, act));
}

function running(check, act) {
  return h("section", { class: "check running" },
    check.code ? code(check) : null,
    h("p", { class: "script", "data-hint": check.hint }, reason(check), " ", h("span", { class: "quiet digits", "data-until": check.code ? check.claim_by : check.expires_at })),
    steps(STEPS, AS[check.hint] ?? check.hint, "desk.step"),
    check.code ? null : h("p", {}, next(check)),
    h("p", { class: "notice" }, t(check.level === "id_card_sign" ? "desk.secret_sign" : "desk.secret_auth")),
    h("div", { class: "buttons" }, h("button", { type: "button", "data-key": "desk-stop", onclick: () => act.stop(check.pairing) }, t("desk.stop"))));
}

function code(check) {
  return [
    h("p", { class: "aloud desk-code" }, h("span", { class: "quiet" }, t("desk.code")), h("strong", { class: "digits", "data-aloud": "code" }, grouped(check.code))),
    h("ol", { class: "ways" }, h("li", {}, t("desk.way_app")), h("li", {}, t("desk.way_reader"), " ", h("code", {}, `kazasu card tap --base-url ${location.origin}`))),
  ];
}

function over(check, card, act) {
  return h("div", { class: "columns" },
    h("div", {},
      h("section", { class: "block say" },
        h("h3", {}, t("desk.came_to")),
        h("p", { class: "script", "data-hint": check.hint, "data-outcome": check.enrolment?.outcome ?? "" }, reason(check), " ", h("code", {}, check.enrolment?.settled || check.enrolment?.outcome || check.hint)),
        h("p", {}, next(check))),
      holders(check),
      cardAttributes(check, card, () => act.reveal(check.pairing), "desk.card_as_of"),
      check.comparison.length ? compared(check.comparison) : null,
      left(check)),
    h("div", {}, facts(check, act)));
}

function holders(check) {
  if (!check.contracts.length) return null;
  return h("section", { class: "block" }, h("h3", {}, t("pop.holder")),
    check.contracts.map((one) => h("p", { class: "person" }, h("strong", {}, one.holder), h("span", {}, t("pop.contract"), " ", h("code", {}, one.ref)))));
}

function left(check) {
  return h("section", { class: "block" }, h("h3", {}, t("pop.not_checked")),
    h("ul", { class: "not-checked" }, check.not_checked.map((one) => h("li", {}, word("not_checked", one, null)))));
}

function facts(check, act) {
  const verdict = check.verdict;
  return h("dl", { class: "facts block" },
    fact("identity", coded("level", check.identity_level)),
    fact("method", word("method", check.method || "none")),
    fact("mode", coded("mode", "desk")),
    fact("purpose", check.purpose),
    verdict ? [
      fact("verified_at", h("time", { datetime: verdict.at }, moment(verdict.at))),
      fact("age", h("span", { class: "digits", "data-since": verdict.at })),
      fact("revocation", revocation(verdict)),
      fact("policy", h("code", {}, verdict.policy)),
      verdict.refusal ? fact("refusal", h("code", {}, verdict.refusal)) : null,
      fact("evidence", evidence(verdict.evidence_id, act)),
    ] : null);
}

customElements.define("kz-desk-check", Check);
