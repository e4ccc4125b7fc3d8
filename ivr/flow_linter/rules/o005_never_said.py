"""O005: what the caller needs to hear is said: the code, and the item to choose."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.draft import NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.spoken import said, uses
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_MUST_SAY = {"mode:spoken_code": "pairing.code", "hold:awaiting_choice": "pairing.spoken_item"}


def check(flow: Subject) -> Iterator[Found]:
    for _, _, use in uses(flow.whole):
        must = _MUST_SAY.get(use.role)
        for language, _, placeholders in said(flow.whole, use.prompt) if must else ():
            if must not in {placeholder.path for placeholder in placeholders}:
                at = flow.whole.prompts.places[use.prompt, language]
                yield found(at, "O005", name=use.prompt, placeholder=must, language=language)


def _choice(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            kind = node.kind
            if not isinstance(kind, d.VerifyIdentity) or not kind.modes or not kind.hold.prompts:
                continue
            if "awaiting_choice" not in kind.hold.prompts:
                yield found(_hold_prompts(node).at, "O005.choice")


def _hold_prompts(node: NodeDraft) -> Value:
    found_at: Value = node.body
    for name in ("hold", "prompts"):
        if isinstance(found_at, Table) and name in found_at.entries:
            found_at = found_at.entries[name]
    return found_at


RULE = Rule(
    code="O005",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="番号や選ぶ数字を読み上げていない (`spoken_code`、`awaiting_choice`)",
        en="code or spoken item never said (`spoken_code` prompt, `awaiting_choice`)",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="プロンプト {name} ({language}) が {{{{ {placeholder} }}}} を読み上げてい"
                "ません。",
                en="prompt {name} never says {{{{ {placeholder} }}}} in {language}.",
            ),
            hint=Bilingual(ja="文に入れてください。", en="Put it into the text."),
        ),
        "choice": Words(
            message=Bilingual(
                ja="awaiting_choice の案内がなく、選ぶ数字を読み上げません。",
                en="no hold prompt for awaiting_choice: the item to choose would never be spoken.",
            ),
            hint=Bilingual(
                ja="{{{{ pairing.spoken_item | digits }}}} を読む awaiting_choice を足してくだ"
                "さい。",
                en="Add awaiting_choice with {{{{ pairing.spoken_item | digits }}}}.",
            ),
        ),
    },
    checks={Needs.PARTS: _choice, Needs.FILES: check},
)
