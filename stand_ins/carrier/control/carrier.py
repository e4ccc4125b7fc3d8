"""Control of the carrier itself: speed, served numbers, faults."""

from __future__ import annotations

from quart import Blueprint, Response, jsonify

from stand_ins.carrier.control.door import BadRequest, body
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.faults import KINDS
from stand_ins.carrier.settings import BadSettings, served_number

FASTEST = 1000.0
FAULT_FIELDS = frozenset({"kind", "call_sid", "path", "times"})


def carrier_door(exchange: Exchange) -> Blueprint:
    """What holds for all calls from now on."""
    door = Blueprint("carrier", __name__)

    @door.get("/speed")
    async def speed() -> Response:
        return jsonify({"speed": exchange.pace.speed})

    @door.put("/speed")
    async def change_speed() -> Response:
        """{speed}: above 0, at most 1000; counts from the next utterance or wait on."""
        value = (await body()).get("speed")
        if not isinstance(value, int | float) or not 0 < value <= FASTEST:
            raise BadRequest(f"speed must be above 0 and at most {FASTEST:g}")
        exchange.pace.speed = float(value)
        return jsonify({"speed": exchange.pace.speed})

    @door.get("/numbers")
    async def numbers() -> Response:
        return jsonify({"numbers": list(exchange.numbers)})

    @door.put("/numbers/<number>")
    async def serve(number: str) -> Response:
        """{voice_url, …}: the fields of ServedNumber."""
        try:
            exchange.numbers[number] = served_number(number, await body())
        except BadSettings as error:
            raise BadRequest(str(error)) from error
        return jsonify({"number": number})

    @door.get("/faults")
    async def faults() -> Response:
        known = {kind: {"spoils": what, "does": how} for kind, (what, how) in KINDS.items()}
        standing = [fault.as_json() for fault in exchange.faults.all()]
        return jsonify({"faults": standing, "kinds": known})

    @door.post("/faults")
    async def order_fault() -> Response:
        """{kind, call_sid?, path?, times? (1; 0 for good), …the kind's own options}."""
        order = await body()
        kind, times = order.get("kind"), order.get("times", 1)
        if not isinstance(kind, str) or not isinstance(times, int) or times < 0:
            raise BadRequest("kind must be a word, times a whole number from 0")
        narrow = {k: v for k in ("call_sid", "path") if isinstance(v := order.get(k), str)}
        options = {k: v for k, v in order.items() if k not in FAULT_FIELDS}
        try:
            fault = exchange.faults.add(kind, times=times, options=options, **narrow)
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return jsonify(fault.as_json())

    @door.delete("/faults")
    async def clear() -> Response:
        exchange.faults.clear()
        return jsonify({"faults": []})

    return door
