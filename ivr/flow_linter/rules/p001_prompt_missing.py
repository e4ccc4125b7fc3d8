"""P001: every prompt is there, and its placeholders are understood."""

import re
from collections.abc import Iterator
from typing import Final

from bilingual.text import Bilingual
from ivr.flow_engine.definition import PromptText
from ivr.flow_engine.prompts import PromptError, pieces, placeholders
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.spoken import uses
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_LONE_BRACE: Final = re.compile(r"[{}]")


def check(flow: Subject) -> Iterator[Found]:
    prompts = flow.whole.prompts
    for _, _, use in uses(flow.whole):
        if use.prompt not in prompts.texts:
            nearest = forms.nearest(use.prompt, prompts.texts)
            case = "P001" if nearest.get("nearest") else "P001.new"
            yield found(use.at, case, name=use.prompt, **nearest)
    for name, by_language in prompts.texts.items():
        for language, text in by_language.items():
            try:
                placeholders(text)
            except PromptError as problem:
                yield found(prompts.places[name, language], "P001.placeholder", problem=problem)
                continue
            if any(_LONE_BRACE.search(part) for part in _literals(text)):
                yield found(prompts.places[name, language], "P001.brace")


def _literals(text: PromptText) -> Iterator[str]:
    """What is said as it stands. Tags take no braces either."""
    for written in (text.say, text.text, text.slow, text.kana):
        yield from (part for part in pieces(written) if isinstance(part, str))


RULE = Rule(
    code="P001",
    severity=Severity.ERROR,
    title=Bilingual(ja="プロンプトがない", en="prompt id missing"),
    cases={
        "": Words(
            message=Bilingual(
                ja="プロンプト {name} がありません。", en="prompt {name} does not exist."
            ),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
        "new": Words(
            message=Bilingual(
                ja="プロンプト {name} がありません。", en="prompt {name} does not exist."
            ),
            hint=Bilingual(
                ja="フローの prompts にあるファイルに書いてください。",
                en="Write it into a file that the flow lists under prompts.",
            ),
        ),
        "brace": Words(
            message=Bilingual(
                ja="かっこ {{ か }} がそのまま読み上げられます。",
                en="a brace would be read out as it stands.",
            ),
            hint=Bilingual(
                ja="差し込みは二重にします: {{{{ 変数 | 読み方 }}}}",
                en="A placeholder has two on each side: {{{{ variable | reading }}}}",
            ),
        ),
        "placeholder": Words(
            message=Bilingual(
                ja="差し込みが読めません: {problem}。", en="placeholder not understood: {problem}."
            ),
            hint=Bilingual(
                ja="使えるのは {{{{ 変数 | 読み方 }}}} だけです。",
                en="Only {{{{ variable | reading }}}} is allowed.",
            ),
        ),
    },
    checks={Needs.FILES: check},
)
