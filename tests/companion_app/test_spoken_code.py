"""The app catches slips itself: every single wrong digit and every adjacent swap."""

from hypothesis import given
from hypothesis import strategies as st

from companion_app.spoken_code import typed_code
from identity.pairing.locators import damm

CODES = st.sampled_from([7, 9]).flatmap(
    lambda size: st.text("0123456789", min_size=size, max_size=size)
)


@given(CODES)
def test_what_the_service_draws_is_accepted(digits: str) -> None:
    code = digits + damm(digits)
    half = len(code) // 2
    assert typed_code(code) == code
    assert typed_code(f"{code[:half]}-{code[half:]}") == code
    assert typed_code(f" {code[:half]} {code[half:]}\t") == code
    full_width = code.translate({0x30 + n: 0xFF10 + n for n in range(10)})
    assert typed_code(full_width) == code


@given(CODES)
def test_every_wrong_digit_and_swap_is_caught(digits: str) -> None:
    code = digits + damm(digits)
    for place, right in enumerate(code):
        for wrong in set("0123456789") - {right}:
            assert typed_code(code[:place] + wrong + code[place + 1 :]) is None
        swapped = code[:place] + code[place : place + 2][::-1] + code[place + 2 :]
        assert swapped == code or typed_code(swapped) is None


def test_other_things_are_no_codes() -> None:
    nine = "12345678" + damm("12345678")
    for typed in ("", "1234", nine, "abcd-efgh", "０" * 7, "0000000x"):
        assert typed_code(typed) is None
