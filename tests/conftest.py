"""For every test: nothing is asked of anything but this computer."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

# Adds names to asn1crypto's tables, which are turned round for good when first written with.
from asn1crypto import tsp  # type: ignore[import-untyped]  # noqa: F401  # ships no types; as said
from hypothesis import HealthCheck, settings

from tests import groups, individual_number, loopback

# Speed is measured by `make bench` alone: no example fails because the machine is busy.
settings.register_profile(
    "kazasu", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)


def pytest_configure() -> None:
    settings.load_profile("kazasu")
    loopback.guard()
    # A traceback in full dress, with the locals of every frame, takes a second to lay out.
    structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> groups.InGroups:
    return groups.InGroups(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: groups.rank_of(item.path))


@pytest.fixture(scope="session", autouse=True)
def _nobody_asked_for_the_individual_number(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Of no software card, in this process or in one that a test has started."""
    with individual_number.heard_everywhere(tmp_path_factory.mktemp("cards-heard")) as asked:
        yield
        assert not asked(), f"a card was asked for the individual number: {asked()}"


@pytest.fixture(autouse=True)
def _nothing_left_this_computer() -> object:
    """A refusal that the tested code swallowed fails the test all the same."""
    loopback.REFUSED.clear()
    yield
    assert not loopback.REFUSED, f"tried to reach {loopback.REFUSED}"
