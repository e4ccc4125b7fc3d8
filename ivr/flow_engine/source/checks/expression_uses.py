"""E001, E002 and E003 of every expression, against the type that its place needs."""

from collections.abc import Mapping

from ivr.flow_engine import expression_syntax as syntax
from ivr.flow_engine.definition import Variable
from ivr.flow_engine.expressions import Type, check
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.draft import BodyDraft, ExpressionUse
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.whole_flow import WholeFlow


def check_expressions(findings: Findings, whole: WholeFlow) -> None:
    for draft in whole.bodies.values():
        for node in draft.nodes.values():
            for use in node.expressions:
                _one(findings, whole, draft, use)


def _one(findings: Findings, whole: WholeFlow, draft: BodyDraft, use: ExpressionUse) -> None:
    types = dict(draft.types)
    if use.value:
        types["value"] = Type(name=use.value)
    want, values = _wanted(whole, draft, use)
    for problem in check(use.expression.source, types, want):
        if problem.rule == "E002":
            nearest = forms.nearest(problem.detail, types)
            findings.add(use.at, "E002.unknown", name=problem.detail, **nearest)
        else:
            findings.add(use.at, problem.rule, problem=problem.detail)
    _known_word(findings, use, values)


def _wanted(whole: WholeFlow, draft: BodyDraft, use: ExpressionUse) -> tuple[str, tuple[str, ...]]:
    """A type name and, for enums, the known words. Unknown names are reported elsewhere."""
    what, _, rest = use.want.partition(":")
    if what == "variable":
        return _of(draft.body.variables, rest)
    if what == "output":
        return _of(draft.body.outputs, rest)
    name, _, part = rest.partition(":")
    if what == "input":
        inner = whole.bodies.get(name)
        return _of(inner.body.inputs, part) if inner else ("", ())
    if what == "arg":
        entry = whole.site.lookups.get(name)
        return (entry.args.get(part, ""), ()) if entry else ("", ())
    if use.want == "text":
        return "text", whole.languages
    return use.want, use.values


def _of(variables: Mapping[str, Variable], name: str) -> tuple[str, tuple[str, ...]]:
    variable = variables.get(name)
    return (variable.type, variable.values) if variable else ("", ())


def _known_word(findings: Findings, use: ExpressionUse, values: tuple[str, ...]) -> None:
    """A literal given to an enum must be one of its words."""
    if not values:
        return
    try:
        tree = syntax.parse(use.expression.source)
    except syntax.SyntaxProblem:
        return
    if isinstance(tree, syntax.Literal) and tree.value not in values:
        problem = f"'{tree.value}' is none of {', '.join(values)}"
        findings.add(use.at, "E003", problem=problem)
