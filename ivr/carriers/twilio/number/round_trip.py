"""Ask our own public address as Twilio would, through whatever stands in front of the service.

A request signed with our token must be let in, one that is not must be refused, and the fallback
must answer with a document. Nothing changes by it: the news told is of no call.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import httpx2
from twilio.request_validator import SIGNATURE_HEADER, RequestValidator

from ivr.carriers.twilio.twiml import PREFIX

# Characters that an intermediary which decodes and encodes again would spell in another way.
_PATH: Final = f"{PREFIX}/status"
_QUERY: Final = "?probe=%E3%81%82%27%2F%7E"
_NO_CALL: Final = "CA" + "0" * 32
_LONGEST_DOCUMENT: Final = 64 * 1024
_XML: Final = ("text/xml", "application/xml")


class Trouble(Enum):
    UNREACHABLE = "unreachable"
    REDIRECTED = "redirected"
    ODD_STATUS = "odd_status"
    SIGNED_REFUSED = "signed_refused"
    QUERY_CHANGED = "query_changed"
    FORGED_ACCEPTED = "forged_accepted"
    NOT_A_DOCUMENT = "not_a_document"
    NOBODY_DIALLED = "nobody_dialled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """`trouble` None is good. `fact`: the status seen, or the kind of failure. `voices`: the
    (voice, language) pairs that the document speaks with."""

    trouble: Trouble | None = None
    fact: str = ""
    voices: tuple[tuple[str, str], ...] = ()


async def door(http: httpx2.AsyncClient, base: str, *, account_sid: str, auth_token: str) -> Trip:
    """Webhooks: signed ones come in, all others do not."""
    form = {
        "AccountSid": account_sid,
        "CallSid": _NO_CALL,
        "CallStatus": "in-progress",
        "Note": "かざす",
    }
    good = RequestValidator(auth_token)
    try:
        signed = await _told(http, base + _PATH + _QUERY, form, good)
        plain = await _told(http, base + _PATH, form, good) if signed == 403 else signed
        bad = [
            await _told(http, base + _PATH, form, None),
            await _told(http, base + _PATH, form, RequestValidator(auth_token[::-1] + "x")),
        ]
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return Trip(trouble=Trouble.UNREACHABLE, fact=type(error).__name__)
    if signed == 403:
        accepted = 200 <= plain < 300
        return Trip(trouble=Trouble.QUERY_CHANGED if accepted else Trouble.SIGNED_REFUSED)
    if not 200 <= signed < 300:
        return Trip(trouble=_odd(signed), fact=str(signed))
    forged = [status for status in bad if status != 403]
    return Trip(trouble=Trouble.FORGED_ACCEPTED if forged else None, fact=str(*forged[:1]))


async def fallback(http: httpx2.AsyncClient, url: str) -> Trip:
    """The document that callers get when the service does not answer."""
    form = {"CallSid": _NO_CALL, "CallStatus": "ringing"}
    body = b""
    try:
        async with http.stream("POST", url, data=form, follow_redirects=False) as answer:
            kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > _LONGEST_DOCUMENT:
                    return Trip(trouble=Trouble.NOT_A_DOCUMENT, fact="over 64 kB")
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return Trip(trouble=Trouble.UNREACHABLE, fact=type(error).__name__)
    if answer.status_code != 200:
        return Trip(trouble=_odd(answer.status_code), fact=str(answer.status_code))
    document = _parsed(body) if kind in _XML else None
    if document is None:
        return Trip(trouble=Trouble.NOT_A_DOCUMENT, fact=kind or "no content type")
    voices = tuple((s.get("voice", ""), s.get("language", "")) for s in document.iter("Say"))
    if document.find("Dial") is None and document.find("Enqueue") is None:
        return Trip(trouble=Trouble.NOBODY_DIALLED, voices=voices)
    return Trip(voices=voices)


async def _told(
    http: httpx2.AsyncClient, url: str, form: dict[str, str], by: RequestValidator | None
) -> int:
    headers = {SIGNATURE_HEADER: by.compute_signature(url, form)} if by else {}
    answer = await http.post(url, data=form, headers=headers, follow_redirects=False)
    return answer.status_code


def _odd(status: int) -> Trouble:
    return Trouble.REDIRECTED if 300 <= status < 400 else Trouble.ODD_STATUS


class _NoDoctype(TreeBuilder):
    """Without a document type there are no entities to expand."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ParseError


def _parsed(body: bytes) -> Element | None:
    """None for what is no TwiML."""
    parser = XMLParser(target=_NoDoctype())  # noqa: S314  # document types are refused above
    try:
        parser.feed(body)
        root = parser.close()
    except ParseError:
        return None
    return root if root.tag == "Response" else None
