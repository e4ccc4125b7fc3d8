"""Are prompts there in every language, may they say what they say, and do they ask for secrets?

P001, P002, P004, O005, S002 (what is never spoken), E002 and E003 of placeholders, S003.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from ivr.flow_engine.definition import Gather, PromptText
from ivr.flow_engine.expressions import Type
from ivr.flow_engine.prompts import Placeholder, PromptError, placeholders
from ivr.flow_engine.readings.spoken_form import FOR_TYPE
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.draft import BodyDraft, NodeDraft, PromptUse
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.whole_flow import WholeFlow

_SPOKEN_CALL: Final = ("call.dialled",)
_SPOKEN_FAMILIES: Final = ("now", "today", "weekday", "answers", "inputs", "pairing", "queue")
_PAIRING: Final = {"pairing.code": Type(name="digits"), "pairing.spoken_item": Type(name="digits")}
_QUEUE: Final = {
    "queue.position": Type(name="int"),
    "queue.size": Type(name="int"),
    "queue.wait": Type(name="duration"),
}
_MUST_SAY: Final = {
    "mode:spoken_code": "pairing.code",
    "hold:awaiting_choice": "pairing.spoken_item",
}
_SECRET: Final = re.compile(
    r"暗証番号|パスワード|個人番号|マイナンバー(?!カード)|(?<![a-z])pin(?![a-z])"
    r"|password|passcode|my[ _]?number(?![ _]?card)",
    re.IGNORECASE,
)


def check_spoken(findings: Findings, whole: WholeFlow) -> None:
    _texts(findings, whole)
    for draft in whole.bodies.values():
        _names_of_secrets(findings, draft)
        for node in draft.nodes.values():
            for use in node.prompts:
                _use(findings, whole, draft, node, use)


def _texts(findings: Findings, whole: WholeFlow) -> None:
    for name, by_language in whole.prompts.texts.items():
        for language in whole.languages:
            if language not in by_language:
                findings.add(whole.prompts.first[name], "P002", name=name, language=language)
        for language, text in by_language.items():
            try:
                placeholders(text)
            except PromptError as problem:
                at = whole.prompts.places[name, language]
                findings.add(at, "P001.placeholder", problem=problem)


def said(
    whole: WholeFlow, prompt: str
) -> Iterator[tuple[str, PromptText, tuple[Placeholder, ...]]]:
    """(language, text, placeholders) of a prompt; texts that do not parse are left out."""
    for language, text in whole.prompts.texts.get(prompt, {}).items():
        try:
            yield language, text, placeholders(text)
        except PromptError:
            continue


def _use(
    findings: Findings, whole: WholeFlow, draft: BodyDraft, node: NodeDraft, use: PromptUse
) -> None:
    if use.prompt not in whole.prompts.texts:
        findings.add(use.at, "P001", name=use.prompt,
                     **forms.nearest(use.prompt, whole.prompts.texts))  # fmt: skip
        return
    types = _speakable(draft, use.role)
    for language, text, found in said(whole, use.prompt):
        at = whole.prompts.places[use.prompt, language]
        if not (text.say.strip() or text.play):
            findings.add(at, "P004", name=use.prompt, language=language)
        for placeholder in found:
            _placeholder(findings, whole, use, language, placeholder, types)
        must = _MUST_SAY.get(use.role)
        if must and must not in {placeholder.path for placeholder in found}:
            findings.add(at, "O005", name=use.prompt, placeholder=must, language=language)
        if _may_ask(node, use) and _asks_secret(f"{text.say} {text.text} {text.slow}"):
            findings.add(at, "S003", name=use.prompt)


def _may_ask(node: NodeDraft, use: PromptUse) -> bool:
    """Where keys or speech are taken right after the words."""
    if use.role in ("gather", "retry") or use.role.startswith("mode:"):
        return True
    return use.role.startswith("hold:") and use.role != "hold:awaiting_pin"


def _asks_secret(text: str) -> bool:
    """Full-width and half-width forms are the same words to a caller."""
    return _SECRET.search(unicodedata.normalize("NFKC", text)) is not None


def _speakable(draft: BodyDraft, role: str) -> Mapping[str, Type]:
    types = dict(draft.types)
    if role.startswith(("mode:", "hold:")):
        types |= _PAIRING
    if role == "announce":
        types |= _QUEUE
    return types


def _placeholder(
    findings: Findings,
    whole: WholeFlow,
    use: PromptUse,
    language: str,
    placeholder: Placeholder,
    types: Mapping[str, Type],
) -> None:
    at = whole.prompts.places[use.prompt, language]
    path = placeholder.path
    if path not in types:
        findings.add(at, "E002.unknown", name=path, **forms.nearest(path, types))
        return
    readings = FOR_TYPE.get(types[path].name, ())
    if not readings or not (path in _SPOKEN_CALL or path.split(".")[0] in _SPOKEN_FAMILIES):
        findings.add(at, "S002.never", name=path)
    elif placeholder.reading not in readings:
        findings.add(at, "E003.reading", name=path, type=types[path].name,
                     reading=placeholder.reading, known=", ".join(readings))  # fmt: skip


def _names_of_secrets(findings: Findings, draft: BodyDraft) -> None:
    """S003 for variables and for notes of gathers: they tell what a designer means to ask."""
    for name in (*draft.body.variables, *draft.body.inputs):
        if _asks_secret(name.replace("_", " ")):
            findings.add(draft.table.at, "S003", name=name)
    for node in draft.nodes.values():
        note = draft.body.nodes[node.id].note if node.id in draft.body.nodes else ""
        if isinstance(node.kind, Gather) and (
            _asks_secret(note) or _asks_secret(node.id.replace("_", " "))
        ):
            findings.add(node.at, "S003", name=node.id)
