"""Checks at a desk and enrolments that wait, as the page gets them. Codes and times, no words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from identity.contract_holders.model import Holder
from identity.contract_holders.waiting import Wait
from identity.pairing.levels import Badge, IdentityLevel
from identity.pairing.model import EnrolmentFound, Verdict
from identity.pairing.outcomes import COMPLETE
from identity.pairing.views import DeskView
from operator_console.shown import moment

_METHOD: Final = {
    IdentityLevel.ID_CARD_AUTH: "card_and_pin",
    IdentityLevel.ID_CARD_SIGN: "card_and_password",
}
_FACT: Final = re.compile(r"(\w+)(?: \((.*)\))?")
_PLACE: Final = "place "
RAN_OUT: Final = "ran_out"
"""What became of an enrolment that nobody decided in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedContract:
    ref: str
    holder: str = field(repr=False)


def named(holders: Sequence[Holder]) -> list[NamedContract]:
    return [NamedContract(ref=one.contract_ref, holder=one.display_name) for one in holders]


def tells_who(view: DeskView) -> bool:
    """Holders are named only behind a complete result that still counts."""
    return view.hint in COMPLETE and view.badge in (Badge.GREEN, Badge.AMBER)


def has_card_attributes(view: DeskView) -> bool:
    return tells_who(view) and view.identity is IdentityLevel.ID_CARD_SIGN


def entry(view: DeskView, settled: str = "") -> dict[str, Any]:
    """In the list of whoever began it: names nobody. `settled`: what became of an enrolment that
    waited for a second person, "" while it waits."""
    return {
        "pairing": view.pairing,
        "kind": view.kind.value,
        "begun_at": moment(view.begun_at),
        "status": view.status.value,
        "hint": view.hint.value,
        "badge": view.badge.value,
        "outdated": view.outdated,
        "code": bool(view.code),
        "contract": view.contract,
        "enrolment": _enrolment(view.enrolment, settled) if view.enrolment else None,
    }


def whole(view: DeskView, contracts: Sequence[NamedContract], settled: str = "") -> dict[str, Any]:
    comparison = compared(view.enrolment.compared) if view.enrolment else []
    return {
        **entry(view, settled),
        "code": view.code,
        "claim_by": moment(view.claim_by),
        "expires_at": moment(view.expires_at),
        "level": view.require.code,
        "purpose": view.purpose,
        "identity_level": view.identity.code,
        "method": _METHOD.get(view.identity, ""),
        "not_checked": _not_checked(view),
        "contracts": [{"ref": one.ref, "holder": one.holder} for one in contracts],
        "card_attributes": has_card_attributes(view),
        "verdict": _verdict(view.verdict) if view.verdict else None,
        "comparison": comparison,
    }


def waiting(wait: Wait, *, own: bool) -> dict[str, Any]:
    """`own`: the reader began it. Names no holder."""
    return {
        "id": wait.id,
        "contract": wait.contract,
        "begun_by": wait.begun_by,
        "at": moment(wait.at),
        "until": moment(wait.until),
        "own": own,
        "other_card": wait.other_card,
    }


def looked_at(wait: Wait, *, own: bool, holder: str) -> dict[str, Any]:
    """`holder` as the contract says."""
    return {**waiting(wait, own=own), "holder": holder, "comparison": compared(wait.compared)}


def compared(facts: Mapping[str, str]) -> list[dict[str, Any]]:
    """`Comparison.as_facts` in its parts: the finding, how the writings differ, and the places
    (from 1) that stand for a character which is not shown."""
    return [_compared(attribute, fact) for attribute, fact in facts.items()]


def _compared(attribute: str, fact: str) -> dict[str, Any]:
    found = _FACT.fullmatch(fact)
    finding, more = found.groups() if found else (fact, None)
    parts = more.split(", ") if more else []
    places = [int(one.removeprefix(_PLACE)) for one in parts if one.startswith(_PLACE)]
    ways = [one for one in parts if not one.startswith(_PLACE)]
    return {"attribute": attribute, "finding": finding, "ways": ways, "places": places}


def _enrolment(found: EnrolmentFound, settled: str) -> dict[str, Any]:
    return {"outcome": found.outcome, "waits": found.waits and not settled, "settled": settled}


def _not_checked(view: DeskView) -> list[str]:
    """What the result leaves open, so that nobody reads more into it than it says."""
    left = ["call"] if view.identity in _METHOD else ["identity", "call"]
    if view.identity is not IdentityLevel.ID_CARD_SIGN:
        left.append("name_and_address")
    return [*left, "statutory_identification"]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    asked = verdict.revocation
    return {
        "at": moment(verdict.at),
        "revocation": asked.status,
        "revocation_reason": asked.detail,
        "revocation_method": asked.method,
        "revocation_checked_at": moment(asked.checked_at) if asked.checked_at else None,
        "revocation_updated_at": (
            moment(asked.source_updated_at) if asked.source_updated_at else None
        ),
        "policy": verdict.policy,
        "refusal": verdict.refusal,
        "evidence_id": verdict.evidence_id,
    }
