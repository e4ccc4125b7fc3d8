"""Every expression of a flow, checked once against the type that its place needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow_engine import expression_syntax as syntax
from ivr.flow_engine.definition import Variable
from ivr.flow_engine.expressions import Problem, Type, check
from ivr.flow_engine.source.draft import BodyDraft, ExpressionUse
from ivr.flow_engine.source.whole_flow import WholeFlow


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An expression, its flow, and what is wrong with it (E001, E002 or E003)."""

    draft: BodyDraft
    use: ExpressionUse
    problems: tuple[Problem, ...]


def judge(whole: WholeFlow) -> Iterator[Judged]:
    for draft in whole.bodies.values():
        for node in draft.nodes.values():
            for use in node.expressions:
                yield Judged(draft=draft, use=use, problems=tuple(_problems(whole, draft, use)))


def known_names(judged: Judged) -> tuple[str, ...]:
    return (*judged.draft.types, *(("value",) if judged.use.value else ()))


def _problems(whole: WholeFlow, draft: BodyDraft, use: ExpressionUse) -> Iterator[Problem]:
    types = {**draft.types, "value": Type(name=use.value)} if use.value else draft.types
    want, values = _wanted(whole, draft, use)
    yield from check(use.expression.source, types, want)
    yield from _known_word(use, values)


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


def _known_word(use: ExpressionUse, values: tuple[str, ...]) -> Iterator[Problem]:
    """A literal given to an enum must be one of its words."""
    if not values:
        return
    try:
        tree = syntax.parse(use.expression.source)
    except syntax.SyntaxProblem:
        return
    if isinstance(tree, syntax.Literal) and tree.value not in values:
        yield Problem(rule="E003", detail=str(tree.value), words=tuple(values))
