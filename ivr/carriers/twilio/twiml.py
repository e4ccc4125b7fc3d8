"""Draw answers as TwiML. A pure function: the same values give the same bytes."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

from ivr.carriers.twilio.markup import Gather, Say, Verb, VoiceResponse
from ivr.flow_engine import voice_actions as voice
from ivr.flow_engine.readings import markup
from ivr.flow_engine.readings.speech_length import SLOW, spoken_seconds
from ivr.flow_engine.voice_actions import Spoken
from ivr.live_calls.answers import Answer, Draw, Farewell, QueueTurn

PREFIX: Final = "/carriers/twilio"
_FAREWELL: Final = {
    "ja-JP": "お電話ありがとうございました。恐れ入りますが、もう一度おかけ直しください。",
    "en-US": "Thank you for calling. Please call us again.",
}
_PLEASE_HOLD: Final = {
    "ja-JP": "順番におつなぎしています。このままお待ちください。",
    "en-US": "Please stay on the line. We will be with you shortly.",
}
_ONE_MOMENT: Final = {"ja-JP": "少々お待ちください。"}
_APOLOGY: Final = "申し訳ございません。ただいま、自動のご案内ができません。担当者におつなぎします。"
_STEP_ASIDE: Final = "お客様におつなぎします。"
_MACHINE_SPEAKS: Final = "お客様に自動音声で番号をお伝えしています。終わると、またつながります。"
_RINGING_CUSTOMER: Final = "お客様のお電話を呼び出します。"
_NOT_REACHED: Final = "お客様はお出になりませんでした。"
_VOICE: Final = "Polly.Kazuha-Neural"
# Twilio takes at most 4,500 characters of URL-encoded text in one Say.
_LONGEST_SAY: Final = 4000
_KEPT_BY_ENCODING: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~ "
_UNSPEAKABLE: Final = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Longer than any prompt of ours may speak before the caller reaches the queue.
_CALLER_COMES_WITHIN: Final = 30
_CUSTOMER_RINGS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSettings:
    """Where our documents live: the public base, and Twilio's connection overrides.

    `overrides` is the URL fragment (not signed, kept by Twilio). `sounds` gives the seconds of
    each audio file, so that a hold can be filled to its length, `marks` what tells its bytes from
    any other's: whoever has an address may keep what was there. `fallback_number` (E.164
    or "") is the general number, for callers whom no queue can take.
    """

    public_base: str
    overrides: str = "e=tokyo&ct=1000&rt=3000&tt=10000&rc=1"
    sounds: Mapping[str, float] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    fallback_number: str = ""

    def url(self, page: str, **query: str | int) -> str:
        asked = "?" + urlencode(query) if query else ""
        return f"{self.public_base}{PREFIX}/{page}{asked}#{self.overrides}"

    def audio(self, path: str) -> str:
        """`path` is below `flows/`, so it begins with `audio/`."""
        mark = self.marks.get(path, "")
        return f"{self.public_base}/{quote(path)}" + (f"?v={mark}" if mark else "")


def render(answer: Answer, documents: DocumentSettings) -> bytes:
    response = VoiceResponse()
    if isinstance(answer, Draw):
        _draw(response, answer, documents)
    elif isinstance(answer, Farewell):
        _say_fixed(response, _FAREWELL, answer.language)
        response.hangup()
    else:
        response.redirect(documents.url("current", n=answer.n), method="POST")
    return _bytes(response)


def queue_turn(turn: QueueTurn, *, documents: DocumentSettings) -> bytes:
    """One turn of a queue's waiting document; Twilio asks again when it ends."""
    response = VoiceResponse()
    if turn.leave:
        response.leave()
        return _bytes(response)
    _speak(response, turn.spoken, documents)
    length = documents.sounds.get(turn.sound, 0)
    rest = turn.seconds - spoken_seconds(turn.spoken)
    if length > 0:
        response.play(documents.audio(turn.sound), loop=max(1, math.ceil(rest / length)))
        return _bytes(response)
    if turn.spoken:
        response.pause(length=2)
    _say_fixed(response, _PLEASE_HOLD, turn.language)
    response.pause(length=2)
    return _bytes(response)


def operator_leg(
    token: str, documents: DocumentSettings, *, tried: int = 0, aside: bool = False
) -> bytes:
    """The operator has answered: join the caller who waits under `token`.

    The caller may still be listening to words that come before the queue, so it is `tried` again;
    `aside`: to words that were asked for in the talk. `joined` is asked on the caller's side at the
    moment in which the two are put together.
    """
    response = VoiceResponse()
    if aside:
        response.say(_MACHINE_SPEAKS, language="ja-JP")
    elif tried:
        response.pause(length=1)
    else:
        response.say(_STEP_ASIDE, language="ja-JP")
    response.dial(
        action=documents.url("operator-done", token=token, tried=tried + 1),
        method="POST",
        timeout=_CALLER_COMES_WITHIN,
    ).queue(token, url=documents.url("joined", token=token), method="POST")
    return _bytes(response)


def customer_leg(
    number: str, callback: str, *, caller_id: str, documents: DocumentSettings
) -> bytes:
    """The operator has answered: ring the customer who asked for it, showing `caller_id`.

    `callback-joined` is asked on the customer's side when they have picked up.
    """
    response = VoiceResponse()
    response.say(_RINGING_CUSTOMER, language="ja-JP")
    response.dial(
        action=documents.url("callback-done", id=callback),
        method="POST",
        caller_id=caller_id,
        timeout=_CUSTOMER_RINGS,
    ).number(number, url=documents.url("callback-joined", id=callback), method="POST")
    return _bytes(response)


def not_reached() -> bytes:
    """To the operator, whose customer did not pick up."""
    response = VoiceResponse()
    response.say(_NOT_REACHED, language="ja-JP")
    response.hangup()
    return _bytes(response)


def one_moment(again: str) -> bytes:
    """The answer is not there yet: words, then the carrier asks `again`."""
    response = VoiceResponse()
    _say_fixed(response, _ONE_MOMENT, "ja-JP")
    response.redirect(again, method="POST")
    return _bytes(response)


def nothing() -> bytes:
    """Go on with what the carrier was about to do."""
    return _bytes(VoiceResponse())


def hang_up() -> bytes:
    response = VoiceResponse()
    response.hangup()
    return _bytes(response)


def fallback(number: str, *, voice_name: str = _VOICE) -> bytes:
    """The static document of `kazasu fallback`: an apology, then the general number."""
    response = VoiceResponse()
    response.say(_APOLOGY, language="ja-JP", voice=voice_name)
    _dial(response, number)
    return _bytes(response)


def _dial(response: VoiceResponse, number: str) -> None:
    response.dial(answer_on_bridge=False, timeout=60).number(number)


def _draw(response: VoiceResponse, drawn: Draw, documents: DocumentSettings) -> None:
    _speak(response, drawn.document.spoken, documents)
    closing = drawn.document.closing
    if isinstance(closing, voice.Gather):
        response.append(_question(closing, drawn.n, documents))
    elif isinstance(closing, voice.Hold):
        response.append(_hold(closing, drawn.n, documents))
    elif isinstance(closing, voice.Transfer) and closing.token:
        response.enqueue(
            closing.token,
            action=documents.url("left", n=drawn.n),
            method="POST",
            wait_url=documents.url("queue"),
            wait_url_method="POST",
        )
    elif isinstance(closing, voice.Transfer) and documents.fallback_number:
        _dial(
            response, documents.fallback_number
        )  # no screen could be shown, so no operator would come
    elif isinstance(closing, voice.Transfer):
        _say_fixed(response, _FAREWELL, _language_of(drawn.document.spoken))
        response.hangup()
    else:
        response.hangup()


def _question(closing: voice.Gather, n: int, documents: DocumentSettings) -> Gather:
    length = (
        {"num_digits": closing.max_digits}
        if not closing.finish_on
        else {"finish_on_key": closing.finish_on}
    )
    gather = Gather(
        action=documents.url("turn", n=n),
        method="POST",
        action_on_empty_result=True,
        timeout=closing.timeout,
        barge_in=None if closing.barge_in else False,
        input="dtmf speech" if closing.speech else None,
        hints=",".join(closing.hints) or None,
        **length,
    )
    _speak(gather, closing.spoken, documents)
    return gather


def _hold(closing: voice.Hold, n: int, documents: DocumentSettings) -> Gather:
    """One Gather around a line and a soft tone; its 1 s time-out begins when they have ended."""
    gather = Gather(
        action=documents.url("turn", n=n),
        method="POST",
        action_on_empty_result=True,
        num_digits=1,
        timeout=1,
    )
    _speak(gather, closing.spoken, documents)
    rest = closing.seconds - 1 - spoken_seconds(closing.spoken)
    _fill(gather, closing.sound, max(rest, closing.quiet - 1), documents)
    return gather


def _fill(
    parent: VoiceResponse | Gather, sound: str, seconds: float, documents: DocumentSettings
) -> None:
    """Soft sound for that long; short pauses when there is no sound to play."""
    if seconds <= 0:
        return
    length = documents.sounds.get(sound, 0)
    if length > 0:
        parent.play(documents.audio(sound), loop=max(1, math.floor(seconds / length)))
    else:
        parent.pause(length=min(3, math.ceil(seconds)))


def _language_of(spoken: Sequence[Spoken]) -> str:
    return next((part.language for part in spoken if isinstance(part, voice.Say)), "ja-JP")


def _say_fixed(response: VoiceResponse, texts: Mapping[str, str], language: str) -> None:
    spoken = language if language in texts else "ja-JP"
    response.say(texts[spoken], language=spoken)


def _speak(
    parent: VoiceResponse | Gather, spoken: Sequence[Spoken], documents: DocumentSettings
) -> None:
    """A pause between speech becomes a break inside one Say, so that it can be under a second."""
    say: Verb | None = None
    manner, length = ("", "", False), 0
    for part in spoken:
        if isinstance(part, voice.Say):
            text = speakable(part.text)
            length += _encoded(text)
            wanted = (part.language, part.voice, part.slow)
            if say is None or manner != wanted or length > _LONGEST_SAY:
                manner, length = wanted, _encoded(text)
                say = _speaker(parent, part)
            if part.markup:
                _add_markup(say, markup.parse(text))
            else:
                _add_text(say, text)
        elif isinstance(part, voice.Pause) and say is not None:
            say.add_child("break", time=f"{part.milliseconds}ms")
        elif isinstance(part, voice.Pause):
            parent.pause(length=max(1, round(part.milliseconds / 1000)))
        else:
            say = None
            parent.play(documents.audio(part.audio))


def _speaker(parent: VoiceResponse | Gather, part: voice.Say) -> Verb:
    """What takes the words: the Say, or at slow pace an element inside it."""
    say = Say(language=part.language, voice=part.voice or None)
    parent.append(say)
    return say.add_child("prosody", rate=f"{SLOW:.0%}") if part.slow else say


def _add_markup(parent: Verb, parts: Sequence[markup.Part]) -> None:
    for part in parts:
        if isinstance(part, str):
            _add_text(parent, part)
            continue
        _add_markup(parent.add_child(part.name, **part.attributes), part.parts)


def _add_text(say: Verb, text: str) -> None:
    """The library keeps one text per gap, so neighbours are joined."""
    if say.verbs and isinstance(say.verbs[-1], str):
        say.verbs[-1] += text
    else:
        say.append(text)


def speakable(text: str) -> str:
    """Only characters that XML 1.0 allows: a stray one would end the call with an error."""
    return _UNSPEAKABLE.sub("", text)


def _encoded(text: str) -> int:
    """How many characters it has once URL-encoded, which is how Twilio counts."""
    octets = text.encode()
    return 3 * len(octets) - 2 * (len(octets) - len(octets.translate(None, _KEPT_BY_ENCODING)))


def _bytes(response: VoiceResponse) -> bytes:
    return response.to_xml().encode()
