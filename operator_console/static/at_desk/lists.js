// What this operator began today, and the enrolments that wait for a second person.

import { h, redraw } from "../dom.js";
import { badge } from "../parts/badge.js";
import { cardAttributes } from "../parts/card_attributes.js";
import { language, t } from "../texts.js";
import { clock, moment } from "../times.js";
import { compared } from "./compared.js";
import { about, reason } from "./words.js";

class Today extends HTMLElement {
  /** checks: newest first; shown: the one on the screen, or null; act.show(pairing) */
  show(checks, shown, act) {
    redraw(this, h("section", { class: "card", "aria-labelledby": "desk-today-title" },
      h("h2", { id: "desk-today-title" }, t("desk.today"), " ", h("span", { class: "count digits" }, String(checks.length))),
      checks.length ? h("ul", { class: "callbacks" }, checks.map((one) => begun(one, shown, act))) : h("p", { class: "quiet" }, t("desk.none_today"))));
  }
}

function begun(one, shown, act) {
  const key = `desk-show-${one.pairing}`;
  return h("li", { "data-pairing": one.pairing },
    h("div", {}, badge(one.badge), h("span", { class: "quiet" }, t(`desk.kind.${one.kind}`), " ", h("span", { class: "digits" }, clock(one.begun_at)))),
    h("div", {}, h("code", {}, about(one)), " ", reason(one)),
    h("button", { type: "button", class: "small", "data-key": key, "aria-pressed": String(shown?.pairing === one.pairing), onclick: () => act.show(one.pairing) },
      t("desk.show"), h("span", { class: "unseen" }, ` ${about(one)} ${clock(one.begun_at)}`)));
}

class Approvals extends HTMLElement {
  /** approvals: oldest first; looked: the one being looked at, or null; act.look(id), act.close(),
   *  act.reveal(id), act.decide(what, id, password); card: what was asked to be seen of it, or null */
  show(approvals, looked, card, act) {
    // One form for as long as that enrolment is looked at: news takes no half a password away.
    const shape = looked && JSON.stringify([language, looked.id]);
    if (shape !== this.drawn) this.decision = looked && decision(looked, act);
    this.drawn = shape;
    const focused = this.decision?.contains(document.activeElement) ? document.activeElement : null; // moving it blurs it
    redraw(this, h("section", { class: "card", "aria-labelledby": "desk-approvals-title" },
      h("h2", { id: "desk-approvals-title" }, t("desk.approvals"), " ", h("span", { class: "count digits" }, String(approvals.length))),
      approvals.length ? h("ul", { class: "callbacks" }, approvals.map((one) => waiting(one, looked, card, act, this.decision))) : h("p", { class: "quiet" }, t("desk.none_waiting"))));
    focused?.focus({ preventScroll: true });
  }
}

function waiting(one, looked, card, act, form) {
  const open = looked?.id === one.id;
  return h("li", { "data-approval": one.id, "data-own": String(one.own) },
    h("div", {}, h("code", {}, one.contract), " ", h("span", { class: "quiet" }, t("desk.waits_since", { name: one.begun_by, time: moment(one.at) }), " ", t("desk.waits_until", { time: moment(one.until) }))),
    one.own ? h("p", { class: "notice" }, t("desk.own")) : null,
    h("button", { type: "button", class: "small", "data-key": `desk-look-${one.id}`, "aria-expanded": String(open), onclick: () => (open ? act.close() : act.look(one.id)) },
      t(open ? "desk.look_close" : "desk.look"), h("span", { class: "unseen" }, ` ${one.contract}`)),
    open ? sheet(looked, card, act, form) : null);
}

function sheet(one, card, act, form) {
  return h("div", { class: "decision" },
    h("p", { class: "person" }, h("strong", {}, one.holder), h("span", {}, t("pop.contract"), " ", h("code", {}, one.contract))),
    one.other_card ? h("p", { class: "notice warning" }, t("desk.other_card")) : null,
    compared(one.comparison),
    cardAttributes({ card_attributes: true }, card, () => act.reveal(one.id), "desk.card_as_of"),
    form);
}

/** The password is in its field alone, and only until it is sent. */
function decision(one, act) {
  const field = h("input", { id: "desk-password", "data-key": "desk-password", type: "password", autocomplete: "current-password", maxlength: 256, required: true, "aria-describedby": "desk-password-note" });
  return h("form", { class: "decide", "aria-label": t("desk.decision"),
    onsubmit: (event) => {
      event.preventDefault();
      const password = field.value;
      field.value = "";
      act.decide(event.submitter.value, one.id, password);
    } },
    h("p", {}, t("desk.decide")),
    h("p", { class: "field" }, h("label", { for: "desk-password" }, t("desk.password")), field,
      h("span", { class: "quiet", id: "desk-password-note" }, t("desk.password_note"))),
    h("div", { class: "buttons" },
      one.own ? null : h("button", { type: "submit", class: "main", value: "approve", "data-key": "desk-approve" }, t("desk.approve")),
      h("button", { type: "submit", value: "decline", "data-key": "desk-decline" }, t("desk.decline"))));
}

customElements.define("kz-desk-today", Today);
customElements.define("kz-desk-approvals", Approvals);
