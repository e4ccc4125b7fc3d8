"""O003: what belongs to the proven person is touched only where every path is verified."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import BodyDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_linter.analysis.guard import VERIFIED
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        facts = flow.facts[draft.body.id]
        promised = [leaving.name for leaving in draft.body.exits if leaving.verified]
        for node in draft.nodes.values():
            if VERIFIED in facts.get(node.id, (VERIFIED,)):
                continue
            if isinstance(node.kind, d.Return) and node.kind.exit in promised:
                yield found(node.at, "O003.exit", name=node.kind.exit)
            for use in node.names:
                if use.what == "attribute" and _owned(flow.whole, draft, use.name):
                    yield found(use.at, "O003.attribute", name=use.name)
                entry = flow.whole.site.lookups.get(use.name) if use.what == "lookup" else None
                if entry is not None and entry.verified_only:
                    yield found(use.at, "O003.lookup", name=use.name)


def _owned(whole: WholeFlow, draft: BodyDraft, attribute: str) -> bool:
    """What belongs to the proven person; what the caller keyed does not."""
    if attribute == "contract":
        return True
    variable = draft.body.variables.get(attribute.removeprefix("answers."))
    if variable is None or not variable.type.startswith("lookup."):
        return False
    entry = whole.site.lookups.get(variable.type.removeprefix("lookup."))
    return entry is None or entry.verified_only


RULE = Rule(
    code="O003",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="確認済みの人だけの属性や照会が、未確認の道にある",
        en="verified-only attribute or lookup on an unverified path",
    ),
    cases={
        "attribute": Words(
            message=Bilingual(
                ja="属性 {name} を見せられるのは本人確認の後だけです。",
                en="attribute {name} is shown only behind a verified exit.",
            ),
            hint=Bilingual(
                ja="ここから消すか、確認済みの出口からだけ来るようにしてください。",
                en="Remove it here, or route here only from complete exits.",
            ),
        ),
        "lookup": Words(
            message=Bilingual(
                ja="照会 {name} は本人確認の後だけです。",
                en="lookup {name} is only for verified callers.",
            ),
            hint=Bilingual(
                ja="確認済みの出口からだけ来るようにしてください。",
                en="Come here only from complete exits.",
            ),
        ),
        "exit": Words(
            message=Bilingual(
                ja="出口 {name} は確認済みのはずですが、未確認で来る道があります。",
                en="exit {name} says verified, but a path comes here unverified.",
            ),
            hint=Bilingual(
                ja="verified: true を消すか、その道をふさいでください。",
                en="Remove verified: true, or close that path.",
            ),
        ),
    },
    checks={Needs.PATHS: check},
)
