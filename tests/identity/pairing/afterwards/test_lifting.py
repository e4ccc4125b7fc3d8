"""A held card is let go by two people of the business, never by one."""

from datetime import timedelta

import pytest

from identity.evidence_archive.model import Kind
from identity.evidence_archive.recording import Recorder
from identity.pairing.model import PersonId
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.afterwards.lifting import Lifted, Lifting
from identity.pairing.views import AppView
from tests.identity.contract_holders.memory_enrolments import MemoryStaff
from tests.identity.pairing.desk_world import begun, claimed, tapped, wanted
from tests.identity.pairing.world import CARD, PERSON, TENANT, World

HANAKO = PersonId(PERSON)


async def _held() -> tuple[World, Lifting]:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    await world.card_holds.hold(TENANT.id, HANAKO, until=world.clock.at + timedelta(hours=24))
    staff = MemoryStaff("sato", "suzuki")
    return world, Lifting(world.card_holds, staff, Recorder(world.deployment.random))


@pytest.mark.parametrize(
    ("by", "second", "lifted"),
    [
        ("sato", "suzuki", Lifted.LIFTED),
        ("sato", "sato", Lifted.SAME_PERSON),
        ("sato", "stranger", Lifted.NOT_ALLOWED),
        ("stranger", "sato", Lifted.NOT_ALLOWED),
        ("", "sato", Lifted.NOT_ALLOWED),
    ],
)
async def test_by_two(by: str, second: str, lifted: Lifted) -> None:
    world, lifting = await _held()
    done = lifted is Lifted.LIFTED
    answer = await lifting.lift(TENANT, HANAKO, by=by, second=second, at=world.clock.at)
    assert answer is lifted
    assert [record.kind for record in world.card_holds.records] == [Kind.CARD_RELEASE] * done
    check = await begun(world, wanted(contract="K-1"))
    told = await tapped(world, (await claimed(world, check.code)).view)
    assert isinstance(told, AppView if done else Refusal), told


async def test_what_is_not_held_leaves_no_evidence() -> None:
    world, lifting = await _held()
    world.clock.pass_by(hours=25)
    answer = await lifting.lift(TENANT, HANAKO, by="sato", second="suzuki", at=world.clock.at)
    assert answer is Lifted.NOT_HELD
    assert world.card_holds.records == []
