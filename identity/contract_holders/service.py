"""From a proven card to a person, and from a person to contracts."""

import base64
from collections.abc import Callable, Sequence
from contextlib import suppress

from identity.contract_holders.hashes import card_hash, provisional_person
from identity.contract_holders.model import Contracts, Holder, Person
from identity.contract_holders.ports import (
    Holders,
    Linkage,
    LinkageFeed,
    LinkageUnavailable,
)
from identity.tenants.model import Tenant
from identity.verification.model import LinkageKey, ProvenCard

PERSON_ID_BYTES = 16


class ContractHolders:
    """`random` gives that many random bytes; it makes the ids of persons that are enrolled."""

    def __init__(
        self,
        holders: Holders,
        linkage: Linkage,
        random: Callable[[int], bytes],
        feed: LinkageFeed | None = None,
    ) -> None:
        self._holders = holders
        self._linkage = linkage
        self._random = random
        self._feed = feed

    async def person_of(self, tenant: Tenant, card: ProvenCard) -> Person:
        """Look-up only: proving never enrols anybody. LinkageUnavailable when it cannot tell.

        A certificate that the authority says is of an enrolled person (a renewed one, the other
        one of the card, the phone's) gets a row of its own: the person is the same.
        """
        return await self.person_with(tenant, card.linkage_key)

    async def person_with(self, tenant: Tenant, key: LinkageKey) -> Person:
        """The same by what a certificate is known by."""
        hashed = card_hash(tenant, key)
        known = await self._linkage.person_of(tenant.id, hashed)
        known = known or await self._by_the_feed(tenant, key, hashed)
        if known is None:
            return Person(id=provisional_person(tenant, hashed), enrolled=False)
        return Person(id=known, enrolled=True)

    async def _by_the_feed(self, tenant: Tenant, key: LinkageKey, hashed: bytes) -> str | None:
        related = await self._feed.related(key) if self._feed else ()
        found = [await self._linkage.person_of(tenant.id, card_hash(tenant, k)) for k in related]
        persons = {person for person in found if person is not None}
        if len(persons) > 1:
            raise LinkageUnavailable("the feed ties together persons that are two here")
        if not persons:
            return None
        return await self._linkage.link(tenant.id, hashed, persons.pop())

    async def unknown_as(self, tenant: Tenant, key: LinkageKey) -> Sequence[str]:
        """The provisional ids of this certificate and of its person's others: a verdict from before
        the card was enrolled has one of them, and so has what was said of that verdict."""
        keys = [key]
        if self._feed is not None:
            with suppress(LinkageUnavailable):  # whose card it is was asked before, and is known
                keys += await self._feed.related(key)
        return [provisional_person(tenant, card_hash(tenant, one)) for one in keys]

    def new_person(self) -> str:
        """An id that nobody has. Its prefix keeps it apart from provisional ones."""
        drawn = base64.urlsafe_b64encode(self._random(PERSON_ID_BYTES)).rstrip(b"=").decode()
        return f"p-{drawn}"

    async def contracts_of(self, tenant: Tenant, person: Person, expect: str | None) -> Contracts:
        """None, one or several; `mismatch` when `expect` names none of them.

        A contract that nobody has enrolled for yet belongs to nobody: expecting it is a mismatch.
        """
        held = await self.held_by(tenant, person.id) if person.enrolled else ()
        mismatch = expect is not None and expect not in {h.contract_ref for h in held}
        return Contracts(held=held, mismatch=mismatch)

    async def held_by(self, tenant: Tenant, person: str) -> tuple[Holder, ...]:
        """All contracts of a person id, by contract_ref."""
        return tuple(await self._holders.of_person(tenant.id, person))

    async def enrol(self, tenant: Tenant, key: LinkageKey, person: str = "") -> str:
        """Link a card to a person (a new random id when none is given); returns the id that
        stands, which is another one when the card was linked before."""
        new = person or self.new_person()
        return await self._linkage.link(tenant.id, card_hash(tenant, key), new)
