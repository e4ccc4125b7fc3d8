"""The REST door: basic authentication, Twilio's errors, and the faults that spoil answers."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable

from quart import Blueprint, Response, jsonify, request

from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.faults import Fault
from stand_ins.carrier.rest.calls import CallResources
from stand_ins.carrier.rest.messages import MessageResources
from stand_ins.carrier.rest.numbers import NumberResources
from stand_ins.carrier.rest.queues import QueueResources
from stand_ins.carrier.rest.refusals import UNAUTHORIZED, Refused, not_found, refusal
from stand_ins.carrier.rest.shapes import account_shape
from stand_ins.carrier.webhooks.form import API_VERSION

Shape = dict[str, object]
Handler = Callable[..., Awaitable[tuple[Shape | None, int]]]


def rest_door(exchange: Exchange) -> Blueprint:
    """The part of the 2010-04-01 API that is simulated; any other path is 20404."""
    door = Blueprint("rest", __name__, url_prefix=f"/{API_VERSION}/Accounts")
    calls, queues = CallResources(exchange), QueueResources(exchange)
    numbers, messages = NumberResources(exchange), MessageResources(exchange)

    async def account() -> tuple[Shape, int]:
        given = request.authorization
        if given is None or given.username != exchange.credentials.account_sid:
            raise Refused(UNAUTHORIZED, "Authenticate", status=401)
        return account_shape(exchange.credentials), 200

    routes: list[tuple[str, str, Handler]] = [
        ("GET", ".json", account),
        ("GET", "/Calls.json", calls.list_all),
        ("POST", "/Calls.json", calls.create),
        ("GET", "/Calls/<sid>.json", calls.fetch),
        ("POST", "/Calls/<sid>.json", calls.update),
        ("GET", "/Queues.json", queues.list_all),
        ("GET", "/Queues/<sid>.json", queues.fetch),
        ("DELETE", "/Queues/<sid>.json", queues.delete),
        ("GET", "/Queues/<sid>/Members.json", queues.members),
        ("GET", "/Queues/<sid>/Members/<member>.json", queues.member),
        ("POST", "/Queues/<sid>/Members/<member>.json", queues.dequeue),
        ("POST", "/Messages.json", messages.create),
        ("GET", "/Messages/<sid>.json", messages.fetch),
        ("GET", "/IncomingPhoneNumbers.json", numbers.list_all),
        ("GET", "/IncomingPhoneNumbers/<sid>.json", numbers.fetch),
        ("POST", "/IncomingPhoneNumbers/<sid>.json", numbers.update),
    ]
    for method, rule, handler in routes:
        name = handler.__qualname__.replace(".", "_")
        door.add_url_rule(
            f"/<account_sid>{rule}", name, _guarded(exchange, handler), methods=[method]
        )

    @door.route("/<account_sid>/<path:rest>", methods=["GET", "POST", "DELETE"])
    async def anything_else(account_sid: str, rest: str) -> Response:
        return refusal(not_found(request.path))

    return door


def _guarded(exchange: Exchange, handler: Handler) -> Callable[..., Awaitable[Response]]:
    async def answer(account_sid: str, **parts: str) -> Response:
        path = request.path
        try:
            _authenticate(exchange, account_sid)
            sid = parts.get("member") or parts.get("sid", "")
            fault = exchange.faults.take("rest", call_sid=sid, url=path)
            if fault is not None:
                _note(exchange, sid, f"{fault.kind} (injected)", fault)
            if fault is not None and fault.kind == "rest_error":
                raise _injected(fault)
            try:
                body, status = await handler(**parts)
            finally:
                form = (await request.form).to_dict(flat=False)
                _note(exchange, sid, f"REST {request.method} {path}", None, form=form)
        except Refused as error:
            return refusal(error)
        if fault is not None and fault.kind == "rest_drop":
            return _dropped()
        if fault is not None:
            await asyncio.sleep(fault.number("seconds", 1))
        if body is None:
            return Response(b"", status=status)
        result = jsonify(body)
        result.status_code = status
        return result

    return answer


def _authenticate(exchange: Exchange, account_sid: str) -> None:
    given, ours = request.authorization, exchange.credentials
    user = (given.username or "") if given is not None else ""
    password = (given.password or "") if given is not None else ""
    pairs = [(ours.account_sid, ours.auth_token)]
    if ours.api_key:
        pairs.append((ours.api_key, ours.api_secret))
    good = [
        hmac.compare_digest(user.encode(), name.encode())
        & hmac.compare_digest(password.encode(), secret.encode())
        for name, secret in pairs
    ]
    if not any(good):
        raise Refused(UNAUTHORIZED, "Authenticate", status=401)
    if account_sid != ours.account_sid:
        raise not_found(request.path)


def _injected(fault: Fault) -> Refused:
    status, code = int(fault.number("status", 500)), int(fault.number("code", 20500))
    return Refused(code, fault.word("message", "injected"), status=status)


def _note(
    exchange: Exchange, sid: str, text: str, fault: Fault | None, form: object = None
) -> None:
    call = exchange.calls.get(sid)
    if call is None:
        return
    if fault is not None:
        call.timeline.add("fault", text, fault=fault.as_json())
    else:
        details = {"method": request.method, "url": request.path, "form": form}
        call.timeline.add("rest", text, request=details)


def _dropped() -> Response:
    """A promised body that never comes: the connection ends, the client knows nothing."""

    async def broken() -> AsyncIterator[bytes]:
        yield b"{"
        raise ConnectionAbortedError("the answer is dropped on request")

    answer = Response(broken(), status=200, content_type="application/json")
    answer.headers["Content-Length"] = "1000"
    return answer
