"""A card that was disowned while nobody knew it stays held when it is enrolled."""

import pytest

from identity.evidence_archive.model import Kind
from identity.pairing.model import DeskKind
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from identity.pairing.views import AppView
from tests.identity.pairing.desk_world import begun, claimed, tapped, wanted
from tests.identity.pairing.world import CARD, PERSON, TENANT, World


@pytest.mark.parametrize("enrolled_first", [False, True])
async def test_t11_a_card_disowned_as_unknown_proves_nothing_as_known(
    enrolled_first: bool,
) -> None:
    world = World()
    view = await begun(world, wanted(DeskKind.BUSINESS))
    claim = await claimed(world, view.code, "phone")
    assert isinstance(await tapped(world, claim.view, app="phone"), AppView)
    if enrolled_first:
        await world.hold(CARD, PERSON, "K-1")
    said = await world.repudiating.repudiate(world.app("phone"), view.pairing)
    assert not isinstance(said, Refusal)
    if not enrolled_first:
        await world.hold(CARD, PERSON, "K-1")

    called = await world.signable("call-1", "thief")
    refused = await world.proven(called, "thief")
    assert isinstance(refused, Refusal)
    assert world.row(called.pairing).hint is Hint.RISK_BLOCKED
    rows = await world.evidence.of_pairing(TENANT.id, called.pairing)
    (row,) = rows
    assert (row.record.kind, row.record.header["refusal"]) == (Kind.REFUSAL, "card_held")

    world.clock.pass_by(hours=25)
    again = await world.signable("call-2", "phone")
    assert isinstance(await world.proven(again, "phone"), AppView)
