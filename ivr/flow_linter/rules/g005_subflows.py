"""G005: sub-flows end, and by exits that both sides know. Recursion is told by the reader."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        exits = [leaving.name for leaving in draft.body.exits]
        if draft.is_sub and not any(isinstance(n.kind, d.Return) for n in draft.nodes.values()):
            yield found(draft.table.at, "G005.no_return")
        for node in draft.nodes.values():
            for use in node.names:
                if use.what == "exit" and not draft.is_sub:
                    yield found(use.at, "G005.main", name="return")
                elif use.what == "exit" and use.name not in exits:
                    yield found(use.at, "G005.exit", name=use.name, known=", ".join(exits))
            if isinstance(node.kind, d.Subflow):
                yield from _exits(flow, node, node.kind)


def _exits(flow: Subject, node: NodeDraft, kind: d.Subflow) -> Iterator[Found]:
    inner = flow.whole.bodies.get(kind.id)
    known = [leaving.name for leaving in inner.body.exits] if inner else [*kind.outcomes]
    for name in kind.outcomes:
        if name not in (*known, "error"):
            yield found(node.at, "G005.exit", name=name, known=", ".join(known))


RULE = Rule(
    code="G005",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="サブフローの再帰、return の欠け、宣言のない出口",
        en="sub-flow recursion, missing return, undeclared exit",
    ),
    cases={
        "recursion": Words(
            message=Bilingual(
                ja="サブフロー {name} が自分を呼ぶか、5 段より深く入れ子です。",
                en="sub-flow {name} calls itself, or is nested deeper than 5.",
            ),
            hint=Bilingual(
                ja="サブフローの連なりを断ってください。", en="Break the chain of sub-flows."
            ),
        ),
        "no_return": Words(
            message=Bilingual(
                ja="サブフローに return がありません。", en="the sub-flow never returns."
            ),
            hint=Bilingual(ja="return のノードを足してください。", en="Add a return node."),
        ),
        "exit": Words(
            message=Bilingual(
                ja="出口 {name} は宣言されていません。", en="exit {name} is not declared."
            ),
            hint=Bilingual(ja="宣言済み: {known}。", en="Declared are: {known}."),
        ),
        "main": Words(
            message=Bilingual(
                ja="{name} はサブフローだけで使えます。", en="{name} is only for sub-flows."
            ),
            hint=Bilingual(
                ja="メインのフローでは hangup を使ってください。", en="Use hangup in a main flow."
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
