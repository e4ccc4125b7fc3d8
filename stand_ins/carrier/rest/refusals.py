"""REST error answers, shaped like Twilio's."""

from __future__ import annotations

from quart import Response, jsonify

UNKNOWN, UNAUTHORIZED, RATE, NOT_ALLOWED = 20404, 20003, 20429, 20004
BAD_URL, BAD_METHOD, BAD_TIMEOUT = 21205, 21209, 21208
FROM_NOT_OURS, BAD_TO, FROM_MISSING, TO_MISSING = 21210, 21211, 21213, 21201
NOT_IN_PROGRESS, TWIML_TOO_LONG, BAD_PARAMETER = 21220, 32018, 20001
QUEUE_NOT_EMPTY = 22003
BAD_NUMBER_URL, BAD_NUMBER_METHOD = 21402, 21403


class Refused(Exception):
    """`code` is Twilio's, `status` the HTTP status."""

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def refusal(error: Refused) -> Response:
    """The answer: code, message, more_info, status."""
    body = {
        "code": error.code,
        "message": error.message,
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
        "status": error.status,
    }
    answer = jsonify(body)
    answer.status_code = error.status
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return answer


def not_found(path: str) -> Refused:
    message = f"The requested resource {path} was not found"
    return Refused(UNKNOWN, message, status=404)
