"""P007: no voice can guess how a number in Japanese text is meant; it is written as it is said."""

import re
from collections.abc import Iterator, Mapping

from bilingual.text import Bilingual
from ivr.flow_engine.prompts import PromptError, pieces
from ivr.flow_engine.readings.markup import without_tags
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_DIGITS = re.compile(r"[0-9０-９]{2,}")


def check(flow: Subject) -> Iterator[Found]:
    prompts = flow.whole.prompts
    for (name, language), at in prompts.places.items():
        if not language.startswith("ja"):
            continue
        text = prompts.texts[name][language]
        for written in (text.say, text.slow):
            said = _as_said(written, prompts.readings.get(language, {}))
            bare = _DIGITS.search(without_tags(said) if text.ssml else said)
            if bare:
                yield found(at, "P007", name=name, digits=bare[0])
                break


def _as_said(text: str, readings: Mapping[str, str]) -> str:
    """Without placeholders, and with the readings that the prompt files give."""
    try:
        literal = " ".join(piece for piece in pieces(text) if isinstance(piece, str))
    except PromptError:
        return ""
    for written in sorted(readings, key=len, reverse=True):
        literal = literal.replace(written, readings[written]) if written else literal
    return literal


RULE = Rule(
    code="P007",
    severity=Severity.WARNING,
    title=Bilingual(
        ja="日本語の文に 2 桁以上の数字がそのままある",
        en="two or more bare digits in Japanese text",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="プロンプト {name} に数字 {digits} があります。どう読まれるか分かりません。",
                en="prompt {name} has the digits {digits}; a voice may read them in any way.",
            ),
            hint=Bilingual(
                ja="かなで書くか、readings に読みを書いてください。",
                en="Write them in kana, or give a reading.",
            ),
        ),
    },
    checks={Needs.FILES: check},
)
