// Call from the app: which company, for what, and then the call itself.

import { STOP } from "../app/journey.js";
import { businessMark } from "./call.js";
import { button, element, heading, notice, paragraph, screen } from "./elements.js";

// `businesses` is what the service answered. Answers {callable, purpose, way} or null.
export function businessesScreen(t, { businesses, keyedCodes }, answer) {
  const orders = businesses.flatMap((callable) =>
    callable.purposes.map((purpose) => ({ callable, purpose })),
  );
  const chosen = () => orders[Number(choose.value)];
  const options = orders.map(({ callable, purpose }, place) =>
    element("option", { value: String(place) }, `${callable.business.name} ${purpose.words}`),
  );
  const choose = element("select", { id: "order", class: "select" }, ...options);
  const about = element("div", { "aria-live": "polite" });
  const show = () => {
    const { callable } = chosen();
    about.replaceChildren(
      businessMark(callable.business), paragraph(callable.business.number, "published"),
    );
  };
  choose.addEventListener("change", show);
  if (orders.length > 0) show();
  return screen(
    "businesses-screen",
    heading(t("call_title")),
    paragraph(t("call_lead")),
    orders.length === 0 ? notice(t("call_nobody")) : null,
    orders.length === 0 ? null : element("label", { for: "order", class: "label" }, t("call_order")),
    orders.length === 0 ? null : choose,
    about,
    orders.length === 0
      ? null
      : button(t("call_check"), () => answer({ ...chosen(), way: "dial" }), "primary"),
    keyedCodes && orders.length > 0
      ? button(t("call_keyed"), () => answer({ ...chosen(), way: "keyed" }), "outline")
      : null,
    button(t("back"), () => answer(null), "quiet"),
  );
}

export function placeScreen(t, { callable, until }, answer) {
  return screen(
    "place-screen",
    element("span", { class: "mark", "aria-hidden": "true" }, "✓"),
    heading(t("place_title")),
    businessMark(callable.business),
    paragraph(t("place_lead", { until: clock(until) })),
    button(t("place_call", { number: callable.business.number }), () => answer(true), "primary"),
    button(t("stop"), () => answer(STOP), "quiet"),
  );
}

// The code that the caller keys into the call: large, in groups, and read out digit by digit.
export function keyedScreen(t, { code }, answer) {
  const half = code.length / 2;
  return screen(
    "keyed-screen",
    heading(t("keyed_title")),
    element(
      "p",
      { class: "keyed", id: "keyed-code", role: "img", "aria-label": [...code].join(" ") },
      `${code.slice(0, half)} ${code.slice(half)}`,
    ),
    paragraph(t("keyed_lead")),
    paragraph(t("pin_safety"), "safety"),
    button(t("stop"), () => answer(STOP), "quiet"),
  );
}

function clock(moment) {
  if (!moment) return "";
  const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  return new Date(moment).toLocaleTimeString("ja-JP", parts);
}
