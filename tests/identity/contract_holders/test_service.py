"""From a card to a person to contracts; keyed hashes that cannot meet."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from identity.contract_holders.hashes import card_hash, phone_hash, provisional_person
from identity.contract_holders.model import Contracts, Holder, Person
from identity.contract_holders.ports import LinkageUnavailable
from identity.contract_holders.service import ContractHolders
from identity.tenants.keys import tenant_keys
from identity.tenants.model import TenantId
from identity.verification.model import LinkageKey
from tests.identity.contract_holders.memory_holders import MemoryHolders, MemoryLinkage
from tests.identity.pairing.world import LINE, MASTER, TENANT

OTHER = replace(TENANT, id=TenantId("other"), keys=tenant_keys(MASTER, TenantId("other")))
KEY = LinkageKey(issuer_key_sha256=bytes(32), serial=0x0203)


def _holder(ref: str, person: str = "p", *phones: str) -> Holder:
    return Holder(
        tenant=TENANT.id, contract_ref=ref, display_name="花子", phones=phones, person=person
    )


async def _holders(*rows: Holder) -> ContractHolders:
    holders = MemoryHolders(TENANT)
    await holders.replace_all(TENANT.id, rows)
    return ContractHolders(holders, MemoryLinkage(), lambda n: bytes(range(n)))


@pytest.mark.parametrize(
    ("person", "expect", "held", "mismatch"),
    [
        ("p", None, ["K-1", "K-2"], False),
        ("p", "K-2", ["K-1", "K-2"], False),
        ("p", "K-3", ["K-1", "K-2"], True),
        ("q", None, ["K-3"], False),
        ("nobody", None, [], False),
        ("nobody", "K-1", [], True),
        ("", None, [], False),
        ("p", "K-4", ["K-1", "K-2"], True),
        ("p", "", ["K-1", "K-2"], True),
    ],
)
async def test_none_one_several_and_another(
    person: str, expect: str | None, held: list[str], mismatch: bool
) -> None:
    service = await _holders(
        _holder("K-2"), _holder("K-1"), _holder("K-3", "q"), _holder("K-4", "")
    )
    found = await service.contracts_of(TENANT, Person(id=person, enrolled=True), expect)
    assert ([h.contract_ref for h in found.held], found.mismatch) == (held, mismatch)


async def test_a_provisional_person_holds_nothing_even_if_a_row_says_so() -> None:
    service = await _holders(_holder("K-1", "u-1"))
    found = await service.contracts_of(TENANT, Person(id="u-1", enrolled=False), None)
    assert found.held == ()


def test_whose_line_it_is() -> None:
    contracts = Contracts(held=(_holder("K-1"), _holder("K-2", "p", "+81312345678", LINE)))
    assert contracts.line_known(LINE)
    assert not contracts.line_known("+819000000000")
    assert not contracts.line_known("")


async def test_enrolment_stands_once() -> None:
    service = await _holders()
    person = await service.enrol(TENANT, KEY)
    assert (person[:2], len(person)) == ("p-", 24)
    assert await service.enrol(TENANT, KEY, "somebody-else") == person


def test_a_card_has_another_hash_at_every_tenant_issuer_and_serial() -> None:
    hashes = {
        card_hash(TENANT, KEY),
        card_hash(OTHER, KEY),
        card_hash(replace(OTHER, keys=TENANT.keys), KEY),
        card_hash(TENANT, replace(KEY, serial=0x0204)),
        card_hash(TENANT, replace(KEY, serial=0x020300)),
        card_hash(TENANT, replace(KEY, serial=0)),
        card_hash(TENANT, replace(KEY, issuer_key_sha256=bytes(31) + b"\1")),
    }
    assert len(hashes) == 7


def test_parts_cannot_be_shifted_into_one_another() -> None:
    # Without lengths, one byte moved from issuer to serial would give the same input.
    shifted = LinkageKey(issuer_key_sha256=bytes(32) + b"\x02", serial=0x03)
    assert card_hash(TENANT, shifted) != card_hash(TENANT, KEY)


def test_a_provisional_id_tells_nothing_of_the_linkage_row() -> None:
    hashed = card_hash(TENANT, KEY)
    person = provisional_person(TENANT, hashed)
    assert person == provisional_person(TENANT, hashed)
    assert person.startswith("u-")
    assert len(person) == 24
    assert hashed.hex()[:32] not in person
    assert person != provisional_person(OTHER, card_hash(OTHER, KEY))


def test_a_line_has_another_hash_at_every_tenant() -> None:
    assert len({phone_hash(TENANT, LINE), phone_hash(OTHER, LINE), phone_hash(TENANT, "")}) == 3


class Feed:
    """What the authority says: everybody named here is one person."""

    def __init__(self, *keys: LinkageKey, away: bool = False) -> None:
        self._keys, self._away = keys, away

    async def related(self, key: LinkageKey) -> Sequence[LinkageKey]:
        if self._away:
            raise LinkageUnavailable
        return [other for other in self._keys if other != key] if key in self._keys else []


RENEWED, PHONE = replace(KEY, serial=0x0300), replace(KEY, serial=0x0301)


async def _with_feed(feed: Feed, *linked: tuple[LinkageKey, str]) -> ContractHolders:
    linkage = MemoryLinkage()
    for key, person in linked:
        await linkage.link(TENANT.id, card_hash(TENANT, key), person)
    return ContractHolders(MemoryHolders(TENANT), linkage, bytes, feed)


async def test_a_renewed_card_is_the_same_persons() -> None:
    service = await _with_feed(Feed(KEY, RENEWED, PHONE), (KEY, "p-1"))
    for key in (RENEWED, PHONE, KEY):
        assert await service.person_with(TENANT, key) == Person(id="p-1", enrolled=True)
    # Each has a row of its own now, and needs the feed no more.
    service._feed = Feed(away=True)
    assert await service.person_with(TENANT, RENEWED) == Person(id="p-1", enrolled=True)


async def test_of_whom_the_feed_says_nothing_is_not_enrolled() -> None:
    service = await _with_feed(Feed(KEY, PHONE), (KEY, "p-1"))
    assert not (await service.person_with(TENANT, RENEWED)).enrolled
    assert not (await (await _with_feed(Feed(KEY, PHONE))).person_with(TENANT, KEY)).enrolled


@pytest.mark.parametrize("feed", [Feed(away=True), Feed(KEY, PHONE, RENEWED)])
async def test_what_cannot_be_told_is_no_new_person(feed: Feed) -> None:
    """The feed is away, or ties together two persons of ours."""
    service = await _with_feed(feed, (KEY, "p-1"), (PHONE, "p-2"))
    with pytest.raises(LinkageUnavailable):
        await service.person_with(TENANT, RENEWED)
    assert await service.person_with(TENANT, KEY) == Person(id="p-1", enrolled=True)


async def test_a_card_was_unknown_by_each_of_its_certificates() -> None:
    """What was said of the signature certificate stands against the card's other one."""

    def provisional(key: LinkageKey) -> str:
        return provisional_person(TENANT, card_hash(TENANT, key))

    service = await _with_feed(Feed(KEY, RENEWED), (RENEWED, "p-1"))
    assert set(await service.unknown_as(TENANT, RENEWED)) == set(map(provisional, (KEY, RENEWED)))
    assert await service.unknown_as(TENANT, PHONE) == [provisional(PHONE)]
    service = await _with_feed(Feed(away=True))
    assert await service.unknown_as(TENANT, KEY) == [provisional(KEY)]
