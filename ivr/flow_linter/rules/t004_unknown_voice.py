"""T004: a voice that the carrier does not have makes its verb fail."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.spoken import voices
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    known = flow.carrier.voices
    for language, voice, at in voices(flow.whole):
        others = any(voice in names for names in known.values())
        if language in known and not others:
            nearest = forms.nearest(voice, known[language])
            facts = {"voice": voice, "language": language, "carrier": flow.carrier.name}
            yield found(at, "T004", **facts, **nearest)


RULE = Rule(
    code="T004",
    severity=Severity.ERROR,
    title=Bilingual(ja="電話会社にない声", en="voice not in the carrier's list"),
    cases={
        "": Words(
            message=Bilingual(
                ja="{carrier} に {language} を話す {voice} という声はありません。",
                en="{carrier} has no voice {voice} for {language}.",
            ),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
    },
    checks={Needs.PARTS: check},
)
