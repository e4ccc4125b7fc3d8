"""Verbs on one call: what is said, for how long, and what is asked next."""

from __future__ import annotations

import io
import wave

import pytest
from quart import Response

from tests.stand_ins.carrier.control import CALLER, LINE, Control, texts
from tests.stand_ins.carrier.service import Received, Service

ASK = '<Gather numDigits="1" timeout="600" action="/next" actionOnEmptyResult="true">{}</Gather>'


async def test_a_call_begins_with_a_signed_post_of_the_standard_fields(carrier: Control) -> None:
    sid = await carrier.call("<Say>もしもし</Say>")
    timeline = await carrier.played(sid)
    asked = carrier.service.received[0]
    assert asked.method == "POST"
    assert asked.signed
    assert asked.token
    assert asked.form["CallSid"] == sid
    assert (asked.form["From"], asked.form["To"]) == (CALLER, LINE)
    assert (asked.form["CallStatus"], asked.form["Direction"]) == ("ringing", "inbound")
    assert asked.form["ApiVersion"] == "2010-04-01"
    assert asked.form["AccountSid"].startswith("AC")
    assert [e["status"] for e in timeline if e["kind"] == "status"] == [
        "ringing",
        "in-progress",
        "completed",
    ]
    assert texts(timeline, "end") == ["the last document ended"]


async def test_a_withheld_caller_is_anonymous(carrier: Control) -> None:
    await carrier.played(await carrier.call("<Hangup/>", withheld=True))
    assert carrier.service.received[0].form["From"] == "anonymous"


async def test_speech_takes_its_estimated_time_whatever_the_speed(carrier: Control) -> None:
    timeline = await carrier.played(
        await carrier.call('<Say loop="2">おはよう、ございます。</Say>')
    )
    heard = [e["audible"] for e in timeline if e["kind"] == "heard"]
    assert [round(end - start, 2) for start, end in heard] == [2.25, 2.25]  # 9 morae, 、 and 。
    assert texts(timeline, "say") == ["おはよう、ございます。"] * 2


async def test_a_sound_file_lasts_as_long_as_it_is(carrier: Control) -> None:
    def tone(_: Received) -> Response:
        data = io.BytesIO()
        with wave.open(data, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(8000)
            sound.writeframes(bytes(8000 * 3))
        return Response(data.getvalue(), content_type="audio/wav")

    carrier.service.on("/tone.wav", tone)
    timeline = await carrier.played(await carrier.call("<Play>/tone.wav</Play><Play>/x</Play>"))
    played = [e for e in timeline if e["kind"] == "play"]
    assert [e["seconds"] for e in played] == [3.0, 1.0]
    assert carrier.service.of("/tone.wav")[0].method == "GET"
    assert "no readable WAV" in texts(timeline, "not_simulated")[0]


async def test_a_first_pause_delays_the_answer(carrier: Control) -> None:
    timeline = await carrier.played(await carrier.call('<Pause length="7"/><Say>a</Say>'))
    answered = next(e for e in timeline if e.get("status") == "in-progress")
    assert answered["at"] >= 7


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits"),
    [
        ('numDigits="1"', "4", "4"),
        ('numDigits="3"', "1234", "123"),
        ('numDigits="5"', "12#", "12"),
        ('finishOnKey="*"', "1#*", "1#"),
        ('finishOnKey="" numDigits="2"', "#*", "#*"),
        ("", "#7#", "7"),
        ('numDigits="3" ', "55", "55"),
    ],
)
async def test_keys_end_a_gather(
    carrier: Control, attributes: str, pressed: str, digits: str
) -> None:
    carrier.service.on("/next", "<Hangup/>")
    seconds = 100 if pressed == "55" else 600
    ask = f'<Gather timeout="{seconds}" {attributes} action="/next"><Say>どうぞ</Say></Gather>'
    sid = await carrier.call(ask)
    await carrier.kind(sid, "listen")
    await carrier.keys(sid, pressed)
    assert (await carrier.service.got("/next")).form["Digits"] == digits
    await carrier.played(sid)


async def test_a_key_cuts_the_prompt_short(carrier: Control) -> None:
    carrier.service.on("/next", "<Hangup/>")
    sid = await carrier.call(ASK.format("<Say>" + "長い説明" * 60 + "</Say>"))
    await carrier.kind(sid, "say")
    assert await carrier.keys(sid, "2") == 1
    timeline = await carrier.played(sid)
    start, end = next(e["audible"] for e in timeline if e["kind"] == "heard")
    assert end - start < 50
    assert carrier.service.of("/next")[0].form["Digits"] == "2"


async def test_no_key_sends_empty_digits_or_falls_through(carrier: Control) -> None:
    carrier.service.on("/next", "<Hangup/>")
    quiet = '<Gather timeout="2" action="/never"><Say>a</Say></Gather><Say>次へ</Say>'
    asked = ASK.replace("600", "5").format("<Say>b</Say>")
    timeline = await carrier.played(await carrier.call(quiet + asked))
    assert texts(timeline, "say") == ["a", "次へ", "b"]
    assert carrier.service.of("/next")[0].form["Digits"] == ""
    assert not carrier.service.of("/never")
    first, second = (e for e in timeline if e["kind"] == "listened")
    assert 2 <= round(first["listening"][1] - first["listening"][0], 2) < 3
    assert 5 <= round(second["listening"][1] - second["listening"][0], 2) < 6


async def test_a_gather_without_action_asks_its_own_document(carrier: Control) -> None:
    sid = await carrier.call('<Gather numDigits="1" timeout="600"/>', "<Hangup/>")
    await carrier.kind(sid, "listen")
    await carrier.keys(sid, "9")
    await carrier.played(sid)
    assert [r.form.get("Digits") for r in carrier.service.of("/voice")] == [None, "9"]


async def test_keys_are_lost_while_nobody_listens(carrier: Control) -> None:
    sid = await carrier.call("<Say>" + "あ" * 300 + "</Say>")
    await carrier.kind(sid, "say")
    assert await carrier.keys(sid, "1") == 0
    assert "nobody listens" in (await carrier.kind(sid, "key"))["text"]


async def test_redirect_by_get_puts_the_fields_into_the_query(carrier: Control) -> None:
    carrier.service.on("/other", "<Hangup/>")
    sid = await carrier.call('<Redirect method="GET">/other?n=%E3%81%82&amp;x=~</Redirect>')
    await carrier.played(sid)
    asked = carrier.service.of("/other")[0]
    assert (asked.method, asked.query["n"], asked.query["CallSid"]) == ("GET", "あ", sid)
    assert asked.signed


async def test_reject_ends_an_unanswered_call(carrier: Control) -> None:
    timeline = await carrier.played(await carrier.call('<Reject reason="busy"/>'))
    assert next(e for e in timeline if e["kind"] == "end")["status"] == "busy"
    assert "in-progress" not in [e.get("status") for e in timeline]


@pytest.mark.parametrize(
    ("twiml", "line"),
    [
        ("<Record/><Say>a</Say>", "not simulated: Record"),
        ('<Say foo="1">a</Say>', "not simulated: Say foo"),
        ('<Gather input="speech"/>', "not simulated: Gather speech"),
        ("<Dial><Sip>sip:a@b</Sip></Dial>", "not simulated: Dial Sip"),
        ("<Dial>+819099999999</Dial>", "rings +819099999999"),
    ],
)
async def test_what_is_not_simulated_is_said(carrier: Control, twiml: str, line: str) -> None:
    timeline = await carrier.played(await carrier.call(twiml))
    assert line in texts(timeline, "not_simulated") + texts(timeline, "bridge")


@pytest.mark.parametrize(
    ("twiml", "code"),
    [
        ("<Say></Say>", 13520),
        ("<Say>" + "あ" * 501 + "</Say>", 13521),
        ("<Gather timeout='1'><Hangup/></Gather>", 12200),
        ("<Enqueue></Enqueue>", 14202),
    ],
)
async def test_a_wrong_verb_is_an_error_line(carrier: Control, twiml: str, code: int) -> None:
    timeline = await carrier.played(await carrier.call(twiml))
    assert code in [e.get("code") for e in timeline if e["kind"] == "error"]


async def test_the_caller_hangs_up(carrier: Control, service: Service) -> None:
    await carrier.serve(
        voice_url=service.base + "/voice", status_callback=service.on("/status", "")
    )
    sid = await carrier.call(ASK.format("<Say>a</Say>"))
    await carrier.kind(sid, "listen")
    await carrier.hang_up(sid)
    told = await service.got("/status")
    assert (told.form["CallStatus"], told.form["SequenceNumber"]) == ("completed", "0")
    assert told.form["CallbackSource"] == "call-progress-events"
    assert texts(await carrier.played(sid), "end") == ["hung up by caller"]
