"""Enqueue: wait in a queue, hear the wait document again and again, then talk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NoReturn
from xml.etree.ElementTree import Element

from stand_ins.carrier.calls.bridge import Bridge
from stand_ins.carrier.calls.call import Position
from stand_ins.carrier.calls.talking import hear_announcement, talk
from stand_ins.carrier.queues import Member, Queue
from stand_ins.carrier.verbs.outcome import Ended, Goto, LeftQueue, Outcome
from stand_ins.carrier.webhooks.form import standard_fields
from stand_ins.carrier.webhooks.problems import WebhookProblem

if TYPE_CHECKING:
    from stand_ins.carrier.calls.performance import Performance

ATTRIBUTES = frozenset({"action", "method", "waitUrl", "waitUrlMethod"})
WAIT_VERBS = frozenset({"Play", "Say", "Pause", "Hangup", "Redirect", "Leave", "Gather"})
LONGEST_NAME = 64
SHORTEST_TURN = 1.0


async def perform(stage: Performance, element: Element) -> Outcome:
    name = (element.text or "").strip()
    if not name or len(name) > LONGEST_NAME:
        stage.call.timeline.add("error", "14202 Enqueue: invalid queue name", code=14202)
        return None
    queue = stage.exchange.queues.demand(name)
    if len(queue.members) >= queue.max_size:
        return _next(stage, element, {"QueueResult": "queue-full", "QueueSid": queue.sid})
    member = queue.join(stage.call.sid, stage.call.clock.now)
    position = _position(stage, element, queue, member)
    stage.call.timeline.add("queue", f"waits in {name}", queue=name, queue_sid=queue.sid)
    try:
        with stage.inside(position):
            result = await _wait(stage, element, queue, member)
    finally:
        queue.leave(member)
        if member.bridge is not None:
            member.bridge.ended.set()
        stage.call.bridged_with = None
    stage.call.timeline.add("queue", f"out of {name}", queue=name, result=str(result))
    if isinstance(result, Ended):
        await _tell_hang_up(stage, position)
        return result
    return _next(stage, element, position.params(result))


async def _wait(stage: Performance, element: Element, queue: Queue, member: Member) -> str | Ended:
    """Until somebody takes the call, it leaves, or it hangs up; the queue's result."""
    waiting = asyncio.ensure_future(_wait_documents(stage, element, queue, member))
    taken = asyncio.ensure_future(member.taken.wait())
    try:
        await asyncio.wait({waiting, taken}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        taken.cancel()
        await asyncio.gather(waiting, taken, return_exceptions=True)
    if member.bridge is not None:
        return await _talk(stage, queue, member, member.bridge)
    outcome = waiting.result()
    return outcome if isinstance(outcome, Ended) else "leave"


async def _talk(stage: Performance, queue: Queue, member: Member, bridge: Bridge) -> str:
    params = {
        "QueueSid": queue.sid,
        "QueueTime": str(member.wait_time()),
        "DequeingCallSid": bridge.dialling_sid,
    }
    await hear_announcement(stage, bridge, params)
    if bridge.ended.is_set():
        return "system-error"
    await talk(stage, bridge, bridge.dialling_sid)
    return "bridged"


async def _wait_documents(
    stage: Performance, element: Element, queue: Queue, member: Member
) -> Ended | LeftQueue | None:
    """The wait URL's documents, asked anew whenever their verbs have run out."""
    address = element.get("waitUrl")
    clock = stage.call.clock
    if address == "":
        await clock.forever()
    if address is None:
        await _music(stage)

    def params() -> dict[str, str]:
        return {
            "QueueSid": queue.sid,
            "QueuePosition": str(queue.position(member)),
            "QueueTime": str(member.wait_time()),
            "AvgQueueTime": str(queue.average_wait()),
            "CurrentQueueSize": str(len(queue.members)),
        }

    request = stage.page.request(address, element.get("waitUrlMethod"), {})
    while True:
        began = clock.now()
        try:
            outcome = await stage.another(allowed=WAIT_VERBS, params=params).documents(request)
        except WebhookProblem:
            stage.call.timeline.add("queue", "no wait document: the carrier's own music instead")
            await _music(stage)
        if outcome is not None:
            return outcome
        await clock.sleep(max(0.0, SHORTEST_TURN - (clock.now() - began)))


async def _music(stage: Performance) -> NoReturn:
    with stage.call.timeline.sound("music"):
        await stage.call.clock.forever()


async def _tell_hang_up(stage: Performance, position: Position) -> None:
    if position.action is not None:
        form = standard_fields(stage.call) | position.params("hangup")
        notice = stage.exchange.delivery.notice
        await notice(stage.call, position.action, position.method, form, purpose="Enqueue action")


def _position(stage: Performance, element: Element, queue: Queue, member: Member) -> Position:
    action = element.get("action")

    def params(result: str) -> dict[str, str]:
        if member.bridge is not None:
            result = {"redirected": "redirected-from-bridged", "hangup": "bridged"}.get(
                result, result
            )
        return {
            "QueueResult": result,
            "QueueSid": queue.sid,
            "QueueTime": str(member.wait_time()),
        }

    return Position(
        verb="Enqueue",
        action=stage.page.maybe_resolve(action),
        method=(element.get("method") or "POST").upper(),
        params=params,
    )


def _next(stage: Performance, element: Element, params: dict[str, str]) -> Goto | None:
    action = element.get("action")
    if action is None:
        return None
    return Goto(request=stage.page.request(action, element.get("method"), params))
