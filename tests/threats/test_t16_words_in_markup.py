"""T16: whatever names, speech or the business's data hold, the carrier only speaks it."""

import xml.etree.ElementTree as ET
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.carriers.twilio import twiml
from ivr.carriers.twilio.twiml import DocumentSettings
from ivr.flow_engine import voice_actions as voice
from ivr.flow_engine.readings.markup import escaped
from ivr.live_calls.answers import Draw, Farewell, GoToCurrent, QueueTurn

BASE: Final = "https://ivr.example.jp"
DOCUMENTS: Final = DocumentSettings(
    public_base=BASE, sounds={"audio/tick.wav": 1.0}, fallback_number="+81312340009"
)
# Verb -> the attributes it may have. Nothing else may ever be in a document of ours.
ALLOWED: Final[dict[str, set[str]]] = {
    "Response": set(),
    "Say": {"language", "voice"},
    "break": {"time"},
    "prosody": {"rate"},
    "sub": {"alias"},
    "s": set(),
    "Play": {"loop"},
    "Pause": {"length"},
    "Gather": {
        "action", "method", "actionOnEmptyResult", "timeout", "numDigits", "finishOnKey",
        "bargeIn", "input", "hints",
    },
    "Enqueue": {"action", "method", "waitUrl", "waitUrlMethod"},
    "Redirect": {"method"},
    "Dial": {"answerOnBridge", "timeout", "action", "method", "callerId"},
    "Number": {"url", "method"},
    "Queue": {"url", "method"},
    "Hangup": set(),
    "Leave": set(),
}  # fmt: skip
NASTY: Final = (
    "</Say><Dial>+819000000000</Dial><Say>",
    "]]><Redirect>https://evil.example</Redirect>",
    "<![CDATA[<Hangup/>]]>",
    "&lt;Dial&gt; &amp; &#60;Hangup/&#62;",
    "&#xFFFE;￾￿\x00\x08\x1b",
    "\ud83d lone \udc00",
    '" onload="x" \' />',
    "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    "<?xml version='1.0'?><?php ?>",
    "\u202eevil\u2066",
)
_texts = st.text(max_size=60) | st.sampled_from(NASTY) | st.text("<>&'\"]/!-", max_size=20)
_say = st.builds(
    voice.Say,
    text=_texts,
    language=st.sampled_from(["ja-JP", "en-US"]),
    voice=st.sampled_from(["", "Polly.Kazuha-Neural"]),
)
_slow = st.builds(voice.Say, text=_texts, language=st.just("ja-JP"), voice=st.just(""),
                  slow=st.just(True))  # fmt: skip
_pause = st.builds(voice.Pause, milliseconds=st.integers(100, 3000))
_play = st.builds(voice.Play, audio=st.just("audio/tick.wav"))
_spoken = st.lists(_say | _slow | _pause | _play, max_size=4).map(tuple)


def _read(document: bytes) -> ET.Element:
    """It parses, holds only what is allowed, and leads nowhere but to us."""
    root = ET.fromstring(document.decode("utf-8"))  # noqa: S314  # our own output
    for element in root.iter():
        assert set(element.attrib) <= ALLOWED[element.tag], (element.tag, element.attrib)
        for name in ("action", "waitUrl", "url"):
            assert element.attrib.get(name, BASE).startswith(BASE)
        if element.tag in ("Redirect", "Play"):
            assert (element.text or "").startswith(BASE)
        if element.tag == "Number":
            assert element.text == DOCUMENTS.fallback_number
    return root


def _said(spoken: tuple[voice.Spoken, ...]) -> str:
    words = "".join(part.text for part in spoken if isinstance(part, voice.Say))
    return twiml.speakable(words).replace("\r\n", "\n").replace("\r", "\n")


def _heard(root: ET.Element) -> str:
    return "".join("".join(say.itertext()) for say in root.iter("Say"))


def _drawn(spoken: tuple[voice.Spoken, ...], closing: voice.Closing) -> ET.Element:
    document = voice.Document(spoken=spoken, closing=closing)
    return _read(twiml.render(Draw(document=document, n=7), DOCUMENTS))


@given(spoken=_spoken, asked=_spoken, hints=st.lists(_texts, max_size=3).map(tuple))
def test_any_words_in_a_question(
    spoken: tuple[voice.Spoken, ...], asked: tuple[voice.Spoken, ...], hints: tuple[str, ...]
) -> None:
    closing = voice.Gather(
        spoken=asked,
        max_digits=1,
        finish_on="",
        timeout=6,
        barge_in=True,
        speech=bool(hints),
        hints=tuple(twiml.speakable(hint) for hint in hints),
    )
    assert _heard(_drawn(spoken, closing)) == _said(spoken) + _said(asked)


@given(spoken=_spoken, held=_spoken)
def test_any_words_in_a_hold(
    spoken: tuple[voice.Spoken, ...], held: tuple[voice.Spoken, ...]
) -> None:
    closing = voice.Hold(spoken=held, sound="audio/tick.wav", seconds=8)
    assert _heard(_drawn(spoken, closing)) == _said(spoken) + _said(held)


@given(spoken=_spoken)
def test_any_words_before_a_person_and_before_the_end(spoken: tuple[voice.Spoken, ...]) -> None:
    for token in ("t" * 32, ""):
        closing = voice.Transfer(queue="general", token=token, max_wait=600)
        assert _heard(_drawn(spoken, closing)) == _said(spoken)
    assert _heard(_drawn(spoken, voice.HangUp())) == _said(spoken)


@given(spoken=_spoken, seconds=st.integers(1, 20))
def test_any_words_in_a_queue(spoken: tuple[voice.Spoken, ...], seconds: int) -> None:
    turn = QueueTurn(spoken=spoken, sound="audio/tick.wav", seconds=seconds)
    root = _read(twiml.queue_turn(turn, documents=DOCUMENTS))
    assert _heard(root) == _said(spoken)


@given(token=_texts, tried=st.integers(0, 20))
def test_whatever_a_token_says_it_is_a_name(token: str, tried: int) -> None:
    """Tokens are ours, but come back in addresses that a signature vouches for only once."""
    token = twiml.speakable(token)
    root = _read(twiml.operator_leg(token, DOCUMENTS, tried=tried))
    (queue,) = root.iter("Queue")
    assert (queue.text or "") == token.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("text", NASTY)
def test_what_injects_elsewhere_is_read_aloud(text: str) -> None:
    root = _drawn((voice.Say(text=text, language="ja-JP", voice=""),), voice.HangUp())
    assert [child.tag for child in root] in (["Say", "Hangup"], ["Hangup"])
    assert _heard(root) == twiml.speakable(text)


@given(value=_texts)
def test_a_value_among_the_tags_of_a_prompt_is_words(value: str) -> None:
    text = f'<s>{escaped(value)}</s><break time="1s"/>'
    said = voice.Say(text=text, language="ja-JP", voice="", markup=True)
    root = _drawn((said,), voice.HangUp())
    assert [e.tag for e in root.iter()] == ["Response", "Say", "s", "break", "Hangup"]
    assert _heard(root) == twiml.speakable(value)


def test_every_kind_of_document_is_within_the_table() -> None:
    for answer in (Farewell(), Farewell(language="en-US"), GoToCurrent(n=3)):
        _read(twiml.render(answer, DOCUMENTS))
    for document in (
        twiml.nothing(),
        twiml.hang_up(),
        twiml.fallback(DOCUMENTS.fallback_number),
        twiml.one_moment(DOCUMENTS.url("current", n=1)),
        twiml.queue_turn(QueueTurn(leave=True), documents=DOCUMENTS),
    ):
        _read(document)
