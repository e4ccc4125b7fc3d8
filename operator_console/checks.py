"""*Ask for verification*: the operator of a call has its caller checked, and may stop that."""

from typing import Annotated, Final, Literal

from pydantic import StringConstraints
from quart import Blueprint, Response

from door_frame.problem_json import Problem, Refused
from operator_console.actions import Body, OfCall, body_of, done, own_call
from operator_console.guard import Guard
from operator_console.looks import CALL_NAME
from operator_console.workspace import OperatorWorkspace

# What the page has words for; another refusal is `check_refused`.
_CODES: Final = frozenset(
    {
        "mode_unavailable",
        "message_not_sent",
        "codes_paused",
        "no_open_pairing",
        "not_said",
        "number_not_on_contract",
        "try_again",
    }
)


class NewCheck(Body):
    token: Annotated[str, StringConstraints(pattern=CALL_NAME)]
    mode: Literal["spoken_code", "sms_link"]
    reason: Literal["first_check", "failed_before", "higher_level", "alarm_explained", "other"]


class CheckActions:
    def __init__(self, workspace: OperatorWorkspace, guard: Guard) -> None:
        self._workspace = workspace
        self._guard = guard

    async def start(self) -> Response:
        """The caller stays on the line; what is to be read out comes with the pop."""
        signed = await self._guard.acting()
        asked = await body_of(NewCheck)
        row = await own_call(self._workspace, signed, asked.token)
        refused = await self._workspace.checks.start(
            row.tenant, signed.account.id, row.call_ref, mode=asked.mode, reason=asked.reason
        )
        if refused:
            code = refused if refused in _CODES else "check_refused"
            raise Refused(Problem(status=409, code=code))
        return done()

    async def say(self) -> Response:
        """By the machine, in the caller's ear; the operator comes back by itself."""
        signed = await self._guard.acting()
        row = await own_call(self._workspace, signed, (await body_of(OfCall)).token)
        refused = await self._workspace.checks.say(row.tenant, row.call_ref)
        if refused:
            raise Refused(Problem(status=409, code=refused if refused in _CODES else "not_said"))
        return done()

    async def stop(self) -> Response:
        """Said twice, or after the end, it finds nothing to do."""
        signed = await self._guard.acting()
        row = await own_call(self._workspace, signed, (await body_of(OfCall)).token)
        await self._workspace.checks.stop(row.tenant, row.call_ref)
        return done()


def add_checks(door: Blueprint, checks: CheckActions) -> None:
    door.add_url_rule("/api/check", "check", checks.start, methods=["POST"])
    door.add_url_rule("/api/check-say", "check_say", checks.say, methods=["POST"])
    door.add_url_rule("/api/check-stop", "check_stop", checks.stop, methods=["POST"])
