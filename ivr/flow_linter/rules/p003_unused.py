"""P003: a prompt that no flow of the folder says is a leftover, or was meant to be said."""

from collections.abc import Iterator, Sequence

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.spoken import uses
from ivr.flow_linter.rule import Rule, Severity, Subject, Words


def check(flows: Sequence[Subject]) -> Iterator[Found]:
    used = {use.prompt for flow in flows for _, _, use in uses(flow.whole)}
    for flow in flows:
        for name, at in flow.whole.prompts.first.items():
            if name not in used:
                yield found(at, "P003", name=name)


RULE = Rule(
    code="P003",
    severity=Severity.WARNING,
    title=Bilingual(ja="使われないプロンプト", en="unused prompt"),
    cases={
        "": Words(
            message=Bilingual(
                ja="プロンプト {name} はどのフローでも使われていません。",
                en="no flow says prompt {name}.",
            ),
            hint=Bilingual(ja="使うか、消してください。", en="Use it or remove it."),
        ),
    },
    check_folder=check,
)
