"""Variables as rules see them: whose data they hold, and whether they are set."""

from collections.abc import Iterator

from ivr.flow_engine import definition as d
from ivr.flow_engine import expression_syntax as syntax
from ivr.flow_engine.source.draft import BodyDraft
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_linter.analysis.guard import Facts


def variable(draft: BodyDraft, path: str) -> d.Variable | None:
    family, _, rest = path.partition(".")
    declared = {"answers": draft.body.variables, "inputs": draft.body.inputs}.get(family, {})
    return declared.get(rest.split(".")[0])


def is_personal(whole: WholeFlow, draft: BodyDraft, path: str) -> bool:
    declared = variable(draft, path)
    if declared is None:
        return False  # unknown: told by another rule
    if declared.type.startswith("lookup."):
        entry = whole.site.lookups.get(declared.type.removeprefix("lookup."))
        return entry is None or path.rpartition(".")[2] not in entry.public
    return declared.personal


def is_set(draft: BodyDraft, path: str, facts: Facts) -> bool:
    declared = variable(draft, path)
    if declared is None or path.startswith("inputs.") or declared.default is not None:
        return True
    whole_name = ".".join(path.split(".")[:2])
    return whole_name in facts or path in facts


def unset(draft: BodyDraft, expression: d.Expression, facts: Facts) -> Iterator[str]:
    try:
        tree = syntax.parse(expression.source)
    except syntax.SyntaxProblem:
        return
    tested = syntax.tested(tree)
    for path in sorted(syntax.paths(tree)):
        asked = path in tested or path.rpartition(".")[0] in tested
        if path.startswith("answers.") and not asked and not is_set(draft, path, facts):
            yield path
