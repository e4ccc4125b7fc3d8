"""Calls by REST: order one, look at one, put a live one on another document or end it."""

from __future__ import annotations

from urllib.parse import urlsplit

from quart import request
from werkzeug.datastructures import MultiDict

from stand_ins.carrier.calls import arrivals
from stand_ins.carrier.calls.call import (
    Call,
    DocumentRequest,
    GivenDocument,
    HungUp,
    Redirected,
    Source,
    StatusCallback,
)
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.rest import refusals
from stand_ins.carrier.rest.refusals import Refused, not_found
from stand_ins.carrier.rest.shapes import call_shape, page_shape
from stand_ins.carrier.settings import E164, STATUS_EVENTS

LONGEST_TWIML = 4000
DEFAULT_RING = 60
SIMULATED = frozenset({"To", "From", "Url", "Twiml", "Method", "Timeout", "Status"}) | {
    "FallbackUrl",
    "StatusCallback",
    "StatusCallbackMethod",
    "StatusCallbackEvent",
}
_FILTERS = frozenset({"ParentCallSid", "Status", "Page", "PageSize", "PageToken"})
WRONG_EVENT = 21626


class CallResources:
    """Answers are (body, HTTP status)."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def create(self) -> tuple[dict[str, object], int]:
        form = await request.form
        to_number, from_number = self._parties(form)
        source = _source(form)
        if source is None:
            raise Refused(refusals.BAD_URL, "Url or Twiml is required")
        ring_seconds = form.get("Timeout", str(DEFAULT_RING))
        if not ring_seconds.isdigit() or not 1 <= int(ring_seconds) <= 600:
            raise Refused(refusals.BAD_TIMEOUT, f"Invalid Timeout {ring_seconds}")
        call = self._exchange.new_call(
            from_number=from_number,
            to_number=to_number,
            direction="outbound-api",
            fallback=_url(form, "FallbackUrl"),
            status_callback=_status_callback(form),
        )
        _note_what_is_passed_over(call, form)
        shape = call_shape(call)
        arrivals.call_out(self._exchange, call, source, float(ring_seconds))
        return shape, 201

    async def list_all(self) -> tuple[dict[str, object], int]:
        """Calls with a timeline, the newest first, by `ParentCallSid` and `Status`."""
        if unknown := set(request.args) - _FILTERS:
            raise Refused(refusals.BAD_PARAMETER, f"not simulated: {sorted(unknown)[0]}")
        parent, status = request.args.get("ParentCallSid"), request.args.get("Status")
        page, size = request.args.get("Page", "0"), request.args.get("PageSize", "50")
        if not page.isdigit() or not size.isdigit() or not 1 <= int(size) <= 1000:
            raise Refused(refusals.BAD_PARAMETER, "Invalid Page or PageSize")
        shapes = [
            call_shape(call)
            for call in reversed(self._exchange.calls.values())
            if parent in (None, call.parent_sid) and status in (None, call.status)
        ]
        return page_shape("calls", shapes, request.path, int(page), int(size)), 200

    async def fetch(self, sid: str) -> tuple[dict[str, object], int]:
        return call_shape(self._find(sid)), 200

    async def update(self, sid: str) -> tuple[dict[str, object], int]:
        call, form = self._find(sid), await request.form
        source, status = _source(form), form.get("Status")
        if status not in (None, "completed", "canceled"):
            raise Refused(refusals.BAD_PARAMETER, f"Invalid Status {status}")
        if not call.live:
            message = "Call is not in-progress. Cannot redirect."
            raise Refused(refusals.NOT_IN_PROGRESS, message)
        _note_what_is_passed_over(call, form)
        if status == "completed" or (status == "canceled" and call.answered_at is None):
            call.interrupt(HungUp(by="REST"))
        elif source is not None:
            if call.answered_at is None:
                message = "Call is not in-progress. Cannot redirect."
                raise Refused(refusals.NOT_IN_PROGRESS, message)
            call.interrupt(Redirected(source=source))
        return call_shape(call), 200

    def _find(self, sid: str) -> Call:
        call = self._exchange.calls.get(sid) or self._exchange.records.get(sid)
        if call is None:
            raise not_found(request.path)
        return call

    def _parties(self, form: MultiDict[str, str]) -> tuple[str, str]:
        to_number, from_number = form.get("To", ""), form.get("From", "")
        if not to_number:
            raise Refused(refusals.TO_MISSING, "No 'To' number is specified")
        if not from_number:
            raise Refused(refusals.FROM_MISSING, "No 'From' number is specified")
        if not E164.fullmatch(to_number):
            raise Refused(refusals.BAD_TO, f"The 'To' number {to_number} is not valid")
        if from_number not in self._exchange.numbers:
            message = f"The 'From' number {from_number} is not a number of this account"
            raise Refused(refusals.FROM_NOT_OURS, message)
        return to_number, from_number


def _source(form: MultiDict[str, str]) -> Source | None:
    url, twiml = _url(form, "Url"), form.get("Twiml")
    if url is not None and twiml is not None:
        raise Refused(refusals.BAD_URL, "Url and Twiml exclude each other")
    if twiml is not None:
        if len(twiml) > LONGEST_TWIML:
            raise Refused(refusals.TWIML_TOO_LONG, "Twiml is longer than 4000 characters")
        return GivenDocument(twiml=twiml)
    if url is None:
        return None
    return DocumentRequest(url=url, method=_method(form, "Method"))


def _url(form: MultiDict[str, str], name: str) -> str | None:
    value = form.get(name)
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refused(refusals.BAD_URL, f"{name} is not a valid URL")
    return value


def _method(form: MultiDict[str, str], name: str) -> str:
    method = form.get(name, "POST").upper()
    if method not in ("GET", "POST"):
        raise Refused(refusals.BAD_METHOD, f"{name} must be GET or POST")
    return method


def _status_callback(form: MultiDict[str, str]) -> StatusCallback | None:
    url = _url(form, "StatusCallback")
    if url is None:
        return None
    asked = [e for value in form.getlist("StatusCallbackEvent") for e in value.split()]
    # A wrong event name is accepted, and then no callback ever comes.
    events = frozenset() if set(asked) - set(STATUS_EVENTS) else frozenset(asked or ["completed"])
    return StatusCallback(url=url, method=_method(form, "StatusCallbackMethod"), events=events)


def _note_what_is_passed_over(call: Call, form: MultiDict[str, str]) -> None:
    for name in sorted(set(form) - SIMULATED):
        call.timeline.add("not_simulated", f"not simulated: REST parameter {name}")
    if call.status_callback is not None and not call.status_callback.events:
        text = f"{WRONG_EVENT} invalid StatusCallbackEvent: no status callback will come"
        call.timeline.add("error", text, code=WRONG_EVENT)
