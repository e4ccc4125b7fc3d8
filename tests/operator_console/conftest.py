"""Signing in is part of every test here: with the real cost of argon2 it would be most of them."""

import pytest
from argon2 import PasswordHasher


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tests/door_frame` holds the cost itself."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("door_frame.staff_login._ARGON2", quick)
