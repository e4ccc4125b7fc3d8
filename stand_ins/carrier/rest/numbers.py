"""The account's telephone numbers by REST: find one, look at it, change where its calls go."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from quart import request
from werkzeug.datastructures import MultiDict

from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.rest import refusals
from stand_ins.carrier.rest.refusals import Refused, not_found
from stand_ins.carrier.rest.shapes import number_shape, page_shape
from stand_ins.carrier.settings import ServedNumber

Shape = dict[str, object]
URLS = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "fallback_url",
    "StatusCallback": "status_callback",
}
METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "fallback_method",
    "StatusCallbackMethod": "status_callback_method",
}
FILTERS = frozenset({"PhoneNumber", "Page", "PageSize"})
_PATTERN = re.compile(r"\+?[0-9*]+")


class NumberResources:
    """Answers are (body, HTTP status)."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._account = exchange.credentials.account_sid

    async def list_all(self) -> tuple[Shape, int]:
        if unknown := set(request.args) - FILTERS:
            raise Refused(refusals.BAD_PARAMETER, f"not simulated: {sorted(unknown)[0]}")
        shown = [n for n in self._exchange.numbers.values() if _asked_for(n.number)]
        page, size = request.args.get("Page", "0"), request.args.get("PageSize", "50")
        if not page.isdigit() or not size.isdigit() or not 1 <= int(size) <= 1000:
            raise Refused(refusals.BAD_PARAMETER, "Invalid Page or PageSize")
        shapes = [number_shape(number, self._account) for number in shown]
        name = "incoming_phone_numbers"
        return page_shape(name, shapes, request.path, int(page), int(size)), 200

    async def fetch(self, sid: str) -> tuple[Shape, int]:
        return number_shape(self._find(sid), self._account), 200

    async def update(self, sid: str) -> tuple[Shape, int]:
        """All or nothing. Real Twilio passes over what it does not know; here that is refused."""
        number, form = self._find(sid), await request.form
        if unknown := set(form) - set(URLS) - set(METHODS):
            raise Refused(refusals.BAD_PARAMETER, f"not simulated: {sorted(unknown)[0]}")
        changes: dict[str, Any] = {
            own: _url(form, name) for name, own in URLS.items() if name in form
        }
        changes |= {own: _method(form, name) for name, own in METHODS.items() if name in form}
        changed = replace(number, **changes, updated=datetime.now(UTC))
        self._exchange.numbers[number.number] = changed
        return number_shape(changed, self._account), 200

    def _find(self, sid: str) -> ServedNumber:
        for number in self._exchange.numbers.values():
            if number.sid == sid:
                return number
        raise not_found(request.path)


def _asked_for(number: str) -> bool:
    """`PhoneNumber` may be a part of a number, with * for any digit."""
    asked = request.args.get("PhoneNumber", "")
    if not asked:
        return True
    if not _PATTERN.fullmatch(asked):
        raise Refused(refusals.BAD_PARAMETER, f"Invalid PhoneNumber {asked}")
    return re.search(re.escape(asked).replace(r"\*", "[0-9]"), number) is not None


def _url(form: MultiDict[str, str], name: str) -> str:
    """Nothing takes the address away."""
    value = form[name]
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise Refused(refusals.BAD_NUMBER_URL, f"{name} is not a valid URL")
    return value


def _method(form: MultiDict[str, str], name: str) -> str:
    if form[name] not in ("GET", "POST"):
        raise Refused(refusals.BAD_NUMBER_METHOD, f"{name} must be GET or POST")
    return form[name]
