"""Control of calls: what they are doing, keys, hanging up, events as they happen."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

from quart import Blueprint, Response, jsonify, request

from stand_ins.carrier.calls.call import Call, HungUp
from stand_ins.carrier.control.door import BadRequest, body
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.silence import silence
from stand_ins.carrier.timeline import Feed

KEYS = re.compile(r"[0-9*#]{1,64}")


def calls_door(exchange: Exchange) -> Blueprint:
    """Everything about the calls there are and were."""
    door = Blueprint("calls", __name__)

    @door.get("/calls")
    async def list_all() -> Response:
        return jsonify({"calls": [_summary(call) for call in exchange.calls.values()]})

    @door.get("/calls/<sid>")
    async def show(sid: str) -> Response:
        """?after=N leaves out the timeline's first N entries."""
        call = _find(exchange, sid)
        after = request.args.get("after", "0")
        if not after.isdigit():
            raise BadRequest("after must be a number")
        entries = [entry.as_json() for entry in call.timeline.entries]
        gaps = [{"start": g.start, "end": g.end, "after": g.after} for g in silence(entries)]
        return jsonify({**_summary(call), "timeline": entries[int(after) :], "silence": gaps})

    @door.post("/calls/<sid>/keys")
    async def press(sid: str) -> Response:
        """{digits} -> {heard}: how many keys a Gather was listening for."""
        call = _live(exchange, sid)
        digits = str((await body()).get("digits", ""))
        if not KEYS.fullmatch(digits):
            raise BadRequest("digits must be 1 to 64 of 0-9 * #")
        return jsonify({"heard": sum(call.press(key) for key in digits)})

    @door.post("/calls/<sid>/hang-up")
    async def hang_up(sid: str) -> Response:
        call = _live(exchange, sid)
        call.interrupt(HungUp(by="caller" if call.direction == "inbound" else "callee"))
        return jsonify({"call_sid": sid})

    @door.get("/calls/<sid>/events")
    async def events(sid: str) -> Response:
        return _stream(_find(exchange, sid).timeline.feed)

    @door.get("/events")
    async def all_events() -> Response:
        """The entries of all calls, in the order in which they were written."""
        return _stream(exchange.journal)

    return door


def _stream(feed: Feed) -> Response:
    """Server-sent events; the id is the position, `Last-Event-ID` or ?after= resumes."""
    after = request.headers.get("Last-Event-ID") or request.args.get("after", "0")
    if not after.isdigit():
        raise BadRequest("Last-Event-ID must be a number")

    async def lines() -> AsyncIterator[bytes]:
        async for position, entry in feed.follow(int(after)):
            if entry is None:
                yield b": still here\n\n"
                continue
            data = json.dumps(entry.as_json(), ensure_ascii=False)
            yield f"id: {position}\nevent: {entry.kind}\ndata: {data}\n\n".encode()

    answer = Response(lines(), content_type="text/event-stream")
    answer.timeout = None
    return answer


def _summary(call: Call) -> dict[str, object]:
    said = [entry.text for entry in call.timeline.entries if entry.kind == "say"]
    return {
        "call_sid": call.sid,
        "from": call.from_number,
        "to": call.to_number,
        "direction": call.direction,
        "parent_call_sid": call.parent_sid,
        "state": call.status,
        "over": call.over.is_set(),
        "bridged_with": call.bridged_with,
        "seconds": round(call.clock.now() if call.ended_at is None else call.ended_at, 3),
        "caption": said[-1] if said else "",
        "entries": len(call.timeline.entries),
    }


def _find(exchange: Exchange, sid: str) -> Call:
    call = exchange.calls.get(sid)
    if call is None:
        raise BadRequest(f"there is no call {sid}", status=404)
    return call


def _live(exchange: Exchange, sid: str) -> Call:
    call = _find(exchange, sid)
    if not call.live:
        raise BadRequest(f"the call is over ({call.status})", status=409)
    return call
