"""The operators' door as one Quart blueprint under `/operator`."""

from quart import Blueprint

from door_frame.feed import Feed
from door_frame.staff_login import StaffLogin
from operator_console.desk import ConsoleSettings, OperatorDesk, Trail


def create(
    desk: OperatorDesk, login: StaffLogin, trail: Trail, feed: Feed, settings: ConsoleSettings
) -> Blueprint:
    """Pages, API and event stream. Register it on the app without a prefix."""
    return Blueprint("operator_console", __name__, url_prefix="/operator")
