"""Who looked is evidence, written before anything is shown."""

from identity.evidence_archive.model import Kind
from identity.evidence_archive.reading import Revealing
from identity.jpki.attributes import Attributes
from ivr.live_calls.screen_pop import Pop
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.side import PhoneSide
from kazasu.wiring.stores import Stores
from operator_console.at_desk.ports import DeskTrail
from operator_console.workspace import Trail


class Looks:
    """One row for each look."""

    def __init__(self, identity: IdentitySide, stores: Stores) -> None:
        self._identity = identity
        self._evidence = stores.evidence
        self._revealing = Revealing(stores.evidence, identity.recorder, identity.deployment.now)

    async def note(self, kind: Kind, staff: str, of: str, *, reason: str) -> None:
        identity = self._identity
        await self._evidence.append(
            identity.recorder.access(
                identity.tenant,
                kind,
                at=identity.deployment.now(),
                actor=staff,
                reason=reason,
                of=of,
            )
        )

    async def card_attributes(self, staff: str, of: str, *, reason: str) -> Attributes | None:
        return await self._revealing.attributes(
            self._identity.tenant, of, actor=staff, reason=reason
        )


def trail_of_calls(identity: IdentitySide, phone: PhoneSide, stores: Stores) -> Trail:
    looks, screen = Looks(identity, stores), "screen_pop"

    async def viewed(_tenant: str, staff: str, pop: Pop) -> None:
        of = pop.verdict.evidence_id if pop.verdict else pop.call_ref
        await looks.note(Kind.VIEW, staff, of, reason=screen)

    async def reveal(tenant: str, staff: str, token: str) -> str | None:
        waiting = await stores.waiting.by_token(tenant, token)
        if waiting is None or waiting.state.value == "gone":
            return None
        row = await stores.call_rows.by_ref(tenant, waiting.call_ref)
        if row is None:
            return None
        await looks.note(Kind.REVEAL, staff, waiting.call_ref, reason=screen)
        return row.number

    async def card_attributes(tenant: str, staff: str, token: str) -> Attributes | None:
        pop = await phone.pop.by_token(tenant, token)
        if pop is None or pop.verdict is None or not pop.card_attributes:
            return None
        return await looks.card_attributes(staff, pop.verdict.evidence_id, reason=screen)

    async def kept_viewed(_tenant: str, staff: str, evidence: str) -> None:
        await looks.note(Kind.VIEW, staff, evidence, reason=screen)

    return Trail(
        viewed=viewed, reveal=reveal, card_attributes=card_attributes, kept_viewed=kept_viewed
    )


def trail_of_desks(identity: IdentitySide, stores: Stores) -> DeskTrail:
    looks, desk = Looks(identity, stores), "desk"

    async def viewed(_tenant: str, staff: str, evidence: str) -> None:
        await looks.note(Kind.VIEW, staff, evidence, reason=desk)

    async def card_attributes(_tenant: str, staff: str, evidence: str) -> Attributes | None:
        return await looks.card_attributes(staff, evidence, reason=desk)

    return DeskTrail(viewed=viewed, card_attributes=card_attributes)
