"""P006: more than three choices are not kept in mind until the last one is heard."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

OPTIONS = 3


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            if isinstance(node.kind, d.Gather):
                own = [key for key in node.kind.keys if key not in flow.whole.global_keys]
                if len(own) > OPTIONS:
                    yield found(node.table.keys["keys"], "P006", node=node.id, count=len(own))


RULE = Rule(
    code="P006",
    severity=Severity.WARNING,
    title=Bilingual(
        ja="メニューの選択肢が 3 を超える (共通キーは数えない)",
        en="over 3 menu options (global keys not counted)",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="メニュー {node} の選択肢は {count} 個です。3 個までにしてください。",
                en="menu {node} has {count} choices, three is the most.",
            ),
            hint=Bilingual(ja="二つのメニューに分けてください。", en="Split it into two menus."),
        ),
    },
    checks={Needs.PARTS: check},
)
