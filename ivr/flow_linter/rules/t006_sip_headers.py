"""T006: all headers to a SIP address together have a limit. A carrier that hands over an opaque
token alone has none to keep here."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_NAME = len("X-Kazasu-: ")
_LONGEST = {"identity": 80, "contract": 64}
_OTHER = 3 * 60  # an answer has 60 characters at most, percent-encoded


def check(flow: Subject) -> Iterator[Found]:
    most = flow.carrier.sip_headers
    if most is None:
        return
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            attributes = node.kind.attributes if isinstance(node.kind, d.Route) else ()
            size = sum(_NAME + len(name) + _LONGEST.get(name, _OTHER) for name in attributes)
            if size >= most:
                yield found(node.at, "T006", node=node.id, size=size, most=most)


RULE = Rule(
    code="T006",
    severity=Severity.ERROR,
    title=Bilingual(ja="SIP ヘッダーが 1024 文字以上", en="SIP headers >= 1024 characters"),
    cases={
        "": Words(
            message=Bilingual(
                ja="{node} の属性はヘッダーで {size} 文字になりえます。{most} 文字未満にして"
                "ください。",
                en="the attributes of {node} may take {size} characters of headers, fewer "
                "than {most} are allowed.",
            ),
            hint=Bilingual(ja="属性を減らしてください。", en="Name fewer attributes."),
        ),
    },
    checks={Needs.PARTS: check},
)
