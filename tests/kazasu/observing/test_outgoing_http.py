"""What others answered, told by a closed word; also when they did not."""

import httpx2
import pytest

from kazasu.metrics.instruments import Instruments, new_registry
from kazasu.outgoing_http import Watched


@pytest.mark.parametrize(
    ("status", "word"),
    [(200, "done"), (201, "done"), (400, "refused"), (401, "refused"), (404, "gone"),
     (429, "too_many"), (500, "broken"), (503, "broken")],
)  # fmt: skip
async def test_every_answer_has_its_word(status: int, word: str) -> None:
    told: list[tuple[str, float]] = []
    inner = httpx2.MockTransport(lambda _request: httpx2.Response(status))
    async with httpx2.AsyncClient(
        transport=Watched(lambda: inner, lambda *of: told.append(of))
    ) as http:
        await http.post("http://carrier/Calls.json")
    assert [of for of, _ in told] == [word]


async def test_no_answer_is_told_and_raised() -> None:
    told: list[str] = []

    def refuses(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    watched = Watched(lambda: httpx2.MockTransport(refuses), lambda of, _: told.append(of))
    async with httpx2.AsyncClient(transport=watched) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.post("http://carrier/Calls.json")
    assert told == ["no_answer"]


async def test_a_transport_that_could_not_be_made_is_made_by_the_next_request() -> None:
    made = [OSError(24, "Too many open files"), None]

    def make() -> httpx2.AsyncBaseTransport:
        trouble = made.pop(0)
        if trouble is not None:
            raise trouble
        return httpx2.MockTransport(lambda _request: httpx2.Response(200))

    async with httpx2.AsyncClient(transport=Watched(make, lambda *_: None)) as http:
        with pytest.raises(httpx2.ConnectError):
            await http.post("http://carrier/Calls.json")
        assert (await http.post("http://carrier/Calls.json")).status_code == 200


def test_failures_are_counted_until_the_carrier_answers() -> None:
    metrics = Instruments(new_registry(), routes=(), reasons=())

    def in_a_row() -> float | None:
        return metrics.registry.get_sample_value("kazasu_carrier_failures_in_a_row")

    for answer in ("no_answer", "broken", "too_many", "refused"):
        metrics.carrier_answered(answer, 0.1)
    assert in_a_row() == 4
    metrics.carrier_answered("gone", 0.1)
    assert in_a_row() == 0
