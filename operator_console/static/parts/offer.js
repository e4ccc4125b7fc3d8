// The offer and its countdown, then the call itself.

import { h, redraw } from "../dom.js";
import { t } from "../texts.js";

class Offer extends HTMLElement {
  /** act.answer(), act.decline(); one of offer and call, or neither. */
  show(offer, call, act) {
    if (offer) redraw(this, this.offered(offer, act));
    else if (call) redraw(this, h("section", { class: "card on-call", "data-call": call.state }, h("p", {}, t(`offer.${call.state}`))));
    else redraw(this);
  }

  offered(offer, act) {
    const answer = h("button", { type: "button", class: "main", "data-key": "answer", "aria-keyshortcuts": "A", onclick: act.answer },
      t("offer.answer"), h("kbd", { "aria-hidden": "true" }, "A"));
    const decline = h("button", { type: "button", "data-key": "decline", onclick: act.decline }, t("offer.decline"));
    return h("section", { class: "card offer", tabindex: "0", "data-key": "offer", "aria-labelledby": "offer-title",
      onkeydown: (event) => {
        if (event.key === "Enter" && event.target === event.currentTarget) act.answer();
      } },
      h("h2", { id: "offer-title" }, t("offer.title"), " ", h("span", { class: "queue" }, `${t("waiting.queue")}: ${offer.queue}`)),
      h("span", { class: "countdown digits", role: "timer", "data-until": offer.until }),
      answer, decline,
    );
  }
}

customElements.define("kz-offer", Offer);
