"""A conversation as a test in the form of the flow language."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from ivr.flow_tests.labelled import FIXED
from ivr.flow_tests.model import LookupAnswer, Step
from ivr.flow_tests.playing import Playing

_QUOTED: Final = frozenset({"press", "speech"})
_FLAGS: Final = frozenset({"repudiate", "hang_up"})
_WORDS: Final = frozenset({"true", "false", "null"})  # YAML would not take them for text


def written(
    playing: Playing,
    steps: Iterable[Step],
    lookups: Mapping[str, LookupAnswer],
    *,
    name: str,
    starts: datetime,
    call: tuple[str, str],
) -> str:
    """An entry of `tests:`. `call` is (from, to)."""
    caller, dialled = call
    answers = [f"{known}: {_answer(answer)}" for known, answer in lookups.items()]
    more = f" lookups: {{{', '.join(answers)}}}," if answers else ""
    outcome = playing.host.script.callback
    more += f" callback: {outcome}," if outcome != "accepted" else ""
    return (
        f"  - {{name: {_text(name)}, at: {_text(starts.isoformat())},\n"
        f"     call: {{from: {_text(caller)}, to: {_text(dialled)}}},{more}\n"
        f"     steps: [{', '.join(_step(step) for step in steps)}],\n"
        f"     expect: {{{', '.join(_expected(playing))}}}}}\n"
    )


def _expected(playing: Playing) -> Iterable[str]:
    if playing.shown is not None:
        yield f"queue: {playing.shown.queue}"
        yield f"priority: {playing.shown.priority}"
    said = [_plain(heard.prompt) for heard in playing.said if heard.prompt != FIXED]
    yield f"said: [{', '.join(said)}]"
    if playing.way.faults:
        yield f"fault: {_plain(playing.way.faults[0])}"
    yield f"end: {_plain(playing.way.path[-1])}"


def _step(step: Step) -> str:
    if step.kind in _FLAGS:
        return f"{{{step.kind}: true}}"
    if step.kind == "wait":
        return f"{{wait: {step.seconds}s}}"
    if step.kind in _QUOTED:
        return f"{{{step.kind}: {_text(step.text)}}}"
    if step.identity or step.binding:
        levels = [
            f"{part}: {level}"
            for part, level in (("identity", step.identity), ("binding", step.binding))
            if level
        ]
        return f"{{{step.kind}: {{exit: {', '.join((step.text, *levels))}}}}}"
    return f"{{{step.kind}: {step.text}}}"


def _answer(answer: LookupAnswer) -> str:
    if answer.outcome != "found":
        return answer.outcome
    fields = [f"{name}: {json.dumps(v, ensure_ascii=False)}" for name, v in answer.fields.items()]
    return f"{{found: {{{', '.join(fields)}}}}}"


def _plain(word: str) -> str:
    return _text(word) if word in _WORDS else word


def _text(value: str) -> str:
    """Quoted as JSON, which YAML reads alike."""
    return json.dumps(value, ensure_ascii=False)
