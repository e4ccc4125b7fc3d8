"""For every test: nothing is asked of anything but this computer."""

import pytest
from hypothesis import HealthCheck, settings

from tests import loopback

# Speed is measured by `make bench` alone: no example fails because the machine is busy.
settings.register_profile(
    "kazasu", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)


def pytest_configure() -> None:
    settings.load_profile("kazasu")
    loopback.guard()


@pytest.fixture(autouse=True)
def _nothing_left_this_computer() -> object:
    """A refusal that the tested code swallowed fails the test all the same."""
    loopback.REFUSED.clear()
    yield
    assert not loopback.REFUSED, f"tried to reach {loopback.REFUSED}"
