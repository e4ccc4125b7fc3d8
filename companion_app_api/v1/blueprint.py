"""The door as one Quart blueprint under `/v1`."""

import logging
from typing import Final

from quart import Blueprint, Response
from quart_schema import hide
from werkzeug.exceptions import HTTPException

from companion_app_api.v1.changes import Changes
from companion_app_api.v1.device_proof import DeviceProof
from companion_app_api.v1.door import Door
from companion_app_api.v1.openapi import add_document
from companion_app_api.v1.problems import INTERNAL_ERROR, INVALID_REQUEST, NO_SUCH_CALL, problem
from companion_app_api.v1.routes import (
    add_calls_from_the_app,
    add_card_calls,
    add_installation_calls,
    add_joining_calls,
    add_poll,
)
from companion_app_api.v1.settings import DoorSettings
from companion_app_api.v1.verbs import AppVerbs
from door_frame.problem_json import Refused, answer
from identity.installations.service import RequestProofs

NAME: Final = "companion_app_api_v1"
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_log = logging.getLogger("companion_app_api")


def create(
    verbs: AppVerbs, proofs: RequestProofs, changes: Changes, settings: DoorSettings
) -> Blueprint:
    """All calls of the app's journey. Register it on the app without a prefix."""
    api = Blueprint(NAME, __name__, url_prefix="/v1")
    door = Door(DeviceProof(proofs, settings), settings)
    add_installation_calls(api, door, verbs)
    add_joining_calls(api, door, verbs)
    add_calls_from_the_app(api, door, verbs)
    add_card_calls(api, door, verbs)
    add_poll(api, door, verbs, changes)
    add_document(api, origin=settings.origin)
    _add_manners(api)
    return api


def _add_manners(api: Blueprint) -> None:
    @api.after_request
    async def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @api.errorhandler(Refused)
    async def say_refusal(refused: Refused) -> Response:
        return answer(refused.problem)

    @api.errorhandler(HTTPException)
    async def say_malformed(malformed: HTTPException) -> Response:
        theirs = malformed.code is not None and malformed.code < 500
        return answer(problem(INVALID_REQUEST if theirs else INTERNAL_ERROR))

    @api.errorhandler(Exception)
    async def say_broken(broken: Exception) -> Response:
        _log.error("a call of the companion API failed", exc_info=broken)
        return answer(problem(INTERNAL_ERROR))

    @api.route("/", defaults={"rest": ""}, methods=METHODS)
    @api.route("/<path:rest>", methods=METHODS)
    @hide
    async def no_such_call(rest: str) -> Response:
        return answer(problem(NO_SUCH_CALL))
