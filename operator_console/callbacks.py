"""People to be rung back: the list, taking one, ringing; what an earlier call proved of them."""

import re
from typing import Annotated, Any, Final

from pydantic import StringConstraints
from quart import Blueprint, Response, jsonify

from door_frame.problem_json import Problem, Refused
from door_frame.staff_login import SignedIn
from ivr.queues import rules
from ivr.queues.model import Callback, CallbackState
from ivr.queues.ringing_back import Rung
from operator_console import shown
from operator_console.actions import NOT_NOW, PHONE_FAILED, Body, body_of, done
from operator_console.guard import Guard
from operator_console.looks import CALL_NAME, LISTED
from operator_console.workspace import OperatorWorkspace, Trail

NO_SUCH_CALLBACK: Final = Problem(status=404, code="no_such_callback", detail="not yours")
NOT_YOURS: Final = Problem(
    status=409, code="callback_not_yours", detail="somebody else has it, or it is done"
)


class OfCallback(Body):
    callback: Annotated[str, StringConstraints(pattern=CALL_NAME)]


class CallbackActions:
    def __init__(self, workspace: OperatorWorkspace, guard: Guard, trail: Trail) -> None:
        self._workspace = workspace
        self._guard = guard
        self._trail = trail

    async def show(self) -> Response:
        """The list of the operator's queues, and the one they have taken. Names nobody."""
        signed = await self._guard.reading()
        tenant, me = signed.account.tenant, signed.account.id
        known = await self._workspace.operators.by_id(tenant, me)
        rows = await self._workspace.callbacks.rows.open(tenant)
        mine = rules.taken_by(rows, me)
        line = [row for row in rows if known and row.queue in known.queues and row is not mine]
        return jsonify(
            now=shown.moment(self._workspace.now()),
            mine=await self._entry(mine) if mine else None,
            list=[await self._entry(row) for row in line[:LISTED]],
            more=max(0, len(line) - LISTED),
        )

    async def taken(self, callback: str) -> Response:
        """The one they have taken, and whose contracts an earlier call proved: a view of a
        person's data, written before it is shown. `Refused` 404 for any other."""
        signed = await self._guard.reading()
        tenant, me = signed.account.tenant, signed.account.id
        known = re.fullmatch(CALL_NAME, callback)
        row = await self._workspace.callbacks.rows.by_id(tenant, callback) if known else None
        if row is None or row.claimed_by != me or row.state is CallbackState.DONE:
            raise Refused(NO_SUCH_CALLBACK)
        kept = await self._workspace.callbacks.kept.of(row, named=True)
        if kept.contracts:
            await self._trail.kept_viewed(tenant, me, kept.evidence_id)
        return jsonify(now=shown.moment(self._workspace.now()), **shown.callback(row, kept))

    async def claim(self) -> Response:
        signed, callback = await self._asked()
        book = self._workspace.callbacks.book
        if not await book.claim(signed.account.tenant, signed.account.id, callback):
            raise Refused(NOT_YOURS)
        return done()

    async def give_back(self) -> Response:
        signed, callback = await self._asked()
        book = self._workspace.callbacks.book
        if not await book.give_back(signed.account.tenant, signed.account.id, callback):
            raise Refused(NOT_YOURS)
        return done()

    async def close(self) -> Response:
        signed, callback = await self._asked()
        book = self._workspace.callbacks.book
        if not await book.close(signed.account.tenant, signed.account.id, callback):
            raise Refused(NOT_YOURS)
        return done()

    async def ring(self) -> Response:
        signed, callback = await self._asked()
        ringing = self._workspace.callbacks.ringing
        rung = await ringing.ring(signed.account.tenant, signed.account.id, callback)
        if rung is Rung.RINGING:
            return done()
        problems = {Rung.NOT_NOW: NOT_NOW, Rung.PHONE_FAILED: PHONE_FAILED}
        raise Refused(problems.get(rung, NOT_YOURS))

    async def _asked(self) -> tuple[SignedIn, str]:
        signed = await self._guard.acting()
        return signed, (await body_of(OfCallback)).callback

    async def _entry(self, row: Callback) -> dict[str, Any]:
        return shown.callback(row, await self._workspace.callbacks.kept.of(row))


def add_callbacks(door: Blueprint, callbacks: CallbackActions) -> None:
    door.add_url_rule("/api/callbacks", "callbacks", callbacks.show, methods=["GET"])
    door.add_url_rule("/api/callback/<callback>", "taken", callbacks.taken, methods=["GET"])
    for path, view in (
        ("claim", callbacks.claim),
        ("give-back", callbacks.give_back),
        ("close", callbacks.close),
        ("ring", callbacks.ring),
    ):
        door.add_url_rule(f"/api/callback-{path}", f"callback_{path}", view, methods=["POST"])
