"""Lengths by the estimate of the flow language: morae, words, rests, readings, tags, slow pace."""

import pytest

from ivr.flow_engine.readings.speech_length import heard, morae, spoken_seconds, text_seconds
from ivr.flow_engine.voice_actions import Pause, Play, Say


def say(text: str, language: str = "ja-JP", **more: object) -> Say:
    return Say(text=text, language=language, voice="", **more)  # type: ignore[arg-type]  # test data


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("あいう", 3),
        ("きゃ", 1),
        ("ファイル", 3),
        ("がっこう", 4),
        ("サーバー", 4),
        ("確認", 4),
        ("、。", 0),
        ("", 0),
    ],
)
def test_morae(text: str, count: int) -> None:
    assert morae(text) == count


@pytest.mark.parametrize(
    ("part", "seconds"),
    [
        (say("あ" * 12), 2.0),
        (say("あ" * 12, slow=True), 2.5),
        (say("あ" * 6 + "、" + "あ" * 6 + "。"), 2.75),
        (say("あ" * 6 + "、" + "あ" * 6 + "。", slow=True), 3.25),
        (say("確認", kana="カクニン"), 4 / 6),
        (say("承る", kana="ウケタマワル"), 1.0),
        (say("承る", kana="ウケタマワル", slow=True), 1.25),
        (say("one two three four five six seven eight nine", "en-US"), 9 / 2.7),
        (say("one two three four five six seven eight nine", "en-US", slow=True), 9 / 2.16),
        (say('あ<break time="500ms"/>い<break time="1s"/>', markup=True), 2 / 6 + 1.5),
        (say('<prosody rate="50%">あああ</prosody>ああ', markup=True), 3 / 3 + 2 / 6),
        (say('<prosody rate="50%">あああ</prosody>', markup=True, slow=True), 3 / 2.4),
        (say('<sub alias="ケイヤク">契約</sub>', markup=True), 4 / 6),
        (say('承る<break time="1s"/>', markup=True, kana="ウケタマワル"), 2.0),
        (say("&lt;あ&gt;", markup=True), 1 / 6),
        (Play(audio="a.wav", caption="あ" * 6, language="ja-JP"), 1.0),
        (Pause(milliseconds=300), 0.3),
    ],
)
def test_seconds(part: Say | Play | Pause, seconds: float) -> None:
    assert spoken_seconds([part]) == pytest.approx(seconds)


def test_parts_add_up() -> None:
    assert spoken_seconds([say("あ" * 6), Pause(milliseconds=300), say("あ" * 6)]) == pytest.approx(
        2.3
    )
    assert text_seconds("", "ja-JP") == 0


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (say("契約"), "契約"),
        (say("契約", kana="ケイヤク"), "ケイヤク"),
        (say('ご<sub alias="ケイヤク">契約</sub>です', markup=True), "ごケイヤクです"),
    ],
)
def test_what_a_voice_speaks(part: Say, words: str) -> None:
    assert heard(part) == words
