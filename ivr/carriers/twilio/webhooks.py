"""Twilio's door: a function from a raw request to a reply. A web framework only mounts it.

The signature is checked before anything else. A refusal is a plain 403; 429 is never answered
(to Twilio it is an error). What fails inside is a 500: the number's fallback URL takes over. The
door keeps nothing between requests, so any worker may answer any of them.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

import structlog

from ivr.carriers.twilio import parse, twiml
from ivr.carriers.twilio.in_time import MOST_WAITS, InTime, Late
from ivr.carriers.twilio.pages.callback import CallbackDoor
from ivr.carriers.twilio.pages.queue import QueueDoor
from ivr.carriers.twilio.signature import RawRequest, SignatureCheck
from ivr.carriers.twilio.twiml import PREFIX, DocumentSettings
from ivr.flow_engine.events import Event, Resumed, TransferEnded
from ivr.flow_library.model import NoFlow
from ivr.live_calls.answers import Answer
from ivr.live_calls.operator_checks.saying import SaidChecks
from ivr.live_calls.service import LiveCalls

_log = structlog.get_logger()
_MAX_BODY: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = field(default=b"", repr=False)


Form: TypeAlias = Mapping[str, str]
Query: TypeAlias = Mapping[str, str]
Page: TypeAlias = Callable[[Form, Query], Coroutine[Any, Any, bytes | None]]
# The page between two people must not hold them up.
_BETWEEN: Final = frozenset({"joined", "callback-joined"})
_ON_THE_LINE: Final = frozenset({"voice", "turn", "current", "left", "aside"})
"""What these answer is the call's own document; without it the carrier turns to its fallback."""
_STATUS: Final = frozenset({"status", "operator-status", "callback-status"})
"""They draw nothing and nobody hears them: answered when what they say is written down."""


class TwilioDoor:
    def __init__(
        self,
        *,
        check: SignatureCheck,
        account_sid: str,
        calls: LiveCalls,
        queue: QueueDoor,
        callbacks: CallbackDoor,
        said: SaidChecks,
        documents: DocumentSettings,
    ) -> None:
        self._check = check
        self._account_sid = account_sid
        self._calls = calls
        self._said = said
        self._documents = documents
        self._pages: Mapping[str, Page] = {
            "voice": self._voice,
            "turn": self._turn,
            "current": self._current,
            "left": self._left,
            "aside": self._aside,
            "status": self._status,
            "queue": queue.turn,
            "joined": queue.joined,
            "operator": queue.operator,
            "operator-done": queue.operator_done,
            "operator-status": queue.operator_status,
            "callback": callbacks.operator,
            "callback-joined": callbacks.joined,
            "callback-done": callbacks.done,
            "callback-status": callbacks.status,
        }
        self._queue = queue
        self._in_time = InTime()

    @property
    def pages(self) -> frozenset[str]:
        """The names below `PREFIX` that are answered at all."""
        return frozenset(self._pages)

    async def answer(self, request: RawRequest) -> Reply:
        """One request. Pages are POST only, so that a link never changes anything."""
        name = request.path.decode("ascii", "replace").removeprefix(PREFIX + "/")
        if name not in self._pages:
            return Reply(status=404)
        if request.method != "POST":
            return Reply(status=405)
        if len(request.body) > _MAX_BODY or not self._check.accepts(request):
            _log.warning("webhook_refused")
            return Reply(status=403)
        form = request.form()
        query = dict(parse_qsl(request.query.decode()))
        if form.get("AccountSid") != self._account_sid or not form.get("CallSid"):
            _log.warning("webhook_of_another_account")
            return Reply(status=403)
        if name == "voice" and self._in_time.full:
            _log.error("call_not_begun")
            return self._to_the_fallback_number(form)
        try:
            work = self._pages[name](form, query)
            answer = await self._in_time.of(work, whole=name in _STATUS)
        except NoFlow:
            _log.error("no_flow", route=name)
            return self._to_the_fallback_number(form)
        except asyncio.CancelledError:  # the carrier has hung up on us: it waits no longer
            self._not_answered(name, form)
            raise
        except Exception:
            _log.exception("webhook_failed", route=name)
            self._not_answered(name, form)
            return Reply(status=500)
        if isinstance(answer, Late):
            return self._wait(name, form, query)
        if name in _ON_THE_LINE:
            self._calls.at_fallback.back(form["CallSid"])
        return _reply(answer)

    def _not_answered(self, name: str, form: Form) -> None:
        if name in _ON_THE_LINE:
            self._calls.at_fallback.gone(form["CallSid"])

    def _wait(self, name: str, form: Form, query: Query) -> Reply:
        """The caller hears something, then asks for what is on the line by then; a few times."""
        _log.warning("page_late", route=name)
        if name in _BETWEEN:
            return _reply(twiml.nothing())
        waited = parse.seconds(query, "waited")
        if waited >= MOST_WAITS:
            return self._to_the_fallback_number(form)
        page = "current" if name in ("turn", "left") else name
        kept = {key: query[key] for key in ("n", "token", "tried", "id") if key in query}
        again = self._documents.url(page, **kept, waited=waited + 1)
        return _reply(twiml.one_moment(again))

    async def _voice(self, form: Form, query: Query) -> bytes:
        return self._drawn(await self._calls.arrived(parse.arrival(form)))

    async def _turn(self, form: Form, query: Query) -> bytes:
        event: Event = Resumed() if "resumed" in query else parse.heard(form)
        return await self._asked(form, query, event)

    async def _left(self, form: Form, query: Query) -> bytes:
        """The caller is out of the queue, or the talk is over; or our own redirect took them out:
        of its two requests either may be the one that counts, so both get the same."""
        outcome = parse.queue_outcome(form)
        if outcome is None:
            return await self._aside(form, query)
        self._queue.cleared(form)
        return await self._asked(form, query, TransferEnded(outcome=outcome))

    async def _current(self, form: Form, query: Query) -> bytes:
        n = parse.seconds(query, "n")
        return self._drawn(await self._calls.current(form["CallSid"], n))

    async def _aside(self, form: Form, query: Query) -> bytes:
        """What an operator asked to have said to the caller, then the talk goes on."""
        try:
            said = await self._said.document(form["CallSid"])
        except Exception:
            _log.exception("not_said_aside")
            said = None
        if said is None:
            return await self._current(form, query)
        return self._drawn(said)

    async def _status(self, form: Form, query: Query) -> None:
        if parse.has_ended(form):
            await self._calls.ended(form["CallSid"])

    async def _asked(self, form: Form, query: Query, event: Event) -> bytes:
        n = parse.seconds(query, "n")
        return self._drawn(await self._calls.turn(form["CallSid"], n, event))

    def _drawn(self, answer: Answer) -> bytes:
        return twiml.render(answer, self._documents)

    def _to_the_fallback_number(self, form: Form) -> Reply:
        """No flow can serve this call: a person by phone, or what the number's fallback says."""
        self._calls.at_fallback.gone(form["CallSid"])
        if not self._documents.fallback_number:
            return Reply(status=500)
        return _reply(twiml.fallback(self._documents.fallback_number))


def _reply(body: bytes | None) -> Reply:
    if body is None:
        return Reply(status=204)
    return Reply(status=200, content_type="text/xml; charset=utf-8", body=body)
