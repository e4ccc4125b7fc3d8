"""The machine says a code in the middle of a talk, and the two are together again by themselves."""

import asyncio
from collections.abc import Awaitable, Callable

from identity.pairing.views import PairingView
from ivr.flow_engine.readings import ja
from ivr.queues.answering import Answered
from ivr.queues.model import Presence, Waiting, WaitingState
from kazasu.wiring.service import Service
from tests.ivr.live_calls.over_the_wire.talk import Talk
from tests.ivr.live_calls.over_the_wire.test_ways import an_operator
from tests.stand_ins.carrier.control import Control


async def becomes(so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await so():  # noqa: ASYNC110  # told by nobody
            await asyncio.sleep(0.02)


async def test_the_machine_says_the_code_and_the_talk_goes_on(
    service: Service, carrier: Control, talk: Talk
) -> None:
    tenant = service.identity.tenant.id
    await an_operator(service)
    await talk.says("担当者はゼロ")
    await talk.presses("0")

    async def row() -> Waiting | None:
        return await service.stores.waiting.by_call(tenant, talk.ref)

    async def offered() -> bool:
        found = await row()
        return found is not None and found.offered_to == "op-1"

    await becomes(offered)
    waiting = await row()
    assert waiting is not None
    rung = await service.phone.answering.answer(tenant, "op-1", waiting.token)
    assert rung is Answered.RINGING
    first = await carrier.kind(talk.sid, "bridge", "talks with")
    opened = await service.phone.checks.start(
        tenant, "op-1", talk.ref, mode="spoken_code", reason="first_check"
    )
    assert isinstance(opened, PairingView)

    assert await service.phone.said.say(tenant, talk.ref) is None
    said = await carrier.kind(talk.sid, "say", "担当者に戻ります")
    assert said["text"].count(ja.digits(opened.code[-4:])) == 2
    again = await carrier.until(
        talk.sid,
        lambda e: e["kind"] == "bridge" and "talks with" in e["text"] and e["id"] > said["id"],
    )
    assert again["id"] > first["id"]
    now = await row()
    assert now is not None
    assert (now.state, now.aside_until) == (WaitingState.TALKING, None)

    played = await talk.over()
    assert [e["text"] for e in played if e["kind"] in ("error", "not_simulated")] == []

    async def free() -> bool:
        known = await service.stores.operators.by_id(tenant, "op-1")
        return known is not None and known.presence is Presence.WRAP_UP

    await becomes(free)
