"""P002: every prompt speaks every language of the flow."""

from collections.abc import Iterator

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
    title_en="language missing",
    title_ja="言語が足りない",
    cases={
        "": Words(
            message_en="prompt {name} has no text in {language}.",
            message_ja="プロンプト {name} に {language} の文がありません。",
            hint_en="Add the text.",
            hint_ja="文を足してください。",
        ),
    },
    checks={Needs.FILES: check},
)
