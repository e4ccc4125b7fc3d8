"""Spoken codes: check digit, derivation, and what an entry may look like."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.pairing import locators
from identity.pairing.model import PairingId

KEY, OTHER_KEY = bytes(32), bytes([1]) * 32
LENGTHS = (7, 9)
DIGITS = st.text("0123456789", min_size=7, max_size=9).filter(lambda s: len(s) != 8)


def test_the_check_digit_of_the_thesis() -> None:
    assert locators.damm("572") == "4"
    assert locators.damm("5724") == "0"


@given(DIGITS)
def test_every_wrong_digit_and_every_swap_is_caught(digits: str) -> None:
    code = digits + locators.damm(digits)
    for place, right in enumerate(code):
        for wrong in set("0123456789") - {right}:
            assert not locators.read_code(code[:place] + wrong + code[place + 1 :], LENGTHS)
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or not locators.read_code(swapped, LENGTHS)


@given(st.binary(min_size=16, max_size=16), st.sampled_from(LENGTHS))
def test_a_code_reads_back_however_it_is_written(random: bytes, length: int) -> None:
    code = locators.spoken_code(random, length)
    assert len(code) == length + 1
    half = len(code) // 2
    full_width = "".join(chr(ord("０") + int(digit)) for digit in code)
    for written in (code, f"{code[:half]}-{code[half:]}", f"{code[:half]} {code[half:]}"):
        assert locators.read_code(written, LENGTHS) == code
    assert locators.read_code(full_width, LENGTHS) == code


@pytest.mark.parametrize("entry", ["", "1234567", "x" * 8, "1" * 33, "²" * 8, "1234 567a", "５"])
def test_what_is_no_code(entry: str) -> None:
    assert locators.read_code(entry, LENGTHS) == ""


def test_too_little_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        locators.spoken_code(bytes(15), 7)


@given(st.text(min_size=1, max_size=30), st.integers(0, locators.ATTEMPTS - 1))
def test_the_code_of_a_stored_pairing_is_found_again(pairing: str, attempt: int) -> None:
    pairing_id = PairingId(pairing)
    code = locators.code_of(KEY, pairing_id, attempt, 7)
    stored = locators.locator_hash(OTHER_KEY, code)
    found = locators.find_code(
        code_key=KEY, locator_key=OTHER_KEY, pairing=pairing_id, stored=stored, lengths=LENGTHS
    )
    assert found == code


def test_without_the_key_of_codes_the_store_tells_nothing() -> None:
    pairing = PairingId("p")
    stored = locators.locator_hash(OTHER_KEY, locators.code_of(KEY, pairing, 0, 7))
    assert (
        locators.find_code(
            code_key=OTHER_KEY,
            locator_key=OTHER_KEY,
            pairing=pairing,
            stored=stored,
            lengths=LENGTHS,
        )
        == ""
    )
    assert stored != locators.locator_hash(KEY, locators.code_of(KEY, pairing, 0, 7))


def test_codes_differ_by_pairing_attempt_and_length() -> None:
    codes = {
        locators.code_of(KEY, PairingId(name), attempt, length)
        for name in ("a", "b")
        for attempt in (0, 1)
        for length in LENGTHS
    }
    assert len(codes) == 8


def test_codes_are_spread_evenly() -> None:
    first = Counter(locators.code_of(KEY, PairingId(str(n)), 0, 7)[0] for n in range(5000))
    # 500 each, standard deviation 21: six of those on either side.
    assert all(373 < first[digit] < 627 for digit in "0123456789")
