"""Checks without a call: from the code to the verdict."""

import json

import pytest

from identity.evidence_archive.model import Kind
from identity.pairing import statement
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.model import CallState, DeskKind, PersonId
from identity.pairing.outcomes import Hint, Status
from identity.pairing.policy import PairingPolicy
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView
from tests.identity.pairing.desk_world import OPERATOR, begun, claimed, seen, tapped, wanted
from tests.identity.pairing.modes.from_the_app import AppWorld
from tests.identity.pairing.world import CARD, LINE, PERSON, STRANGER_CARD, TENANT, World

UNKNOWN = refuse(Code.EXPIRED_OR_UNKNOWN)
SPOKEN = "+81-90-1234-5678"


async def _world() -> World:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    await world.hold(STRANGER_CARD, "person-taro", "K-7", line="")
    return world


async def test_from_the_code_to_the_verdict() -> None:
    world = await _world()
    view = await begun(world, wanted(contract="K-1", purpose="address"))
    assert (len(view.code), view.hint, view.badge) == (8, Hint.AWAITING_APP, Badge.CHECKING)
    claim = await claimed(world, view.code)
    assert (claim.business, claim.kind, claim.purpose) == (
        "カザス保険",
        DeskKind.BUSINESS,
        "住所変更",
    )
    assert claim.view.hint is Hint.AWAITING_PIN
    assert (await seen(world, view)).code == ""
    told = await world.claiming.progress(world.app(), view.pairing, Hint.AWAITING_CARD)
    assert isinstance(told, AppView)
    done = await tapped(world, told)
    assert isinstance(done, AppView), done
    now = await seen(world, view)
    assert (now.status, now.hint, now.badge) == (Status.COMPLETE, Hint.VERIFIED, Badge.AMBER)
    assert (now.identity, now.contract) == (IdentityLevel.ID_CARD_AUTH, "K-1")
    assert now.verdict is not None
    assert (now.verdict.binding, now.verdict.person) == (BindingLevel.BIND_NONE, PERSON)
    (row,) = await world.evidence.of_pairing(TENANT.id, view.pairing)
    header = row.record.header
    assert row.record.kind is Kind.VERDICT
    assert (header["statement_type"], header["mode"], header["actor"]) == (
        "business",
        "desk",
        OPERATOR,
    )


async def test_t06_one_account_does_not_crowd_the_codes() -> None:
    world = World(policy=PairingPolicy(desk_checks_of_account=2))
    first = await begun(world)
    second = await begun(world, wanted(key="2"))
    more = await world.at_desk.begin(TENANT.id, wanted(key="3"))
    assert more == refuse(Code.TRY_AGAIN)
    assert (await begun(world, wanted(key="2"))).pairing == second.pairing
    assert (await begun(world, wanted(by="suzuki"))).pairing != first.pairing
    world.clock.pass_by(minutes=11)
    await begun(world, wanted(key="3"))


async def test_the_statement_says_what_is_done_at_whose_desk() -> None:
    world = await _world()
    claim = await claimed(world, (await begun(world)).code)
    assert claim.view.statement is not None
    said = statement.parse(claim.view.statement)
    assert (said.type, said.mode, said.direction) == ("business", "desk", "business")
    assert (
        said.shown
        == "カザス保険(03-1234-5678)の窓口で、本人確認をします。契約や送金への同意ではありません。"
    )
    assert (said.purpose, said.require) == ("窓口での本人確認", "id_card_auth")
    assert not {"call_ref", "line_last4", "call_started_at", "match"} & set(
        json.loads(claim.view.statement)
    )


async def test_somebody_elses_card_where_a_contract_is_expected() -> None:
    world = await _world()
    for what in (wanted(contract="K-1"), wanted(key="2", phone=SPOKEN)):
        view = await begun(world, what)
        claim = await claimed(world, view.code)
        assert await tapped(world, claim.view, serial=STRANGER_CARD) == Refusal(
            code="person_mismatch"
        )
        now = await seen(world, view)
        assert (now.hint, now.badge) == (Hint.PERSON_MISMATCH, Badge.GREY)
        assert now.verdict is not None
        assert (now.verdict.person, now.verdict.contracts) == (None, ())


@pytest.mark.parametrize("phone", [LINE, SPOKEN, "０９０－１２３４－５６７８"])
async def test_the_holder_of_a_number_is_found(phone: str) -> None:
    world = await _world()
    view = await begun(world, wanted(phone=phone))
    done = await tapped(world, (await claimed(world, view.code)).view)
    assert isinstance(done, AppView)
    assert (await seen(world, view)).hint is Hint.VERIFIED


@pytest.mark.parametrize("kind", DeskKind)
@pytest.mark.parametrize("named", [{"contract": "K-9"}, {"phone": "+81312345678"}, {"phone": "x"}])
async def test_a_mistyped_number_is_told_at_once(named: dict[str, str], kind: DeskKind) -> None:
    world = await _world()
    what = wanted(kind, **named)
    refused = await world.at_desk.begin(TENANT.id, what)
    assert refused == refuse(Code.NO_SUCH_CONTRACT)
    assert not world.pairings.rows


async def test_other_purposes_are_unknown() -> None:
    world = await _world()
    assert await world.at_desk.begin(TENANT.id, wanted(purpose="lottery")) == UNKNOWN


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": ""},
        {"key": ""},
        {"require": IdentityLevel.ID_NUMBER},
        {"contract": "K-1", "phone": LINE},
        {"kind": DeskKind.ENROLMENT, "contract": "K-1", "require": IdentityLevel.ID_CARD_AUTH},
        {"kind": DeskKind.ENROLMENT, "require": IdentityLevel.ID_CARD_SIGN},
    ],
    ids=["nobody", "no key", "no card", "two targets", "by authentication", "no target"],
)
async def test_what_may_not_be_wanted(wrong: dict[str, object]) -> None:
    world = await _world()
    with pytest.raises(ValueError, match=r"desk|enrolment|name the contract"):
        await world.at_desk.begin(TENANT.id, wanted(**wrong))  # type: ignore[arg-type]  # by name


async def test_the_same_key_of_the_same_account_gives_the_same_check() -> None:
    world = await _world()
    first = await begun(world)
    assert (await begun(world)).pairing == first.pairing
    assert (await begun(world, wanted(by="suzuki"))).pairing != first.pairing
    assert (await begun(world, wanted(key="2"))).pairing != first.pairing


async def test_many_desks_wait_at_once_and_each_account_sees_its_own_of_today() -> None:
    world = await _world()
    views = [await begun(world, wanted(key=str(n))) for n in range(5)]
    other = await begun(world, wanted(by="suzuki"))
    assert len({view.code for view in [*views, other]}) == 6
    mine = await world.at_desk.begun_by(TENANT.id, OPERATOR)
    assert {view.pairing for view in mine} == {view.pairing for view in views}
    world.clock.pass_by(hours=24)
    assert await world.at_desk.begun_by(TENANT.id, OPERATOR) == []


class TestClaims:
    @pytest.mark.parametrize("state", [CallState.OUTGOING, CallState.INCOMING, CallState.IN_CALL])
    async def test_nobody_is_talked_through_it_on_the_phone(self, state: CallState) -> None:
        """The code stays good: who has hung up goes on with it. No wrong entry is counted."""
        world = await _world()
        code = (await begun(world)).code
        for _ in range(world.policy.wrong_entries_per_installation + 1):
            refused = await world.claiming.claim(world.app(), code, state, address="192.0.2.1")
            assert refused == refuse(Code.IN_A_CALL)
        await claimed(world, code, state=CallState.NONE)

    async def test_one_winner_and_the_same_answer_again(self) -> None:
        world = await _world()
        code = (await begun(world)).code
        first = await claimed(world, code)
        assert await claimed(world, code) == first
        other = await world.claiming.claim(
            world.app("app-2"), code, CallState.NONE, address="192.0.2.2"
        )
        assert other == UNKNOWN

    async def test_wrong_codes_are_counted_as_any(self) -> None:
        world = await _world()
        code = (await begun(world)).code
        for _ in range(world.policy.wrong_entries_per_installation):
            wrong = await world.claiming.claim(
                world.app(), "00000000", CallState.NONE, address="192.0.2.1"
            )
            assert wrong == UNKNOWN
        late = await world.claiming.claim(world.app(), code, CallState.NONE, address="192.0.2.1")
        assert isinstance(late, Refusal)
        assert late.code == "slow_down"

    async def test_a_reader_has_one_open_check_and_the_later_one_is_meant(self) -> None:
        world = await _world()
        first = await begun(world)
        second = await begun(world, wanted(key="2"))
        before = (await claimed(world, first.code)).view
        after = (await claimed(world, second.code)).view
        assert await tapped(world, before) == Refusal(code="by_system")
        assert isinstance(await tapped(world, after), AppView)
        assert (await seen(world, first)).status is Status.CANCELLED

    async def test_a_ticket_that_waits_gives_way_too(self) -> None:
        world = AppWorld()
        await world.hold(CARD, PERSON, "K-1")
        ticket = await world.begun()
        assert isinstance(ticket, AppView)
        await claimed(world, (await begun(world)).code)
        assert world.row(ticket.pairing).hint is Hint.BY_SYSTEM

    async def test_a_code_of_a_call_asks_as_ever(self) -> None:
        world = await _world()
        await begun(world)
        opened = await world.opened()
        assert (await world.claimed(opened.code)).view.hint is Hint.AWAITING_CALL_CONFIRM

    async def test_there_is_no_question_no_choice_and_no_report(self) -> None:
        world = await _world()
        view = await begun(world)
        await claimed(world, view.code)
        order = refuse(Code.OUT_OF_ORDER, hint="awaiting_pin")
        app = world.app()
        assert await world.claiming.confirm(app, view.pairing, Answer.THEY_CALLED) == order
        assert await world.claiming.choose(app, view.pairing, 1, "26") == order
        assert await world.watching.call_of(app, view.pairing) == UNKNOWN


class TestEnds:
    async def test_a_code_that_nobody_claims(self) -> None:
        world = await _world()
        view = await begun(world)
        world.clock.pass_by(minutes=5)
        refused = await world.claiming.claim(
            world.app(), view.code, CallState.NONE, address="192.0.2.1"
        )
        assert refused == UNKNOWN
        await world.overdue.settle(10)
        assert (await seen(world, view)).hint is Hint.CODE_EXPIRED

    async def test_a_tap_that_comes_too_late(self) -> None:
        world = await _world()
        view = await begun(world)
        claim = await claimed(world, view.code)
        world.clock.pass_by(minutes=10)
        assert await tapped(world, claim.view) == Refusal(code="session_expired")
        (row,) = await world.evidence.of_pairing(TENANT.id, view.pairing)
        assert row.record.kind is Kind.LATE_PROOF

    async def test_stopped_by_whoever_began_it(self) -> None:
        world = await _world()
        view = await begun(world)
        claim = await claimed(world, view.code)
        await world.at_desk.stop(TENANT.id, view.pairing)
        await world.at_desk.stop(TENANT.id, view.pairing)
        assert (await seen(world, view)).hint is Hint.BY_OPERATOR
        assert await tapped(world, claim.view) == Refusal(code="by_operator")

    async def test_stopped_by_the_holder(self) -> None:
        world = await _world()
        view = await begun(world)
        await claimed(world, view.code)
        await world.ending.by_app(world.app(), view.pairing, Hint.PIN_LAST_TRY)
        assert (await seen(world, view)).hint is Hint.PIN_LAST_TRY

    async def test_a_check_of_a_call_is_none_of_a_desks(self) -> None:
        world = await _world()
        opened = await world.opened()
        assert await world.at_desk.view(TENANT.id, opened.pairing) is None
        await world.at_desk.stop(TENANT.id, opened.pairing)
        assert world.row(opened.pairing).status is Status.PENDING

    async def test_a_result_is_old_after_half_an_hour(self) -> None:
        world = await _world()
        view = await begun(world)
        await tapped(world, (await claimed(world, view.code)).view)
        world.clock.pass_by(minutes=30)
        now = await seen(world, view)
        assert (now.outdated, now.badge, now.hint) == (True, Badge.GREY, Hint.VERIFIED)


class TestBesideCalls:
    async def test_a_verdict_at_a_desk_supersedes_no_call(self) -> None:
        """Whoever holds the line while they go to the desk loses neither."""
        world = await _world()
        called = await world.verified("call-1", "app-1")
        view = await begun(world)
        done = await tapped(world, (await claimed(world, view.code, "reader")).view, app="reader")
        assert isinstance(done, AppView)
        assert world.row(called.id).hint is Hint.VERIFIED
        assert [live[1] for live in world.pairings.live.values()] == ["call-1"]

    async def test_a_reader_makes_no_device_known(self) -> None:
        """Whose reader it is nobody can tell: it may stand at the counter."""
        world = await _world()
        view = await begun(world)
        await tapped(world, (await claimed(world, view.code, "reader")).view, app="reader")
        world.clock.pass_by(hours=30)
        world.database_clock.at = world.clock.at
        by_reader = await world.verified("call-1", "reader", line="+81311110000")
        assert by_reader.verdict is not None
        assert not by_reader.verdict.knowledge.device_known

    async def test_a_reader_has_no_say_about_the_holders_calls(self) -> None:
        world = await _world()
        view = await begun(world)
        await tapped(world, (await claimed(world, view.code, "reader")).view, app="reader")
        world.clock.pass_by(minutes=1)
        called = await world.verified("call-1", "phone")
        listed = await world.repudiating.history(world.app("reader"))
        assert [entry.pairing for entry in listed] == [view.pairing]
        refused = await world.repudiating.repudiate(world.app("reader"), called.id)
        assert refused == UNKNOWN

    async def test_the_holders_own_phone_may_repudiate_it(self) -> None:
        world = await _world()
        await world.verified("call-1", "phone")
        world.clock.pass_by(minutes=40)
        view = await begun(world)
        await tapped(world, (await claimed(world, view.code, "reader")).view, app="reader")
        listed = await world.repudiating.history(world.app("phone"))
        entry = next(one for one in listed if one.pairing == view.pairing)
        assert (entry.business, entry.own, entry.purpose) == ("カザス保険", False, "")
        assert not isinstance(
            await world.repudiating.repudiate(world.app("phone"), view.pairing), Refusal
        )
        now = await seen(world, view)
        assert (now.hint, now.badge) == (Hint.REPUDIATED, Badge.RED)
        held = await begun(world, wanted(key="2"))
        blocked = await tapped(
            world, (await claimed(world, held.code, "reader")).view, app="reader"
        )
        assert blocked == Refusal(code="risk_blocked")
        assert (await seen(world, held)).badge is Badge.RED

    async def test_the_reader_that_proved_it_shows_it_in_its_history(self) -> None:
        world = await _world()
        view = await begun(world)
        await tapped(world, (await claimed(world, view.code)).view)
        (entry,) = await world.repudiating.history(world.app())
        assert (entry.business, entry.own, entry.purpose) == (
            "カザス保険",
            True,
            "窓口での本人確認",
        )
        assert entry.repudiable_until is not None

    async def test_a_held_card_ends_nothing_that_others_have_open_without_a_call(self) -> None:
        world = AppWorld()
        await world.hold(CARD, PERSON, "K-1")
        await world.card_holds.hold(
            TENANT.id,
            PersonId(PERSON),
            until=world.clock.at + world.policy.card_held_after_repudiation,
        )
        ticket = await world.begun("app-2")
        assert isinstance(ticket, AppView)
        waits = await begun(world, wanted(key="2"))
        view = await begun(world)
        blocked = await tapped(world, (await claimed(world, view.code)).view)
        assert blocked == Refusal(code="risk_blocked")
        assert world.row(ticket.pairing).status is Status.PENDING
        assert (await seen(world, waits)).status is Status.PENDING
        # Nor does it stand in the way of the next card.
        await world.hold(STRANGER_CARD, "person-taro", "K-7")
        done = await tapped(world, (await claimed(world, waits.code)).view, serial=STRANGER_CARD)
        assert isinstance(done, AppView)
