"""Requests and answers held to Twilio's own OpenAPI document (tests/vectors/twilio).

OpenAPI 3.0 schemas are draft-4 shaped. The SDK checks nothing of this, and Twilio passes over what
it does not know: here an unknown field is as wrong as a missing one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from jsonschema import Draft4Validator, FormatChecker

_FILE: Final = Path(__file__).parents[3] / "vectors" / "twilio" / "twilio_api_v2010.json"
_FORM: Final = "application/x-www-form-urlencoded"
_EVENTS: Final = {"initiated", "ringing", "answered", "completed"}
_LARGEST_QUEUE: Final = 5000
# Sent empty, they take the address away.
_CLEARED: Final = {"VoiceUrl", "VoiceFallbackUrl", "StatusCallback"}
_of_requests, _of_answers = FormatChecker(formats=()), FormatChecker(formats=())


@_of_requests.checks("uri")
def _is_url(value: object) -> bool:
    if not isinstance(value, str):
        return True
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@_of_answers.checks("uri")
def _is_url_or_none(value: object) -> bool:
    """The document's own examples answer "" for an address that is not there, and addresses of
    pages without a host."""
    return not value or str(value).startswith("/2010-04-01/") or _is_url(value)


@_of_answers.checks("date-time-rfc-2822", raises=(ValueError, TypeError))
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or parsedate_to_datetime(value) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One request as it went over the wire, and what came back. `body` is the form's text."""

    method: str
    path: str
    query: str
    body: str
    status: int
    answer: bytes


class TwilioSpec:
    def __init__(self) -> None:
        spec = json.loads(_FILE.read_text(encoding="utf-8"))
        self._components = {"components": spec["components"]}
        self._operations = [
            (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), item)
            for path, item in spec["paths"].items()
        ]

    def request_problems(self, sent: Exchanged) -> list[str]:
        """What Twilio's document, or its other pages, say against a request."""
        found = self._operation(sent)
        if found is None:
            return [f"no operation {sent.method} {sent.path}"]
        operation, parts = found
        query = {
            p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "query"
        }
        content = operation.get("requestBody", {}).get("content", {})
        form = content.get(_FORM, {}).get("schema", {"type": "object"})
        return [
            *(
                problem
                for p in operation.get("parameters", [])
                if p["in"] == "path"
                for problem in self._against(p["schema"], parts[p["name"]])
            ),
            *self._fields({"type": "object", "properties": query}, sent.query),
            *self._fields(form, sent.body),
            *_beyond(sent.path, parse_qsl(sent.body, keep_blank_values=True)),
        ]

    def answer_problems(self, got: Exchanged) -> list[str]:
        """What the document says against an answer of a stand-in; refusals have no schema."""
        found = self._operation(got)
        if found is None:
            return [f"no operation {got.method} {got.path}"]
        described = found[0]["responses"].get(str(got.status))
        if described is None:
            return [f"{got.method} {got.path} does not answer {got.status}"]
        if "content" not in described:
            return ["a body where none is described"] if got.answer else []
        schema = _resolved(described["content"]["application/json"]["schema"], self._components)
        answer = json.loads(got.answer)
        unknown = sorted(set(answer) - set(schema["properties"]))
        return [f"{name} is not described" for name in unknown] + self._against(
            schema, answer, _of_answers
        )

    def _operation(self, sent: Exchanged) -> tuple[Any, Mapping[str, str]] | None:
        for pattern, item in self._operations:
            match = pattern.fullmatch(sent.path)
            if match and sent.method.lower() in item:
                return item[sent.method.lower()], match.groupdict()
        return None

    def _fields(self, schema: Any, text: str) -> Iterator[str]:
        properties = schema.get("properties", {})
        value: dict[str, Any] = {}
        for name, given in parse_qsl(text, keep_blank_values=True):
            kind = properties.get(name, {}).get("type")
            if kind == "array":
                value.setdefault(name, []).append(given)
            elif name in value:
                yield f"{name}: sent twice"
            elif given or name not in _CLEARED:
                value[name] = _typed(given, kind)
        yield from self._against({**schema, "additionalProperties": False}, value)

    def _against(
        self, schema: Any, value: object, formats: FormatChecker = _of_requests
    ) -> list[str]:
        whole = _with_nulls({**schema, **self._components})
        return [
            f"{'/'.join(map(str, error.path))}: {error.message}"
            for error in Draft4Validator(whole, format_checker=formats).iter_errors(value)
        ]


def _beyond(path: str, fields: list[tuple[str, str]]) -> Iterator[str]:
    """What the document cannot say, or does not."""
    names = {name for name, _ in fields}
    if path.rpartition("/")[0].endswith("/Calls") or path.endswith("/Calls.json"):
        if {"Url", "Twiml"} <= names:
            yield "Url and Twiml exclude each other"
        for name, given in fields:
            if name == "StatusCallbackEvent" and given not in _EVENTS:
                yield f"StatusCallbackEvent has no {given}"
    for name, given in fields:
        if name in ("To", "From") and not given:
            yield f"{name} is empty"
        if name == "MaxSize" and given.isdigit() and int(given) > _LARGEST_QUEUE:
            yield f"MaxSize is over {_LARGEST_QUEUE}"


def _typed(given: str, kind: str | None) -> object:
    if kind == "integer" and re.fullmatch(r"-?\d+", given):
        return int(given)
    if kind == "boolean":
        return {"true": True, "false": False}.get(given.lower(), given)
    return given


def _resolved(schema: Any, components: Any) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return components["components"]["schemas"][name]
    return schema


def _with_nulls(part: Any) -> Any:
    """OpenAPI's `nullable` in the words of JSON Schema."""
    if isinstance(part, list):
        return [_with_nulls(item) for item in part]
    if not isinstance(part, dict):
        return part
    changed = {name: _with_nulls(item) for name, item in part.items()}
    if part.get("nullable") is True and isinstance(part.get("type"), str):
        changed["type"] = [part["type"], "null"]
        if "enum" in part:
            changed["enum"] = [*part["enum"], None]
    return changed
