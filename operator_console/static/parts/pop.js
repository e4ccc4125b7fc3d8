// Who is calling, how sure we are, and what to say next: for one call, while it lasts.

import { h, redraw } from "../dom.js";
import { hint, list, t, word } from "../texts.js";
import { clock } from "../times.js";
import { badge } from "./badge.js";
import { cardAttributes } from "./card_attributes.js";
import { check } from "./check.js";
import { facts } from "./pop_facts.js";
import { notice } from "./recheck.js";

class Pop extends HTMLElement {
  chosen = null;

  /** Nothing to show, and why: a key of `pop` or `offer`. Whatever was here is gone. */
  clear(why) {
    this.chosen = null;
    redraw(this, h("section", { class: "card pop empty", "data-badge": "" }, h("p", {}, t(why))));
  }

  /** history: [{at, badge, hint}]; revealed.line: a number, or ""; revealed.card: attributes, or null;
   *  form: {open, mode, reason}; act.reveal(), act.revealCard(), act.copy(text), and those of the check */
  show(pop, history, revealed, form, act) {
    redraw(
      this,
      h("article", { class: "card pop", "data-badge": pop.badge, "aria-labelledby": "pop-title" },
        h("h2", { id: "pop-title", class: "unseen" }, t("pop.title")),
        h("div", { class: "result" }, badge(pop.badge, { class: "large" }), h("p", {}, word("badge_means", pop.badge, "grey"))),
        notice(pop),
        pop.line_warning ? h("p", { class: "notice warning" }, t("pop.line_warning")) : null,
        pop.busy_card ? h("p", { class: "notice warning" }, t("pop.busy_card")) : null,
        check(pop, form, act),
        h("div", { class: "columns" },
          h("div", {}, this.contracts(pop), cardAttributes(pop, revealed.card, act.revealCard), next(pop), permitted(pop), notChecked(pop)),
          h("div", {}, block("pop.reason", business(pop)), facts(pop, revealed.line, act), changes(history)),
        ),
      ),
    );
  }

  contracts(pop) {
    if (pop.hint === "person_mismatch") return block("pop.holder", h("p", { class: "person" }, t("pop.different_person")), pop.expected ? h("p", { "data-against": pop.expected }, t("pop.expected"), " ", h("code", {}, pop.expected)) : null);
    if (pop.hint === "verified_no_contract") return block("pop.holder", h("p", { class: "person" }, t("pop.no_contract")));
    if (pop.contracts.length === 1) {
      const [only] = pop.contracts;
      return block("pop.holder", h("p", { class: "person" }, h("strong", {}, only.holder), h("span", {}, t("pop.contract"), " ", h("code", {}, only.ref))));
    }
    return pop.contracts.length ? this.pick(pop.contracts) : null;
  }

  pick(contracts) {
    return h("fieldset", { class: "block" },
      h("legend", {}, t("pop.pick", { count: contracts.length })),
      contracts.map((one) => {
        const choice = h("input", { type: "radio", name: "contract", id: `contract-${one.ref}`, "data-key": `contract-${one.ref}`,
          checked: this.chosen === one.ref, onchange: () => (this.chosen = one.ref) });
        return h("div", { class: "choice" }, choice, h("label", { for: choice.id }, h("strong", {}, one.holder), " ", h("code", {}, one.ref)));
      }),
    );
  }
}

/** What the flow gathered. */
function business(pop) {
  const shown = Object.entries(pop.attributes);
  if (!shown.length) return h("p", { class: "quiet" }, t("pop.none"));
  return h("dl", { class: "facts" }, shown.map(([name, value]) =>
    h("div", {}, h("dt", {}, word("reason", name.replace(/^answers\./, ""), null)), h("dd", {}, word("reason", value, null)))));
}

function next(pop) {
  return h("section", { class: "block say" },
    h("h3", {}, t("pop.why")),
    h("p", { "data-hint": pop.hint }, hint(pop.hint, "reason"), pop.hint ? h("code", {}, pop.hint) : null),
    h("h3", {}, t("pop.ask")),
    h("p", { class: "script" }, hint(pop.hint, "say")),
  );
}

function permitted(pop) {
  const known = list(`permitted.${pop.badge}`).length ? pop.badge : "grey";
  return block("pop.permitted", h("ul", {}, list(`permitted.${known}`).map((one) => h("li", {}, one))));
}

function notChecked(pop) {
  return block("pop.not_checked", h("ul", { class: "not-checked" }, pop.not_checked.map((one) => h("li", {}, word("not_checked", one, null)))));
}

function changes(history) {
  if (history.length < 2) return null;
  return block("pop.changed", h("ol", { class: "changes" }, history.map((one) =>
    h("li", {}, t("pop.changed_to", { time: clock(one.at), badge: word("badge", one.badge, "grey"), reason: hint(one.hint, "reason") })))));
}

function block(title, ...content) {
  return h("section", { class: "block" }, h("h3", {}, t(title)), content);
}

customElements.define("kz-pop", Pop);
