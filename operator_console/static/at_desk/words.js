// What a check at a desk came to, in words of the desk: nobody is on the line, nothing is spoken.

import { hint, t, word } from "../texts.js";

/** How it stands, in one sentence. */
export function reason(check) {
  if (check.outdated) return t("desk.outdated");
  const { outcome, settled } = check.enrolment ?? {};
  if (settled) return word("desk.settled", settled);
  if (outcome) return word("desk.outcome", outcome);
  return word("desk.reason", check.hint, null) === check.hint ? hint(check.hint, "reason") : word("desk.reason", check.hint);
}

export function next(check) {
  if (check.outdated) return word("desk.next", "failed");
  if (check.status === "pending") return word("desk.next", check.hint, "pending");
  const { outcome, settled } = check.enrolment ?? {};
  if (settled) return t(settled === "enrolled" ? "desk.outcome_next.enrolled" : "desk.settled_next");
  if (outcome) return word("desk.outcome_next", outcome);
  return word("desk.next", check.hint, check.status === "complete" && check.badge !== "grey" ? "complete" : "failed");
}

export function means(check) {
  return word("desk.means", check.badge, "grey");
}

/** Whom it is about, as the operator named it. */
export function about(check) {
  return check.contract || t("desk.nobody_named");
}
