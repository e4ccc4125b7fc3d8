"""Errors of a JSON door as `application/problem+json` (RFC 9457) with stable codes.

A problem says only words of ours: nothing that came in, and no outside system's text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from quart import Response

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`code` is what a client switches on; `detail` is for the person who reads its log.

    `members` are further public members, `headers` go with the answer (`Retry-After`).
    """

    status: int
    code: str
    detail: str = ""
    members: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, str | int]:
        body: dict[str, str | int] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            body["detail"] = self.detail
        return body | dict(self.members)


class Refused(Exception):
    """Ends the handling of a request at the door; the door's error handler answers the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def answer(problem: Problem) -> Response:
    body = json.dumps(problem.body(), ensure_ascii=False, separators=(",", ":"))
    return Response(
        body, status=problem.status, headers=dict(problem.headers), content_type=MEDIA_TYPE
    )
