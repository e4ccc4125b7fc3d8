"""Live or canary: the stated rule, on fixed call ids."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow_library.choosing import chosen
from ivr.flow_library.model import CANARY, LIVE, Alias

LIVE_NOW = Alias(flow_id="main", name=LIVE, version="a")


def canary(share: int, version: str = "b") -> Alias:
    return Alias(flow_id="main", name=CANARY, version=version, share=share)


def place(call: str) -> int:
    return int(hashlib.sha256(f"{call}main".encode()).hexdigest()[:8], 16) % 10_000


@given(call=st.text(max_size=30), share=st.integers(min_value=0, max_value=10_000))
def test_the_first_four_bytes_decide(call: str, share: int) -> None:
    found = chosen((LIVE_NOW, canary(share)), "main", call)
    assert found is not None
    assert found.version == ("b" if place(call) < share else "a")


def test_about_so_many_calls_of_a_hundred_take_the_canary() -> None:
    taken = [chosen((LIVE_NOW, canary(1250)), "main", f"CA{n:032x}") for n in range(4000)]
    share = sum(alias is not None and alias.name == CANARY for alias in taken) / 4000
    assert 0.11 < share < 0.14


@pytest.mark.parametrize(
    ("aliases", "version"),
    [
        ((), None),
        ((LIVE_NOW,), "a"),
        ((LIVE_NOW, canary(0)), "a"),
        ((LIVE_NOW, canary(10_000)), "b"),
        ((LIVE_NOW, canary(10_000, version="")), "a"),
        # A trial beside nothing is no trial.
        ((canary(10_000),), None),
        ((Alias(flow_id="main", name=LIVE, version=""), canary(10_000)), None),
        ((Alias(flow_id="other", name=LIVE, version="c"),), None),
    ],
)
def test_what_is_there(aliases: tuple[Alias, ...], version: str | None) -> None:
    found = chosen(aliases, "main", "call")
    assert (found.version if found else None) == version
