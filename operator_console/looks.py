"""What the page reads: its state, a pop, and the event stream that says when to look again."""

import re
from typing import Any, Final

from quart import Blueprint, Response, jsonify, request

from door_frame.event_stream import Following, StreamOwner, Streams, last_event_id, stream
from door_frame.feed import Feed
from door_frame.problem_json import Problem, Refused
from door_frame.staff_login import SignedIn
from ivr.queues import rules
from ivr.queues.model import Operator, Waiting, WaitingState
from operator_console import shown
from operator_console.access import Seen, seen
from operator_console.feed import channel, shown_to
from operator_console.guard import SIGNED_OUT, Guard
from operator_console.workspace import OperatorWorkspace, Trail

LISTED: Final = 50
CALL_NAME: Final = r"^[A-Za-z0-9_-]{1,200}$"
"""Anything else is no call's: stores are not asked for it."""
NO_SUCH_CALL: Final = Problem(status=404, code="no_such_call", detail="over, or not yours")


class Looks:
    def __init__(
        self, workspace: OperatorWorkspace, guard: Guard, trail: Trail, feed: Feed
    ) -> None:
        self._workspace = workspace
        self._guard = guard
        self._trail = trail
        self._feed = feed
        self._streams = Streams()

    async def state(self) -> Response:
        """All but the pop, which is fetched by token: only that is a view of a person's data."""
        signed = await self._guard.reading()
        me = await self.operator(signed)
        rows = await self._workspace.waiting.open(me.tenant)
        mine = [row for row in rows if seen(row, me, self._workspace.now()) is Seen.POP]
        offers = [row for row in mine if row.state is WaitingState.WAITING]
        calls = [row for row in mine if row.state is not WaitingState.WAITING]
        line = [row for row in rules.in_order(rows) if row.queue in me.queues]
        return jsonify(
            now=shown.moment(self._workspace.now()),
            ends_at=shown.moment(signed.ends_at()),
            me=shown.operator(me, signed.account.login),
            presence=shown.presence(me),
            offer=await self._offer(offers[0]) if offers else None,
            call=await self._call(calls[0]) if calls else None,
            waiting=await self._entries(line),
            more=max(0, len(line) - LISTED),
        )

    async def pop(self, token: str) -> Response:
        """Whole for the one it is offered to or talks with, an entry for others, else 404."""
        signed = await self._guard.reading()
        me = await self.operator(signed)
        known = re.fullmatch(CALL_NAME, token)
        row = await self._workspace.waiting.by_token(me.tenant, token) if known else None
        may = seen(row, me, self._workspace.now())
        if row is None or may is Seen.NOTHING:
            raise Refused(NO_SUCH_CALL)
        if may is Seen.ENTRY:
            badge = await self._workspace.pops.badge(row)
            return jsonify(view="entry", **shown.entry(row, badge, None))
        found = await self._workspace.pops.by_token(me.tenant, token)
        # Read afresh: between the rule and the pop the call may have gone to somebody else.
        if found is None or found.offered_to != me.id:
            raise Refused(NO_SUCH_CALL)
        await self._trail.viewed(me.tenant, me.id, found)
        return jsonify(view="pop", now=shown.moment(self._workspace.now()), **shown.pop(found))

    async def events(self) -> Response:
        self._guard.own_page()
        signed = await self._guard.reading()

        async def still() -> bool:
            return await self._guard.same(signed)

        return stream(
            self._feed,
            Following(
                channel=channel(signed.account.tenant),
                after=last_event_id(request),
                shown=lambda item: shown_to(signed.account.id, item),
                still=still,
            ),
            owner=StreamOwner(streams=self._streams, reader=signed.account.id),
        )

    async def operator(self, signed: SignedIn) -> Operator:
        """Who is signed in, as the queues know them. `Refused` 401 when they do not any more."""
        known = await self._workspace.operators.by_id(signed.account.tenant, signed.account.id)
        if known is None:
            raise Refused(SIGNED_OUT)
        return known

    async def _offer(self, row: Waiting) -> dict[str, Any]:
        until = shown.moment(row.offered_until) if row.offered_until else None
        badge = await self._workspace.pops.badge(row)
        return {"token": row.token, "queue": row.queue, "until": until, "badge": badge}

    async def _call(self, row: Waiting) -> dict[str, Any]:
        """With the badge as it is now: a result runs out without any news, and news may be lost."""
        badge = await self._workspace.pops.badge(row)
        return {"token": row.token, "queue": row.queue, "state": row.state.value, "badge": badge}

    async def _entries(self, line: list[Waiting]) -> list[dict[str, Any]]:
        places: dict[str, int] = {}
        entries = []
        for row in line[:LISTED]:
            places[row.queue] = places.get(row.queue, 0) + 1
            badge = await self._workspace.pops.badge(row)
            entries.append(shown.entry(row, badge, places[row.queue]))
        return entries


def add_looks(door: Blueprint, looks: Looks) -> None:
    door.add_url_rule("/api/state", "state", looks.state, methods=["GET"])
    door.add_url_rule("/api/pop/<token>", "pop", looks.pop, methods=["GET"])
    door.add_url_rule("/events", "events", looks.events, methods=["GET"])
