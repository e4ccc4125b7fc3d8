"""Prompt texts: parse their placeholders once, fill them when spoken.

Only `{{ variable | reading }}` is known; a text is parsed with jinja2 and every parsed node is
looked at, nothing of it is ever evaluated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeAlias

from jinja2 import Environment, TemplateSyntaxError, nodes

from ivr.flow_engine.definition import Flow, PromptId, PromptText
from ivr.flow_engine.readings import markup
from ivr.flow_engine.readings.spoken_form import READINGS, Unreadable, spoken_groups
from ivr.flow_engine.voice_actions import Pause, Play, Say, Spoken

PAUSE_BETWEEN_GROUPS: Final = 300  # milliseconds
_NO_PUNCTUATION: Final = "、。,. "


class PromptError(Exception):
    """A prompt cannot be spoken; names the prompt or placeholder, never a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    path: str
    reading: str
    argument: str = ""


Piece: TypeAlias = str | Placeholder

_ENVIRONMENT: Final = Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701 - only its parser is used
_OTHER_SYNTAX: Final = re.compile(r"\{%|\{#|%\}|#\}")


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[Piece, ...]:
    """Literal texts and placeholders in order. Raises PromptError for any other syntax."""
    if _OTHER_SYNTAX.search(text):
        raise PromptError("statements and comments are not allowed")
    try:
        parsed = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        raise PromptError(str(error.message or "syntax")) from error
    except RecursionError as error:
        raise PromptError("nested too deeply") from error
    found: list[Piece] = []
    for output in parsed.body:
        if not isinstance(output, nodes.Output):
            raise PromptError("only placeholders are allowed")
        found.extend(_piece(node) for node in output.nodes)
    return tuple(found)


def _piece(node: nodes.Expr) -> Piece:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if not isinstance(node, nodes.Filter) or node.node is None or node.kwargs or node.dyn_args:
        raise PromptError("a variable and one reading are needed")
    arguments = [str(a.value) if isinstance(a, nodes.Const) else None for a in node.args]
    arguments += [a.name for a in node.args if isinstance(a, nodes.Name)]
    known = [a for a in arguments if a is not None]
    if len(node.args) > 1 or len(known) != len(node.args):
        raise PromptError(f"{node.name} has one plain argument at most")
    argument = known[0] if known else ""
    if node.name not in READINGS or argument not in READINGS[node.name]:
        raise PromptError(f"reading {node.name}({argument}) is unknown")
    return Placeholder(path=_path(node.node), reading=node.name, argument=argument)


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    raise PromptError("only a dotted name can be read")


def placeholders(text: PromptText) -> tuple[Placeholder, ...]:
    """Those of every text of a prompt in one language. Raises PromptError."""
    written = (text.say, text.text, text.slow)
    return tuple(p for part in written for p in pieces(part) if isinstance(p, Placeholder))


def speak(
    flow: Flow,
    prompt: PromptId,
    *,
    language: str,
    pace: str,
    values: Mapping[str, object],
) -> tuple[Spoken, ...]:
    """What the line says for a prompt. `values` is a scope as for expressions.

    A language that the flow does not have is spoken in its first one. Raises PromptError when a
    prompt or value is missing or a value does not fit its reading.
    """
    by_language = flow.prompts.get(prompt, {})
    chosen = language if language in by_language else flow.languages[0]
    text = by_language.get(chosen)
    if text is None:
        raise PromptError(f"prompt {prompt} is missing")
    if text.play and not (pace == "slow" and text.slow):
        caption = "".join(part for part in _parts(flow, text.text, chosen, values) if part)
        return (Play(audio=text.play, caption=caption, language=chosen),)
    manner = Say(
        text="", language=chosen, voice=text.voice or flow.voice[chosen], slow=pace == "slow"
    )
    written = text.slow if pace == "slow" and text.slow else text.say
    if text.ssml:
        return _marked_up(flow, written, text.kana if written == text.say else "", manner, values)
    return _plain(flow, written, text.kana if written == text.say else "", manner, values)


def _plain(
    flow: Flow, text: str, kana: str, manner: Say, values: Mapping[str, object]
) -> tuple[Spoken, ...]:
    parts = _parts(flow, text, manner.language, values)
    read = _parts(flow, kana, manner.language, values) if kana else ()
    if len(read) != len(parts):  # the reader holds both to the same placeholders
        read = ("",) * len(parts)
    spoken: list[Spoken] = []
    for part, reading in zip(parts, read, strict=True):
        if part is None:
            spoken.append(Pause(milliseconds=PAUSE_BETWEEN_GROUPS))
        elif part.strip(_NO_PUNCTUATION):
            spoken.append(replace(manner, text=part.strip(), kana=(reading or "").strip()))
    return tuple(spoken)


def _marked_up(
    flow: Flow, text: str, kana: str, manner: Say, values: Mapping[str, object]
) -> tuple[Spoken, ...]:
    """One piece of speech: tags may begin before a value and end behind it."""
    readings = flow.readings.get(manner.language, {})
    pause = f'<break time="{PAUSE_BETWEEN_GROUPS}ms"/>'
    whole = "".join(
        markup.outside_tags(piece, lambda between: _read_aloud(between, readings))
        if isinstance(piece, str)
        else pause.join(map(markup.escaped, _filled(piece, manner.language, values)))
        for piece in pieces(text)
    )
    try:
        markup.parse(whole)
    except markup.MarkupError as error:
        raise PromptError(str(error)) from error
    reading = "".join(part for part in _parts(flow, kana, manner.language, values) if part)
    return (replace(manner, text=whole.strip(), kana=reading, markup=True),)


def _parts(
    flow: Flow, text: str, language: str, values: Mapping[str, object]
) -> tuple[str | None, ...]:
    """Stretches of speech; None is a pause between groups of digits."""
    readings = flow.readings.get(language, {})
    parts: list[str | None] = [""]
    for piece in pieces(text):
        groups = (
            (_read_aloud(piece, readings),)
            if isinstance(piece, str)
            else _filled(piece, language, values)
        )
        for index, group in enumerate(groups):
            if index:
                parts.extend((None, ""))
            parts[-1] = (parts[-1] or "") + group
    return tuple(parts)


def _read_aloud(text: str, readings: Mapping[str, str]) -> str:
    """File-wide readings, longest first so that no word cuts into a longer one."""
    if not readings:
        return text
    words = sorted(readings, key=len, reverse=True)
    pattern = "|".join(re.escape(word) for word in words if word)
    return re.sub(pattern, lambda m: readings[m[0]], text) if pattern else text


def _filled(
    placeholder: Placeholder, language: str, values: Mapping[str, object]
) -> tuple[str, ...]:
    value: object = values
    for name in placeholder.path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            raise PromptError(f"{placeholder.path} has no value")
        value = value[name]
    try:
        return spoken_groups(value, placeholder.reading, placeholder.argument, language)
    except Unreadable as error:
        raise PromptError(f"{placeholder.path} cannot be read as {placeholder.reading}") from error
