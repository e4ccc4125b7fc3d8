"""The certificate behind a verdict that lives is asked about again: when, and what comes of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from identity.evidence_archive import chain
from identity.evidence_archive.model import EvidenceRow, Kind
from identity.pairing.levels import Badge
from identity.pairing.model import CallRef, Pairing
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.afterwards.rechecking import Occasion
from identity.pairing.views import PairingView
from identity.tenants.model import Role
from identity.verification.model import RevocationState, RevocationStatus
from identity.verification.ports import RevocationSubject
from tests.identity.jpki.synthetic import NOW
from tests.identity.pairing.world import CARD, OTHER_CARD, PERSON, STRANGER_CARD, TENANT, World

CALL = CallRef("call-1")
HAND_OVER, REVEAL, NEWS = Occasion.HAND_OVER, Occasion.REVEAL, Occasion.SOURCE_NEWS
LATER = NOW + timedelta(hours=24)


class Lists:
    """A source whose answer about one serial, and the time of its data, a test turns."""

    def __init__(self) -> None:
        self.says, self.detail, self.of = "good", "", NOW
        self.asked: list[int] = []

    def say(self, status: str, detail: str = "", of: datetime = LATER) -> None:
        self.says, self.detail, self.of = status, detail, of

    async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
        serial = subject.certificate.serial
        self.asked.append(serial)
        says = self.says if serial == CARD else "good"
        if says == "broken":
            raise OSError("the source's own words")
        return RevocationState(
            status=RevocationStatus(says),
            method="table",
            checked_at=at,
            source_updated_at=None if says == "unknown" else self.of,
            reason=self.detail if says == "revoked" else None,
            why=self.detail if says == "unknown" else None,
        )


async def _verified(lists: Lists, *calls: tuple[str, str, int]) -> World:
    world = World(revocation=lists)
    await world.hold(CARD, PERSON, "K-1")
    await world.hold(OTHER_CARD, "person-taro", "K-7")
    for call, app, serial in calls or (("call-1", "app-1", CARD),):
        await world.verified(call, app, serial)
    lists.asked.clear()
    world.clock.pass_by(seconds=30)
    return world


async def _view(world: World, call: CallRef = CALL) -> PairingView:
    view = await world.watching.latest(TENANT.id, call)
    assert view is not None
    return view


def _row(world: World) -> Pairing:
    (row,) = world.pairings.rows.values()
    return row


def _kept(world: World) -> list[EvidenceRow]:
    return [row for row in world.evidence.rows if row.record.kind is Kind.RECHECK]


async def test_revoked_in_the_call_takes_the_badge_and_rewrites_nothing() -> None:
    lists = Lists()
    world = await _verified(lists)
    before, (first,) = _row(world), list(world.evidence.rows)
    lists.say("revoked", "keyCompromise")
    await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
    view, after = await _view(world), _row(world)
    assert (view.status, view.hint, view.badge) == (
        Status.COMPLETE,
        Hint.REVOKED_SINCE,
        Badge.GREY,
    )
    assert after == replace(before, recheck=after.recheck, version=before.version + 1)
    assert after.recheck is not None
    assert (after.recheck.revocation.detail, after.recheck.revocation.source_updated_at) == (
        "keyCompromise",
        LATER,
    )
    assert world.evidence.rows[0] is first
    (second,) = _kept(world)
    assert after.recheck.evidence_id == second.record.id
    header = second.record.header
    assert before.verdict is not None
    assert (header["pairing"], header["verdict"]) == (before.id, before.verdict.evidence_id)
    assert (header["occasion"], header["revocation"]) == ("hand_over", "revoked")
    assert "keyCompromise" not in str(header)
    assert chain.first_bad(world.evidence.rows) is None
    assert world.pairings.news[-1].hint is Hint.REVOKED_SINCE


@pytest.mark.parametrize(
    ("answers", "rows", "shown"),
    [
        pytest.param([("good", "", NOW)], 0, "", id="the same data say nothing new"),
        pytest.param([("good", "", NOW - timedelta(hours=1))], 0, "", id="nor do older ones"),
        pytest.param([("good", "", LATER)], 1, "good", id="newer data"),
        pytest.param([("unknown", "stale", NOW)], 1, "unknown", id="cannot tell"),
        pytest.param([("unknown", "stale", NOW)] * 2, 1, "unknown", id="twice is once"),
        pytest.param(
            [("unknown", "stale", NOW), ("unknown", "unreadable", NOW)],
            2,
            "unknown",
            id="another why",
        ),
        pytest.param(
            [("unknown", "stale", NOW), ("good", "", NOW)], 2, "good", id="it can tell again"
        ),
        pytest.param([("broken", "", NOW)], 1, "unknown", id="a source that breaks"),
        pytest.param(
            [("revoked", "superseded", LATER), ("good", "", LATER + timedelta(days=1))],
            1,
            "revoked",
            id="revoked is the last word",
        ),
    ],
)
async def test_only_what_is_new_is_a_row(
    answers: list[tuple[str, str, datetime]], rows: int, shown: str
) -> None:
    lists = Lists()
    world = await _verified(lists)
    for answer in answers:
        lists.say(*answer)
        await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
        world.clock.pass_by(seconds=10)
    assert len(_kept(world)) == rows
    recheck = (await _view(world)).recheck
    assert (recheck.revocation.status if recheck else "") == shown


async def test_what_cannot_be_told_lowers_nothing() -> None:
    lists = Lists()
    world = await _verified(lists)
    lists.say("unknown", "stale")
    await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
    view = await _view(world)
    assert (view.hint, view.badge, view.identity.code) == (
        Hint.VERIFIED,
        Badge.GREEN,
        "id_card_auth",
    )
    assert view.verdict is not None
    assert view.verdict.revocation.status == "good"


async def test_at_most_once_in_ten_seconds_for_what_operators_do() -> None:
    lists = Lists()
    world = await _verified(lists)
    for seconds, times in ((0, 1), (9, 1), (1, 2), (10, 3)):
        world.clock.pass_by(seconds=seconds)
        for occasion in (HAND_OVER, REVEAL):
            await world.rechecking.of_call(TENANT.id, CALL, occasion)
        assert len(lists.asked) == times


async def test_nobody_asks_about_a_call_that_is_over_or_a_result_that_is_too_old() -> None:
    lists = Lists()
    world = await _verified(lists)
    lists.say("revoked")
    world.clock.pass_by(minutes=30)
    await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
    await world.rechecking.look()
    world.clock.pass_by(minutes=-30)
    await world.ending.call_ended(TENANT.id, CALL)
    await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
    await world.rechecking.look()
    assert lists.asked == []
    assert (await _view(world)).hint is Hint.VERIFIED


class TestNewsOfTheSource:
    async def test_all_that_live_are_asked_about_at_once_and_once_more(self) -> None:
        lists = Lists()
        world = await _verified(lists, ("call-1", "app-1", CARD), ("call-2", "app-2", OTHER_CARD))
        for seconds, times in ((0, 1), (9, 1), (1, 2), (10, 2), (60, 2)):
            world.clock.pass_by(seconds=seconds)
            await world.rechecking.look()
            assert sorted(lists.asked) == [CARD] * times + [OTHER_CARD] * times
        lists.asked.clear()
        lists.say("revoked", "certificateHold")
        world.edition += 1
        await world.rechecking.look()
        assert len(lists.asked) == 2
        assert (await _view(world)).hint is Hint.REVOKED_SINCE
        assert (await _view(world, CallRef("call-2"))).hint is Hint.VERIFIED
        (row,) = _kept(world)  # good once more is no row for every call there is
        assert row.record.header["occasion"] == "source_news"
        world.edition += 1
        await world.rechecking.look()
        assert lists.asked[2:] == [OTHER_CARD]

    async def test_a_proof_that_was_on_its_way_is_not_forgotten(self) -> None:
        """Asked before the news, and a verdict only after everybody else was asked about."""
        lists = Lists()
        world = World(revocation=lists)
        await world.hold(CARD, PERSON, "K-1")
        view = await world.signable()
        world.edition += 1
        await world.rechecking.look()
        assert not isinstance(await world.proven(view), Refusal)
        lists.say("revoked")
        world.clock.pass_by(seconds=10)
        await world.rechecking.look()
        assert (await _view(world)).hint is Hint.REVOKED_SINCE

    async def test_as_long_as_it_cannot_tell_it_is_asked_again_and_leaves_no_rows(self) -> None:
        lists = Lists()
        world = await _verified(lists)
        lists.say("unknown", "clock_apart")
        for seconds, times in ((0, 1), (1, 1), (9, 2), (10, 3)):
            world.clock.pass_by(seconds=seconds)
            await world.rechecking.look()
            assert len(lists.asked) == times
        assert _kept(world) == []
        lists.say("revoked")
        world.clock.pass_by(seconds=10)
        await world.rechecking.look()
        assert (await _view(world)).hint is Hint.REVOKED_SINCE

    async def test_a_doubt_is_taken_away(self) -> None:
        lists = Lists()
        world = await _verified(lists)
        lists.say("unknown", "stale")
        await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
        lists.say("good")
        await world.rechecking.look()
        recheck = (await _view(world)).recheck
        assert recheck is not None
        assert recheck.revocation.status == "good"

    async def test_of_many_pages_none_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("identity.pairing.verbs.afterwards.rechecking._AT_ONCE", 1)
        lists = Lists()
        calls = [("call-1", "app-1", CARD), ("call-2", "app-2", OTHER_CARD)]
        world = await _verified(lists, *calls)
        await world.rechecking.look()
        assert sorted(lists.asked) == [CARD, OTHER_CARD]


async def test_a_repudiation_and_a_revocation_do_not_hide_each_other() -> None:
    lists = Lists()
    for order in ((0, 1), (1, 0)):
        lists.say("good", of=NOW)
        world = await _verified(lists)
        row = _row(world)
        lists.say("revoked")
        for step in order:
            if step:
                await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
            else:
                await world.repudiating.repudiate(world.app(), row.id)
        after = _row(world)
        assert (after.repudiated_at is not None, after.revoked_since) == (True, True)
        view = await _view(world)
        assert (view.hint, view.badge) == (Hint.REPUDIATED, Badge.RED)


async def test_the_same_person_in_another_call_is_an_alarm_all_the_same() -> None:
    lists = Lists()
    world = await _verified(lists)
    await world.hold(STRANGER_CARD, PERSON, "K-1")
    lists.say("revoked", "superseded")
    await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
    view = await world.signable("call-2", "app-2")
    answer = await world.proven(view, "app-2", serial=STRANGER_CARD)
    assert answer == Refusal(code="superseded")
    first = world.pairings.news[-2]
    assert (first.call_ref, first.hint) == (CALL, Hint.SUPERSEDED)
    shown = await _view(world)
    assert (shown.hint, shown.badge) == (Hint.SUPERSEDED, Badge.RED)


async def test_a_device_is_not_known_by_a_card_that_was_revoked_in_the_call() -> None:
    lists = Lists()
    world = await _verified(lists)
    lists.say("revoked")
    await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
    await world.ending.call_ended(TENANT.id, CALL)
    lists.say("good")
    world.clock.pass_by(days=2)
    again = await world.verified("call-2")
    assert again.verdict is not None
    assert not again.verdict.knowledge.device_known


async def test_where_nothing_of_a_card_may_be_kept_there_is_nothing_to_ask() -> None:
    lists = Lists()
    world = World(revocation=lists, tenant=replace(TENANT, role=Role.RELYING))
    await world.hold(CARD, PERSON, "K-1")
    await world.verified()
    assert list(world.pairings.certificates.values()) == [None]
    lists.asked.clear()
    await world.rechecking.of_call(TENANT.id, CALL, HAND_OVER)
    await world.rechecking.look()
    assert lists.asked == []
