"""The nine invariants (see docs/threats.md), and T8: pure functions of the recorded history.

Each gives a sentence for every violation; none when it holds.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from identity.evidence_archive.chain import first_bad
from tests.chaos.history.operations import History, Kind, Operation, Outcome, Skewed

Check = Callable[[History], list[str]]
COMPLETE: Final = "complete"
PENDING: Final = "pending"
_GONE: Final = "gone"
_BY_TIME: Final = ("code_expired", "session_expired", "call_ended")
JUDGED: Final = frozenset(
    {
        "certificate_revoked",
        "certificate_expired",
        "certificate_unsupported",
        "signature_invalid",
        "revocation_unavailable",
        "level_not_reached",
        "person_mismatch",
    }
)
"""Refusals of a proof that was looked at: they too leave a row."""
_WAY: Final = (
    "awaiting_app",
    "app_opened",
    "awaiting_call_confirm",
    "awaiting_choice",
    "awaiting_pin",
    "awaiting_card",
    "verifying",
    "matching_contract",
    "awaiting_dial",
)
_APP: Final = (Kind.APP_CLAIM, Kind.APP_STEP, Kind.APP_SUBMIT)


def one_winning_claim(history: History) -> list[str]:
    """I1: each pairing has at most one winning claim."""
    winners: dict[str, set[str]] = defaultdict(set)
    for claim in history.of(Kind.APP_CLAIM):
        winners[claim.fact("pairing")].add(claim.fact("installation"))
    for kept in history.pairings:
        if kept.claimed_by:
            winners[kept.id].add(kept.claimed_by)
    return [f"I1 {pairing}: claimed by {len(w)}" for pairing, w in winners.items() if len(w) > 1]


def one_code_one_phone(history: History) -> list[str]:
    """T8: whoever enters a code, at whichever process, one phone at most is told that it has the
    call, and that phone is the one that SQL knows."""
    told: dict[str, set[str]] = defaultdict(set)
    found = []
    for claim in history.of(Kind.APP_CLAIM):
        told[claim.fact("code")].add(claim.fact("installation"))
        kept = history.kept(claim.fact("pairing"))
        if kept is not None and kept.claimed_by != claim.fact("installation"):
            found.append(f"T8 {kept.id}: another phone has it than the one that was told so")
    return found + [f"T8 {c}: {len(w)} phones have it" for c, w in told.items() if len(w) > 1]


def verified_is_proven(history: History) -> list[str]:
    """I2: a call shown as verified has exactly one claim, one accepted signature over the statement
    made for that call, and one verdict row."""
    found = []
    for shown in _shown_as_verified(history):
        row, kept = _rows(history, "evidence", shown), history.kept(_pairing_shown(history, shown))
        if kept is None or not kept.claimed_by:
            found.append(f"I2 {shown.call}: shown as verified without a claim")
            continue
        if kept.call != shown.call:
            found.append(f"I2 {shown.call}: shows the check of {kept.call}")
        verdicts = [r for r in _rows_of_pairing(history, kept.id) if r.fact("of") == "verdict"]
        if len(verdicts) != 1 or len(row) != 1:
            found.append(f"I2 {kept.id}: {len(verdicts)} verdict rows")
            continue
        (verdict,) = verdicts
        if verdict.fact("signature") != "good" or verdict.fact("signed_pairing") != kept.id:
            found.append(f"I2 {kept.id}: no accepted signature over its own statement")
    return found


def acknowledged_is_evidence(history: History) -> list[str]:
    """I3: every acknowledged submit has its evidence row."""
    answered = [o for o in history.of(Kind.APP_SUBMIT) if o.fact("status") == COMPLETE]
    refused = history.of(Kind.APP_SUBMIT, outcome=Outcome.FAIL)
    answered += [o for o in refused if o.fact("refusal") in JUDGED]
    alone = [s for s in answered if not _rows_of_pairing(history, s.fact("pairing"))]
    return [
        f"I3 {s.fact('pairing')}: {s.fact('status') or s.fact('refusal')} without a row"
        for s in alone
    ]


def only_forward(history: History) -> list[str]:
    """I4: per call the state only moves forward."""
    seen: dict[str, list[Operation]] = defaultdict(list)
    for operation in history.of(*_APP, Kind.OPERATOR_FETCH):
        if operation.fact("hint"):
            seen[_pairing_shown(history, operation)].append(operation)
    found = []
    for pairing, operations in seen.items():
        found += [
            f"I4 {pairing}: {one.fact('hint')} after {earlier.fact('hint')}"
            for earlier in operations
            for one in operations
            if pairing and earlier.ended < one.began and not _may_follow(earlier, one)
        ]
        kept = history.kept(pairing)
        if kept is not None:
            found += [
                f"I4 {pairing}: kept as {kept.hint} after {o.fact('hint')}"
                for o in operations
                if not _follows(o.fact("hint"), kept.hint)
            ]
    for call in history.heard:
        falls = [(a, b) for a, b in zip(call.documents, call.documents[1:], strict=False) if b < a]
        found += [f"I4 {call.call}: document {b} after {a}" for a, b in falls]
    return found


def not_after_its_time(history: History) -> list[str]:
    """I5: no verified state after expiry, hang-up or revocation time.

    A hang-up counts from when the service had acknowledged the carrier's word of it.
    """
    over = _acknowledged_ends(history)
    found = []
    for kept in history.pairings:
        if kept.status != COMPLETE or kept.verdict_at is None:
            continue
        end, revoked = over.get(kept.call), history.revoked.get(kept.claimed_by)
        if any(_by_a_wrong_clock(kept.verdict_at, skewed) for skewed in history.skewed):
            found.append(f"I5 {kept.id}: verified by a clock apart from the database's (F10)")
        if kept.verdict_at > kept.expires_at:
            found.append(f"I5 {kept.id}: verified after it had expired")
        if end is not None and kept.verdict_at > end.wall:
            found.append(f"I5 {kept.id}: verified after the call")
        if revoked is not None and kept.verdict_at >= revoked:
            found.append(f"I5 {kept.id}: verified with a revoked card")
    for shown in _shown_as_verified(history):
        end = over.get(shown.call)
        if end is not None and shown.began > end.ended:
            found.append(f"I5 {shown.call}: shown as verified after the call")
    return found


def nobody_is_left(history: History) -> list[str]:
    """I6: every call that stays up reaches an operator or a spoken ending, and keeps them."""
    left = [heard for heard in history.heard if heard.stayed and not heard.reached]
    found = [f"I6 {h.call}: reached nobody; lately: {' | '.join(h.lately)}" for h in left]
    pulled = [heard.call for heard in history.heard if heard.pulled_away]
    return found + [f"I6 {call}: pulled away from a person" for call in pulled]


def one_call_one_claim(history: History) -> list[str]:
    """I7: no two calls show the same claim."""
    calls: dict[str, set[str]] = defaultdict(set)
    for shown in history.of(Kind.OPERATOR_FETCH):
        if shown.fact("evidence"):
            calls[shown.fact("evidence")].add(shown.call)
    return [f"I7 {e}: shown on {len(c)} calls" for e, c in calls.items() if len(c) > 1]


def the_chain_holds(history: History) -> list[str]:
    """I8: the chain is gapless and re-computable, also after a content key is destroyed."""
    whole, without = first_bad(history.evidence), first_bad(history.evidence_without_key)
    found = [] if whole is None else [f"I8 the chain breaks at row {whole}"]
    if without != whole or len(history.evidence) != len(history.evidence_without_key):
        found.append("I8 the chain is another one once a content key is destroyed")
    return found


def replay_changes_nothing(history: History) -> list[str]:
    """I9: replaying the webhook log gives the same final states. Time alone may end a check."""
    before, after = history.replayed
    return [
        f"I9 {name}: {before.get(name, 'nothing')} became {after.get(name, 'nothing')}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name) and not _time_alone(name, before, after)
    ]


def no_silence(history: History) -> list[str]:
    """The rule for all: never more than four seconds of nothing."""
    return [f"silence {heard.call}: {gap}" for heard in history.heard for gap in heard.gaps]


ALL: Final[tuple[Check, ...]] = (
    one_winning_claim,
    one_code_one_phone,
    verified_is_proven,
    acknowledged_is_evidence,
    only_forward,
    not_after_its_time,
    nobody_is_left,
    one_call_one_claim,
    the_chain_holds,
    replay_changes_nothing,
    no_silence,
)


def violations(history: History, checks: Iterable[Check] = ALL) -> list[str]:
    return [said for check in checks for said in check(history)]


def _shown_as_verified(history: History) -> list[Operation]:
    return [o for o in history.of(Kind.OPERATOR_FETCH) if o.fact("status") == COMPLETE]


def _rows(history: History, name: str, like: Operation) -> list[Operation]:
    rows = history.of(Kind.EVIDENCE_READ)
    return [row for row in rows if row.fact(name) == like.fact(name)]


def _rows_of_pairing(history: History, pairing: str) -> list[Operation]:
    return [row for row in history.of(Kind.EVIDENCE_READ) if row.fact("pairing") == pairing]


def _pairing_shown(history: History, operation: Operation) -> str:
    """An operator is not told the pairing, so it is the one that the shown row is about."""
    if operation.kind is not Kind.OPERATOR_FETCH:
        return operation.fact("pairing")
    if not operation.fact("evidence"):
        return ""
    return next((r.fact("pairing") for r in _rows(history, "evidence", operation)), "")


def _acknowledged_ends(history: History) -> Mapping[str, Operation]:
    ends: dict[str, Operation] = {}
    for told in history.of(Kind.STATUS_CALLBACK):
        if told.fact("status") == "completed" and told.call not in ends:
            ends[told.call] = told
    return ends


def _by_a_wrong_clock(at: datetime, skewed: Skewed) -> bool:
    wrong = timedelta(seconds=skewed.seconds)
    return skewed.since + wrong <= at <= skewed.until + wrong


def _may_follow(earlier: Operation, later: Operation) -> bool:
    return _follows(earlier.fact("hint"), later.fact("hint"))


def _follows(before: str, after: str) -> bool:
    """On the way: not backwards. Over: it stays what it was, but for a verdict superseded."""
    if before in _WAY:
        return after not in _WAY or _WAY.index(after) >= _WAY.index(before)
    superseded = before.startswith("verified") and after == "superseded"
    return before == after or superseded


def _time_alone(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """A check runs out, and the end of a call that nobody told is found by asking the carrier."""
    was, now = before.get(name, ""), after.get(name, "")
    if name.startswith("call "):
        return was.startswith("live") and now == was.replace("live", "over", 1)
    if name.startswith("queue "):
        if (was, now) == ("ringing", "waiting"):
            return True  # an operator's telephone that nobody picks up
        return now == _GONE and after.get(name.replace("queue", "call", 1), "").startswith("over")
    return was.startswith(PENDING) and now.endswith(_BY_TIME)
