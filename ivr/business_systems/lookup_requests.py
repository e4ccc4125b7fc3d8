"""What is asked of a business's system and what it may answer: bytes in, values out, no network.

Requests are signed as Standard Webhooks 1.0 has it, so receivers check them with a library they
have: HMAC-SHA256 over `id.timestamp.body`, one signature for each key while a key is replaced.
"""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from ivr.business_systems.typed_values import from_json
from ivr.flow_engine.events import Scalar
from ivr.live_calls.ports import LookupAnswer

_EMPTY: Final = ("none", "multiple")


class BadAnswer(Exception):
    """Not what the site file declares. Says which field or form, never a value."""


def body(tenant: str, name: str, args: Mapping[str, Scalar]) -> bytes:
    """`{"tenant": …, "lookup": …, "args": {…}}` in UTF-8."""
    asked = {"tenant": tenant, "lookup": name, "args": dict(args)}
    return json.dumps(asked, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def signed(keys: Sequence[bytes], request_id: str, at: datetime, content: bytes) -> dict[str, str]:
    """The headers of a request with this content. `at` says when it is sent, to the second."""
    seconds = int(at.timestamp())
    message = f"{request_id}.{seconds}.".encode() + content
    marks = (hmac.digest(key, message, "sha256") for key in keys)
    return {
        "webhook-id": request_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(mark).decode()}" for mark in marks),
    }


def read_answer(content: bytes, fields: Mapping[str, str]) -> LookupAnswer:
    """`{"outcome": "none"}`, `"multiple"`, or `"found"` with `fields`: every one that is declared,
    of its type. What was not asked for is dropped here. Raises BadAnswer."""
    try:
        said: Any = json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(said, dict):
        raise BadAnswer("no object")
    outcome, given = said.get("outcome"), said.get("fields")
    if outcome in _EMPTY:
        return LookupAnswer(outcome=outcome)
    if outcome != "found":
        raise BadAnswer("no outcome")
    if not isinstance(given, dict):
        given = {}
    found = {name: from_json(given.get(name), kind) for name, kind in fields.items()}
    kept = {name: value for name, value in found.items() if value is not None}
    if len(kept) < len(found):
        wrong = next(name for name in found if name not in kept)
        raise BadAnswer(f"field {wrong} is no {fields[wrong]}")
    return LookupAnswer(outcome="found", fields=kept)
