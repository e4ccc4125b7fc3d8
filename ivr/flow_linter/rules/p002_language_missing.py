"""P002: every prompt speaks every language of the flow."""

from collections.abc import Iterator

from ivr.flow_engine.bilingual import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    prompts = flow.whole.prompts
    for name, by_language in prompts.texts.items():
        for language in flow.whole.languages:
            if language not in by_language:
                yield found(prompts.first[name], "P002", name=name, language=language)


RULE = Rule(
    code="P002",
    severity=Severity.ERROR,
    title=Bilingual(ja="言語が足りない", en="language missing"),
    cases={
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
