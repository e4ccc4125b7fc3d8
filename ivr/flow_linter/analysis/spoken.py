"""What prompts say, and what may be said where."""

from collections.abc import Iterator
from typing import Final

from ivr.flow_engine.definition import PromptText
from ivr.flow_engine.expressions import Type
from ivr.flow_engine.prompts import Placeholder, PromptError, placeholders
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.draft import BodyDraft, NodeDraft, PromptUse
from ivr.flow_engine.source.findings import At
from ivr.flow_engine.source.whole_flow import WholeFlow

_SPOKEN_CALL: Final = ("call.dialled",)
_SPOKEN_FAMILIES: Final = ("now", "today", "weekday", "answers", "inputs", "pairing", "queue")
_PAIRING: Final = {"pairing.code": Type(name="digits"), "pairing.spoken_item": Type(name="digits")}
_QUEUE: Final = {
    "queue.position": Type(name="int"),
    "queue.size": Type(name="int"),
    "queue.wait": Type(name="duration"),
}


def uses(whole: WholeFlow) -> Iterator[tuple[BodyDraft, NodeDraft, PromptUse]]:
    """Every place at which a node names a prompt."""
    for draft in whole.bodies.values():
        for node in draft.nodes.values():
            for use in node.prompts:
                yield draft, node, use


def said(
    whole: WholeFlow, prompt: str
) -> Iterator[tuple[str, PromptText, tuple[Placeholder, ...]]]:
    """(language, text, placeholders) of a prompt; texts that do not parse are left out."""
    for language, text in whole.prompts.texts.get(prompt, {}).items():
        try:
            yield language, text, placeholders(text)
        except PromptError:
            continue


def speakable(draft: BodyDraft, role: str, path: str) -> Type | None:
    """The type of a name that a prompt of this role can know."""
    if role.startswith(("mode:", "hold:")) and path in _PAIRING:
        return _PAIRING[path]
    if role == "announce" and path in _QUEUE:
        return _QUEUE[path]
    return draft.types.get(path)


def speakable_names(draft: BodyDraft, role: str) -> Iterator[str]:
    yield from draft.types
    if role.startswith(("mode:", "hold:")):
        yield from _PAIRING
    if role == "announce":
        yield from _QUEUE


def may_be_spoken(path: str) -> bool:
    return path in _SPOKEN_CALL or path.split(".")[0] in _SPOKEN_FAMILIES


def spoken_variables(whole: WholeFlow, prompt: str) -> Iterator[str]:
    """The variables and inputs that a prompt reads aloud."""
    for _, _, found in said(whole, prompt):
        for placeholder in found:
            if placeholder.path.startswith(("answers.", "inputs.")):
                yield placeholder.path


def voices(whole: WholeFlow) -> Iterator[tuple[str, str, At]]:
    """(language, voice, place) of every voice that is named."""
    written = whole.main.table.entries.get("voice")
    for language, voice in whole.voice.items():
        if voice and isinstance(written, Table):
            yield language, voice, written.entries[language].at
    for name, by_language in whole.prompts.texts.items():
        for language, text in by_language.items():
            if text.voice:
                yield language, text.voice, whole.prompts.places[name, language]
