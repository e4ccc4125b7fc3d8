"""X002: an exit that no test takes is one that nobody has heard yet."""

from collections.abc import Iterator

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
    title_en="an exit that no test takes",
    title_ja="どのテストも通らない出口",
    cases={
        "none": Words(
            message_en="no test calls this flow.",
            message_ja="このフローを試すテストがありません。",
            hint_en="Write some under tests:, or run kazasu flow simulate --save.",
            hint_ja="tests: に書くか、kazasu flow simulate --save で作ってください。",
        ),
        "exit": Words(
            message_en="no test takes the exit {name} of {node}.",
            message_ja="{node} の出口 {name} を通るテストがありません。",
            hint_en="Write a test that comes this way.",
            hint_ja="ここを通るテストを書いてください。",
        ),
        "node": Words(
            message_en="no test comes to {node}.",
            message_ja="{node} に来るテストがありません。",
            hint_en="Write a test that comes this way.",
            hint_ja="ここを通るテストを書いてください。",
        ),
    },
    checks={Needs.TESTS: check},
)
