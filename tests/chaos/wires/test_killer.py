"""What is written is heard on the wire, and a process dies at the point that was named."""

import asyncio
import struct
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.chaos.wires.killer import POINTS, Killer, Point
from tests.chaos.wires.wire import LOOPBACK, Target, Wire
from tests.chaos.wires.writes import (
    CHECK,
    CLAIM,
    COMMAND,
    SESSION,
    VERDICT,
    RedisEar,
    SqlEar,
    Writes,
)

STARTUP = struct.pack("!II", 8, 80877103) + struct.pack("!II", 14, 196608) + b"user\0\0"
COMMIT = b"COMMIT"
MOVE = b"UPDATE pairings SET status=$1"
NEWS = b"INSERT INTO outbox (tenant_id, payload) VALUES ($1, $2::JSON)"


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def query(text: bytes) -> bytes:
    return message(b"Q", text + b"\0")


def bound(text: bytes, values: bytes = b"", *, name: bytes = b"") -> bytes:
    return message(b"P", name + b"\0" + text + b"\0\0\0") + again(values, name=name)


def again(values: bytes, *, name: bytes) -> bytes:
    """A statement that was prepared before."""
    return message(b"B", b"\0" + name + b"\0" + values) + message(b"S", b"")


def heard(*pieces: bytes) -> list[Writes]:
    ear = SqlEar()
    assert not ear.there(STARTUP)
    return [ear.there(piece) for piece in pieces]


def news(hint: str, status: str = "pending") -> bytes:
    return f'{{"status": "{status}", "hint": "{hint}"}}'.encode()


def test_a_write_is_heard_at_its_commit() -> None:
    opened = [query(b"BEGIN"), bound(b"INSERT INTO pairings (id) VALUES ($1)"), query(COMMIT)]
    assert heard(*opened) == [frozenset(), frozenset(), {CHECK}]
    assert heard(*opened, query(b"BEGIN"), query(COMMIT))[-1] == frozenset()


def test_a_claim_and_a_verdict_are_told_by_their_news() -> None:
    begin, move = query(b"BEGIN"), bound(MOVE)
    claim = bound(NEWS, news("awaiting_call_confirm"))
    assert heard(begin, move, claim, bound(COMMIT))[-1] == {CLAIM}
    verdict = bound(NEWS, news("verified", "complete"))
    assert heard(begin, move, verdict, bound(COMMIT))[-1] == {VERDICT}
    assert heard(begin, move, bound(NEWS, news("awaiting_pin")), query(COMMIT))[-1] == frozenset()


def test_prepared_statements_are_known_by_name_and_pieces_may_be_cut_anywhere() -> None:
    begin, commit = query(b"BEGIN"), query(COMMIT)
    assert heard(begin, bound(NEWS, news("x"), name=b"s1"), commit)[-1] == frozenset()
    said = begin + again(news("awaiting_call_confirm"), name=b"s1") + commit
    ear = SqlEar()
    ear.there(STARTUP + bound(NEWS, name=b"s1"))
    found = [ear.there(said[at : at + 1]) for at in range(len(said))]
    assert found[-1] == {CLAIM}
    assert not any(found[:-1])


def test_what_was_rolled_back_or_is_no_protocol_is_no_write() -> None:
    open_and_back = [query(b"BEGIN"), bound(b"INSERT INTO pairings (id)"), query(b"ROLLBACK")]
    assert not any(heard(*open_and_back, query(b"BEGIN"), query(COMMIT)))
    kept = [query(b"BEGIN"), bound(b"INSERT INTO pairings (id)"), query(b"ROLLBACK TO SAVEPOINT a")]
    assert heard(*kept, query(COMMIT))[-1] == {CHECK}
    assert not any(heard(b"Q\xff\xff\xff\xff", query(b"BEGIN"), query(COMMIT)))


@pytest.mark.parametrize(("keys", "expected"), [(1, {SESSION}), (2, frozenset())])
def test_a_session_is_saved_by_a_script_with_one_key(keys: int, expected: Writes) -> None:
    said = f"*8\r\n$7\r\nEVALSHA\r\n$40\r\n{'a' * 40}\r\n$1\r\n{keys}\r\n$20\r\nkazasu:{{t}}:call:x"
    assert RedisEar().there(said.encode()) == expected


def test_there_are_two_points_for_each_write_and_no_name_twice() -> None:
    assert len({point.name for point in POINTS}) == len(POINTS) == 14


ORDER = "POST /2010-04-01/Accounts/AC1/Calls/CA0f.json HTTP/1.1"


@asynccontextmanager
async def ordered(killer: Killer) -> AsyncIterator[tuple[Process, list[bytes], Process]]:
    """Two processes that send an order each by way of a wire, and what arrived."""
    arrived: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await reader.readline())
        writer.write(b"done\n")
        writer.close()

    server = await asyncio.start_server(answer, LOOPBACK, 0)
    target = Target(port=server.sockets[0].getsockname()[1])
    wire = Wire(targets=(target,), seed=1, name="rest", killer=killer)
    port = await wire.open()
    orders = f"exec 3<>/dev/tcp/{LOOPBACK}/{port}; read go; echo '{ORDER}' >&3; cat <&3"
    people = [
        await asyncio.create_subprocess_exec("bash", "-c", orders, stdin=PIPE, stdout=PIPE)
        for _ in range(2)
    ]
    try:
        yield people[0], arrived, people[1]
    finally:
        for one in people:
            if one.returncode is None:
                one.kill()
            await one.communicate()
        await wire.close()
        server.close()


@pytest.mark.parametrize(("when", "arrives"), [("before", 0), ("after", 1)])
async def test_the_process_of_the_connection_is_killed(when: str, arrives: int) -> None:
    point = next(p for p in POINTS if p == Point(when=when, write=COMMAND))  # type: ignore[arg-type]  # one of the two
    killer = Killer()
    async with asyncio.timeout(60), ordered(killer) as (one, arrived, other):
        killer.arm(point, skip=1, pids=[one.pid, other.pid])
        assert b"done" in (await other.communicate(b"go\n"))[0]
        assert not killer.met
        assert (await one.communicate(b"go\n"))[0] == b""
        assert one.returncode == -9
        assert other.returncode == 0
        assert killer.met == point.name
        assert len(arrived) == 1 + arrives
