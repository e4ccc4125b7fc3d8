"""T007: what a flow asks for and the carrier cannot do is left out on the line."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            for asked in _asked(node.kind):
                if asked in flow.carrier.lacks:
                    carrier = flow.carrier.name
                    yield found(node.at, "T007", carrier=carrier, asked=asked, node=node.id)


def _asked(kind: d.Kind | None) -> Iterator[str]:
    if isinstance(kind, d.Route) and kind.priority:
        yield "queue_priority"
    if isinstance(kind, d.Gather) and kind.speech:
        yield "speech"


RULE = Rule(
    code="T007",
    severity=Severity.WARNING,
    title=Bilingual(
        ja="電話会社にできないこと (キューの優先度、音声認識) を使う",
        en="the carrier lacks a capability (queue priority, speech)",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="{node} が使う {asked} は {carrier} ではできません。",
                en="{carrier} cannot do {asked}, which {node} asks for.",
            ),
            hint=Bilingual(
                ja="なくても困らない流れにしてください。",
                en="Make sure that the flow works without it.",
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
