"""T9: what a card has signed for one kind of check proves nothing in another."""

from collections.abc import Awaitable, Callable
from itertools import permutations
from typing import Final, TypeAlias

import pytest

from identity.evidence_archive.model import Kind
from identity.jpki.signed_attributes import StatementType
from identity.pairing.model import DeskKind, Tap
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView
from tests.identity.jpki import synthetic
from tests.identity.pairing.desk_world import begun, claimed, wanted
from tests.identity.pairing.modes.from_the_app import AppWorld
from tests.identity.pairing.world import CARD, PERSON

Way: TypeAlias = Callable[[AppWorld, str], Awaitable[AppView]]
APP: Final = "app-1"


async def _call(world: AppWorld, app: str) -> AppView:
    return await world.signable("call-1", app)


async def _dial(world: AppWorld, app: str) -> AppView:
    view = await world.begun(app)
    assert isinstance(view, AppView)
    return view


async def _business(world: AppWorld, app: str) -> AppView:
    desk = await begun(world, wanted(contract="K-1"))
    return (await claimed(world, desk.code, app)).view


async def _enrolment(world: AppWorld, app: str) -> AppView:
    desk = await begun(world, wanted(DeskKind.ENROLMENT, contract="K-1"))
    return (await claimed(world, desk.code, app)).view


WAYS: Final[dict[StatementType, Way]] = {
    StatementType.CALL: _call,
    StatementType.DIAL: _dial,
    StatementType.BUSINESS: _business,
    StatementType.ENROLMENT: _enrolment,
}


PAIRS: Final = [
    pytest.param(here, there, id=f"{here.name}-{there.name}".lower())
    for here, there in permutations(WAYS, 2)
]


async def _refused(world: AppWorld, view: AppView, tap: Tap) -> None:
    answer = await world.proving.prove(world.app(APP), view.pairing, tap)
    assert answer == Refusal(code=Hint.SIGNATURE_INVALID.value)
    row = world.row(view.pairing)
    assert row.verdict is not None
    assert (row.verdict.identity.code, row.verdict.contracts) == ("id_none", ())
    (evidence,) = await world.evidence.of_pairing(world.tenant.id, view.pairing)
    assert evidence.record.kind in (Kind.REFUSAL, Kind.ENROLMENT)
    assert evidence.record.header["card_proven"] == "no"


def test_every_kind_of_statement_is_in_the_table() -> None:
    assert set(WAYS) == set(StatementType)


@pytest.mark.parametrize(("here", "there"), PAIRS)
async def test_signed_for_another_kind(here: StatementType, there: StatementType) -> None:
    """The very statement of this check, signed as if it were another kind's."""
    world = AppWorld()
    await world.hold(CARD, PERSON, "K-1")
    view = await WAYS[here](world, APP)
    assert view.statement is not None
    leaf = synthetic.leaf("sign", serial=CARD)
    tap = Tap(certificate=leaf, signature=synthetic.tap(view.statement, leaf, there))
    await _refused(world, view, tap)


@pytest.mark.parametrize(("here", "there"), PAIRS)
async def test_a_good_tap_of_another_check(here: StatementType, there: StatementType) -> None:
    """A tap that would have been accepted there: of the same card, by another installation."""
    world = AppWorld()
    await world.hold(CARD, PERSON, "K-1")
    elsewhere = AppWorld()
    await elsewhere.hold(CARD, PERSON, "K-1")
    other = await WAYS[there](elsewhere, "app-2")
    assert other.statement is not None
    leaf = synthetic.leaf("sign", serial=CARD)
    good = Tap(certificate=leaf, signature=synthetic.tap(other.statement, leaf, there))
    view = await WAYS[here](world, APP)
    await _refused(world, view, good)
