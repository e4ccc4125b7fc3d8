// What a check at a desk came to, in words of the desk: nobody is on the line, nothing is spoken.

import { hint, t, word } from "../texts.js";

/** How it stands, in one sentence. */
export function reason(check) {
  if (check.outdated) return t("desk.outdated");
  if (check.enrolment) return word("desk.outcome", check.enrolment.outcome);
  return word("desk.reason", check.hint, null) === check.hint ? hint(check.hint, "reason") : word("desk.reason", check.hint);
}

export function next(check) {
  if (check.outdated) return word("desk.next", "failed");
  if (check.status === "pending") return word("desk.next", check.hint, "pending");
  if (check.enrolment) return word("desk.outcome_next", check.enrolment.outcome);
  return word("desk.next", check.hint, check.status === "complete" ? "complete" : "failed");
}

export function means(check) {
  return word("desk.means", check.badge, "grey");
}

/** Whom it is about, as the operator named it. */
export function about(check) {
  return check.contract || t("desk.nobody_named");
}
