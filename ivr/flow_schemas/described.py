"""Pieces of a description: a form and what to say about it, as JSON Schema (draft-07, which YAML
language servers know best). Hover text is Japanese first, then English."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ivr.flow_engine.source import forms

Schema: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a flows folder has, offered where such a name goes. Other names are not refused here:
    the linter knows better, and says where to look."""

    prompts: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    calendars: tuple[str, ...] = ()
    subflows: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()


def inside(form: re.Pattern[str]) -> str:
    """The pattern of a form of the reader, to be part of another one."""
    return form.pattern.removesuffix("\\Z")


def like(form: re.Pattern[str]) -> Schema:
    """A text of this form, from its first letter to its last."""
    return {"type": "string", "pattern": f"^{inside(form)}$"}


def hover(schema: Schema, ja: str, en: str) -> Schema:
    return {**schema, "description": f"{ja}\n\n{en}", "markdownDescription": f"{ja}\n\n{en}"}


def table(
    fields: Mapping[str, Schema], required: Sequence[str] = (), *, others: Schema | None = None
) -> Schema:
    """`others` is the form of every field that is not named; without it there are none."""
    found: Schema = {"type": "object", "properties": dict(fields)}
    found["additionalProperties"] = others if others is not None else False
    if required:
        found["required"] = list(required)
    return found


def listed(item: Schema, *, low: int = 0, high: int | None = None) -> Schema:
    found: Schema = {"type": "array", "items": item}
    if low:
        found["minItems"] = low
    if high is not None:
        found["maxItems"] = high
    return found


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def choice(words: Sequence[str], default: str = "") -> Schema:
    found: Schema = {"type": "string", "enum": list(words)}
    return {**found, "default": default} if default else found


def whole(low: int, high: int, default: int | None = None) -> Schema:
    found: Schema = {"type": "integer", "minimum": low, "maximum": high}
    return found if default is None else {**found, "default": default}


def truth(*, default: bool) -> Schema:
    return {"type": "boolean", "default": default}


def text(longest: int = 1000) -> Schema:
    return {"type": "string", "maxLength": longest}


def duration(default: str = "") -> Schema:
    found = like(forms.DURATION)
    return {**found, "default": default} if default else found


def expression() -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": 200}


def named(known: Sequence[str] = (), form: re.Pattern[str] = forms.NODE_ID) -> Schema:
    """A name of a form, with those that are there offered.

    `defaultSnippets` is a keyword of editors only; `examples` would fill every hover.
    """
    found = like(form)
    if known:
        found["defaultSnippets"] = [{"label": name, "body": name} for name in known]
    return found


def prompt(names: Names) -> Schema:
    return named(names.prompts, forms.PROMPT_ID)


KEY: Final = like(forms.KEY)
TARGET: Final = named()
PHONE: Final = like(forms.PHONE)
DATE: Final = like(forms.DATE)
DATES: Final[Schema] = {
    "type": "string",
    "pattern": f"^{inside(forms.DATE)}(/{inside(forms.DATE)})?$",
}
RANGE: Final = like(forms.TIME_RANGE)


def sound(known: Sequence[str]) -> Schema:
    """A path for every language, or language -> path."""
    path = named(known, forms.SUBPATH)
    return either(path, by_language(path))


def by_language(value: Schema) -> Schema:
    return {
        "type": "object",
        "propertyNames": like(forms.LANGUAGE),
        "additionalProperties": value,
    }
