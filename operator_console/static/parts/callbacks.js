// Who asked to be rung back, in this operator's queues: masked numbers, and what is kept of them.

import { h, redraw } from "../dom.js";
import { t, word } from "../texts.js";
import { clock, moment } from "../times.js";
import { badge } from "./badge.js";

class Callbacks extends HTMLElement {
  /** known: {list, more, mine, first}; act.claim(id) */
  show({ list, more, mine, first }, act) {
    redraw(
      this,
      h("section", { class: "card", "aria-labelledby": "callbacks-title" },
        h("h2", { id: "callbacks-title" }, t("callback.title"), " ", h("span", { class: "count digits" }, String(list.length + more))),
        list.length ? h("ul", { class: "callbacks" }, list.map((one) => entry(one, !mine && one === first, act))) : h("p", { class: "quiet" }, t("callback.none")),
        more ? h("p", { class: "quiet" }, t("waiting.more", { count: more })) : null,
      ),
    );
  }
}

function entry(one, byKey, act) {
  return h("li", { "data-callback": one.callback },
    h("div", {}, h("span", { class: "digits" }, one.line), " ", h("span", { class: "quiet" }, one.queue)),
    h("div", {}, badge(one.kept.badge), h("span", { class: "quiet" }, kept(one.kept))),
    h("div", { class: "quiet" }, t("callback.since", { time: moment(one.since) }), " ", tried(one), due(one)),
    one.taken ? h("p", { class: "quiet" }, t("callback.taken")) : h("button", { type: "button", class: "small", "data-key": `claim-${one.callback}`, "aria-keyshortcuts": byKey ? "R" : null, onclick: () => act.claim(one.callback) },
      t("callback.claim"), byKey ? h("kbd", { "aria-hidden": "true" }, "R") : null));
}

/** What an earlier call proved, and that nothing ties it to the call we place. */
export function kept(found) {
  if (!found.until) return found.hint ? word("callback.kept", "gone") : t("callback.kept.nothing");
  return t("callback.kept.until", { level: word("level", found.identity_level), time: clock(found.until), binding: word("level", found.binding_level) });
}

export function tried(one) {
  if (!one.tries) return "";
  return t("callback.tried", { count: one.tries, outcome: word("callback.outcome", one.last_outcome, null), time: moment(one.last_tried_at) });
}

function due(one) {
  return Date.parse(one.due_at) > Date.parse(one.since) ? ` ${t("callback.due", { time: moment(one.due_at) })}` : "";
}

customElements.define("kz-callbacks", Callbacks);
