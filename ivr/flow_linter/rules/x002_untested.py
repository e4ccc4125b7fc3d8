"""X002: an exit that no test takes is one that nobody has heard yet."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words
from ivr.flow_tests.coverage import coverage


def check(flow: Subject) -> Iterator[Found]:
    table = flow.whole.main.table
    if not flow.played:
        yield found(table.keys.get("tests", table.keys.get("id", table.at)), "X002.none")
        return
    for entry in coverage(flow.whole, flow.played).untaken:
        case = "exit" if entry.exit else "node"
        yield found(entry.at, f"X002.{case}", node=entry.node, name=entry.exit)


RULE = Rule(
    code="X002",
    severity=Severity.WARNING,
    title=Bilingual(ja="どのテストも通らない出口", en="an exit that no test takes"),
    cases={
        "none": Words(
            message=Bilingual(
                ja="このフローを試すテストがありません。", en="no test calls this flow."
            ),
            hint=Bilingual(
                ja="tests: に書くか、kazasu flow simulate --save で作ってください。",
                en="Write some under tests:, or run kazasu flow simulate --save.",
            ),
        ),
        "exit": Words(
            message=Bilingual(
                ja="{node} の出口 {name} を通るテストがありません。",
                en="no test takes the exit {name} of {node}.",
            ),
            hint=Bilingual(
                ja="ここを通るテストを書いてください。", en="Write a test that comes this way."
            ),
        ),
        "node": Words(
            message=Bilingual(
                ja="{node} に来るテストがありません。", en="no test comes to {node}."
            ),
            hint=Bilingual(
                ja="ここを通るテストを書いてください。", en="Write a test that comes this way."
            ),
        ),
    },
    checks={Needs.TESTS: check},
)
