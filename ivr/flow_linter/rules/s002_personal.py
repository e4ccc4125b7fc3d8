"""S002: personal data is spoken only where every path is verified; some names never are."""

from collections.abc import Iterator
from typing import Final

from bilingual.text import Bilingual
from ivr.flow_engine import expression_syntax as syntax
from ivr.flow_engine.definition import Variable
from ivr.flow_engine.expression_syntax import handed_on
from ivr.flow_engine.readings.spoken_form import FOR_TYPE
from ivr.flow_engine.source.draft import BodyDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.guard import VERIFIED
from ivr.flow_linter.analysis.spoken import may_be_spoken, said, speakable, spoken_variables, uses
from ivr.flow_linter.analysis.variables import is_personal
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

# Not spoken by themselves, and not by another name either.
_OF_THE_CALLER: Final = ("call.number", "contract.ref")


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            if VERIFIED in flow.facts[draft.body.id].get(node.id, (VERIFIED,)):
                continue
            for use in node.prompts:
                for path in spoken_variables(flow.whole, use.prompt):
                    if is_personal(flow.whole, draft, path):
                        yield found(use.at, "S002.guard", name=path)


def _kept(flow: Subject) -> Iterator[Found]:
    """Personal data stays personal when it is handed on."""
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            for use in node.expressions:
                into = _target(flow, draft, use.want)
                if into is None or into.personal:
                    continue
                for path in sorted(handed_on(syntax.parse(use.expression.source))):
                    if path in _OF_THE_CALLER or is_personal(flow.whole, draft, path):
                        yield found(use.at, "S002.kept", name=path)


def _target(flow: Subject, draft: BodyDraft, want: str) -> Variable | None:
    what, _, rest = want.partition(":")
    if what == "variable":
        return draft.body.variables.get(rest)
    if what == "output":
        return draft.body.outputs.get(rest)
    name, _, part = rest.partition(":")
    inner = flow.whole.bodies.get(name) if what == "input" else None
    return inner.body.inputs.get(part) if inner else None


def _never(flow: Subject) -> Iterator[Found]:
    for draft, _, use in uses(flow.whole):
        for language, _, placeholders in said(flow.whole, use.prompt):
            for placeholder in placeholders:
                kind = speakable(draft, use.role, placeholder.path)
                if kind is None:
                    continue  # unknown: told by another rule
                if not FOR_TYPE.get(kind.name, ()) or not may_be_spoken(placeholder.path):
                    at = flow.whole.prompts.places[use.prompt, language]
                    yield found(at, "S002.never", name=placeholder.path)


def _everywhere(flow: Subject) -> Iterator[Found]:
    yield from check(flow)
    yield from _kept(flow)


RULE = Rule(
    code="S002",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="本人確認なしで個人情報を読み上げる", en="personal data spoken without the guard"
    ),
    cases={
        "kept": Words(
            message=Bilingual(
                ja="{name} は個人情報ですが、personal: false のものに移されます。",
                en="{name} is personal, and is handed on to what is declared personal: false.",
            ),
            hint=Bilingual(
                ja="移す先の personal: false を消すか、条件で true か false だけを移してください。",
                en="Remove personal: false there, or hand on a condition, true or false.",
            ),
        ),
        "never": Words(
            message=Bilingual(ja="{name} は読み上げられません。", en="{name} may never be spoken."),
            hint=Bilingual(ja="差し込みを消してください。", en="Remove the placeholder."),
        ),
        "guard": Words(
            message=Bilingual(
                ja="{name} は個人情報です。本人確認の前には読み上げられません。",
                en="{name} is personal and would be spoken to an unverified caller.",
            ),
            hint=Bilingual(
                ja="確認済みの出口からだけ来るようにするか、personal: false と宣言してください。",
                en="Come here only from complete exits, or declare it personal: false.",
            ),
        ),
    },
    checks={Needs.PATHS: _everywhere, Needs.FILES: _never},
)
