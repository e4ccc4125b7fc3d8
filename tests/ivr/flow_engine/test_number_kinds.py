"""Which numbers the business rings back."""

import pytest

from ivr.flow_engine.readings.number_kinds import rung_back_as


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("+819012345678", True),
        ("+816012345678", True),  # mobiles of the newest range
        ("+81312345678", True),
        ("+815012345678", False),  # IP
        ("+81120444113", False),  # free for whoever calls
        ("+81570012345", False),  # shared costs
        ("+81990123456", False),  # premium rate
        ("+8190123456", False),  # too short
        ("+12025550123", False),  # not in Japan
        ("", False),  # withheld
    ],
)
def test_mobiles_and_landlines_of_japan_are_rung_back(number: str, may: bool) -> None:
    assert rung_back_as(number) == (number if may else "")
