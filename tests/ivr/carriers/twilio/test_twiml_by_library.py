"""Twilio's own classes as the judge of every document we draw: the same bytes, whatever is in it.

T16 holds for our own writer because it holds for theirs.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml import voice_response as theirs

from ivr.carriers.twilio import twiml
from ivr.flow_engine import voice_actions as voice
from ivr.live_calls.answers import Answer, Draw, Farewell, GoToCurrent, QueueTurn

DOCUMENTS = [
    twiml.DocumentSettings(
        public_base="https://ivr.example.jp", sounds=sounds, fallback_number=desk
    )
    for sounds in ({}, {"audio/tick.wav": 1.0})
    for desk in ("", "+81312340009")
]
HOSTILE = (
    "</Say><Dial>+1</Dial>", "]]>", "<![CDATA[<Dial/>]]>", "&#xFFFE;", "&lt;", "\ufffe", "\uffff",
    "\x00\x08\x1b", "\ud800", "\udfff", "\r\n\t", "\"'", "\u2028", "\U0001f600", "\U0001fffe",
)  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE), st.text("あ&<>\"'", max_size=400))
MARKED = (
    "ご確認", "<p><s>はい</s> &lt;いいえ&gt;</p>", 'あ<break time="300ms"/>い<break time="1s"/>',
    '<prosody rate="70%">ゆ<sub alias="く &quot;り">く</sub></prosody>',
    '<say-as interpret-as="digits">12</say-as><phoneme alphabet="ipa" ph="a&amp;b">c</phoneme>',
)  # fmt: skip
clean = texts.map(twiml.speakable)  # what is no text of a caller comes from our own files
spoken = st.lists(
    st.one_of(
        st.builds(
            voice.Say,
            text=texts,
            language=st.sampled_from(["ja-JP", "en-US"]),
            voice=st.sampled_from(["", "Polly.Kazuha-Neural"]),
            slow=st.booleans(),
        ),
        st.builds(
            voice.Say,
            text=st.sampled_from(MARKED),
            language=st.just("ja-JP"),
            voice=st.just(""),
            slow=st.booleans(),
            markup=st.just(True),
        ),
        st.builds(voice.Pause, milliseconds=st.integers(0, 3000)),
        st.builds(
            voice.Play,
            audio=st.sampled_from(["audio/a b.wav", "audio/音.wav"]),
            caption=clean,
            language=st.just("ja-JP"),
        ),
    ),
    max_size=5,
).map(tuple)
closings = st.one_of(
    st.builds(
        voice.Gather,
        spoken=spoken,
        max_digits=st.integers(1, 32),
        finish_on=st.sampled_from(["", "#", "*"]),
        timeout=st.integers(1, 60),
        barge_in=st.booleans(),
        speech=st.booleans(),
        hints=st.lists(clean, max_size=3).map(tuple),
    ),
    st.builds(
        voice.Hold,
        spoken=spoken,
        sound=st.sampled_from(["", "audio/tick.wav"]),
        seconds=st.integers(2, 20),
        quiet=st.integers(0, 9),
    ),
    st.builds(voice.Transfer, queue=clean, token=clean, max_wait=st.integers(1, 900)),
    st.builds(voice.HangUp),
)
answers = st.one_of(
    st.builds(
        Draw,
        document=st.builds(voice.Document, spoken=spoken, closing=closings),
        n=st.integers(1, 9999),
    ),
    st.builds(Farewell, language=st.sampled_from(["ja-JP", "en-US", "xx-XX"])),
    st.builds(GoToCurrent, n=st.integers(0, 99)),
)


class LibrarySay(theirs.Say):  # type: ignore[misc]  # the library carries no types
    """The library takes the message first, as None when there is none."""

    def __init__(self, text: str | None = None, **attributes: object) -> None:
        super().__init__(text, **attributes)


def by_library(draw: Callable[[], bytes]) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(twiml, "VoiceResponse", theirs.VoiceResponse)
        patch.setattr(twiml, "Gather", theirs.Gather)
        patch.setattr(twiml, "Say", LibrarySay)
        return draw()


@given(answers, st.sampled_from(DOCUMENTS))
def test_what_is_drawn_is_what_the_library_draws(
    answer: Answer, documents: twiml.DocumentSettings
) -> None:
    ours = twiml.render(answer, documents)
    assert ours == by_library(lambda: twiml.render(answer, documents))
    ET.fromstring(ours.decode())  # noqa: S314  # our own output: it must parse


@given(
    st.builds(
        QueueTurn,
        spoken=spoken,
        leave=st.booleans(),
        sound=st.sampled_from(["", "audio/tick.wav"]),
    ),
    st.sampled_from(DOCUMENTS),
)
def test_so_is_a_turn_of_a_queue(turn: QueueTurn, documents: twiml.DocumentSettings) -> None:
    ours = twiml.queue_turn(turn, documents=documents)
    assert ours == by_library(lambda: twiml.queue_turn(turn, documents=documents))


@given(clean, st.integers(0, 3))
def test_so_are_the_documents_of_other_legs(word: str, tried: int) -> None:
    documents = DOCUMENTS[0]
    draws: tuple[Callable[[], bytes], ...] = (
        lambda: twiml.operator_leg(word, documents, tried=tried),
        lambda: twiml.customer_leg(word, word, caller_id=word, documents=documents),
        lambda: twiml.fallback(word, voice_name=word or "v"),
        lambda: twiml.one_moment(documents.url("turn", n=tried)),
        twiml.not_reached,
        twiml.nothing,
        twiml.hang_up,
    )
    for draw in draws:
        assert draw() == by_library(draw)


@given(st.text(max_size=200))
def test_only_characters_of_xml_are_spoken(text: str) -> None:
    kept = "".join(
        c
        for c in text
        if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe" or c >= "\U00010000"
    )
    assert twiml.speakable(text) == kept


@given(clean)
def test_a_texts_length_is_that_of_its_encoding(text: str) -> None:
    assert twiml._encoded(text) == len(quote_plus(text))
