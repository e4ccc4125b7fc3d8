"""The four attributes from evidence: only of a proven signature certificate, never unseen."""

from dataclasses import replace

import pytest

from identity.evidence_archive.model import Kind
from identity.evidence_archive.reading import Revealing
from identity.evidence_archive.recording import Recorder
from identity.jpki.attributes import Attributes
from identity.tenants.model import Role, Tenant
from stand_ins.jpki.names import Purpose
from stand_ins.jpki.people import PEOPLE
from tests.identity.pairing.world import CARD, PERSON, TENANT, World


async def _revealed(purpose: Purpose, tenant: Tenant = TENANT) -> tuple[World, Attributes | None]:
    world = World(tenant=tenant)
    await world.hold(CARD, PERSON, "K-1")
    view = await world.signable()
    await world.proven(view, purpose=purpose)
    revealing = Revealing(world.evidence, Recorder(world.deployment.random), world.clock)
    (row,) = world.evidence.rows
    found = await revealing.attributes(tenant, row.record.id, actor="operator", reason="pop")
    assert await revealing.attributes(tenant, "ev_none", actor="operator", reason="pop") is None
    return world, found


async def test_a_signature_certificate_shows_the_four_attributes_and_leaves_a_row() -> None:
    world, found = await _revealed("sign")
    assert found is not None
    assert found.name is not None
    assert found.name.text == PEOPLE["hanako"].name
    assert [row.record.kind for row in world.evidence.rows] == [Kind.VERDICT, Kind.REVEAL]


@pytest.mark.parametrize(
    ("purpose", "tenant"), [("auth", TENANT), ("sign", replace(TENANT, role=Role.RELYING))]
)
async def test_where_there_are_none_nothing_is_shown_nor_written(
    purpose: Purpose, tenant: Tenant
) -> None:
    world, found = await _revealed(purpose, tenant)
    assert found is None
    assert [row.record.kind for row in world.evidence.rows] == [Kind.VERDICT]
