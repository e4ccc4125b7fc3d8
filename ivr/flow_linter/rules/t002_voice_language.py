"""T002: a voice speaks its own language; another makes the carrier's verb fail."""

import re
from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.spoken import voices
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_TAG = re.compile(r"(?<![A-Za-z])[a-z]{2,3}-[A-Z]{2}(?![A-Za-z])")


def check(flow: Subject) -> Iterator[Found]:
    for language, voice, at in voices(flow.whole):
        elsewhere = [tag for tag, names in flow.carrier.voices.items() if voice in names]
        named = _TAG.search(voice)
        owns = elsewhere or ([named[0]] if named and flow.carrier.voices else [])
        if owns and language not in owns:
            yield found(at, "T002", voice=voice, language=language, speaks=", ".join(owns))


RULE = Rule(
    code="T002",
    severity=Severity.ERROR,
    title=Bilingual(ja="声の言語が違う", en="voice not of that language"),
    cases={
        "": Words(
            message=Bilingual(
                ja="声 {voice} は {speaks} の声で、{language} は話せません。",
                en="voice {voice} speaks {speaks}, not {language}.",
            ),
            hint=Bilingual(
                ja="{language} の声を選んでください。", en="Choose a voice of {language}."
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
