// The call-back this operator has taken: who it is as far as it is known, ring, give back, close.

import { h, redraw } from "../dom.js";
import { t, word } from "../texts.js";
import { moment } from "../times.js";
import { badge } from "./badge.js";
import { kept, tried } from "./callbacks.js";

class RingBack extends HTMLElement {
  /** mine: a call-back, or null; act.ring(id), act.giveBack(id), act.close(id) */
  show(mine, act) {
    if (mine) redraw(this, taken(mine, act));
    else redraw(this);
  }
}

function taken(one, act) {
  const claimed = one.state === "claimed";
  const id = one.callback;
  return h("section", { class: "card ring-back", "data-badge": one.kept.badge, "data-state": one.state, "aria-labelledby": "ring-back-title" },
    h("h2", { id: "ring-back-title" }, t("callback.mine"), " ", h("span", { class: "digits" }, one.line), " ", h("span", { class: "quiet" }, one.queue)),
    h("div", { class: "kept" }, badge(one.kept.badge, { class: "large" }), h("div", {}, h("p", {}, kept(one.kept)), who(one.kept))),
    h("p", { class: "notice" }, word("callback.means", one.kept.badge, "grey")),
    one.kept.number_on_contract === false ? h("p", { class: "notice warning", "data-number": "unknown" }, t(one.kept.contracts.length ? "callback.number_not_theirs" : "callback.number_of_nobody")) : null,
    h("p", { class: "quiet" }, t("callback.since", { time: moment(one.since) }), " ", tried(one)),
    claimed ? null : h("p", { class: "state", role: "status" }, word("callback.state", one.state, null)),
    claimed
      ? h("div", { class: "buttons" },
        h("button", { type: "button", class: "main", "data-key": "ring-back", "aria-keyshortcuts": "R", onclick: () => act.ring(id) }, t("callback.ring"), h("kbd", { "aria-hidden": "true" }, "R")),
        h("button", { type: "button", "data-key": "give-back", onclick: () => act.giveBack(id) }, t("callback.give_back")),
        h("button", { type: "button", "data-key": "close-callback", onclick: () => act.close(id) }, t("callback.close")))
      : null);
}

function who(found) {
  if (!found.contracts?.length) return null;
  return h("p", { class: "person" }, found.contracts.map((one) => h("span", {}, h("strong", {}, one.holder), " ", h("code", {}, one.ref))));
}

customElements.define("kz-ring-back", RingBack);
