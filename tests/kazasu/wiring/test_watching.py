"""Where metrics are served, and what is said when that is everywhere."""

import pytest
from structlog.testing import capture_logs

from kazasu.settings import Settings
from kazasu.wiring import watching


@pytest.mark.parametrize(
    ("listen", "address", "warned"),
    [
        ("", None, False),
        ("127.0.0.1:9464", ("127.0.0.1", 9464), False),
        ("10.0.0.7:9464", ("10.0.0.7", 9464), False),
        ("0.0.0.0:9464", ("0.0.0.0", 9464), True),  # noqa: S104  # a value to look at
        ("[::]:9464", ("::", 9464), True),
    ],
)
def test_an_address_that_everybody_may_reach_is_warned_of(
    listen: str, address: tuple[str, int] | None, warned: bool
) -> None:
    with capture_logs() as said:
        assert watching.metrics_address(Settings.model_construct(metrics_listen=listen)) == address
    assert [line["event"] for line in said] == ["metrics_on_every_address"] * warned
