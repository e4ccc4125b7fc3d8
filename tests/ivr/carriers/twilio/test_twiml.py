"""Documents as TwiML: what is emitted, byte for byte the same each time, and harmless (T16)."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.carriers.twilio import twiml
from ivr.flow_engine import voice_actions as voice
from ivr.live_calls.answers import Draw, Farewell, GoToCurrent, QueueTurn

DOCUMENTS = twiml.DocumentSettings(
    public_base="https://ivr.example.jp", sounds={"audio/tick.wav": 1.0}
)
VERBS = {
    "Say",
    "Play",
    "Pause",
    "Gather",
    "Enqueue",
    "Hangup",
    "Redirect",
    "Response",
    "break",
    "prosody",
}


def say(text: str) -> voice.Say:
    return voice.Say(text=text, language="ja-JP", voice="Polly.Kazuha-Neural")


def drawn(closing: voice.Closing, *spoken: voice.Spoken) -> ET.Element:
    answer = Draw(document=voice.Document(spoken=spoken, closing=closing), n=7)
    first, second = twiml.render(answer, DOCUMENTS), twiml.render(answer, DOCUMENTS)
    assert first == second
    return ET.fromstring(first.decode())  # noqa: S314  # our own output


def menu(**more: object) -> voice.Gather:
    base = {
        "spoken": (say("ご用件は"),),
        "max_digits": 1,
        "finish_on": "",
        "timeout": 6,
        "barge_in": True,
    }
    return voice.Gather(**{**base, **more})  # type: ignore[arg-type]  # test data


def test_a_menu_takes_one_key_and_always_comes_back() -> None:
    gather = drawn(menu())[0]
    assert gather.attrib["numDigits"] == "1"
    assert gather.attrib["timeout"] == "6"
    assert gather.attrib["actionOnEmptyResult"] == "true"
    assert gather.attrib["action"].startswith("https://ivr.example.jp/carriers/twilio/turn?n=7#")
    assert [child.tag for child in gather] == ["Say"]


def test_an_entry_ends_by_its_finish_key() -> None:
    gather = drawn(menu(max_digits=12, finish_on="#"))[0]
    assert gather.attrib["finishOnKey"] == "#"
    assert "numDigits" not in gather.attrib


def test_groups_of_digits_are_breaks_inside_one_say() -> None:
    element = drawn(
        voice.HangUp(), say("サンハチ"), voice.Pause(milliseconds=300), say("ゴーイチ"), say("。")
    )
    (spoken, end) = element
    assert (spoken.tag, end.tag) == ("Say", "Hangup")
    assert spoken.text == "サンハチ"
    assert (spoken[0].tag, spoken[0].attrib["time"], spoken[0].tail) == (
        "break",
        "300ms",
        "ゴーイチ。",
    )


def test_slowly_said_words_and_their_breaks_are_at_four_fifths() -> None:
    parts = (say("サンハチ"), voice.Pause(milliseconds=300), say("ゴーイチ"))
    slow = [replace(p, slow=True) if isinstance(p, voice.Say) else p for p in parts]
    (spoken, usual, _) = drawn(voice.HangUp(), *slow, say("はい"))
    assert [(e.tag, e.attrib) for e in spoken] == [("prosody", {"rate": "80%"})]
    assert [(e.tag, e.tail) for e in spoken[0]] == [("break", "ゴーイチ")]
    assert (spoken[0].text, usual.text, list(usual)) == ("サンハチ", "はい", [])


def test_markup_reaches_the_carrier_as_elements_and_values_as_words() -> None:
    text = 'ご<sub alias="ケイヤク">契約</sub>は<break time="500ms"/>&lt;break/&gt;'
    (spoken, _) = drawn(voice.HangUp(), replace(say(text), markup=True))
    assert [(e.tag, dict(e.attrib), e.text, e.tail) for e in spoken] == [
        ("sub", {"alias": "ケイヤク"}, "契約", "は"),
        ("break", {"time": "500ms"}, None, "<break/>"),
    ]


def test_a_hold_fills_its_seconds_with_the_soft_sound() -> None:
    hold = voice.Hold(spoken=(say("ア" * 18),), sound="audio/tick.wav", seconds=8)
    gather = drawn(hold)[0]
    assert (gather.attrib["numDigits"], gather.attrib["timeout"]) == ("1", "1")
    assert [child.tag for child in gather] == ["Say", "Play"]
    assert gather[1].attrib["loop"] == "4"  # 8 s less 3 s of speech and 1 s of listening


def test_five_seconds_without_speech_after_the_match_item() -> None:
    hold = voice.Hold(spoken=(say("ア" * 60),), sound="audio/tick.wav", seconds=8, quiet=5)
    assert drawn(hold)[0][1].attrib["loop"] == "4"  # and 1 s of listening


def test_without_a_sound_no_silence_is_long() -> None:
    hold = voice.Hold(spoken=(say("ア"),), sound="", seconds=10)
    assert drawn(hold)[0][1].attrib["length"] == "3"


def test_a_transfer_names_only_the_token() -> None:
    transfer = voice.Transfer(queue="verified", token="tok-1", max_wait=600)
    enqueue = drawn(transfer)[0]
    assert enqueue.text == "tok-1"
    assert "verified" not in ET.tostring(enqueue, encoding="unicode")


@pytest.mark.parametrize("desk", ["", "+81312340009"])
def test_a_transfer_that_no_operator_would_see_ends_at_the_desk_or_in_words(desk: str) -> None:
    lost = voice.Document(
        spoken=(), closing=voice.Transfer(queue="general", token="", max_wait=600)
    )
    documents = replace(DOCUMENTS, fallback_number=desk)
    element = ET.fromstring(twiml.render(Draw(document=lost, n=7), documents).decode())  # noqa: S314  # ours
    assert [child.tag for child in element] == (["Dial"] if desk else ["Say", "Hangup"])
    assert element[0].text or element[0][0].text == desk


def test_stale_requests_go_to_the_current_document() -> None:
    element = ET.fromstring(twiml.render(GoToCurrent(n=7), DOCUMENTS).decode())  # noqa: S314  # ours
    assert element[0].tag == "Redirect"
    assert "/current?n=7#" in (element[0].text or "")


@pytest.mark.parametrize("language", ["ja-JP", "en-US", "xx-XX"])
def test_a_farewell_has_words(language: str) -> None:
    element = ET.fromstring(twiml.render(Farewell(language=language), DOCUMENTS).decode())  # noqa: S314  # ours
    assert [child.tag for child in element] == ["Say", "Hangup"]
    assert element[0].text


def test_a_queue_turn_leaves_when_told() -> None:
    leave = twiml.queue_turn(QueueTurn(leave=True), documents=DOCUMENTS)
    assert b"<Leave" in leave
    stay = twiml.queue_turn(QueueTurn(sound="audio/tick.wav"), documents=DOCUMENTS)
    assert b'loop="10"' in stay


@pytest.mark.parametrize(
    ("sound", "seconds", "announced", "tags"),
    [
        ("audio/tick.wav", 10, True, [("Say", None), ("Play", "7")]),
        ("audio/tick.wav", 4, False, [("Play", "4")]),
        ("", 10, True, [("Say", None), ("Pause", None), ("Say", None), ("Pause", None)]),
        ("", 10, False, [("Say", None), ("Pause", None)]),
    ],
)
def test_a_queue_turn_lasts_as_long_as_it_is_told(
    sound: str, seconds: int, announced: bool, tags: list[tuple[str, str | None]]
) -> None:
    words = (say("ア" * 18),) if announced else ()
    turn = QueueTurn(spoken=words, sound=sound, seconds=seconds)
    root = ET.fromstring(twiml.queue_turn(turn, documents=DOCUMENTS).decode())  # noqa: S314  # ours
    assert [(e.tag, e.get("loop")) for e in root] == tags


@given(st.text(max_size=80))
def test_any_text_is_only_ever_spoken(text: str) -> None:
    element = drawn(menu(spoken=(say(text),)), say(text))
    assert {e.tag for e in element.iter()} <= VERBS
    allowed = twiml.speakable(text).replace("\r", "\n")
    assert ("".join(element[0].itertext()) or "") == allowed


@pytest.mark.parametrize(
    "text", ["</Say><Dial>+1</Dial>", "]]>", "&#xFFFE;", "a\ufffeb", "\x00\x1b"]
)
def test_markup_and_control_characters_are_words(text: str) -> None:
    element = drawn(voice.HangUp(), say("前" + text + "後"))
    assert [child.tag for child in element] == ["Say", "Hangup"]
