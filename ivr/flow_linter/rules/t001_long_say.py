"""T001: what one Say of the carrier takes, in characters."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.carrier_limits import CarrierLimits
from ivr.flow_linter.measures.prompt_lengths import prompt_lengths
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for line in prompt_lengths(flow):
        most = _most(flow.carrier, line.language, line.voice)
        if most is not None and line.characters > most:
            at = flow.whole.prompts.places[line.prompt, line.language]
            facts = {"name": line.prompt, "count": line.characters, "most": most}
            yield found(at, "T001", carrier=flow.carrier.name, **facts)


def _most(carrier: CarrierLimits, language: str, voice: str) -> int | None:
    known = [most for tag, most in carrier.say_characters.items() if tag == language]
    known += [most for start, most in carrier.voice_characters.items() if voice.startswith(start)]
    return min(known, default=None)


RULE = Rule(
    code="T001",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="一つの Say が日本語 500 文字、または声の上限を超える",
        en="over 500 Japanese characters in one Say, or over the voice's limit",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="プロンプト {name} は {count} 文字です。{carrier} が一度に話せるのは"
                " {most} 文字までです。",
                en="prompt {name} has {count} characters, {carrier} says {most} at most in "
                "one piece.",
            ),
            hint=Bilingual(
                ja="いくつかのプロンプトに分けてください。", en="Split it into several prompts."
            ),
        ),
    },
    checks={Needs.FLOW: check},
)
