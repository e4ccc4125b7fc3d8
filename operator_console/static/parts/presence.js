// Who takes calls: offline, available, break; wrap-up with its timer; paused, and why. In a call the
// choice is for afterwards, and chosen again it is taken back.

import { h, redraw } from "../dom.js";
import { t, word } from "../texts.js";

const CHOICES = [["available", "V"], ["break", "B"], ["offline", ""]];

class Presence extends HTMLElement {
  /** presence: {state, since, after_call}; act.choose(presence or null), act.done() */
  show(presence, act) {
    const { state, since, after_call: wish } = presence;
    const later = state === "on_call";
    redraw(
      this,
      h("section", { class: "card", "aria-labelledby": "presence-title" },
        h("h2", { id: "presence-title" }, t("presence.title")),
        h("p", { class: "presence-now", "data-presence": state },
          h("strong", {}, word("presence", state, null)), " ",
          h("span", { class: "quiet" }, t("presence.for"), " ", h("span", { "data-since": since, class: "digits" })),
        ),
        state === "paused" ? h("p", { class: "notice" }, t("presence.paused_why")) : null,
        state === "wrap_up" ? key("done", t("presence.done"), "W", act.done, { class: "main" }) : null,
        wish ? wished(wish, act) : null,
        later ? h("h3", { id: "presence-later" }, t("presence.after_call")) : null,
        h("div", { class: "choices", role: "group", "aria-labelledby": later ? "presence-later" : "presence-title" },
          CHOICES.map(([choice, letter]) =>
            key(choice, t(`choice.${choice}`), letter, () => act.choose(choice), {
              "aria-pressed": String((later ? wish : state) === choice),
            }),
          ),
        ),
      ),
    );
  }
}

function wished(wish, act) {
  return h("p", { class: "notice", "data-after-call": wish }, t("presence.wished", { presence: word("presence", wish, null) }), " ",
    h("button", { type: "button", class: "small", "data-key": "presence-forget", onclick: () => act.choose(null) }, t("presence.forget")));
}

function key(name, text, letter, onclick, more) {
  const mark = letter ? h("kbd", { "aria-hidden": "true" }, letter) : null;
  return h("button", { type: "button", "data-key": `presence-${name}`, "aria-keyshortcuts": letter || null, onclick, ...more }, text, mark);
}

customElements.define("kz-presence", Presence);
