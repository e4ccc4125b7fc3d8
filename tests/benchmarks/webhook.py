"""What a webhook costs: its signature, its document, and the whole door with its stores."""

import hmac
import json
from base64 import b64encode
from hashlib import sha1
from urllib.parse import parse_qsl, urlencode

from multidict import MultiDict
from twilio.request_validator import RequestValidator

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

    def by_library() -> None:
        assert check.accepts(request)

    def one_hmac() -> None:
        text = url + "".join(n + v for n, v in sorted(set(parse_qsl(body.decode()))))
        assert b64encode(hmac.digest(TOKEN.encode(), text.encode(), sha1)).decode() == signature

    place = twiml.Place(public_base=BASE, sounds={"audio/tick.wav": 1.0})
    line = voice.Say(
        text="アプリの質問にお答えください。", language="ja-JP", voice="Polly.Kazuha-Neural"
    )
    hold = voice.Hold(spoken=(line,), sound="audio/tick.wav", seconds=8)
    answer = Draw(document=voice.Document(spoken=(), closing=hold), n=4)

    def drawn() -> None:
        assert twiml.render(answer, place)

    return [
        compare(
            "webhook signature by the library, against one HMAC over the body parsed once",
            by_library,
            one_hmac,
            times=300,
            goal="(a fast path pays below 0.5)",
        ),
        compare(
            "hold document by the library, against json.dumps of the same values",
            drawn,
            lambda: json.dumps([line.text, line.voice, 8, place.url("turn", n=4)]),
            times=300,
            goal="(a fast path pays below 0.1)",
        ),
    ]
