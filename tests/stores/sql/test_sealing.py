"""Sealed columns open only where they were sealed, with the key they were sealed under."""

import pytest

from stores.sql.sealing import SealBroken, Sealer

PLACE = ("holders", "private", "C-1")
KEYS = {"a": b"a" * 32, "b": b"b" * 32}
CONTENT: dict[str, object] = {"display_name": "髙橋", "phones": ["+81312340001"]}


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(KEYS.__getitem__, key_id="2026")


def test_what_was_sealed_opens(sealer: Sealer) -> None:
    sealed = sealer.seal("a", PLACE, CONTENT)
    assert sealer.unseal("a", PLACE, sealed) == CONTENT
    assert sealed[:6] == b"\x01\x042026"
    assert sealer.seal("a", PLACE, CONTENT) != sealed


@pytest.mark.parametrize(
    ("tenant", "place"),
    [
        ("b", PLACE),
        ("a", ("holders", "private", "C-2")),
        ("a", ("holders", "other", "C-1")),
        ("a", ("calls", "private", "C-1")),
        ("a", ("holders", "private", "C", "1")),
    ],
)
def test_nowhere_else(sealer: Sealer, tenant: str, place: tuple[str, ...]) -> None:
    with pytest.raises(SealBroken, match="does not open"):
        sealer.unseal(tenant, place, sealer.seal("a", PLACE, CONTENT))


def test_what_was_sealed_long_ago_opens_whatever_its_place_is_called() -> None:
    """The place is bound as JSON writes it; what is kept depends on every character of that."""
    place = ("sessions", "body", 'a"\\\x01\u2028é😀', "7")
    sealed = bytes.fromhex(
        "01013141a5ad700c3b74bf35367c02cc14001ff197276410f627c766ceff4d4c"
        "e91bdddb557d9cfacb879073f299f3e196a0ac1f4d"
    )
    assert Sealer(lambda _: b"k" * 32).unseal('髙"\\橋', place, sealed) == {"名": '髙橋 "1"'}


def test_not_after_a_change(sealer: Sealer) -> None:
    sealed = sealer.seal("a", PLACE, CONTENT)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :]
        with pytest.raises(SealBroken):
            sealer.unseal("a", PLACE, changed)
    for end in range(len(sealed)):
        with pytest.raises(SealBroken):
            sealer.unseal("a", PLACE, sealed[:end])


def test_not_under_another_key_id(sealer: Sealer) -> None:
    newer = Sealer(KEYS.__getitem__, key_id="2027")
    with pytest.raises(SealBroken, match="another key id"):
        newer.unseal("a", PLACE, sealer.seal("a", PLACE, CONTENT))


def test_a_ring_of_keys_reads_the_old_and_writes_the_new(sealer: Sealer) -> None:
    old = sealer.seal("a", PLACE, CONTENT)
    turned = Sealer(lambda _: b"n" * 32, key_id="2027", older={"2026": KEYS.__getitem__})
    assert turned.unseal("a", PLACE, old) == CONTENT
    new = turned.seal("a", PLACE, CONTENT)
    assert new[:6] == b"\x01\x042027"
    assert turned.unseal("a", PLACE, new) == CONTENT
    with pytest.raises(SealBroken, match="another key id"):
        sealer.unseal("a", PLACE, new)
    forged = Sealer(lambda _: b"x" * 32, key_id="2027").seal("a", PLACE, CONTENT)
    with pytest.raises(SealBroken, match="does not open"):
        turned.unseal("a", PLACE, forged)


def test_keys_have_their_length() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(lambda _: b"short").seal("a", PLACE, CONTENT)


def test_a_broken_seal_tells_nothing(sealer: Sealer) -> None:
    with pytest.raises(SealBroken) as broken:
        sealer.unseal("b", PLACE, sealer.seal("a", PLACE, CONTENT))
    assert "C-1" not in str(broken.value)
