"""One person in two live calls (T37), late and duplicate proofs, repudiation."""

from dataclasses import replace
from datetime import datetime

import pytest

from identity.contract_holders.hashes import phone_hash
from identity.evidence_archive.model import Kind
from identity.pairing.levels import Badge
from identity.pairing.model import CallRef, PersonId, Tap
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView, standing_alarm
from identity.verification.model import RevocationState
from identity.verification.ports import RevocationSubject
from tests.identity.pairing.world import (
    CARD,
    OTHER_CARD,
    PERSON,
    STRANGER_CARD,
    TENANT,
    World,
)
from tests.identity.verification.sources import Answering


async def _world() -> World:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    return world


@pytest.mark.parametrize("serial", [CARD, STRANGER_CARD])
async def test_two_installations_neither_is_green(serial: int) -> None:
    world = await _world()
    first = await world.verified("call-1", "app-1", serial=serial)
    view = await world.signable("call-2", "app-2")
    answer = await world.proven(view, "app-2", serial=serial)
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.SUPERSEDED.value
    for call in ("call-1", "call-2"):
        seen = await world.watching.latest(TENANT.id, CallRef(call))
        assert seen is not None
        assert (seen.status, seen.hint, seen.badge) == (
            Status.FAILED,
            Hint.SUPERSEDED,
            Badge.RED,
        )
    kinds = [row.record.kind for row in world.evidence.rows]
    assert kinds == [Kind.VERDICT, Kind.REFUSAL, Kind.REFUSAL]
    told = [(n.call_ref, n.hint) for n in world.pairings.news[-2:]]
    assert told == [(first.call_ref, Hint.SUPERSEDED), ("call-2", Hint.SUPERSEDED)]


async def test_one_installation_only_the_earlier_ends() -> None:
    world = await _world()
    await world.verified("call-1", "app-1")
    later = await world.verified("call-2", "app-1")
    earlier = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert earlier is not None
    assert earlier.hint is Hint.SUPERSEDED
    assert later.hint is Hint.VERIFIED
    # The later one holds the place now: a third call ends it in turn.
    await world.verified("call-3", "app-1")
    assert world.row(later.id).hint is Hint.SUPERSEDED


async def test_a_verdict_stops_living_with_its_call_or_after_half_an_hour() -> None:
    world = await _world()
    await world.verified("call-1", "app-1")
    await world.ending.call_ended(TENANT.id, CallRef("call-1"))
    second = await world.verified("call-2", "app-2")
    world.clock.pass_by(minutes=30, seconds=1)
    third = await world.verified("call-3", "app-3")
    assert (second.hint, third.hint) == (Hint.VERIFIED, Hint.VERIFIED)


async def test_a_second_check_in_the_same_call_is_no_conflict() -> None:
    world = await _world()
    await world.verified("call-1", "app-1")
    view = await world.signable("call-1", "app-1", key="call-1:9:0")
    assert isinstance(await world.proven(view), AppView)


async def test_an_alarm_leaves_a_warning_on_the_line() -> None:
    world = await _world()
    await world.verified("call-1", "app-1")
    view = await world.signable("call-2", "app-2")
    await world.proven(view, "app-2")
    hashed = phone_hash(TENANT, "+819012345678")
    assert await world.line_warnings.warned(TENANT.id, hashed)
    world.clock.pass_by(hours=24, seconds=1)
    assert not await world.line_warnings.warned(TENANT.id, hashed)


async def test_a_duplicate_proof_gets_the_same_answer_and_changes_nothing() -> None:
    world = await _world()
    view = await world.signable()
    first = await world.proven(view)
    row = world.row(view.pairing)
    answers = [await world.proven(view) for _ in range(5)]
    assert answers == [first] * 5
    assert world.row(view.pairing) == row
    # The first three leave evidence, the rest a count.
    kinds = [r.record.kind for r in world.evidence.rows]
    assert kinds == [Kind.VERDICT] + [Kind.LATE_PROOF] * 3


async def test_a_proof_after_the_call_ended_is_late() -> None:
    world = await _world()
    view = await world.signable()
    await world.ending.call_ended(TENANT.id, CallRef("call-1"))
    answer = await world.proven(view)
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.CALL_ENDED.value
    assert [r.record.kind for r in world.evidence.rows] == [Kind.LATE_PROOF]


async def test_only_the_claimer_can_prove() -> None:
    world = await _world()
    view = await world.signable("call-1", "app-1")
    answer = await world.proven(view, "app-2")
    assert isinstance(answer, Refusal)
    assert answer.code == "expired_or_unknown"
    assert world.evidence.rows == []


async def test_a_proof_in_time_by_our_clock_but_not_by_the_databases() -> None:
    world = await _world()
    view = await world.signable()
    world.database_clock.pass_by(minutes=6)
    answer = await world.proven(view)
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.SESSION_EXPIRED.value


async def test_time_that_runs_out_while_revocation_is_asked() -> None:
    class Slow(Answering):
        async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
            world.database_clock.pass_by(minutes=6)
            return await super().status(subject, at)

    world = World(revocation=Slow())
    view = await world.signable()
    answer = await world.proven(view)
    assert answer == Refusal(code=Hint.SESSION_EXPIRED.value)
    assert world.row(view.pairing).hint is Hint.SESSION_EXPIRED
    assert [r.record.kind for r in world.evidence.rows] == [Kind.LATE_PROOF]


@pytest.mark.parametrize("good", [True, False])
async def test_only_a_verdict_makes_an_installation_one_that_proved(good: bool) -> None:
    world = await _world()
    await world.installations.register(world.app())
    view = await world.signable()
    await world.proven(view, tap=None if good else Tap(certificate=b"", signature=b""))
    found = await world.installations.by_id("app-1")
    assert found is not None
    assert found.ever_proved is good


async def test_a_proof_that_was_cut_short_goes_on_when_repeated() -> None:
    world = await _world()
    view = await world.signable()
    world.linkage.broken = True
    with pytest.raises(ConnectionError):
        await world.proven(view)
    assert world.row(view.pairing).hint is Hint.VERIFYING
    world.linkage.broken = False
    assert isinstance(await world.proven(view), AppView)


async def test_a_proof_that_was_cut_short_and_repeated_too_late_asks_nobody() -> None:
    source = Answering()
    world = World(revocation=source)
    view = await world.signable()
    world.linkage.broken = True
    with pytest.raises(ConnectionError):
        await world.proven(view)
    world.clock.pass_by(minutes=6)
    answer = await world.proven(view)
    assert answer == Refusal(code=Hint.SESSION_EXPIRED.value)
    assert len(source.asked) == 1


async def test_an_alarm_on_an_earlier_check_of_the_call_keeps_it_red() -> None:
    world = await _world()
    await world.verified("call-1", "app-1")
    newer = await world.opened("call-1", key="call-1:9:0")
    view = await world.signable("call-2", "app-2")
    await world.proven(view, "app-2")
    seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert seen is not None
    assert (seen.pairing, seen.hint) == (newer.pairing, Hint.BY_SYSTEM)
    assert (seen.badge, seen.alarm) == (Badge.RED, Hint.SUPERSEDED)


async def test_a_check_that_was_open_before_the_holder_repudiated_proves_nothing() -> None:
    world = await _world()
    row = await world.verified("call-1", "app-1")
    view = await world.signable("call-1", "app-2", key="call-1:9:0")
    await world.repudiating.repudiate(world.app("app-1"), row.id)
    assert await world.proven(view, "app-2", serial=OTHER_CARD) == Refusal(code="by_system")
    assert world.row(view.pairing).hint is Hint.BY_SYSTEM


async def test_an_operator_lifts_no_alarm_that_rises_after_they_began() -> None:
    world = await _world()
    await world.verified("call-1", "app-1")
    world.clock.pass_by(seconds=5)
    again = await world.signable(
        "call-1",
        "app-1",
        key="call-1:operator:x",
        started_by_operator=True,
        reason="higher_level",
    )
    elsewhere = await world.signable("call-2", "app-2")
    world.clock.pass_by(seconds=5)
    assert await world.proven(elsewhere, "app-2") == Refusal(code=Hint.SUPERSEDED.value)
    assert await world.proven(again, "app-1") == Refusal(code=Hint.BY_SYSTEM.value)
    seen = await world.watching.latest(TENANT.id, CallRef("call-1"))
    assert seen is not None
    assert (seen.badge, seen.alarm) == (Badge.RED, Hint.SUPERSEDED)


async def test_only_an_operator_lifts_an_alarm() -> None:
    world = World()
    pairing = world.row((await world.opened()).pairing)
    alarmed = replace(pairing, hint=Hint.WRONG_CHOICE, status=Status.FAILED)
    by_operator = replace(pairing, started_by_operator=True)
    assert standing_alarm([]) is None
    assert standing_alarm([alarmed, pairing]) is Hint.WRONG_CHOICE
    assert standing_alarm([alarmed, by_operator]) is None
    assert standing_alarm([by_operator, alarmed]) is Hint.WRONG_CHOICE


async def test_repudiation_turns_the_badge_red_and_holds_the_card() -> None:
    world = await _world()
    row = await world.verified()
    entry = await world.repudiating.repudiate(world.app(), row.id)
    assert not isinstance(entry, Refusal)
    assert entry.hint is Hint.REPUDIATED
    seen = await world.watching.latest(TENANT.id, row.call_ref)
    assert seen is not None
    assert (seen.status, seen.hint, seen.badge) == (
        Status.COMPLETE,
        Hint.REPUDIATED,
        Badge.RED,
    )
    assert await world.card_holds.held(TENANT.id, PersonId(PERSON))
    assert world.pairings.news[-1].hint is Hint.REPUDIATED
    assert world.evidence.rows[-1].record.kind is Kind.REPUDIATION
    again = await world.repudiating.repudiate(world.app(), row.id)
    assert again == entry
    assert len(world.evidence.rows) == 2


async def test_a_held_card_proves_nothing_for_a_day() -> None:
    world = await _world()
    row = await world.verified()
    await world.repudiating.repudiate(world.app(), row.id)
    await world.ending.call_ended(TENANT.id, row.call_ref)
    view = await world.signable("call-2")
    answer = await world.proven(view)
    assert isinstance(answer, Refusal)
    assert answer.code == Hint.RISK_BLOCKED.value
    verdict = world.row(view.pairing).verdict
    assert verdict is not None
    assert (verdict.refusal, verdict.badge) == ("card_held", Badge.RED)
    world.clock.pass_by(hours=24, seconds=1)
    assert (await world.verified("call-3")).hint is Hint.VERIFIED


async def test_who_may_repudiate_and_until_when() -> None:
    world = await _world()
    await world.verified("old", "holder-app")
    world.clock.pass_by(days=10)
    await world.verified("older-still", "forgotten-app")
    world.clock.pass_by(days=1)
    await world.verified("newer", "holder-app")
    world.clock.pass_by(days=5)
    stolen = await world.verified("fraud", "thief-app")
    # The latest other installation that proved this person sees it and may speak.
    entries = await world.repudiating.history(world.app("holder-app"))
    theirs = [e for e in entries if not e.own]
    assert [(e.pairing, e.purpose) for e in theirs] == [(stolen.id, "")]
    for stranger in ("forgotten-app", "never-seen"):
        answer = await world.repudiating.repudiate(world.app(stranger), stolen.id)
        assert isinstance(answer, Refusal)
        assert answer.code == "expired_or_unknown"
    # Who proves this person only afterwards has no say in it.
    await world.ending.call_ended(TENANT.id, stolen.call_ref)
    world.clock.pass_by(hours=1)
    await world.verified("after", "later-app")
    await world.ending.call_ended(TENANT.id, CallRef("after"))
    refused = await world.repudiating.repudiate(world.app("later-app"), stolen.id)
    assert refused == Refusal(code="expired_or_unknown")
    world.clock.pass_by(hours=70)
    entry = await world.repudiating.repudiate(world.app("holder-app"), stolen.id)
    assert not isinstance(entry, Refusal)
    assert world.row(stolen.id).repudiated_at is not None


async def test_after_72_hours_it_is_too_late() -> None:
    world = await _world()
    row = await world.verified()
    world.clock.pass_by(hours=72)
    answer = await world.repudiating.repudiate(world.app(), row.id)
    assert isinstance(answer, Refusal)
    assert answer.code == "too_late"
    (entry,) = await world.repudiating.history(world.app())
    assert entry.repudiable_until is None


async def test_history_forgets_after_90_days() -> None:
    world = await _world()
    await world.verified()
    world.clock.pass_by(days=91)
    assert list(await world.repudiating.history(world.app())) == []


async def test_a_strangers_card_has_the_same_person_id_each_time_and_nobody_elses() -> None:
    world = await _world()
    first = await world.verified("a", serial=STRANGER_CARD)
    world.clock.pass_by(hours=1)
    again = await world.verified("b", serial=STRANGER_CARD)
    assert first.verdict is not None
    assert again.verdict is not None
    assert first.verdict.person == again.verdict.person
    assert str(first.verdict.person).startswith("u-")
    assert len(world.linkage.rows) == 2  # proving has linked nobody
