// Checks at a desk, as the server knows them: the holder and the card are here, and no call is.

import { get } from "../api.js";
import * as times from "../times.js";

export const known = {
  /** [{name, words}]: what a check may be for. */
  purposes: [],
  /** What this operator began today, newest first. */
  checks: [],
  /** Enrolments that wait for a second person. */
  approvals: [],
  /** The check on the screen, whole; null when there is none. */
  shown: null,
  /** The waiting enrolment being looked at, whole. */
  looked: null,
  /** What was asked to be seen of a card: of the check, and of the waiting enrolment. */
  card: null,
  lookedCard: null,
  /** The result of the looking did not come: nothing may be taken for verified. */
  failed: false,
};

/** The lists anew, and what is on the screen where it is another now. Each look at a result is
 *  recorded, so it is asked for once. Nothing on the screen: a check that is still open is. */
export async function load() {
  const { now, purposes, checks, approvals } = await get("api/desk");
  times.set(now);
  Object.assign(known, { purposes, checks, approvals });
  const open = known.shown ?? checks.find((one) => one.status === "pending");
  const entry = open && checks.find((one) => one.pairing === open.pairing);
  if (!entry) known.shown = known.card = null;
  else if (!same(entry, known.shown)) await show(entry.pairing);
  if (!approvals.some((one) => one.id === known.looked?.id)) known.looked = known.lookedCard = null;
}

/** Whole, or nothing: a result that cannot be read is not left standing. */
export async function show(pairing) {
  known.failed = false;
  const before = known.shown?.verdict?.evidence_id;
  try {
    known.shown = await get(`api/desk/${encodeURIComponent(pairing)}`);
    if (known.shown.verdict?.evidence_id !== before || !known.shown.card_attributes) known.card = null;
  } catch (problem) {
    known.shown = known.card = null;
    known.failed = problem.status !== 401 && problem.status !== 404;
    throw problem;
  }
}

export async function look(id) {
  known.looked = known.lookedCard = null;
  known.looked = await get(`api/approval/${encodeURIComponent(id)}`);
}

export function forget() {
  Object.assign(known, { checks: [], approvals: [], shown: null, looked: null, card: null, lookedCard: null, failed: false });
}

function same(entry, shown) {
  return shown !== null && entry.status === shown.status && entry.hint === shown.hint && entry.badge === shown.badge && !entry.code === !shown.code && entry.enrolment?.settled === shown.enrolment?.settled;
}
