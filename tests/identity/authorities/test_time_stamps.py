"""A real authority over HTTP, and everything that may come back in its place."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta

import httpx2
import pytest

from identity.authorities.time_stamps import HttpTimeStamps
from identity.evidence_archive.checkpoints.ports import NotStamped
from identity.evidence_archive.checkpoints.time_stamps import check
from stand_ins.time_stamps.authority import Authority
from stand_ins.time_stamps.server import serving
from tests.ports.archive.stamped import an_authority, now, roots

REPLY = {"Content-Type": "application/timestamp-reply"}
Answer = Callable[[httpx2.Request], httpx2.Response]


def by_wire() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(trust_env=False)


def answered_by(answer: Answer) -> Callable[[], httpx2.AsyncClient]:
    return lambda: httpx2.AsyncClient(transport=httpx2.MockTransport(answer))


def _reply(octets: bytes, **more: str) -> httpx2.Response:
    """As it comes over a wire: not read before somebody asks."""
    return httpx2.Response(200, stream=httpx2.ByteStream(octets), headers=REPLY | more)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def address(authority: Authority) -> Iterator[str]:
    with serving(authority) as url:
        yield url


async def test_a_stamp_by_http(authority: Authority, address: str) -> None:
    asked = HttpTimeStamps(address, roots(authority), by_wire, now)
    stamp, again = await asked.stamp(b"a checkpoint"), await asked.stamp(b"a checkpoint")
    assert check(stamp.response, b"a checkpoint", roots(authority)) == stamp
    assert stamp.response != again.response


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda _: httpx2.Response(503), "authority_refuses"),
        (lambda _: httpx2.Response(302, headers={"Location": "/"}), "authority_refuses"),
        (lambda _: httpx2.Response(200, text="<html>"), "authority_says_something_else"),
        (lambda _: _reply(bytes(70_000)), "stamp_too_long"),
        (lambda _: _reply(b"0\x00"), "stamp_unreadable"),
    ],
    ids=["broken", "elsewhere", "a page", "too long", "unreadable"],
)
async def test_what_is_no_stamp(authority: Authority, answer: Answer, code: str) -> None:
    asked = HttpTimeStamps("http://127.0.0.1/", roots(authority), answered_by(answer), now)
    with pytest.raises(NotStamped) as refused:
        await asked.stamp(b"x")
    assert refused.value.code == code


async def test_an_answer_to_another_question_is_refused(authority: Authority) -> None:
    """Recorded and played again: its nonce is not ours."""
    recorded: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if not recorded:
            recorded.append(authority.reply(request.read()))
        return _reply(recorded[0])

    asked = HttpTimeStamps("http://127.0.0.1/", roots(authority), answered_by(answer), now)
    await asked.stamp(b"x")
    with pytest.raises(NotStamped, match="stamp_not_verified"):
        await asked.stamp(b"x")


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_stamp_of_another_time_is_refused(
    authority: Authority, address: str, minutes: int
) -> None:
    """Of the two clocks one is wrong; which one is not for us to say."""
    ours = now() + timedelta(minutes=minutes)
    with pytest.raises(NotStamped, match="stamp_of_another_time"):
        await HttpTimeStamps(address, roots(authority), by_wire, lambda: ours).stamp(b"x")


async def test_an_authority_that_is_away(authority: Authority) -> None:
    with pytest.raises(NotStamped, match="authority_away"):
        await HttpTimeStamps("http://127.0.0.1:1/", roots(authority), by_wire, now).stamp(b"x")


async def test_an_answer_that_never_ends_is_not_waited_for(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("identity.authorities.time_stamps.WHOLE_WITHIN", 0.05)

    async def drops() -> AsyncIterator[bytes]:
        yield b"0"
        await asyncio.Event().wait()

    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=drops(), headers=REPLY)

    asked = HttpTimeStamps("http://127.0.0.1/", roots(authority), answered_by(answer), now)
    with pytest.raises(NotStamped, match="authority_away"):
        await asked.stamp(b"x")


async def test_what_is_packed_is_not_unpacked(authority: Authority) -> None:
    """The bound is on what is held in memory."""
    packed = answered_by(lambda _: _reply(b"\x1f", **{"Content-Encoding": "gzip"}))
    asked = HttpTimeStamps("http://127.0.0.1/", roots(authority), packed, now)
    with pytest.raises(NotStamped, match="stamp_unreadable"):
        await asked.stamp(b"x")
