"""The rack over HTTP. Bodies are JSON, APDUs are hex, errors are problem+json with a `code`."""

import logging
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from quart import Quart, Response, request

from stand_ins.card.apdu_log import line
from stand_ins.card.card_file import CardFile
from stand_ins.card.gate import Gate, Refusal
from stand_ins.card.rack import CardInUse, NotInSlot, Rack, UnknownCard
from stand_ins.card.titles import title

LARGEST_BODY = 8192
_log = logging.getLogger("stand_ins.card.apdu")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class NoFields(_Body):
    """`insert` and `restore` take an empty object."""


class SlotBody(_Body):
    """`remove`: the slot token that `insert` gave."""

    slot: str


class ApduBody(SlotBody):
    """One command APDU."""

    apdu: str = Field(pattern=r"^([0-9A-Fa-f]{2}){4,2048}$", repr=False)


def create_app(rack: Rack, gate: Gate) -> Quart:
    """Routes: GET /cards, POST /cards/{name}/insert|apdu|remove|restore."""
    app = Quart("stand_ins.card", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    _guard(app, gate)
    _routes(app, rack)
    _errors(app)
    return app


def _guard(app: Quart, gate: Gate) -> None:
    @app.before_request
    async def check() -> Response | None:
        refused = gate.refusal(request.method, request.headers)
        if refused is not None:
            return _problem(refused)
        return Response("", status=204) if request.method == "OPTIONS" else None

    @app.after_request
    async def add_headers(answer: Response) -> Response:
        answer.headers.update(gate.cross_origin_headers())
        return answer


def _routes(app: Quart, rack: Rack) -> None:
    @app.get("/cards")
    async def cards() -> dict[str, Any]:
        return {"cards": [_shown(file) for file in rack.cards()]}

    @app.post("/cards/<name>/insert")
    async def insert(name: str) -> dict[str, Any]:
        NoFields.model_validate_json(await request.get_data())
        inserted = rack.insert(name)
        return {"slot": inserted.token, "atr": inserted.atr.hex().upper()}

    @app.post("/cards/<name>/apdu")
    async def apdu(name: str) -> dict[str, Any]:
        body = ApduBody.model_validate_json(await request.get_data())
        command = bytes.fromhex(body.apdu)
        answer = await rack.transmit(name, body.slot, command)
        _log.info("%s %s", name, line(command, answer))
        return {"response": answer.hex().upper()}

    @app.post("/cards/<name>/remove")
    async def remove(name: str) -> dict[str, Any]:
        body = SlotBody.model_validate_json(await request.get_data())
        rack.remove(name, body.slot)
        return {}

    @app.post("/cards/<name>/restore")
    async def restore(name: str) -> dict[str, Any]:
        NoFields.model_validate_json(await request.get_data())
        rack.restore(name)
        return {}


def _errors(app: Quart) -> None:
    table: dict[type[Exception] | int, Refusal] = {
        UnknownCard: Refusal(404, "unknown_card"),
        CardInUse: Refusal(409, "card_in_use"),
        NotInSlot: Refusal(409, "not_in_slot"),
        ValidationError: Refusal(400, "malformed"),
        404: Refusal(404, "unknown_path"),
        405: Refusal(405, "unknown_method"),
        413: Refusal(413, "too_large"),
        500: Refusal(500, "internal_error"),
    }
    for cause, refusal in table.items():

        async def answer(_: Exception, refusal: Refusal = refusal) -> Response:
            return _problem(refusal)

        app.register_error_handler(cause, answer)


def _problem(refusal: Refusal) -> Response:
    body = f'{{"status":{refusal.status},"code":"{refusal.code}"}}'
    return Response(body, status=refusal.status, content_type="application/problem+json")


def _shown(file: CardFile) -> dict[str, Any]:
    """What the drawer needs; never a counter, a PIN or a certificate."""
    words = title(file.name)
    return {
        "name": file.name,
        "kind": file.kind,
        "signs": file.sign is not None,
        "title": {"ja": words.ja, "en": words.en},
        "description": {"ja": words.ja_line, "en": words.en_line},
    }
