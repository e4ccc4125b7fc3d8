"""P008: recordings and sounds are there, and a recording has its words."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import At, Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    prompts = flow.whole.prompts
    for name, by_language in prompts.texts.items():
        for language, text in by_language.items():
            at = prompts.places[name, language]
            if text.play:
                yield from _sound(flow, at, text.play, "recording")
            if text.play and not text.text:
                yield found(at, "P008.text")
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            for use in node.names:
                if use.what == "audio":
                    yield from _sound(flow, use.at, use.name, "audio")


def _sound(flow: Subject, at: At, name: str, missing: str) -> Iterator[Found]:
    if name not in flow.audio:
        yield found(at, f"P008.{missing}", name=name)
    elif coded := flow.unfit.get(name):
        yield found(at, "P008.coding", name=name, coded=coded)
    elif name in flow.unfit:
        yield found(at, "P008.unreadable", name=name)


RULE = Rule(
    code="P008",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="音声ファイルがない、または電話回線の形式でない、または `play` に `text` がない",
        en="audio file missing or not as the line has it, or `play` without `text`",
    ),
    cases={
        "audio": Words(
            message=Bilingual(
                ja="音声ファイル {name} がありません。", en="audio file {name} is missing."
            ),
            hint=Bilingual(
                ja="flows/ の下に置くか、作らせてください: kazasu flow sounds",
                en="Add the file below flows/, or have one made: kazasu flow sounds",
            ),
        ),
        "recording": Words(
            message=Bilingual(ja="録音 {name} がありません。", en="recording {name} is missing."),
            hint=Bilingual(
                ja="flows/ の下に置くか、play の代わりに say と書いてください。",
                en="Add the file below flows/, or write say instead of play.",
            ),
        ),
        "coding": Words(
            message=Bilingual(
                ja="音声ファイル {name} は電話回線の形式ではありません({coded})。",
                en="audio file {name} is not as a telephone line has it ({coded}).",
            ),
            hint=Bilingual(
                ja="WAV、8 kHz、モノラル、16 bit で保存し直してください: "
                "sox 元.wav -r 8000 -c 1 -b 16 新.wav",
                en="Save it as WAV, 8 kHz, mono, 16 bit: sox old.wav -r 8000 -c 1 -b 16 new.wav",
            ),
        ),
        "unreadable": Words(
            message=Bilingual(
                ja="{name} は WAV(PCM)の録音として読めません。",
                en="{name} cannot be read as a WAV recording of plain samples (PCM).",
            ),
            hint=Bilingual(
                ja="WAV、8 kHz、モノラル、16 bit で保存し直してください: "
                "sox 元.mp3 -r 8000 -c 1 -b 16 新.wav",
                en="Save it as WAV, 8 kHz, mono, 16 bit: sox old.mp3 -r 8000 -c 1 -b 16 new.wav",
            ),
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
