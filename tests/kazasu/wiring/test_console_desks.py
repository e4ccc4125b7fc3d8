"""Checks at a desk as the console is wired: who is told, who decides, what is recorded."""

from pathlib import Path

from door_frame.staff import StaffAccount
from identity.contract_holders.approving import Decided
from identity.contract_holders.model import Holder
from identity.evidence_archive.model import Kind
from identity.jpki.signed_attributes import StatementType
from identity.pairing.levels import IdentityLevel
from identity.pairing.model import CallState, DeskKind, PairingId
from identity.pairing.verbs.at_desk import Wanted
from identity.pairing.views import DeskClaim, DeskView
from kazasu.wiring import subscriptions
from kazasu.wiring.console.at_desk import desk_news, desks
from operator_console.at_desk.ports import Desks
from stand_ins.jpki.people import PEOPLE
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Stage, a_stage

HANAKO = PEOPLE["hanako"]


async def _accounts(stage: Stage) -> None:
    for login in ("first", "second"):
        account = StaffAccount(
            tenant="main",
            id=f"{login}-id",
            login=login,
            name=login,
            password_hash="",
            phone="+81312340001",
            queues=("general",),
        )
        assert await stage.stores.staff.add(account)


async def _tapped(stage: Stage, desk: Desks, kind: DeskKind) -> PairingId:
    """Begun by `first`; a good card, of a contract whose address nobody imported."""
    tenant, sign = stage.identity.tenant.id, kind is DeskKind.ENROLMENT
    holder = Holder(
        tenant=tenant,
        contract_ref="c-0001",
        display_name=HANAKO.name,
        phones=(),
        birth_date="1956-04-12",
    )
    await stage.stores.holders.replace_all(tenant, [holder])
    level = IdentityLevel.ID_CARD_SIGN if sign else IdentityLevel.ID_CARD_AUTH
    contract = "c-0001" if sign else ""
    wanted = Wanted(kind=kind, by="first", key="key-1", contract=contract, require=level)
    begun = await desk.checks.begin(tenant, wanted)
    assert isinstance(begun, DeskView)
    app = App(stage=stage, key="sign" if sign else "auth")
    claiming = stage.identity.verbs.claiming
    claimed = await claiming.claim(app.installation, begun.code, CallState.NONE, address="::1")
    assert isinstance(claimed, DeskClaim), claimed
    await app.proves(claimed.view, StatementType.ENROLMENT if sign else StatementType.BUSINESS)
    return begun.pairing


async def _told(stage: Stage) -> list[tuple[str, str | None, str]]:
    """What the consoles hear of all that has happened until now."""
    heard = desk_news(stage.identity, stage.stores, stage.screens)
    await subscriptions.deliver(stage.stores.outbox, (heard,))
    return stage.screens.told


async def test_each_step_of_a_check_is_told_to_whoever_began_it(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        await _accounts(stage)
        desk = desks(stage.identity, stage.stores, stage.screens)
        pairing = await _tapped(stage, desk, DeskKind.BUSINESS)
        told = await _told(stage)
        assert len(told) > 1
        assert set(told) == {("desk", "first-id", pairing)}
        view = await desk.checks.view(stage.identity.tenant.id, pairing)
        assert view is not None
        assert view.verdict is not None


async def test_an_enrolment_waits_before_everybody_until_another_person_decides(
    tmp_path: Path,
) -> None:
    async with a_stage(tmp_path) as stage:
        await _accounts(stage)
        desk = desks(stage.identity, stage.stores, stage.screens)
        pairing = await _tapped(stage, desk, DeskKind.ENROLMENT)
        assert ("desk", None, pairing) in await _told(stage)
        approvals = desk.approvals
        assert [one.id for one in await approvals.waiting("main")] == [pairing]
        assert await approvals.waiting("other") == ()
        assert await approvals.approve("other", pairing, "second") is Decided.NOT_WAITING
        assert await approvals.approve("main", pairing, "first") is Decided.SAME_PERSON
        assert await approvals.settled("main", pairing) == ""
        assert await approvals.approve("main", pairing, "second") is Decided.ENROLLED
        assert await approvals.settled("main", pairing) == "enrolled"
        assert await approvals.waiting("main") == []


async def test_a_look_is_a_row_and_the_card_s_words_another(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        desk = desks(stage.identity, stage.stores, stage.screens)
        pairing = await _tapped(stage, desk, DeskKind.ENROLMENT)
        view = await desk.checks.view(stage.identity.tenant.id, pairing)
        assert view is not None
        assert view.verdict is not None
        evidence = view.verdict.evidence_id
        await desk.trail.viewed("main", "second-id", evidence)
        found = await desk.trail.card_attributes("main", "second-id", evidence)
        assert found is not None
        assert found.name is not None
        assert found.name.text == HANAKO.name
        assert await desk.trail.card_attributes("main", "second-id", "ev_none") is None
        rows = [row.record async for row in stage.stores.evidence.all(stage.identity.tenant.id)]
        looks = [(row.kind, row.header["actor"], row.header["reason"]) for row in rows[-2:]]
        assert looks == [(Kind.VIEW, "second-id", "desk"), (Kind.REVEAL, "second-id", "desk")]
