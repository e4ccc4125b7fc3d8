"""Keys from one master key: one per use and tenant, and never in a repr."""

from dataclasses import astuple

import pytest

from identity.tenants.keys import deployment_keys, tenant_keys
from identity.tenants.model import TenantId

MASTER = bytes(range(32))
A, B = TenantId("a"), TenantId("b")


def _keys(master: bytes, tenant: TenantId) -> list[bytes]:
    return [key for key in astuple(tenant_keys(master, tenant)) if isinstance(key, bytes)]


def test_every_use_and_tenant_has_its_own_key() -> None:
    deployment = list(astuple(deployment_keys(MASTER)))
    every = [*deployment, *_keys(MASTER, A), *_keys(MASTER, B), *_keys(bytes(32), A)]
    assert len(set(every)) == len(every) == 14
    assert {len(key) for key in every} == {32}


def test_the_same_master_gives_the_same_keys() -> None:
    assert tenant_keys(MASTER, A) == tenant_keys(MASTER, A)
    # Known answer: changing the derivation would lose every sealed byte and every linkage.
    assert tenant_keys(MASTER, A).person.hex() == (
        "5b05bb40d40e182f5a3d14d3d2e124e8b1098d52b2b1398889bb546f11a8a534"
    )


@pytest.mark.parametrize("master", [b"", bytes(31), bytes(33)])
def test_a_master_key_has_32_bytes(master: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        tenant_keys(master, A)
    with pytest.raises(ValueError, match="32 bytes"):
        deployment_keys(master)


def test_a_tenant_has_a_name() -> None:
    with pytest.raises(ValueError, match="id"):
        tenant_keys(MASTER, TenantId(""))


def test_keys_are_never_printed() -> None:
    for keys in (tenant_keys(MASTER, A), deployment_keys(MASTER)):
        shown = repr(keys)
        for key in astuple(keys):
            if isinstance(key, bytes):
                assert repr(key) not in shown
                assert key.hex() not in shown
