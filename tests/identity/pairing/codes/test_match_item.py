"""Three two-digit numbers, one of them right."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.pairing.match_item import DIGITS, RANDOM_BYTES, draw

RANDOM = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


@given(RANDOM)
def test_six_different_digits_in_rising_order(random: bytes) -> None:
    item = draw(random)
    assert item.number == 1
    assert list(item.offered) == sorted(item.offered)
    assert all(len(number) == 2 for number in item.offered)
    digits = "".join(item.offered)
    assert len(set(digits)) == 6
    assert set(digits) <= set(DIGITS)
    assert item.right in item.offered


@given(RANDOM, RANDOM)
def test_a_new_item_was_not_offered_before(first: bytes, second: bytes) -> None:
    before = draw(first)
    after = draw(second, before)
    assert after.number == 2
    assert after.right not in before.offered


def test_every_number_and_every_place_is_equally_likely() -> None:
    items = [draw(hashlib.sha256(n.to_bytes(4, "big")).digest()) for n in range(8400)]
    rights = Counter(item.right for item in items)
    assert len(rights) == 42
    # 200 each, standard deviation 14: five of those on either side.
    assert all(130 < rights[number] < 270 for number in rights)
    places = Counter(item.offered.index(item.right) for item in items)
    assert all(2580 < places[place] < 3020 for place in range(3))


def test_it_tells_nobody_the_right_one() -> None:
    item = draw(bytes(RANDOM_BYTES))
    assert item.right not in repr(item)


def test_too_little_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        draw(bytes(16))
