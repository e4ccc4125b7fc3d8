"""How long each prompt is at its longest: sentences, morae or words, seconds, characters.

Placeholders are filled with the longest value of their type, and the text is spoken by the engine
itself, so that readings, pauses and spelled digits count as they will be heard.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine.expressions import Type
from ivr.flow_engine.prompts import PromptError, speak
from ivr.flow_engine.readings.speech_length import heard, morae, spoken_seconds, words
from ivr.flow_engine.voice_actions import Pause, Play, Say, Spoken
from ivr.flow_linter.analysis.spoken import uses
from ivr.flow_linter.rule import Subject

_SENTENCE: Final = re.compile(r"[。！？]+|[.!?]+(?=\s|$)")
_MOMENT: Final = datetime(2027, 11, 24, 19, 37, tzinfo=timezone(timedelta(hours=9)))
_MOST_DIGITS: Final = 20
_LONGEST: Final[Mapping[str, object]] = {
    "text": "あ" * 60,
    "digits": "3" * _MOST_DIGITS,
    "phone": "+818033337333",
    "int": 8_888_888,
    "yen": 88_888_888,
    "bool": True,
    "date": "2027-11-24",
    "time": "19:37",
    "timestamp": _MOMENT,
    "duration": timedelta(minutes=88),
    "ref": "",
}
_ALWAYS: Final[Mapping[str, object]] = {
    "now": _MOMENT,
    "today": "2027-11-24",
    "weekday": "wed",
    "call": {"dialled": "+818033337333"},
    "pairing": {"code": "3333333333", "spoken_item": "33"},
    "queue": {"position": 88, "size": 88, "wait": timedelta(minutes=88)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptLength:
    """`units` are morae in Japanese and words elsewhere; `characters` those of the longest piece
    that is spoken at once, by the voice `voice`. `slow`: at slow pace, where the prompt has words
    of its own for it."""

    prompt: str
    language: str
    sentences: int
    units: int
    seconds: float
    characters: int
    voice: str
    slow: bool = False


def prompt_lengths(subject: Subject) -> Iterator[PromptLength]:
    """Every prompt in every language, in the order written."""
    texts = subject.whole.prompts.texts
    for name, language, spoken in spoken_at_longest(subject):
        slow = any(isinstance(part, Say) and part.slow for part in spoken)
        if not slow or texts[name][language].slow:
            yield _measured(name, language, spoken, slow=slow)


def spoken_at_longest(subject: Subject) -> Iterator[tuple[str, str, tuple[Spoken, ...]]]:
    """(prompt, language, what the line says), at both paces where callers can ask for the slow one.
    A prompt that cannot be filled is left out: nobody says it, or another rule tells."""
    flow = subject.flow
    if flow is None:
        return
    asked = _digits_asked(subject)
    scopes = _scopes(subject, asked)
    main = _scope(subject.whole.main.types, asked)
    for name, by_language in subject.whole.prompts.texts.items():
        for language in by_language:
            if language in flow.languages:
                scope = scopes.get(name, main)
                for pace in _paces(flow):
                    try:
                        spoken = speak(flow, name, language=language, pace=pace, values=scope)
                    except PromptError:
                        continue
                    yield name, language, spoken


def _paces(flow: d.Flow) -> tuple[str, ...]:
    bodies = (flow.main, *flow.subflows.values())
    kinds = [node.kind for body in bodies for node in body.nodes.values()]
    keyed = any(key.action is d.GlobalAction.SLOWER for key in flow.global_keys.values())
    slows = keyed or any(isinstance(kind, d.Set) and kind.pace for kind in kinds)
    return ("normal", "slow") if slows else ("normal",)


def _measured(
    prompt: str, language: str, spoken: tuple[Spoken, ...], *, slow: bool
) -> PromptLength:
    texts = [_text(part) for part in spoken]
    whole = " ".join(text for text in texts if text)
    said = [part for part in spoken if isinstance(part, Say)]
    longest = max(said, key=lambda part: len(part.text), default=None)
    count = morae if language.startswith("ja") else words
    return PromptLength(
        prompt=prompt,
        language=language,
        sentences=len(_SENTENCE.findall(whole)),
        units=sum(count(text) for text in texts),
        seconds=spoken_seconds(spoken),
        characters=len(heard(replace(longest, kana=""))) if longest else 0,
        voice=longest.voice if longest else "",
        slow=slow,
    )


def _text(part: Spoken) -> str:
    if isinstance(part, Pause):
        return ""
    return part.caption if isinstance(part, Play) else heard(part)


def _scopes(subject: Subject, asked: Mapping[str, int]) -> Mapping[str, Mapping[str, object]]:
    """By prompt, the names of the flow that says it; the first one that does."""
    by_flow = {name: _scope(draft.types, asked) for name, draft in subject.whole.bodies.items()}
    scopes: dict[str, Mapping[str, object]] = {}
    for draft, _, use in uses(subject.whole):
        scopes.setdefault(use.prompt, by_flow[draft.body.id])
    return scopes


def _scope(types: Mapping[str, Type], asked: Mapping[str, int]) -> Mapping[str, object]:
    scope: dict[str, object] = {**_ALWAYS}
    for path, kind in types.items():
        names = path.split(".")
        if names[0] not in ("answers", "inputs"):
            continue
        here = scope
        for name in names[:-1]:
            inner = here.setdefault(name, {})
            assert isinstance(inner, dict)
            here = inner
        if kind.name.startswith("lookup."):
            here.setdefault(names[-1], {})
        else:
            here[names[-1]] = _longest(kind, names, asked)
    return scope


def _longest(kind: Type, names: list[str], asked: Mapping[str, int]) -> object:
    if kind.values:
        return max(kind.values, key=len)
    if kind.name == "digits" and names[0] == "answers":
        return "3" * asked.get(names[-1], _MOST_DIGITS)
    return _LONGEST.get(kind.name, "")


def _digits_asked(subject: Subject) -> Mapping[str, int]:
    """By variable, the most digits that an entry into it takes."""
    asked: dict[str, int] = {}
    for draft in subject.whole.bodies.values():
        for node in draft.nodes.values():
            if isinstance(node.kind, d.Gather) and node.kind.store:
                known = asked.get(node.kind.store, 0)
                asked[node.kind.store] = max(known, node.kind.max_digits)
    return asked
