"""E003: values have the type that their place needs, and are read aloud as such."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.expressions import family
from ivr.flow_engine.readings.spoken_form import FOR_TYPE
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.draft import NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.spoken import may_be_spoken, said, speakable, uses
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for judged in flow.judged:
        for problem in judged.problems:
            if problem.rule == "E003" and problem.words:
                facts = forms.among(problem.detail, problem.words)
                yield found(judged.use.at, "E003.word", name=problem.detail, **facts)
            elif problem.rule == "E003":
                yield found(judged.use.at, "E003", problem=problem.detail)
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            for use in node.names:
                variable = draft.body.variables.get(use.name) if use.what == "store" else None
                wrong = _store(node, variable.type) if variable else ""
                wrong = wrong or (_output(flow, node, use.name, variable) if variable else "")
                if wrong:
                    yield found(use.at, "E003", problem=f"{use.name} is {wrong}")


def _store(node: NodeDraft, kind: str) -> str:
    """What is wrong with keeping what the node gives in a variable of this type."""
    if isinstance(node.kind, d.Lookup) and kind != f"lookup.{node.kind.name}":
        return f"{kind}, not lookup.{node.kind.name}"
    if isinstance(node.kind, d.Gather):
        fitting = ("text",) if node.kind.speech else ("digits", "text")
        return "" if kind in fitting else f"{kind}, keys give {fitting[0]}"
    if isinstance(node.kind, (d.Set, d.Subflow)) and kind.startswith("lookup."):
        return f"{kind}, only a lookup fills it"
    return ""


def _output(flow: Subject, node: NodeDraft, name: str, variable: d.Variable) -> str:
    """An output goes into a variable of its type; an enum into one that knows its words."""
    kind = node.kind
    if not isinstance(kind, d.Subflow) or kind.id not in flow.whole.bodies:
        return ""
    output = flow.whole.bodies[kind.id].body.outputs.get(kind.store[name])
    if output is None or output.type.startswith("lookup."):
        return ""
    words = set(output.values) if output.values else None
    narrower = bool(variable.values) and (words is None or not words <= set(variable.values))
    if family(output.type) != family(variable.type) or narrower:
        return f"{variable.type}, the output is {output.type}"
    return ""


def _readings(flow: Subject) -> Iterator[Found]:
    for draft, _, use in uses(flow.whole):
        for language, _, placeholders in said(flow.whole, use.prompt):
            for placeholder in placeholders:
                kind = speakable(draft, use.role, placeholder.path)
                known = FOR_TYPE.get(kind.name, ()) if kind else ()
                if kind is None or not known or not may_be_spoken(placeholder.path):
                    continue  # unknown, or never spoken: other rules tell
                if placeholder.reading not in known:
                    yield found(
                        flow.whole.prompts.places[use.prompt, language],
                        "E003.reading",
                        name=placeholder.path,
                        type=kind.name,
                        reading=placeholder.reading,
                        known=", ".join(known),
                    )


RULE = Rule(
    code="E003",
    severity=Severity.ERROR,
    title=Bilingual(ja="型が違う", en="wrong type"),
    cases={
        "": Words(
            message=Bilingual(ja="型が違います: {problem}。", en="wrong type: {problem}."),
            hint=Bilingual(ja="両側を同じ型にしてください。", en="Both sides need one type."),
        ),
        "word": Words(
            message=Bilingual(
                ja="この変数に「{name}」という値はありません。",
                en="the variable never is '{name}'.",
            ),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
        "reading": Words(
            message=Bilingual(
                ja="{name} ({type}) は {reading} とは読めません。",
                en="{name} ({type}) cannot be read as {reading}.",
            ),
            hint=Bilingual(ja="使える読み方: {known}。", en="Possible: {known}."),
        ),
    },
    checks={Needs.PARTS: check, Needs.FILES: _readings},
)
