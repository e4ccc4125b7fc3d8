// What the signature certificate says of its holder: shown when asked for, and that is recorded.

import { h } from "../dom.js";
import { t, word } from "../texts.js";

/** known: what the service gave, or null; show(): ask for it; asOf: a text's key. Nothing when there
 *  is nothing. */
export function cardAttributes(pop, known, show, asOf = "card_attributes.as_of") {
  if (!pop.card_attributes) return null;
  return h("section", { class: "block", id: "card-attributes" },
    h("h3", {}, t("card_attributes.title")),
    known ? shown(known, asOf) : asked(show));
}

function asked(show) {
  return h("p", {},
    h("button", { type: "button", class: "small", "data-key": "card-attributes", "aria-describedby": "card-attributes-note", onclick: show }, t("card_attributes.show")),
    " ", h("span", { class: "quiet", id: "card-attributes-note" }, t("pop.reveal_note")));
}

function shown(known, asOf) {
  return [
    h("dl", { class: "facts" },
      fact("name", known.name || t("pop.unknown"), known.substituted.includes("name")),
      fact("address", known.address || t("pop.unknown"), known.substituted.includes("address")),
      fact("birth_date", known.birth_date || t("pop.unknown")),
      fact("sex", word("sex", known.sex, "unknown"))),
    known.problems.length
      ? h("p", { class: "notice warning" }, t("card_attributes.problems"), " ", known.problems.map((one) => h("code", {}, one)))
      : null,
    h("p", { class: "quiet" }, t(asOf)),
  ];
}

function fact(name, text, substituted = false) {
  return h("div", { "data-fact": name }, h("dt", {}, t(`card_attributes.${name}`)),
    h("dd", {}, h("span", {}, text), substituted ? h("span", { class: "no" }, t("card_attributes.substituted")) : null));
}
