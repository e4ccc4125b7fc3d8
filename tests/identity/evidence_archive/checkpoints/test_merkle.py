"""Merkle trees as RFC 6962 defines them, and a path for every leaf."""

import hashlib
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from identity.evidence_archive.checkpoints import merkle

HASHES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)


def by_the_book(hashes: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written."""
    if len(hashes) == 1:
        return hashlib.sha256(b"\x00" + hashes[0]).digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    left, right = by_the_book(hashes[:split]), by_the_book(hashes[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@given(HASHES)
def test_the_root_is_that_of_the_standard(hashes: list[bytes]) -> None:
    assert merkle.root(hashes) == by_the_book(hashes)


@given(HASHES, st.data())
def test_every_leaf_has_a_path_that_fits_no_other(hashes: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(hashes) - 1))
    steps = merkle.path(hashes, place)
    for other, one in enumerate(hashes):
        assert (merkle.climb(one, steps) == merkle.root(hashes)) == (other == place)


def test_no_rows_have_a_root_too() -> None:
    assert merkle.root([]) == hashlib.sha256().digest()
