// What the certificate behind a result was said to be when it was asked about again.

import { h } from "../dom.js";
import { t, word } from "../texts.js";
import { moment } from "../times.js";

/** Above everything else, where it changes what may be done; null where there is nothing to say. */
export function notice(pop) {
  const words = toSay(pop);
  return words ? h("p", { class: `notice ${pop.hint === "revoked_since" ? "warning" : ""}`, "data-recheck": pop.recheck.revocation }, words) : null;
}

/** The same, for screen readers; "" where there is nothing to say. */
export function toSay(pop) {
  if (pop.hint === "revoked_since") return t("pop.revoked_since");
  const doubted = pop.status === "complete" && pop.recheck?.revocation === "unknown";
  return doubted ? t("pop.not_confirmed_again", { time: moment(pop.recheck.at) }) : "";
}

export function answer({ revocation, reason, at, updated_at: updated }) {
  return [
    word("revocation", revocation, "unknown"),
    reason ? h("code", {}, reason) : null,
    h("span", { class: "quiet" }, t("pop.revocation_checked", { time: moment(at) })),
    updated ? h("span", { class: "quiet" }, t("pop.revocation_as_of", { time: moment(updated) })) : null,
  ];
}
