"""What is typed in the simulator, as steps of a test."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from ivr.flow_engine import outcomes as words
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.findings import At
from ivr.flow_tests.model import (
    QUEUE_OUTCOMES,
    TICKETS,
    Step,
)

_KEYS: Final = re.compile(r"[0-9*#]{1,32}\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLookup:
    """How a lookup will answer, from now on; `fields` as they were typed."""

    name: str
    outcome: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCallback:
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Wait until the line says something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quit:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """`known` is what could have been typed."""

    text: str
    known: tuple[str, ...]


Typed: TypeAlias = Step | SetLookup | SetCallback | Silence | Help | Quit | Unknown

_FLAGS: Final[Mapping[str, str]] = {
    "repudiate": "repudiate",
    "hang_up": "hang_up",
    "hangup": "hang_up",
}
_ONE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "ticket": TICKETS,
    "hint": words.PENDING_HINTS,
    "queue": QUEUE_OUTCOMES,
    "identity": words.VERIFY_EXITS,
}
COMMANDS: Final = (*_ONE_OF, "press", "wait", "speech", "lookup", "callback", *_FLAGS, "help")


def understood(line: str, at: At) -> Typed:
    """Keys, an empty line for silence, or a command; an exit, hint or queue outcome needs none."""
    text = line.strip()
    command, _, rest = text.partition(" ")
    rest = rest.strip()
    if text in ("", "."):
        return Silence()
    if _KEYS.match(text):
        return Step(kind="press", text=text, at=at)
    if text in ("?", "help"):
        return Help()
    if text in ("quit", "exit", "q"):
        return Quit()
    if text in _FLAGS:
        return Step(kind=_FLAGS[text], at=at)
    for kind in ("identity", "hint", "queue"):
        if text in _ONE_OF[kind]:
            return Step(kind=kind, text=text, at=at)
    return _with_rest(text, command, rest, at)


def _with_rest(text: str, command: str, rest: str, at: At) -> Typed:
    if command == "press" and _KEYS.match(rest):
        return Step(kind="press", text=rest, at=at)
    if command == "wait" and (forms.seconds(rest) or 0) > 0:
        return Step(kind="wait", seconds=forms.seconds(rest) or 0, at=at)
    if command in ("speech", "say") and rest:
        return Step(kind="speech", text=rest[:200], at=at)
    if command == "identity":
        return _identity(text, rest, at)
    if command in _ONE_OF and rest in _ONE_OF[command]:
        return Step(kind=command, text=rest, at=at)
    if command == "callback" and rest in words.CALLBACK_EXITS:
        return SetCallback(outcome=rest)
    if command == "lookup":
        return _lookup(text, rest)
    known = _ONE_OF.get(command, words.CALLBACK_EXITS if command == "callback" else COMMANDS)
    return Unknown(text=text, known=known)


def _identity(text: str, rest: str, at: At) -> Typed:
    """`identity verified id_card_auth bind_choice`: levels other than those required."""
    exit_name, *levels = rest.split() or [""]
    if exit_name not in words.VERIFY_EXITS:
        return Unknown(text=text, known=words.VERIFY_EXITS)
    identity = [level for level in levels if level in words.IDENTITY_LEVELS]
    binding = [level for level in levels if level in words.BINDING_LEVELS]
    if len(identity) + len(binding) != len(levels) or len(identity) > 1 or len(binding) > 1:
        return Unknown(text=text, known=(*words.IDENTITY_LEVELS, *words.BINDING_LEVELS))
    return Step(
        kind="identity", text=exit_name, identity="".join(identity), binding="".join(binding), at=at
    )


def _lookup(text: str, rest: str) -> Typed:
    """`lookup open_case none`, or `lookup open_case due=2026-12-10 fee=0`."""
    name, *given = rest.split() or [""]
    if len(given) == 1 and given[0] in words.LOOKUP_EXITS and given[0] != "found":
        return SetLookup(name=name, outcome=given[0], fields={})
    fields: dict[str, str] = {}
    for pair in given:
        field, equals, value = pair.partition("=")
        if not equals:
            return Unknown(text=text, known=(*words.LOOKUP_EXITS[1:], "FIELD=VALUE"))
        fields[field] = value
    if not fields:
        return Unknown(text=text, known=(*words.LOOKUP_EXITS[1:], "FIELD=VALUE"))
    return SetLookup(name=name, outcome="found", fields=fields)
