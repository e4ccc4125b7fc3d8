"""What an operator does: presence, answer, pass on, done, reveal. Each is said once by the page."""

from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from quart import Blueprint, Response, jsonify, request

from door_frame.json_body import must_be_json, raw_body, strict_object
from door_frame.problem_json import Problem, Refused
from door_frame.staff_login import SignedIn
from ivr.queues.answering import Answered
from ivr.queues.model import Presence, Waiting
from operator_console import shown
from operator_console.access import Seen, seen
from operator_console.guard import Guard
from operator_console.looks import CALL_NAME, NO_SUCH_CALL
from operator_console.workspace import OperatorWorkspace, Trail

INVALID: Final = Problem(status=400, code="invalid_request", detail="a field is missing or wrong")
NOT_YOURS: Final = Problem(
    status=409, code="not_yours", detail="the offer ran out, the caller left, or it went elsewhere"
)
PHONE_FAILED: Final = Problem(
    status=502,
    code="phone_failed",
    detail="your phone could not be rung; the call goes on to others",
)
NOT_NOW: Final = Problem(status=409, code="not_now", detail="not in the middle of a call")

BodyT = TypeVar("BodyT", bound=BaseModel)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Empty(Body):
    pass


class OfCall(Body):
    token: Annotated[str, StringConstraints(pattern=CALL_NAME)]


class Chosen(Body):
    """null takes back what was chosen for after the call."""

    presence: Literal["offline", "available", "break"] | None


class Actions:
    def __init__(self, workspace: OperatorWorkspace, guard: Guard, trail: Trail) -> None:
        self._workspace = workspace
        self._guard = guard
        self._trail = trail

    async def presence(self) -> Response:
        """At once; in the middle of a call, for when it is over."""
        signed = await self._guard.acting()
        chosen = (await body_of(Chosen)).presence
        tenant, me = signed.account.tenant, signed.account.id
        if chosen is None:
            await self._workspace.presence.forget_wish(tenant, me)
        elif not await self._workspace.presence.choose(tenant, me, Presence(chosen)):
            raise Refused(NOT_NOW)
        return done()

    async def wrap_up_done(self) -> Response:
        """Said twice (two tabs), the second finds nothing to do."""
        signed = await self._guard.acting()
        await body_of(Empty)
        await self._workspace.presence.wrap_up_done(signed.account.tenant, signed.account.id)
        return done()

    async def answer(self) -> Response:
        signed = await self._guard.acting()
        token = (await body_of(OfCall)).token
        answered = await self._workspace.answering.answer(
            signed.account.tenant, signed.account.id, token
        )
        if answered is Answered.PHONE_FAILED:
            raise Refused(PHONE_FAILED)
        if answered is Answered.NOT_YOURS:
            raise Refused(NOT_YOURS)
        self._workspace.certificates.handed_over(signed.account.tenant, token)
        return done()

    async def decline(self) -> Response:
        signed = await self._guard.acting()
        token = (await body_of(OfCall)).token
        if not await self._workspace.answering.decline(
            signed.account.tenant, signed.account.id, token
        ):
            raise Refused(NOT_YOURS)
        return done()

    async def reveal(self) -> Response:
        """The reported number, after its evidence row. Only of one's own call."""
        tenant, me, token = await self._own_call("reveal")
        number = await self._trail.reveal(tenant, me, token)
        if number is None:
            raise Refused(NO_SUCH_CALL)
        return jsonify(line=number)

    async def card_attributes(self) -> Response:
        """What the proven signature certificate says of its holder, after its evidence row."""
        tenant, me, token = await self._own_call("card_attributes")
        found = await self._trail.card_attributes(tenant, me, token)
        if found is None:
            raise Refused(NO_SUCH_CALL)
        return jsonify(shown.card_attributes(found))

    async def _own_call(self, action: str) -> tuple[str, str, str]:
        """Tenant, operator and token. `Refused` 404 when the call is not with this operator.

        Nothing is laid open on a result of which nobody has asked since whether it still stands.
        """
        signed = await self._guard.acting()
        row = await own_call(self._workspace, signed, (await body_of(OfCall)).token)
        await self._workspace.certificates.before(row.tenant, row.call_ref, action)
        return row.tenant, signed.account.id, row.token

    async def activity(self) -> Response:
        """Somebody is at the page: the session goes on."""
        signed = await self._guard.acting()
        await body_of(Empty)
        return jsonify(ends_at=shown.moment(signed.ends_at()))


def add_actions(door: Blueprint, actions: Actions) -> None:
    for path, view in (
        ("presence", actions.presence),
        ("answer", actions.answer),
        ("decline", actions.decline),
        ("wrap-up-done", actions.wrap_up_done),
        ("reveal", actions.reveal),
        ("card-attributes", actions.card_attributes),
        ("activity", actions.activity),
    ):
        door.add_url_rule(f"/api/{path}", path, view, methods=["POST"])


async def own_call(workspace: OperatorWorkspace, signed: SignedIn, token: str) -> Waiting:
    """The call `token`. `Refused` 404 when it is not with this operator."""
    tenant, me = signed.account.tenant, signed.account.id
    known = await workspace.operators.by_id(tenant, me)
    row = await workspace.waiting.by_token(tenant, token)
    if known is None or row is None or seen(row, known, workspace.now()) is not Seen.POP:
        raise Refused(NO_SUCH_CALL)
    return row


async def body_of(model: type[BodyT]) -> BodyT:
    must_be_json(request)
    try:
        return model.model_validate(strict_object(await raw_body(request)))
    except ValidationError:
        raise Refused(INVALID) from None


def done() -> Response:
    return Response(status=204)
