"""What a webhook's signature and document cost, against the carrier's own library."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from multidict import MultiDict
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.carriers.twilio import twiml
from ivr.carriers.twilio.signature import Keys, RawRequest, SignatureCheck
from ivr.flow_engine import voice_actions as voice
from ivr.live_calls.answers import Draw
from tests.benchmarks.rounds import Measured, compare

BASE, PATH, QUERY = "https://ivr.example.jp", "/carriers/twilio/turn", "n=3"
TOKEN = "a-token"
FIELDS = [
    ("AccountSid", "AC" + "0" * 32),
    ("ApiVersion", "2010-04-01"),
    ("CallSid", "CA" + "0" * 32),
    ("CallStatus", "in-progress"),
    ("Digits", "1"),
    ("Direction", "inbound"),
    ("From", "+819012345678"),
    ("To", "+81312345678"),
]


async def measure() -> list[Measured]:
    return [_signature(), _document()]


def _signature() -> Measured:
    url = f"{BASE}{PATH}?{QUERY}"
    body = urlencode(FIELDS).encode()
    signature = RequestValidator(TOKEN).compute_signature(url, MultiDict(FIELDS))
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": signature,
    }
    request = RawRequest(
        method="POST", path=PATH.encode(), query=QUERY.encode(), headers=headers, body=body
    )
    check = SignatureCheck(BASE, Keys(auth_tokens=(TOKEN,)))

    def ours() -> None:
        again = replace(request)  # a request is parsed once: each go has one of its own
        assert check.accepts(again)
        again.form()

    def by_library() -> None:
        form = MultiDict(parse_qsl(request.body.decode(), keep_blank_values=True))
        assert RequestValidator(TOKEN).validate(url, form, signature)

    return compare(
        "webhook signature and form, against the library's",
        ours,
        by_library,
        times=300,
        goal=">= 3",
    )


def _document() -> Measured:
    place = twiml.DocumentSettings(public_base=BASE, sounds={"audio/tick.wav": 1.0})
    line = voice.Say(
        text="アプリの質問にお答えください。", language="ja-JP", voice="Polly.Kazuha-Neural"
    )
    hold = voice.Hold(spoken=(line,), sound="audio/tick.wav", seconds=8)
    answer = Draw(document=voice.Document(spoken=(), closing=hold), n=4)

    def drawn() -> None:
        assert twiml.render(answer, place)

    def drawn_by_library() -> None:
        response = VoiceResponse()
        gather = Gather(
            action=place.url("turn", n=4),
            method="POST",
            action_on_empty_result=True,
            num_digits=1,
            timeout=1,
        )
        gather.say(line.text, language=line.language, voice=line.voice)
        gather.play(place.audio("audio/tick.wav"), loop=5)
        response.append(gather)
        assert response.to_xml()

    return compare(
        "hold document, against the library's classes",
        drawn,
        drawn_by_library,
        times=300,
        goal="> 1",
    )
