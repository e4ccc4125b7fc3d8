"""Where metrics are served, what is said when that is everywhere, and what clients keep."""

import httpx2
import pytest
from structlog.testing import capture_logs

from kazasu.metrics.instruments import Instruments, new_registry
from kazasu.metrics.journeys import Journeys
from kazasu.settings.model import Settings
from kazasu.tracing.spans import NO_SPANS
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


async def test_what_one_lookup_set_does_not_come_with_the_next() -> None:
    metrics = Instruments(new_registry(), routes=(), reasons=())

    async def nobody(*_asked: str) -> None:
        return None

    journeys = Journeys(metrics, nobody, lambda: 0.0)
    watch = watching.Watch(metrics=metrics, journeys=journeys, spans=NO_SPANS, routes=set())
    async with watch.business_client() as http:
        asked = http.build_request("POST", "https://crm.example.jp/lookups/customer")
        answer = httpx2.Response(200, request=asked, headers={"set-cookie": "of=caller-1; Path=/"})
        http.cookies.extract_cookies(answer)  # as the client does with every answer
        again = http.build_request("POST", "https://crm.example.jp/lookups/customer")
    assert "cookie" not in again.headers
