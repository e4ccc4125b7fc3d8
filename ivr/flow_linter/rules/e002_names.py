"""E002: every name is known where it is read, and has a value on every path to there."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from bilingual.text import Bilingual
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.findings import At, Found, found
from ivr.flow_linter.analysis.expression_uses import known_names
from ivr.flow_linter.analysis.guard import VERIFIED
from ivr.flow_linter.analysis.spoken import said, speakable, speakable_names, spoken_variables, uses
from ivr.flow_linter.analysis.variables import is_personal, is_set, unset
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_CLOSE: Final = 0.75


def check(flow: Subject) -> Iterator[Found]:
    for judged in flow.judged:
        for problem in judged.problems:
            if problem.rule == "E002":
                names = known_names(judged)
                if _text_meant(problem.detail, names):
                    yield found(judged.use.at, "E002.bare", name=problem.detail)
                else:
                    yield _unknown(judged.use.at, problem.detail, names)
    for draft in flow.whole.bodies.values():
        known: Mapping[str, Collection[str]] = {
            "hours": flow.whole.hours,
            "store": draft.body.variables,
            "attribute": ("identity", "contract", *(f"answers.{n}" for n in draft.body.variables)),
        }
        for node in draft.nodes.values():
            for use in node.names:
                if use.what in known and use.name not in known[use.what]:
                    yield _unknown(use.at, use.name, known[use.what])


def _text_meant(name: str, known: Collection[str]) -> bool:
    """A word without a point, and like no part of a name: quotes were forgotten."""
    parts = {one.rpartition(".")[2] for one in known}
    return "." not in name and not get_close_matches(name, parts, n=1, cutoff=_CLOSE)


def _placeholders(flow: Subject) -> Iterator[Found]:
    for draft, _, use in uses(flow.whole):
        for language, _, placeholders in said(flow.whole, use.prompt):
            for placeholder in placeholders:
                if speakable(draft, use.role, placeholder.path) is None:
                    at = flow.whole.prompts.places[use.prompt, language]
                    names = tuple(speakable_names(draft, use.role))
                    yield _unknown(at, placeholder.path, names)


def _unset(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            facts = flow.facts[draft.body.id].get(node.id)
            if facts is None:
                continue  # unreachable
            for use in node.expressions:
                for path in () if use.may_be_unset else unset(draft, use.expression, facts):
                    yield found(use.at, "E002.unset", name=path)
            for prompt in node.prompts:
                for path in spoken_variables(flow.whole, prompt.prompt):
                    told = is_personal(flow.whole, draft, path) and VERIFIED not in facts
                    if not told and not is_set(draft, path, facts):
                        yield found(prompt.at, "E002.unset", name=path)


def _unknown(at: At, name: str, known: Collection[str]) -> Found:
    return found(at, "E002.unknown", name=name, **forms.nearest(name, known))


RULE = Rule(
    code="E002",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="知らない名前、または決まらないまま来る道があり `has` もない (`expect` は未定でよい)",
        en="unknown name, or not set on every path and no `has` (`expect` may be unset)",
    ),
    cases={
        "bare": Words(
            message=Bilingual(ja="{name} はここでは使えません。", en="{name} is not known here."),
            hint=Bilingual(
                ja="文字列なら、中にも引用符が要ります: \"'{name}'\"",
                en="If it is a text, it has quotes of its own inside: \"'{name}'\"",
            ),
        ),
        "unknown": Words(
            message=Bilingual(ja="{name} はここでは使えません。", en="{name} is not known here."),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
        "unset": Words(
            message=Bilingual(
                ja="{name} が決まらないままここに来る道があります。",
                en="{name} is not set on every path to here.",
            ),
            hint=Bilingual(
                ja="先に has({name}) で確かめるか、default を書いてください。",
                en="Test has({name}) first, or give it a default.",
            ),
        ),
    },
    checks={Needs.PARTS: check, Needs.FILES: _placeholders, Needs.PATHS: _unset},
)
