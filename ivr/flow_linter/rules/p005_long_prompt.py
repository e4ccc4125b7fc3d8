"""P005: nobody keeps more in mind than two sentences, or eight seconds of speech. What is said in
eight seconds takes ten at slow pace."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.readings.speech_length import SLOW
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.measures.prompt_lengths import prompt_lengths
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

SENTENCES = 2
SECONDS = 8.0


def check(flow: Subject) -> Iterator[Found]:
    places = flow.whole.prompts.places
    for line in prompt_lengths(flow):
        at = places[line.prompt, line.language]
        if line.sentences > SENTENCES:
            yield found(at, "P005.sentences", name=line.prompt, count=line.sentences)
        elif line.seconds > (SECONDS / SLOW if line.slow else SECONDS):
            case = "P005.slow" if line.slow else "P005.seconds"
            yield found(at, case, name=line.prompt, seconds=f"{line.seconds:.1f}")


RULE = Rule(
    code="P005",
    severity=Severity.WARNING,
    title=Bilingual(
        ja="プロンプトが 2 文または 8 秒を超える", en="prompt over 2 sentences or 8 seconds"
    ),
    cases={
        "sentences": Words(
            message=Bilingual(
                ja="プロンプト {name} は {count} 文です。2 文までにしてください。",
                en="prompt {name} has {count} sentences, two is the most.",
            ),
            hint=Bilingual(ja="分けるか、短くしてください。", en="Split it, or say less."),
        ),
        "seconds": Words(
            message=Bilingual(
                ja="プロンプト {name} は {seconds} 秒かかります。8 秒までにしてください。",
                en="prompt {name} takes {seconds} seconds, eight is the most.",
            ),
            hint=Bilingual(ja="分けるか、短くしてください。", en="Split it, or say less."),
        ),
        "slow": Words(
            message=Bilingual(
                ja="プロンプト {name} の slow は {seconds} 秒かかります。10 秒までです。",
                en="the slow words of prompt {name} take {seconds} seconds, ten is the most.",
            ),
            hint=Bilingual(ja="分けるか、短くしてください。", en="Split it, or say less."),
        ),
    },
    checks={Needs.FLOW: check},
)
