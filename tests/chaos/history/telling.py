"""The history of a run, put together from all who were there: what the parties wrote down, the
carrier's timelines, and what the stores hold."""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import httpx2

from stand_ins.carrier.silence import Gap
from tests.chaos.history import carrier_read
from tests.chaos.history.operations import Heard, History, Kind, Operation, Outcome, State
from tests.chaos.history.stores_read import StoresRead, facts_of
from tests.chaos.people.caller import Caller
from tests.chaos.people.notebook import Notebook
from tests.chaos.town import metronome
from tests.chaos.town.household import Household
from tests.chaos.town.town import Town

Timelines = dict[str, list[dict[str, Any]]]


async def told(
    town: Town,
    home: Household,
    callers: Sequence[Caller],
    notes: Notebook,
    http: httpx2.AsyncClient,
    *,
    replay_last: int | None = None,
    read_before: Timelines | None = None,
) -> History:
    """Of everything that was to be told; who never came to dial has no call. `replay_last`: the
    webhooks of so many calls are sent once more, of all when None. `read_before`: timelines that
    the carrier may have forgotten by now."""
    known, callers = read_before or {}, [caller for caller in callers if caller.handset.sid]
    timelines = {
        sid: known[sid] if sid in known else await timeline_of(town, http, sid)
        for sid in (caller.handset.sid for caller in callers)
    }
    kept, tenant = home.stores(), home.tenant()
    (home.folder / "timelines.json").write_text(json.dumps(timelines, ensure_ascii=False, indent=0))
    try:
        read = StoresRead(kept, tenant, timelines)
        operations = [await _with_call(read, one) for one in notes.operations]
        for sid, timeline in timelines.items():
            operations += carrier_read.operations(sid, timeline, _monotonic)
        before = await read.state()
        last = dict(list(timelines.items())[-replay_last:]) if replay_last else timelines
        await _replay(http, _replayed(last, before, everything=not home.shared))
        after = await read.state()
        evidence = await read.evidence()
        operations += [_row_read(facts_of(row, tenant)) for row in evidence]
        pairings = await read.pairings()
        operations += [_created(one.call, one.id) for one in pairings]
        await read.destroy_a_key()
        return History(
            operations=tuple(operations),
            pairings=tuple(pairings),
            heard=tuple(_heard(town, c, timelines[c.handset.sid]) for c in callers),
            revoked={c.phone.installation: _LONG_AGO for c in callers if c.plan.who.unusable},
            evidence=evidence,
            evidence_without_key=await read.evidence(),
            replayed=(before, after),
        )
    finally:
        await kept.close()


_LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


async def timeline_of(town: Town, http: httpx2.AsyncClient, sid: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {town.carrier_token}"}
    answer = await http.get(f"{town.carrier_base}/calls/{sid}?after=0", headers=headers)
    found: list[dict[str, Any]] = answer.json()["timeline"]
    return found


async def _with_call(read: StoresRead, operation: Operation) -> Operation:
    token = operation.fact("token")
    return replace(operation, call=await read.call_of(token)) if token else operation


def _replayed(timelines: Timelines, state: State, *, everything: bool) -> Timelines:
    """A call that is not over for us, and whose session went with Redis, goes on at a person: its
    webhooks are no repetition then."""
    if everything:
        return timelines
    return {sid: t for sid, t in timelines.items() if state[f"call {sid}"].startswith("over")}


async def _replay(http: httpx2.AsyncClient, timelines: Timelines) -> None:
    """Every webhook that was answered, byte for byte, once more (the signature has no time)."""
    for timeline in timelines.values():
        for entry in list(carrier_read.webhooks(timeline)):
            request = entry["request"]
            if "response" not in entry or request["method"] != "POST":
                continue
            answer = await http.post(
                request["url"].partition("#")[0],
                data=request["form"],
                headers=request["headers"],
                timeout=30.0,
            )
            assert answer.status_code in (200, 204), f"{request['url']}: {answer.status_code}"


def _heard(town: Town, caller: Caller, timeline: list[dict[str, Any]]) -> Heard:
    def late(gap: Gap) -> float:
        since, to = carrier_read.wall_between(timeline, gap.start, gap.end)
        return metronome.lateness(town.beats, _monotonic(since), _monotonic(to))

    return carrier_read.heard(caller.handset.sid, timeline, left_early=caller.left_early, late=late)


def _monotonic(wall: datetime) -> float:
    return wall.timestamp() - (time.time() - time.monotonic())


def _row_read(facts: Any) -> Operation:
    return _afterwards(Kind.EVIDENCE_READ, "", facts)


def _created(call: str, pairing: str) -> Operation:
    return _afterwards(Kind.PAIRING_CREATE, call, {"pairing": pairing})


def _afterwards(kind: Kind, call: str, facts: Any) -> Operation:
    now = time.monotonic()
    return Operation(
        kind=kind,
        call=call,
        outcome=Outcome.OK,
        began=now,
        ended=now,
        wall=datetime.now(UTC),
        facts=facts,
    )
