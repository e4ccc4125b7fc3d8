// How the card and the contract compare, attribute by attribute, each with its reason. No text of
// either side is in here.

import { h } from "../dom.js";
import { t, word } from "../texts.js";

const SIGNS = { yes: "✓", open: "?", no: "✕" };
const SAYS = { same: "yes", same_form: "yes", variant: "yes", former: "yes", different: "no" };

/** comparison: [{attribute, finding, ways, places}], places from 1 */
export function compared(comparison) {
  return h("section", { class: "block" }, h("h3", {}, t("desk.compared")),
    h("table", { class: "compared" },
      h("thead", { class: "unseen" }, h("tr", {}, ["attribute", "finding", "why"].map((one) => h("th", { scope: "col" }, t(`desk.column.${one}`))))),
      h("tbody", {}, comparison.map(row))));
}

function row({ attribute, finding, ways, places }) {
  const says = Object.hasOwn(SAYS, finding) ? SAYS[finding] : "open";
  const why = [
    ...ways.map((one) => word("desk.way", one, null)),
    places.length ? t("desk.places", { places: places.join(", ") }) : null,
  ].filter(Boolean);
  return h("tr", { "data-attribute": attribute, "data-finding": finding },
    h("th", { scope: "row" }, word("desk.attribute", attribute, null)),
    h("td", { "data-says": says }, h("span", { "aria-hidden": "true" }, SIGNS[says]), " ", h("strong", {}, word("desk.finding", finding, null))),
    h("td", {}, word("desk.finding_why", finding, "other"), why.length ? h("span", { class: "quiet" }, t("desk.ways", { ways: why.join(t("desk.comma")) })) : null));
}
