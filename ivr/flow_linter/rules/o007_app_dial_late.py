"""O007: the ticket of a call from the app comes first; nothing was spoken or asked before."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.guard import SILENT
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            if not isinstance(node.kind, d.VerifyIdentity):
                continue
            places = [i for i, mode in enumerate(node.kind.modes) if mode.name == "app_dial"]
            silent = SILENT in flow.facts[draft.body.id].get(node.id, (SILENT,))
            if places and (places[0] > 0 or not silent):
                yield found(node.at, "O007")


RULE = Rule(
    code="O007",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="`app_dial` の前に何かを話すか尋ねている",
        en="`app_dial` after something was spoken or asked",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="app_dial の前に、すでに何かを話すか尋ねています。",
                en="app_dial comes after something was spoken or asked.",
            ),
            hint=Bilingual(
                ja="通話の最初に置いてください。", en="Make it the first thing of the call."
            ),
        ),
    },
    checks={Needs.PATHS: check},
)
