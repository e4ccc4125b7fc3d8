"""P004: what is said after a missing or wrong input can be heard; so can all prompts."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.spoken import uses
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    prompts = flow.whole.prompts
    for name in {use.prompt: None for _, _, use in uses(flow.whole)}:
        for language, text in prompts.texts.get(name, {}).items():
            if not (text.say.strip() or text.play):
                yield found(prompts.places[name, language], "P004", name=name, language=language)


RULE = Rule(
    code="P004",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="`no_input` に聞こえる言葉がない", en="`no_input` without an audible prompt"
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="プロンプト {name} ({language}) は何も話しません。",
                en="prompt {name} is silent in {language}.",
            ),
            hint=Bilingual(ja="何が起きたかを話してください。", en="Say what went wrong."),
        ),
    },
    checks={Needs.FILES: check},
)
