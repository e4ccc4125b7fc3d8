"""P008: recordings and sounds are there, and a recording has its words."""

from collections.abc import Iterator

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
    title_en="audio file missing, or `play` without `text`",
    title_ja="音声ファイルがない、または `play` に `text` がない",
    cases={
        "audio": Words(
            message_en="audio file {name} is missing.",
            message_ja="音声ファイル {name} がありません。",
            hint_en="Add the file below flows/.",
            hint_ja="flows/ の下に置いてください。",
        ),
        "text": Words(
            message_en="play needs text, the words of the recording.",
            message_ja="play には text (録音の言葉) が必要です。",
            hint_en="Add text.",
            hint_ja="text を書き足してください。",
        ),
    },
    checks={Needs.PARTS: check},
)
