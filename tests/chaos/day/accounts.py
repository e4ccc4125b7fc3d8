"""What must be true at the end of the day beside the invariants: nobody, nothing is left over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.history.operations import History, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOver:
    """Read from SQL when the last call was over. `calls_open`: rows of calls without an end."""

    waiting: int = 0
    pending: int = 0
    calls_open: int = 0
    callbacks: int = 0
    news: int = 0
    on_a_call: int = 0

    def named(self) -> Mapping[str, int]:
        return {
            "callers still in a queue": self.waiting,
            "checks still open": self.pending,
            "calls still open": self.calls_open,
            "call-backs still to be made": self.callbacks,
            "news still untold": self.news,
            "operators still on a call": self.on_a_call,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`dialled`: the carrier's ids of all calls that were made."""

    planned: int
    dialled: Sequence[str]
    history: History
    left: LeftOver = field(default_factory=LeftOver)


def unaccounted(account: Account) -> list[str]:
    """Empty when everybody and everything is."""
    found = [f"left over: {n} {what}" for what, n in account.left.named().items() if n]
    made = [sid for sid in account.dialled if sid]
    if len(made) != account.planned or len(set(made)) != len(made):
        found.append(f"lost calls: {account.planned} planned, {len(set(made))} made")
    heard = {one.call for one in account.history.heard}
    found += [
        f"lost call {sid}: the carrier knows nothing of it" for sid in made if sid not in heard
    ]
    return found + _verdicts(account.history)


PROVEN: Final = frozenset(
    {"verified", "verified_no_contract", "verified_multiple_contracts", "superseded", "repudiated"}
)


def _verdicts(history: History) -> list[str]:
    """Each verdict has one row, and each row of a verdict its check."""
    rows = [r for r in history.of(Kind.EVIDENCE_READ) if r.fact("of") == "verdict"]
    ours = {kept.id for kept in history.pairings}
    by_check = [row.fact("pairing") for row in rows if row.fact("pairing") in ours]
    found = [f"two verdicts of {one}" for one in sorted(set(by_check)) if by_check.count(one) > 1]
    proven = {kept.id for kept in history.pairings if kept.evidence and kept.hint in PROVEN}
    found += [f"verdict of {one} without evidence" for one in sorted(proven - set(by_check))]
    return found + [
        f"evidence of {one} without a verdict" for one in sorted(set(by_check) - proven)
    ]
