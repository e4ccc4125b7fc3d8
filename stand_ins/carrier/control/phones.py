"""Control of the simulated telephones."""

from __future__ import annotations

from quart import Blueprint, Response, jsonify

from stand_ins.carrier.calls import arrivals, post_dial
from stand_ins.carrier.control.door import BadRequest, body
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.phones import DEFAULT_ANSWER_AFTER, Phone
from stand_ins.carrier.settings import E164

MOST_LINES = 100


def phones_door(exchange: Exchange) -> Blueprint:
    """List, register, call from, answer and decline."""
    door = Blueprint("phones", __name__, url_prefix="/phones")

    @door.get("")
    async def list_all() -> Response:
        return jsonify({"phones": [phone.as_json() for phone in exchange.phones.all()]})

    @door.put("/<number>")
    async def register(number: str) -> Response:
        """{auto_answer: carrier seconds | null, lines?}; absent means an operator's telephone (1 s)
        with one line. A desk of several people has as many lines behind its number."""
        if not E164.fullmatch(number):
            raise BadRequest(f"{number} is not an E.164 number")
        order = await body()
        after, lines = order.get("auto_answer", DEFAULT_ANSWER_AFTER), order.get("lines", 1)
        if after is not None and not (isinstance(after, int | float) and 0 <= after <= 600):
            raise BadRequest("auto_answer must be null or 0 to 600 seconds")
        if not (isinstance(lines, int) and 1 <= lines <= MOST_LINES):
            raise BadRequest(f"lines must be 1 to {MOST_LINES}")
        phone = exchange.phones.register(
            number, auto_answer=None if after is None else float(after), lines=lines
        )
        return jsonify(phone.as_json())

    @door.post("/<number>/call")
    async def call(number: str) -> Response:
        """{to, withheld?: bool, post_dial?: digits} -> {call_sid}.

        `post_dial` is sent once the call is answered; each comma before or between is a pause.
        """
        order = await body()
        served = exchange.numbers.get(str(order.get("to", "")))
        if not E164.fullmatch(number):
            raise BadRequest(f"{number} is not an E.164 number")
        if served is None:
            known = ", ".join(exchange.numbers)
            raise BadRequest(f"{order.get('to')!r} is not served; served: {known}", status=404)
        if exchange.phones.caller(number).busy:
            raise BadRequest(f"{number} is in a call", status=409)
        digits = order.get("post_dial", "")
        if digits != "" and not post_dial.FORM.fullmatch(str(digits)):
            raise BadRequest("post_dial must be 1 to 64 of 0-9 * # and commas")
        withheld = order.get("withheld") is True
        made = arrivals.call_in(exchange, number, served, withheld=withheld)
        if digits:
            post_dial.send_after_answer(exchange, made, str(digits))
        return jsonify({"call_sid": made.sid})

    @door.post("/<number>/answer")
    async def answer(number: str) -> Response:
        return _decide(exchange, number, answer=True)

    @door.post("/<number>/decline")
    async def decline(number: str) -> Response:
        return _decide(exchange, number, answer=False)

    return door


def _decide(exchange: Exchange, number: str, *, answer: bool) -> Response:
    phone: Phone | None = exchange.phones.find(number)
    if phone is None:
        raise BadRequest(f"there is no telephone {number}", status=404)
    call_sid = phone.ringing
    if not phone.decide(answer=answer):
        raise BadRequest(f"{number} is not ringing", status=409)
    return jsonify({"call_sid": call_sid})
