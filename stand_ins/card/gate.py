"""Who may drive the cards: programs and pages that hold the token, from one origin only.

Any web page on the computer can send requests to loopback; a page cannot forge `Origin`, cannot
read the token, and cannot send JSON with a token across origins without passing the preflight.
"""

from dataclasses import dataclass, field
from hmac import compare_digest
from typing import NamedTuple

from werkzeug.datastructures import Headers


class Refusal(NamedTuple):
    """HTTP status and stable code."""

    status: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`origin` is the demo page's origin; `hosts` are the names this server answers to."""

    origin: str
    token: str = field(repr=False)
    hosts: frozenset[str]

    def refusal(self, method: str, headers: Headers) -> Refusal | None:
        """Why this request is turned away, None when it may pass."""
        if headers.get("Host", "") not in self.hosts:
            return Refusal(403, "host_refused")  # a page that rebound its own name to loopback
        if headers.get("Origin", self.origin) != self.origin:
            return Refusal(403, "origin_refused")
        if method == "OPTIONS":
            return None
        given = headers.get("Authorization", "")
        if not compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            return Refusal(401, "token_refused")
        if method == "POST" and _media_type(headers) != "application/json":
            return Refusal(415, "json_required")
        return None

    def cross_origin_headers(self) -> dict[str, str]:
        """For every answer: the one origin, never a wildcard."""
        return {
            "Access-Control-Allow-Origin": self.origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
            "Cache-Control": "no-store",
        }


def _media_type(headers: Headers) -> str:
    return headers.get("Content-Type", "").split(";")[0].strip().lower()
