"""T003: what one answer to the carrier may weigh: all that is said until the next question."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.measures.document_sizes import document_sizes
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    most = flow.carrier.document_bytes
    if most is None:
        return
    for node, size in document_sizes(flow):
        if size > most:
            yield found(
                node.at, "T003", node=node.id, carrier=flow.carrier.name, size=size, most=most
            )


RULE = Rule(
    code="T003",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="描いた文書が 64 kB を超える (直接送るなら 4,000 文字)",
        en="rendered document > 64 kB (4,000 characters if sent inline)",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="{node} から一度に話す量が {size} バイトになりえます。{carrier} の上限は"
                " {most} です。",
                en="from {node} on {size} bytes may be said at once, {carrier} takes {most}.",
            ),
            hint=Bilingual(
                ja="途中に gather を入れるか、短くしてください。",
                en="Put a gather between, or say less.",
            ),
        ),
    },
    checks={Needs.FLOW: check},
)
