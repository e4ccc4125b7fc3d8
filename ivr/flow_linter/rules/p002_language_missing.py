"""P002: every prompt, and every sound that has words, speaks every language of the flow."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    prompts = flow.whole.prompts
    for name, by_language in prompts.texts.items():
        for language in flow.whole.languages:
            if language not in by_language:
                yield found(prompts.first[name], "P002", name=name, language=language)
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            sounds = _sounds(node.kind)
            for language in flow.whole.languages if sounds and "" not in sounds else ():
                if language not in sounds:
                    yield found(node.at, "P002.sound", name=node.id, language=language)


def _sounds(kind: d.Kind | None) -> d.Sounds:
    if isinstance(kind, d.VerifyIdentity):
        return kind.hold.sound
    return kind.hold_sound if isinstance(kind, d.Route) else {}


RULE = Rule(
    code="P002",
    severity=Severity.ERROR,
    title=Bilingual(ja="言語が足りない", en="language missing"),
    cases={
        "sound": Words(
            message=Bilingual(
                ja="{name} の音に {language} のファイルがありません。",
                en="the sound of {name} has no file for {language}.",
            ),
            hint=Bilingual(
                ja="言語ごとに書くか、全言語に一つのパスを書いてください。",
                en="Name a file for each language, or one path for all.",
            ),
        ),
        "": Words(
            message=Bilingual(
                ja="プロンプト {name} に {language} の文がありません。",
                en="prompt {name} has no text in {language}.",
            ),
            hint=Bilingual(ja="文を足してください。", en="Add the text."),
        ),
    },
    checks={Needs.FILES: check},
)
