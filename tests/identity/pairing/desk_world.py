"""A desk of the business, with or without its own reader."""

from dataclasses import replace

from identity.jpki.signed_attributes import StatementType
from identity.pairing.levels import IdentityLevel
from identity.pairing.model import CallState, DeskKind, Tap
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.at_desk import Wanted
from identity.pairing.views import AppView, DeskClaim, DeskView
from stand_ins.jpki.names import Purpose
from tests.identity.jpki import synthetic
from tests.identity.pairing.world import CARD, World

OPERATOR = "tanaka"
TYPES = {
    DeskKind.BUSINESS: StatementType.BUSINESS,
    DeskKind.ENROLMENT: StatementType.ENROLMENT,
}


def wanted(kind: DeskKind = DeskKind.BUSINESS, **changes: object) -> Wanted:
    level = {
        DeskKind.BUSINESS: IdentityLevel.ID_CARD_AUTH,
        DeskKind.ENROLMENT: IdentityLevel.ID_CARD_SIGN,
    }
    made = Wanted(kind=kind, by=OPERATOR, key="1", require=level[kind])
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


async def begun(world: World, what: Wanted | None = None) -> DeskView:
    view = await world.at_desk.begin(world.tenant.id, what or wanted())
    assert isinstance(view, DeskView), view
    return view


async def claimed(
    world: World, code: str, app: str = "app-1", state: CallState = CallState.UNKNOWN
) -> DeskClaim:
    view = await world.claiming.claim(world.app(app), code, state, address="192.0.2.1")
    assert isinstance(view, DeskClaim), view
    return view


async def tapped(
    world: World,
    view: AppView,
    kind: DeskKind = DeskKind.BUSINESS,
    app: str = "app-1",
    *,
    purpose: Purpose = "auth",
    serial: int = CARD,
    certificate: bytes | None = None,
) -> AppView | Refusal:
    assert view.statement is not None
    certificate = certificate or synthetic.leaf(purpose, serial=serial)
    signature = synthetic.tap(view.statement, certificate, TYPES[kind])
    tap = Tap(certificate=certificate, signature=signature)
    return await world.proving.prove(world.app(app), view.pairing, tap)


async def seen(world: World, view: DeskView) -> DeskView:
    now = await world.at_desk.view(world.tenant.id, view.pairing)
    assert now is not None
    return now
