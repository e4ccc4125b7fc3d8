"""Which faults a run meets and when: all of it from the seed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from tests.chaos.faults import on_redis, on_revocation, on_sql, on_the_carrier, on_the_service
from tests.chaos.faults.at_a_point import MOST_SKIPPED
from tests.chaos.faults.scene import Scene
from tests.chaos.wires.killer import POINTS, Point

Happen = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`number` as in docs/threats.md; `on`: the databases with which it can be had."""

    number: str
    name: str
    happen: Happen
    on: frozenset[str]


ALONE: Final = "sqlite"
SQL: Final = "postgresql"
SHARED: Final = "postgresql and redis"
"""One process with a file; one over PostgreSQL; two over PostgreSQL and Redis."""
DATABASES: Final = (ALONE, SQL, SHARED)
_SQLITE: Final = frozenset({ALONE})
_POSTGRES: Final = frozenset({SQL, SHARED})
_REDIS: Final = frozenset({SHARED})


def _fault(
    number: str, name: str, happen: Happen, on: frozenset[str] = _SQLITE | _POSTGRES
) -> Fault:
    return Fault(number=number, name=name, happen=happen, on=on)


FAULTS: Final = (
    _fault("F1", "service killed", on_the_service.killed),
    _fault("F7", "SQL killed and restarted", on_sql.restarted, _POSTGRES),
    _fault("F4", "Redis killed and restarted", on_redis.killed, _REDIS),
    _fault("F2", "service down", on_the_service.down),
    _fault("F9", "disk full", on_the_service.disk_full, _SQLITE),
    _fault("F8", "SQL hangs", on_sql.hangs, _POSTGRES),
    _fault("F6", "Redis and its wire", on_redis.wire, _REDIS),
    _fault("F3", "service hangs", on_the_service.hangs),
    _fault("F8", "SQL locked", on_sql.locked),
    _fault("F8", "SQL into a black hole", on_sql.black_hole, _POSTGRES),
    _fault("F5", "Redis emptied", on_redis.emptied, _REDIS),
    _fault("F12", "REST 429", on_the_carrier.rest_too_many),
    _fault("F22", "bits turned on the way from SQL", on_sql.corrupted, _POSTGRES),
    _fault("F13", "REST 5xx", on_the_carrier.rest_broken),
    _fault("F8", "SQL slow", on_sql.slow, _POSTGRES),
    _fault("F13", "REST answers lost", on_the_carrier.rest_answers_lost),
    _fault("F7", "SQL connections cut", on_sql.cut, _POSTGRES),
    _fault("F6", "Redis hangs", on_redis.hangs, _REDIS),
    _fault("F13", "REST late", on_the_carrier.rest_late),
    _fault("F14", "REST: the call is over", on_the_carrier.rest_call_over),
    _fault("F8", "SQL takes no connections", on_sql.refused, _POSTGRES),
    _fault("F13", "REST wire", on_the_carrier.rest_wire),
    _fault("F6", "Redis slow", on_redis.slow, _REDIS),
    _fault("F15", "webhooks twice", on_the_carrier.webhooks_twice),
    _fault("F8", "SQL heard but not answering", on_sql.one_way, _POSTGRES),
    _fault("F15", "webhooks late", on_the_carrier.webhooks_late),
    _fault("F15", "webhooks out of order", on_the_carrier.webhooks_out_of_order),
    _fault("F7", "SQL connections torn", on_sql.torn, _POSTGRES),
    _fault("F13", "answers to the carrier lost", on_the_carrier.answers_lost),
    _fault("F15", "no connection for the carrier", on_the_carrier.no_connection),
    _fault("F8", "SQL stalls", on_sql.stalls, _POSTGRES),
    _fault("F15", "redirects race", on_the_carrier.redirects_race),
    _fault("F15", "last words lost or doubled", on_the_carrier.last_words_lost),
    _fault("F10", "clock wrong", on_the_service.clock_wrong),
    _fault("F11", "revocation lists gone", on_revocation.removed),
    _fault("F11", "revocation lists are garbage", on_revocation.garbage),
    _fault("F11", "revocation lists stale", on_revocation.stale),
    _fault("F19", "everybody cut off", on_the_service.front_cut),
    _fault("F20", "stopped and started anew", on_the_service.deployed),
    _fault("F21", "no descriptors left", on_the_service.out_of_descriptors),
    _fault("F17", "ten thousand checks run out", on_sql.crowd_runs_out),
)


_ON_PROCESSES: Final = frozenset({"F1", "F2", "F3", "F9", "F10", "F20", "F21"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """`at` seconds after the first caller, one fault after another. `point`: where a process is
    killed beside them, `skip` such writes later than the first."""

    database: str
    faults: tuple[tuple[float, Fault], ...]
    point: Point | None = None
    skip: int = 0

    @property
    def flips(self) -> bool:
        """Bytes from SQL are other ones: the chain may say so, and that is its purpose."""
        return any(fault.number == "F22" for _, fault in self.faults)

    @property
    def on_processes(self) -> bool:
        """Some fault has a process of the service in its hands."""
        return any(fault.number in _ON_PROCESSES for _, fault in self.faults)

    @property
    def shared(self) -> bool:
        return self.database == SHARED


def script(seed: int, random: Random, databases: Sequence[str] = DATABASES) -> Script:
    """Seeds that follow each other begin with another fault and kill at another point, so that n of
    them meet n kinds."""
    first = FAULTS[seed % len(FAULTS)]
    possible = [name for name in databases if name in first.on] or list(databases)
    database = random.choice(possible)
    fitting = [fault for fault in FAULTS if database in fault.on]
    more = random.sample(fitting, random.choice([0, 1, 1, 2]))
    faults = [first if database in first.on else random.choice(fitting), *more]
    times = sorted(random.uniform(1, 20) for _ in faults)
    story = Script(database=database, faults=tuple(zip(times, faults, strict=True)))
    if database == ALONE:
        return story  # there is no wire to a file
    point = POINTS[seed % len(POINTS)]
    skip = Random(f"{seed}: skip").randint(0, MOST_SKIPPED[point.write])
    return replace(story, point=point, skip=skip)
