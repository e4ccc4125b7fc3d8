"""Each check says nothing of a good history, and finds the violation that is planted in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from identity.evidence_archive.chain import link
from identity.evidence_archive.model import ChainHead, EvidenceRow, SealedPart, SealedRecord
from identity.evidence_archive.model import Kind as RowKind
from identity.tenants.model import TenantId
from tests.chaos.history import invariants
from tests.chaos.history.operations import (
    Heard,
    History,
    KeptPairing,
    Kind,
    Operation,
    Outcome,
    Skewed,
)

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def operation(kind: Kind, at: float, call: str = "CA1", **facts: str) -> Operation:
    return Operation(
        kind=kind,
        call=call,
        outcome=Outcome.OK,
        began=at,
        ended=at + 0.5,
        wall=AT + timedelta(seconds=at + 0.5),
        facts=facts,
    )


def chain(length: int, head: ChainHead | None = None) -> tuple[EvidenceRow, ...]:
    rows, at = [], head or ChainHead()
    for number in range(length):
        record = SealedRecord(
            id=f"ev_{number}",
            tenant=TenantId("t"),
            kind=RowKind.VERDICT,
            at=AT,
            header={"pairing": f"p{number}"},
            parts=(SealedPart(name="card", key_id="1", wrapped_key=b"k", sealed=b"s"),),
        )
        rows.append(link(at, record))
        at = ChainHead(seq=rows[-1].seq, hash=rows[-1].hash)
    return tuple(rows)


def row(pairing: str, evidence: str, **facts: str) -> Operation:
    given = {"of": "verdict", "signature": "good", "signed_pairing": pairing, **facts}
    return operation(Kind.EVIDENCE_READ, 50, pairing=pairing, evidence=evidence, **given)


CLAIM = operation(
    Kind.APP_CLAIM, 10, code="1", pairing="p1", installation="i1", hint="awaiting_call_confirm"
)
SUBMIT = operation(
    Kind.APP_SUBMIT, 20, pairing="p1", installation="i1", status="complete", hint="verified"
)
SHOWN = operation(
    Kind.OPERATOR_FETCH,
    22,
    token="w1",
    evidence="ev1",
    badge="green",
    status="complete",
    hint="verified",
)
OVER = operation(Kind.STATUS_CALLBACK, 40, status="completed")
PAIRING = KeptPairing(
    id="p1",
    call="CA1",
    status="complete",
    hint="verified",
    claimed_by="i1",
    opened_at=AT,
    expires_at=AT + timedelta(minutes=5),
    ended_at=AT + timedelta(seconds=20),
    verdict_at=AT + timedelta(seconds=20),
    evidence="ev1",
)
APART = Skewed(since=AT - timedelta(seconds=290), until=AT - timedelta(seconds=270), seconds=300.0)
HEARD = Heard(call="CA1", stayed=True, reached="person", documents=(1, 2, 2, 5))
GOOD = History(
    operations=(CLAIM, SUBMIT, SHOWN, OVER, row("p1", "ev1")),
    pairings=(PAIRING,),
    heard=(HEARD,),
    revoked={"i2": AT},
    evidence=chain(3),
    evidence_without_key=chain(3),
    replayed=({"p1": "complete verified", "p2": "pending"}, {"p1": "complete verified"}),
)
GOOD = replace(GOOD, replayed=(GOOD.replayed[0], {**GOOD.replayed[0], "p2": "failed code_expired"}))


def with_operations(*more: Operation, without: Operation | None = None) -> History:
    left = tuple(o for o in GOOD.operations if o is not without)
    return replace(GOOD, operations=(*left, *more))


def changed(of: Operation, **facts: str) -> Operation:
    return replace(of, facts={**of.facts, **facts})


def later(of: Operation, at: float, **facts: str) -> Operation:
    return replace(changed(of, **facts), began=at, ended=at + 0.5)


def kept(**changes: Any) -> History:
    return replace(GOOD, pairings=(replace(PAIRING, **changes),))


def heard(**changes: Any) -> History:
    return replace(GOOD, heard=(replace(HEARD, **changes),))


def refused(code: str, pairing: str) -> Operation:
    return replace(SUBMIT, outcome=Outcome.FAIL, facts={"pairing": pairing, "refusal": code})


PLANTED: list[tuple[str, Callable[[], History], str]] = [
    ("a second claim", lambda: with_operations(changed(CLAIM, installation="i9")), "I1"),
    ("the store names another winner", lambda: kept(claimed_by="i9"), "I1"),
    (
        "one code for two phones",
        lambda: with_operations(changed(CLAIM, pairing="p9", installation="i9")),
        "T8",
    ),
    ("a claim that was told is lost", lambda: kept(claimed_by="", status="failed"), "T8"),
    ("verified without a claim", lambda: kept(claimed_by=""), "I2"),
    ("no verdict row", lambda: with_operations(without=GOOD.operations[-1]), "I2"),
    ("two verdict rows", lambda: with_operations(row("p1", "ev2")), "I2"),
    (
        "a bad signature",
        lambda: with_operations(row("p1", "ev1", signature="bad"), without=GOOD.operations[-1]),
        "I2",
    ),
    (
        "another call's statement",
        lambda: with_operations(row("p1", "ev1", signed_pairing="p7"), without=GOOD.operations[-1]),
        "I2",
    ),
    ("another call's check", lambda: kept(call="CA2"), "I2"),
    ("an acknowledged proof", lambda: with_operations(changed(SUBMIT, pairing="p3")), "I3"),
    (
        "a refusal that was judged",
        lambda: with_operations(refused("certificate_revoked", "p3")),
        "I3",
    ),
    ("backwards", lambda: with_operations(later(CLAIM, 30)), "I4"),
    ("another ending", lambda: with_operations(later(SUBMIT, 30, hint="signature_invalid")), "I4"),
    ("kept as something else", lambda: kept(hint="code_expired", status="failed"), "I4"),
    ("an older document", lambda: heard(documents=(1, 3, 2)), "I4"),
    ("after its expiry", lambda: kept(expires_at=AT + timedelta(seconds=19)), "I5"),
    ("after the call", lambda: kept(verdict_at=AT + timedelta(seconds=60)), "I5"),
    ("a clock apart", lambda: replace(GOOD, skewed=(APART,)), "I5"),
    ("a revoked card", lambda: replace(GOOD, revoked={"i1": AT}), "I5"),
    ("shown after the call", lambda: with_operations(later(SHOWN, 45)), "I5"),
    ("pulled away", lambda: heard(pulled_away=True), "I6"),
    ("left alone", lambda: heard(reached=""), "I6"),
    ("one claim on two calls", lambda: with_operations(replace(SHOWN, call="CA2")), "I7"),
    ("a row is missing", lambda: replace(GOOD, evidence=chain(3)[1:]), "I8"),
    ("no key, no chain", lambda: replace(GOOD, evidence_without_key=chain(2)), "I8"),
    (
        "a call goes on by replay",
        lambda: replace(GOOD, replayed=({"call CA9": "live 4"}, {"call CA9": "over 5"})),
        "I9",
    ),
    (
        "a caller is gone from the queue",
        lambda: replace(
            GOOD,
            replayed=(
                {"call CA9": "live 4", "queue CA9": "waiting"},
                {"call CA9": "live 4", "queue CA9": "gone"},
            ),
        ),
        "I9",
    ),
    ("a call came to life", lambda: replace(GOOD, replayed=({}, {"CA9": "live"})), "I9"),
    (
        "a verdict by replay",
        lambda: replace(GOOD, replayed=({"p2": "pending"}, {"p2": "complete verified"})),
        "I9",
    ),
    ("silence", lambda: heard(gaps=("5.1 s after 「…」",)), "silence"),
]


def test_a_good_history_is_good() -> None:
    assert invariants.violations(GOOD) == []


@pytest.mark.parametrize(
    ("planted", "invariant"), [p[1:] for p in PLANTED], ids=[p[0] for p in PLANTED]
)
def test_what_is_planted_is_found(planted: Callable[[], History], invariant: str) -> None:
    found = invariants.violations(planted())
    assert [said for said in found if said.startswith(invariant)], found


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(
            lambda: replace(GOOD, skewed=(replace(APART, seconds=-300.0),)), id="the other way"
        ),
        pytest.param(lambda: heard(stayed=False, reached=""), id="hung up early"),
        pytest.param(
            lambda: replace(GOOD, replayed=({"queue CA1": "ringing"}, {"queue CA1": "waiting"})),
            id="a ringing that ran out",
        ),
        pytest.param(
            lambda: replace(
                GOOD,
                replayed=(
                    {"call CA1": "live 4", "queue CA1": "talking", "pairing p2": "pending x"},
                    {"call CA1": "over 4", "queue CA1": "gone", "pairing p2": "failed call_ended"},
                ),
            ),
            id="an end that was not told",
        ),
        pytest.param(
            lambda: with_operations(replace(SUBMIT, outcome=Outcome.UNKNOWN)), id="an answer lost"
        ),
        pytest.param(
            lambda: with_operations(refused("expired_or_unknown", "p3")), id="a proof not looked at"
        ),
        pytest.param(lambda: with_operations(later(SUBMIT, 25)), id="the same proof again"),
        pytest.param(
            lambda: with_operations(replace(later(CLAIM, 19.9), ended=30.0)), id="at the same time"
        ),
        pytest.param(
            lambda: replace(
                with_operations(later(SHOWN, 30, hint="superseded", status="failed")),
                pairings=(replace(PAIRING, hint="superseded", status="failed"),),
            ),
            id="superseded",
        ),
    ],
)
def test_what_may_happen_is_not_found(good: Callable[[], History]) -> None:
    assert invariants.violations(good()) == []
