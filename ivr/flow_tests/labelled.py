"""Which prompt a spoken part came from.

A document holds texts and voices, no prompt ids. In a labelled flow every prompt names itself
where its voice or recording stands; nothing else of it changes, and its sessions save and reload
like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ivr.flow_engine.definition import Flow, FlowBody, Gather, Node, PromptText
from ivr.flow_engine.voice_actions import (
    Closing,
    Document,
    Hold,
    Pause,
    Play,
    Say,
    Spoken,
)
from ivr.flow_engine.voice_actions import (
    Gather as GatherAction,
)

_MARK: Final = "\x1f"
FIXED: Final = "(fixed words)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the caller heard of one prompt. `prompt` is FIXED for what the engine itself says."""

    prompt: str
    text: str


def labelled(flow: Flow, *, shown: bool = False) -> Flow:
    """`shown`: what is pressed at a sensitive gather is traced like any other (test data)."""
    prompts = {
        name: {
            language: _marked(flow, name, language, text) for language, text in by_language.items()
        }
        for name, by_language in flow.prompts.items()
    }
    changed = replace(flow, prompts=prompts)
    if not shown:
        return changed
    subflows = {name: _shown(body) for name, body in flow.subflows.items()}
    return replace(changed, main=_shown(flow.main), subflows=subflows)


def heard(document: Document) -> tuple[Heard, ...]:
    """In order; the parts of one prompt are one."""
    return heard_parts((*document.spoken, *_spoken_in(document.closing)))


def heard_parts(spoken: Sequence[Spoken]) -> tuple[Heard, ...]:
    found: list[Heard] = []
    for part in spoken:
        if isinstance(part, Pause):
            continue
        prompt, text = _told(part)
        if found and found[-1].prompt == prompt:
            found[-1] = Heard(prompt=prompt, text=f"{found[-1].text} {text}")
        else:
            found.append(Heard(prompt=prompt, text=text))
    return tuple(found)


def unlabelled(document: Document) -> Document:
    """As the flow without labels would have drawn it."""
    closing = document.closing
    if isinstance(closing, GatherAction | Hold):
        closing = replace(closing, spoken=tuple(_plain(part) for part in closing.spoken))
    return Document(spoken=tuple(_plain(part) for part in document.spoken), closing=closing)


def _marked(flow: Flow, name: str, language: str, text: PromptText) -> PromptText:
    if text.play:
        return replace(text, play=f"{name}{_MARK}{text.play}")
    voice = text.voice or flow.voice.get(language, "")
    return replace(text, voice=f"{name}{_MARK}{voice}")


def _shown(body: FlowBody) -> FlowBody:
    return replace(body, nodes={name: _without_secret(node) for name, node in body.nodes.items()})


def _without_secret(node: Node) -> Node:
    if isinstance(node.kind, Gather) and node.kind.sensitive:
        return replace(node, kind=replace(node.kind, sensitive=False))
    return node


def _spoken_in(closing: Closing) -> tuple[Spoken, ...]:
    return closing.spoken if isinstance(closing, GatherAction | Hold) else ()


def _told(part: Say | Play) -> tuple[str, str]:
    label, text = (part.voice, part.text) if isinstance(part, Say) else (part.audio, part.caption)
    prompt, mark, _ = label.partition(_MARK)
    return (prompt if mark else FIXED), text


def _plain(part: Spoken) -> Spoken:
    if isinstance(part, Say):
        return replace(part, voice=part.voice.rpartition(_MARK)[2])
    if isinstance(part, Play):
        return replace(part, audio=part.audio.rpartition(_MARK)[2])
    return part
