"""Envelope encryption: bound to tenant, record and part; one content key each."""

from dataclasses import replace

import pytest

from identity.evidence_archive.model import SealedPart
from identity.evidence_archive.sealing import open_part, seal
from identity.evidence_archive.wrapping import NotOpened
from identity.tenants.keys import tenant_keys
from identity.tenants.model import Tenant, TenantId
from tests.identity.pairing.world import MASTER, TENANT, random_source

OTHER = replace(TENANT, id=TenantId("other"), keys=tenant_keys(MASTER, TenantId("other")))
SAME_KEYS = replace(TENANT, id=TenantId("other"))


def _sealed(plain: bytes = b"the statement") -> SealedPart:
    blocks = random_source()
    return seal(TENANT, "ev_1", "statement", plain, lambda n: next(blocks)[:n])


def test_it_opens_with_the_tenants_key() -> None:
    part = _sealed()
    assert open_part(TENANT, "ev_1", part) == b"the statement"
    assert b"statement" not in part.sealed + part.wrapped_key


@pytest.mark.parametrize("tenant", [OTHER, SAME_KEYS])
def test_no_other_tenant_opens_it(tenant: Tenant) -> None:
    with pytest.raises(NotOpened):
        open_part(tenant, "ev_1", _sealed())


def test_it_opens_only_in_its_place() -> None:
    part = _sealed()
    for record_id, moved in (("ev_2", part), ("ev_1", replace(part, name="card"))):
        with pytest.raises(NotOpened):
            open_part(TENANT, record_id, moved)


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_a_changed_byte_does_not_open(place: int) -> None:
    part = _sealed()
    sealed, wrapped = bytearray(part.sealed), bytearray(part.wrapped_key)
    sealed[place] ^= 1
    wrapped[place] ^= 1
    for changed in (
        replace(part, sealed=bytes(sealed)),
        replace(part, wrapped_key=bytes(wrapped)),
    ):
        with pytest.raises(NotOpened):
            open_part(TENANT, "ev_1", changed)


def test_a_destroyed_or_unknown_key_does_not_open() -> None:
    part = _sealed()
    for changed in (replace(part, wrapped_key=b""), replace(part, key_id="7")):
        with pytest.raises(NotOpened):
            open_part(TENANT, "ev_1", changed)


def test_two_parts_share_no_key_and_no_nonce() -> None:
    blocks = random_source()
    first, second = (
        seal(TENANT, "ev_1", name, b"same", lambda n: next(blocks)[:n]) for name in ("a", "b")
    )
    assert first.sealed[:12] != second.sealed[:12]
    assert first.wrapped_key[:12] != second.wrapped_key[:12]
    with pytest.raises(NotOpened):
        open_part(TENANT, "ev_1", replace(second, wrapped_key=first.wrapped_key))
