"""P008: recordings and sounds are there, and a recording has its words."""

from collections.abc import Iterator

from ivr.flow_engine.bilingual import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    prompts = flow.whole.prompts
    for name, by_language in prompts.texts.items():
        for language, text in by_language.items():
            at = prompts.places[name, language]
            if text.play and text.play not in flow.audio:
                yield found(at, "P008.audio", name=text.play)
            if text.play and not text.text:
                yield found(at, "P008.text")
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            for use in node.names:
                if use.what == "audio" and use.name not in flow.audio:
                    yield found(use.at, "P008.audio", name=use.name)


RULE = Rule(
    code="P008",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="音声ファイルがない、または `play` に `text` がない",
        en="audio file missing, or `play` without `text`",
    ),
    cases={
        "audio": Words(
            message=Bilingual(
                ja="音声ファイル {name} がありません。", en="audio file {name} is missing."
            ),
            hint=Bilingual(ja="flows/ の下に置いてください。", en="Add the file below flows/."),
        ),
        "text": Words(
            message=Bilingual(
                ja="play には text (録音の言葉) が必要です。",
                en="play needs text, the words of the recording.",
            ),
            hint=Bilingual(ja="text を書き足してください。", en="Add text."),
        ),
    },
    checks={Needs.PARTS: check},
)
