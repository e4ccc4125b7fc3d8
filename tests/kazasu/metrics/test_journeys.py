"""The funnel counts what happened, once, however often it is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.model import (
    NO_CALL,
    CallFacts,
    CallRef,
    EvidenceId,
    Mode,
    Pairing,
    PairingId,
    PairingNews,
    Recheck,
    Requirement,
    Revocation,
    news_of,
)
from identity.pairing.outcomes import AFTERWARDS, PENDING, Hint, Status, status_of
from identity.tenants.model import TenantId
from ivr.flow_engine import voice_actions as voice
from ivr.flow_engine.engine import Step
from ivr.flow_engine.session import Session
from ivr.flow_engine.turn.trace import TraceEntry
from kazasu.metrics.instruments import Instruments, new_registry
from kazasu.metrics.journeys import Journeys

AT = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
NO_FLOW: Any = None


def pairing(hint: Hint) -> Pairing:
    return Pairing(
        id=PairingId("p1"),
        tenant=TenantId("main"),
        call=CallFacts(call_ref=CallRef("ref"), dialled="+81312345678", line="", started_at=AT),
        mode=Mode.SPOKEN_CODE,
        require=Requirement(identity=IdentityLevel.ID_CARD_AUTH, binding=BindingLevel.BIND_CHOICE),
        purpose="",
        action="",
        expect=None,
        errand_key="ref:1:0",
        status=status_of(hint),
        hint=hint,
        opened_at=AT,
        claim_by=AT,
        expires_at=AT,
        ended_at=AT + timedelta(seconds=42),
    )


class Told:
    """Journeys over a check whose newest state is the last that was told."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.kept: Pairing | None = None
        self.metrics = Instruments(new_registry(), routes=(), reasons=())
        self.journeys = Journeys(self.metrics, self._look, lambda: self.seconds)

    async def _look(self, _tenant: TenantId, _pairing: PairingId) -> Pairing | None:
        return self.kept

    async def news(self, hint: Hint) -> None:
        self.kept = pairing(hint)
        await self.journeys.pairing(news_of(self.kept, AT))

    def step(self, heard: str, *, hold: int = 0, fault: str = "", wait: Any = "input") -> None:
        drawn = voice.Document(spoken=(), closing=voice.Hold(spoken=(), sound="", seconds=hold))
        session = Session(
            call="ref",
            flow_version="1",
            language="ja-JP",
            stack=(),
            pending=drawn if hold else None,
            wait=wait,
        )
        entry = TraceEntry(flow="f", node="n", input=heard, fault=fault)
        self.journeys.step(
            NO_FLOW, Step(session=session, errands=(), outcome="accepted", trace=(entry,))
        )

    def value(self, name: str, **labels: str) -> float:
        found = self.metrics.registry.get_sample_value(f"kazasu_{name}", labels)
        return 0.0 if found is None else found

    def stages(self) -> dict[str, float]:
        names = ("called", "prompted", "claimed", "tapped", "verified", "talking")
        return {name: self.value("funnel_total", stage=name) for name in names}


@pytest.fixture
def told() -> Told:
    return Told()


async def test_a_call_that_is_verified_goes_through_every_stage_once(told: Told) -> None:
    told.step("call_arrived")
    for hint in (
        Hint.AWAITING_APP, Hint.APP_OPENED, Hint.AWAITING_CALL_CONFIRM, Hint.AWAITING_CHOICE,
        Hint.AWAITING_PIN, Hint.VERIFYING, Hint.VERIFIED, Hint.VERIFIED,
    ):  # fmt: skip
        await told.news(hint)
        await told.news(hint)  # delivery is at least once
    told.step("talk_began")
    assert set(told.stages().values()) == {1}
    assert told.value("checks_ended_total", mode="spoken_code", hint="verified") == 1
    assert told.value("verify_seconds_sum", mode="spoken_code") == 42


@pytest.mark.parametrize("hint", [h for h in Hint if h not in PENDING | AFTERWARDS])
async def test_every_end_counts_under_its_hint(told: Told, hint: Hint) -> None:
    await told.news(hint)
    complete = status_of(hint) is Status.COMPLETE
    assert told.value("checks_ended_total", mode="spoken_code", hint=hint.value) == 1
    assert told.stages()["verified"] == (1 if complete else 0)


async def test_a_repudiation_is_an_end_and_no_second_verdict(told: Told) -> None:
    await told.news(Hint.VERIFIED)
    told.kept = replace(pairing(Hint.VERIFIED), repudiated_at=AT)
    await told.journeys.pairing(news_of(told.kept, AT))
    assert told.value("checks_ended_total", mode="spoken_code", hint="repudiated") == 1
    assert told.stages()["verified"] == 1


async def test_a_certificate_asked_about_again_is_no_second_verdict(told: Told) -> None:
    """In whatever process the news arrives; that it was revoked since is an end of its own."""
    found = Revocation(status="unknown", detail="stale")
    later = AT + timedelta(minutes=2)
    for status, ends in (("unknown", 0), ("revoked", 1)):
        recheck = Recheck(revocation=replace(found, status=status), evidence_id=EvidenceId("e"))
        told.kept = replace(pairing(Hint.VERIFIED), recheck=recheck)
        await told.journeys.pairing(news_of(told.kept, later))
        assert told.value("checks_ended_total", mode="spoken_code", hint="verified") == 0
        assert told.value("checks_ended_total", mode="spoken_code", hint="revoked_since") == ends
    assert told.stages()["verified"] == 0


async def test_a_check_that_is_gone_counts_without_its_mode(told: Told) -> None:
    news = news_of(pairing(Hint.CALL_ENDED), AT)
    assert isinstance(news, PairingNews)
    await told.journeys.pairing(news)
    assert told.value("checks_ended_total", mode="other", hint="call_ended") == 1


@pytest.mark.parametrize(
    ("heard", "name"),
    [("straight_on", "calls_straight_on_total"), ("rescued", "sessions_lost_total")],
)
def test_what_befell_a_call(told: Told, heard: str, name: str) -> None:
    told.step(heard)
    assert told.value(name) == 1


def test_faults_are_counted_without_their_words(told: Told) -> None:
    told.step("digits_pressed", fault="node_missing")
    assert told.value("flow_faults_total") == 1


@pytest.mark.parametrize(("late", "gaps"), [(0.0, 0), (4.0, 0), (4.1, 1)])
def test_a_hold_that_was_over_for_long_is_a_gap(told: Told, late: float, gaps: int) -> None:
    told.step("call_arrived", hold=8)
    told.seconds = 8 + late
    told.step("pairing_progressed")  # news says nothing of what the carrier plays
    told.step("timed_out")
    assert told.value("hold_gaps_total") == gaps


def test_a_call_that_ended_or_went_on_leaves_no_gap(told: Told) -> None:
    told.step("call_arrived", hold=8)
    told.step("call_ended", wait="ended")
    told.seconds = 100
    told.step("timed_out")
    assert told.value("hold_gaps_total") == 0


@pytest.mark.parametrize(("mode", "counted"), [(Mode.DESK, 0), (Mode.KEYED_CODE, 1)])
async def test_what_is_begun_at_a_desk_is_no_call(told: Told, mode: Mode, counted: int) -> None:
    """It has its ends and its times; how far calls come is about calls."""
    for hint in (Hint.AWAITING_APP, Hint.VERIFYING, Hint.VERIFIED):
        made = pairing(hint)
        told.kept = replace(made, mode=mode, call=replace(made.call, call_ref=NO_CALL))
        await told.journeys.pairing(news_of(told.kept, AT))
    stages = told.stages()
    assert {stages[name] for name in ("prompted", "tapped", "verified")} == {counted}
    assert told.value("checks_ended_total", mode=mode.value, hint="verified") == 1
    assert told.value("verify_seconds_sum", mode=mode.value) == 42
