"""The operators' door as one Quart blueprint under `/operator`."""

import logging
from typing import Final

from quart import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from door_frame.feed import Feed
from door_frame.headers import page_headers
from door_frame.problem_json import Problem, Refused, answer
from door_frame.staff_login import StaffLogin
from operator_console.actions import Actions, add_actions
from operator_console.at_desk.approvals import ApprovalActions, add_approvals
from operator_console.at_desk.checks import DeskChecks, add_desk_checks
from operator_console.callbacks import CallbackActions, add_callbacks
from operator_console.checks import CheckActions, add_checks
from operator_console.guard import Guard
from operator_console.in_person import InPerson
from operator_console.looks import Looks, add_looks
from operator_console.pages import ConsolePages, add_pages
from operator_console.workspace import ConsoleSettings, OperatorWorkspace, Trail

BROKEN: Final = Problem(status=500, code="internal_error")
_log = logging.getLogger("operator_console")


def create(
    workspace: OperatorWorkspace,
    login: StaffLogin,
    trail: Trail,
    feed: Feed,
    settings: ConsoleSettings,
) -> Blueprint:
    """Pages, API and event stream. Register it on the app without a prefix."""
    door = Blueprint(
        "operator_console",
        __name__,
        url_prefix="/operator",
        static_folder="static",
        static_url_path="/static",
    )
    guard = Guard(login, settings)
    add_pages(door, ConsolePages(login, guard, settings))
    add_looks(door, Looks(workspace, guard, trail, feed))
    add_actions(door, Actions(workspace, guard, trail))
    add_checks(door, CheckActions(workspace, guard))
    add_callbacks(door, CallbackActions(workspace, guard, trail))
    add_desk_checks(door, DeskChecks(workspace.desks, guard))
    in_person = InPerson(login, trusted_proxies=settings.trusted_proxies)
    add_approvals(door, ApprovalActions(workspace.desks, guard, in_person))
    _add_manners(door, secure=guard.secure, frame_ancestor=settings.frame_ancestor)
    return door


def _add_manners(door: Blueprint, *, secure: bool, frame_ancestor: str) -> None:
    headers = page_headers(secure=secure, frame_ancestor=frame_ancestor)

    @door.after_request
    async def add_headers(response: Response) -> Response:
        response.headers.update(headers)
        # Pages are never kept; scripts and styles are asked about each time, for an update's sake.
        static = request.endpoint == f"{door.name}.static"
        response.headers["Cache-Control"] = "no-cache" if static else "no-store"
        return response

    @door.errorhandler(Refused)
    async def say_refusal(refused: Refused) -> Response:
        return answer(refused.problem)

    @door.errorhandler(HTTPException)
    async def say_malformed(error: HTTPException) -> Response:
        status = error.code or 500
        return answer(Problem(status=status, code=f"http_{status}"))

    @door.errorhandler(Exception)
    async def say_broken(broken: Exception) -> Response:
        _log.error("the operators' door failed", exc_info=broken)
        return answer(BROKEN)
