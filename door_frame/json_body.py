"""Reading a JSON body under caps: size and depth before parsing, then strict RFC 8259.

Python's parser alone would take duplicate names, NaN, UTF-16 and nesting until it overflows.
"""

import asyncio
import json
from collections.abc import Iterable
from typing import Final, NoReturn

from quart import Request
from werkzeug.exceptions import RequestEntityTooLarge

from door_frame.problem_json import Problem, Refused

LARGEST_BODY: Final = 64 * 1024
DEEPEST: Final = 20
LONGEST_READ: Final = 10.0  # seconds: a body that trickles in holds no worker

_QUOTE, _BACKSLASH = ord('"'), ord("\\")
_OPENING, _CLOSING = frozenset(b"[{"), frozenset(b"]}")

TOO_LARGE = Problem(status=413, code="body_too_large", detail="a body has at most 64 kB")
TOO_SLOW = Problem(status=408, code="body_too_slow", detail="the body did not arrive in time")
NOT_JSON = Problem(status=400, code="not_json", detail="the body is not one strict JSON object")
TOO_DEEP = Problem(status=400, code="too_deep", detail="JSON nests at most 20 levels")
NOT_JSON_TYPE = Problem(
    status=415, code="unsupported_media_type", detail="send application/json, not encoded"
)


async def raw_body(request: Request, *, at_most: int = LARGEST_BODY) -> bytes:
    """The body as it came, or `Refused` with 413 or 408."""
    if request.content_length is not None and request.content_length > at_most:
        raise Refused(TOO_LARGE)
    content = bytearray()
    try:
        async with asyncio.timeout(LONGEST_READ):
            async for chunk in request.body:
                content += chunk
                if len(content) > at_most:
                    raise Refused(TOO_LARGE)
    except TimeoutError:
        raise Refused(TOO_SLOW) from None
    except RequestEntityTooLarge:
        raise Refused(TOO_LARGE) from None
    return bytes(content)


def must_be_json(request: Request) -> None:
    """`Refused` with 415 unless the body is declared as JSON in UTF-8, without an encoding."""
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if (
        request.mimetype != "application/json"
        or charset != "utf-8"
        or "Content-Encoding" in request.headers
    ):
        raise Refused(NOT_JSON_TYPE)


def strict_object(content: bytes, *, deepest: int = DEEPEST) -> dict[str, object]:
    """The one JSON object in `content`, or `Refused` with 400."""
    if _depth(content) > deepest:
        raise Refused(TOO_DEEP)
    try:
        parsed: object = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_not_a_number,
            parse_float=_finite,
        )
    except ValueError:
        raise Refused(NOT_JSON) from None
    if not isinstance(parsed, dict):
        raise Refused(NOT_JSON)
    return parsed


def _depth(content: bytes) -> int:
    """Deepest nesting, by one pass over the bytes (UTF-8 never hides an ASCII byte)."""
    depth = deepest = 0
    in_text = escaped = False
    for byte in content:
        if in_text:
            if escaped:
                escaped = False
            elif byte == _BACKSLASH:
                escaped = True
            elif byte == _QUOTE:
                in_text = False
        elif byte == _QUOTE:
            in_text = True
        elif byte in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif byte in _CLOSING:
            depth -= 1
    return deepest


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError("a name comes twice")
        found[name] = value
    return found


def _not_a_number(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return value
