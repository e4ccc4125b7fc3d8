"""A check, an enrolment and what waits, in lines for a terminal: in the words of the console, so
that somebody who has read one has read the other."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import operator_console
from door_frame.page import Texts
from identity.contract_holders.approving import Decided
from identity.contract_holders.waiting import Wait
from identity.pairing.levels import IdentityLevel
from identity.pairing.model import DeskKind
from identity.pairing.outcomes import Hint
from identity.pairing.verbs.afterwards.lifting import Lifted
from identity.pairing.views import DeskView
from kazasu.cli.holders.words import language, words

_JAPAN: Final = ZoneInfo("Asia/Tokyo")
_FINDING: Final = re.compile(r"(?P<finding>\w+)(?: \((?P<how>.*)\))?", re.ASCII)


def code(view: DeskView, origin: str) -> Iterator[str]:
    """The code in two equal groups, as a call speaks it, apart from everything else, and where it
    is given."""
    half = len(view.code) // 2
    grouped = f"{view.code[:half]} {view.code[half:]}"
    yield words("code", by=_clock(view.claim_by))
    yield f"\n    {'  '.join(grouped)}\n"
    yield words("where", origin=origin)
    if view.kind is DeskKind.ENROLMENT:
        yield words("signature")


def step(hint: Hint) -> str:
    return _reason(hint)


def enrolment(view: DeskView) -> Iterator[str]:
    """What came of it; of a card that was refused, why."""
    found = view.enrolment
    if found is None:
        yield _reason(view.hint)
    else:
        yield from _compared(found.compared)
        outcome = _known("desk.outcome", found.outcome)
        yield " ".join(filter(None, (found.contract, outcome)))
        if not found.waits:  # what is next is asked here
            yield _known("desk.outcome_next", found.outcome)
    yield from _evidence(view)


def checked(view: DeskView) -> Iterator[str]:
    """The verdict: never more than that the card is good, as no call is tied to it."""
    if view.verdict is None:
        yield _reason(view.hint)
        return
    yield f"{_text(f'badge.{view.badge.value}')}: {_reason(view.hint)}"
    if view.identity is not IdentityLevel.ID_NONE:
        yield _text(f"level.{view.identity.code}")
    else:  # nothing is proven by a refused card; which certificate was asked for is known
        yield f"{_text('desk.certificate')}: {_text(f'desk.level.{view.require.code}')}"
    if view.verdict.contracts:
        yield f"{_text('desk.contract')}: {', '.join(view.verdict.contracts)}"
    if (state := view.verdict.revocation) is not None:
        yield words(
            "revocation",
            state=_text(f"revocation.{state.status}"),
            source=state.method,
            at=_clock(state.checked_at) if state.checked_at else "–",
        )
    yield from _evidence(view)


def waiting(wait: Wait) -> Iterator[str]:
    yield words(
        "waiting",
        enrolment=wait.id,
        contract=wait.contract,
        by=wait.begun_by,
        at=_moment(wait.at),
        until=_moment(wait.until),
    )
    yield from _compared(wait.compared)
    if wait.other_card:
        yield _text("desk.other_card")


def decided(what: Decided) -> str:
    said = _texts().all(language())["desk"]["decided"].get(what.value)
    return str(said) if said else problem(what.value)


def given(what: Decided, *, contract: str, person: str) -> str:
    if what is Decided.ENROLLED:
        return words("given", contract=contract, person=person)
    if what is Decided.ALREADY_ENROLLED:
        return _text("desk.outcome.already_enrolled")
    return words("another") if what is Decided.SAME_PERSON else problem(what.value)


def untied(what: Decided, *, contract: str, person: str) -> str:
    if what is Decided.UNTIED:
        return words("untied", contract=contract, person=person)
    return words("another") if what is Decided.SAME_PERSON else problem(what.value)


def lifted(what: Lifted) -> str:
    if what in (Lifted.LIFTED, Lifted.NOT_HELD):
        return words(what.value)
    return words("another") if what is Lifted.SAME_PERSON else problem(what.value)


def problem(refusal: str) -> str:
    return _known("problem", refusal)


def _compared(compared: Mapping[str, str]) -> Iterator[str]:
    for attribute, facts in compared.items():
        found = _FINDING.fullmatch(facts)
        if found is None:
            continue
        how = [_way(way) for way in (found["how"] or "").split(", ") if way]
        said = _text(f"desk.finding.{found['finding']}")
        if how:
            said = words("compared", finding=said, ways=_text("desk.comma").join(how))
        yield f"  {_text(f'desk.attribute.{attribute}')}: {said}"


def _way(way: str) -> str:
    if way.startswith("place "):
        return _text("desk.places").replace("{places}", way.removeprefix("place "))
    return _text(f"desk.way.{way}")


def _evidence(view: DeskView) -> Iterator[str]:
    if view.verdict is not None:
        yield words("evidence", evidence=view.verdict.evidence_id)


def _reason(hint: Hint) -> str:
    at_a_desk = _texts().all(language())["desk"]["reason"].get(hint.value)
    return str(at_a_desk) if at_a_desk else _text(f"hint.{hint.value}.reason")


def _known(group: str, name: str) -> str:
    try:
        return _text(f"{group}.{name}")
    except KeyError:
        return f"{_text(f'{group}.other')} ({name})"


def _text(key: str) -> str:
    return _texts().text(language(), key)


@cache
def _texts() -> Texts:
    return Texts(Path(str(operator_console.__file__)).parent / "texts")


def _clock(at: datetime) -> str:
    return f"{at.astimezone(_JAPAN):%H:%M}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(_JAPAN):%Y-%m-%d %H:%M}"
