"""E001: expressions are the CEL subset, at most 200 characters."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for judged in flow.judged:
        for problem in judged.problems:
            if problem.rule == "E001":
                yield found(judged.use.at, "E001", problem=problem.detail)


RULE = Rule(
    code="E001",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="式が読めない、または上限を超える", en="expression does not parse or is over the limits"
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="式が読めません: {problem}。", en="the expression does not parse: {problem}."
            ),
            hint=Bilingual(
                ja="使えるのは CEL の一部、200 文字までです。",
                en="Allowed is the CEL subset, at most 200 characters.",
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
