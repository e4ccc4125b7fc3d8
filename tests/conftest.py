"""For every test: nothing is asked of anything but this computer."""

import pytest

from tests import loopback


def pytest_configure() -> None:
    loopback.guard()


@pytest.fixture(autouse=True)
def _nothing_left_this_computer() -> object:
    """A refusal that the tested code swallowed fails the test all the same."""
    loopback.REFUSED.clear()
    yield
    assert not loopback.REFUSED, f"tried to reach {loopback.REFUSED}"
