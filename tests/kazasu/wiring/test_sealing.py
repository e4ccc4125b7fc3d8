"""Keys are turned by settings: what was sealed before opens after, and not the other way round."""

import base64

import pytest

from identity.tenants.keys import tenant_keys
from identity.tenants.model import Role, Tenant, TenantId
from kazasu.wiring.sealing import SealingKeys
from stores.sql.sealing import SealBroken, Sealer

MASTER, OLD, NEW = (bytes(range(n, n + 32)) for n in (0, 50, 100))
MAIN = TenantId("main")
TENANT = Tenant(
    id=MAIN,
    name="かざす保険",
    logo="",
    published_number="+81312345678",
    shown_number="03-1234-5678",
    role=Role.ACCREDITED,
    keys=tenant_keys(MASTER, MAIN),
)
PLACE = ("holders", "private", "C-1")


def at(own: bytes | None, *read: bytes) -> SealingKeys:
    return SealingKeys(master=MASTER, own=own, read=read)


def opens(sealer: Sealer, sealed: bytes) -> bool:
    try:
        return sealer.unseal(MAIN, PLACE, sealed) == {"name": "髙橋"}
    except SealBroken:
        return False


@pytest.mark.parametrize("what", ["documents", "sessions"])
def test_each_key_in_its_turn(what: str) -> None:
    def sealer(keys: SealingKeys) -> Sealer:
        return keys.documents(TENANT) if what == "documents" else keys.sessions()

    turns = [at(None), at(OLD), at(NEW, OLD)]
    sealed = [sealer(keys).seal(MAIN, PLACE, {"name": "髙橋"}) for keys in turns]
    assert [opens(sealer(turns[2]), one) for one in sealed] == [True, True, True]
    assert [opens(sealer(turns[1]), one) for one in sealed] == [True, True, False]
    assert [opens(sealer(at(NEW)), one) for one in sealed] == [True, False, True]
    # The next key is known to all before one seals with it.
    assert opens(sealer(at(OLD, NEW)), sealed[2])
    assert len({one[2 : 2 + one[1]] for one in sealed}) == 3


def test_documents_and_sessions_do_not_open_each_other() -> None:
    keys = at(NEW)
    assert not opens(keys.sessions(), keys.documents(TENANT).seal(MAIN, PLACE, {"name": "髙橋"}))


def test_only_the_own_tenant_has_documents() -> None:
    for keys in (at(None), at(NEW)):
        with pytest.raises(KeyError):
            keys.documents(TENANT).seal("another", PLACE, {})


def test_no_key_is_shown() -> None:
    assert base64.b64encode(NEW).decode() not in repr(at(NEW, OLD))
    assert repr(NEW) not in repr(at(NEW, OLD))
