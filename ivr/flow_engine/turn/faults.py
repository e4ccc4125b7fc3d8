"""Faults: a limit reached or a flow that broke. The caller hears words and meets a person."""

from typing import Final

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.voice_actions import Document, HangUp, Say, Transfer

# Fixed here, because the flow's own prompts may be what is broken. Kana where a voice may err.
_APOLOGY: Final = {
    "ja": "申し訳ございません。ただいまシステムに不具合がございます。担当者におつなぎします。",
    "en": "We are sorry, something went wrong on our side. We are connecting you to a person.",
}
_APOLOGY_AND_END: Final = {
    "ja": "申し訳ございません。ただいまおつなぎできません。恐れ入りますが、おかけ直しください。",
    "en": "We are sorry, we cannot connect you at the moment. Please call us again.",
}
_PLEASE_WAIT: Final = {
    "ja": "お調べしています。少々お待ちください。",
    "en": "One moment please, we are looking that up.",
}

_STRAIGHT_ON: Final = {
    "ja": "ただいまお電話が混み合っております。担当者におつなぎし、ご本人の確認をいたします。",
    "en": "Our lines are busy. We are connecting you to a person, who will confirm who you are.",
}


class FlowFault(Exception):
    """A stable code: what limit was reached or what is broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _fixed(texts: dict[str, str], flow: Flow | None, language: str) -> Say:
    short = language.split("-")[0]
    short = short if short in texts else "ja"
    tag = language if language.startswith(short) else "ja-JP"
    return Say(text=texts[short], language=tag, voice=flow.voice.get(tag, "") if flow else "")


def apology(flow: Flow | None, language: str) -> Say:
    return _fixed(_APOLOGY, flow, language)


def last_words(flow: Flow | None, language: str) -> Say:
    return _fixed(_APOLOGY_AND_END, flow, language)


def please_wait(flow: Flow | None, language: str) -> Say:
    return _fixed(_PLEASE_WAIT, flow, language)


def straight_on(flow: Flow, language: str) -> Say:
    """Before the way to a person that leaves the dialogue out."""
    return _fixed(_STRAIGHT_ON, flow, language)


def fault_document(flow: Flow | None, language: str, *, queue: str = "") -> Document:
    """Fixed apology, then the fallback queue of the flow's site, or `queue` without a flow.

    With neither, the apology ends the call. The language falls back to Japanese, an empty voice
    leaves the choice to the carrier adapter. The transfer has no token: no screen was shown.
    """
    name = flow.site.fallback_queue if flow else queue
    if not name:
        return Document(spoken=(last_words(flow, language),), closing=HangUp())
    closing = Transfer(queue=name, token="", max_wait=LAST_RESORT_WAIT)
    return Document(spoken=(apology(flow, language),), closing=closing)


LAST_RESORT_WAIT: Final = 3600  # seconds; the longest a route may name
LAST_RESORT_ROUNDS: Final = 3  # a queue that refuses at once must not spin for ever
