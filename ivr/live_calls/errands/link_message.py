"""A text message with the link that leads an app to this call's check: one a call, no more.

The row in SQL comes before the message, so that nothing that is repeated sends a second one; where
nobody knows whether it left, it counts as not sent, and the check goes on by its next way.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

import structlog

from ivr.flow_engine.site import Site
from ivr.live_calls.ports import CallRow
from ivr.queues.ports import PhoneTrouble

_log = structlog.get_logger()
_GIVE_UP_AFTER: Final = 10.0
# Twilio's limits of one part: 160 characters of the GSM alphabet, 70 UTF-16 units of others.
_ONE_PART: Final = 70
_ONE_PART_GSM: Final = 160
_NOT_GSM: Final = frozenset("`[]{}|^~\\")
# For a site that words none (`sms.texts`): short enough for any business.
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ja-JP": ("{business} 本人確認(5分以内)\n{link}", "本人確認(5分以内)\n{link}"),
    "en-US": ("{business}: verify for your call (5 min) {link}", "Verify for your call {link}"),
}


class Reserved(Enum):
    """What became of asking to send a call its one text message."""

    FREE = "free"
    LAST_ONES = "last_ones"
    """Send it; four fifths of the day's budget are used."""
    SENT_BEFORE = "sent_before"
    """By this very errand: nothing is to be sent again."""
    USED = "used"
    """This call has had its message, or nobody knows whether it left."""
    SPENT = "spent"
    """The day's budget is used up."""


class SentMessages(Protocol):
    async def reserve(
        self, tenant: str, call_ref: str, errand_key: str, *, budget: int
    ) -> Reserved:
        """One row per call, before anything is sent; at most `budget` rows in 24 hours."""
        ...

    async def settle(self, tenant: str, call_ref: str, *, sent: bool) -> None: ...

    async def drop_before(self, before: datetime) -> int:
        """Forget older rows; returns how many."""
        ...


class SendsMessages(Protocol):
    async def send_message(self, to: str, text: str, *, sender: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSettings:
    """`public_base` is our own origin; `per_day` how many messages 24 hours may cost."""

    public_base: str
    per_day: int


class LinkMessages:
    def __init__(self, carrier: SendsMessages, sent: SentMessages, settings: MessageSettings):
        self._carrier = carrier
        self._sent = sent
        self._settings = settings

    async def send(self, row: CallRow, site: Site, key: str, token: str, language: str) -> bool:
        """To the number that calls, if it is a mobile. True when it was sent, now or before."""
        settings = self._settings
        if row.number_kind != "mobile" or not row.number or not site.sms_sender:
            return False
        reserved = await self._sent.reserve(row.tenant, row.call_ref, key, budget=settings.per_day)
        if reserved is Reserved.SENT_BEFORE:
            return True
        if reserved is Reserved.SPENT:
            _log.error("message_budget_spent", call_ref=row.call_ref, count=settings.per_day)
        if reserved is Reserved.LAST_ONES:
            _log.warning("message_budget_low", count=settings.per_day)
        if reserved not in (Reserved.FREE, Reserved.LAST_ONES):
            return False
        text = link_text(site, language, f"{settings.public_base}/l#{token}")
        try:
            async with asyncio.timeout(_GIVE_UP_AFTER):
                await self._carrier.send_message(row.number, text, sender=site.sms_sender)
        except (PhoneTrouble, TimeoutError):
            _log.warning("message_not_sent", call_ref=row.call_ref)
            await self._sent.settle(row.tenant, row.call_ref, sent=False)
            return False
        await self._sent.settle(row.tenant, row.call_ref, sent=True)
        return True


def link_text(site: Site, language: str, link: str) -> str:
    """The site's words, as full as one part of a message holds; else the shortest of them.

    `language` as in `ja-JP`; one that the site has no words for is answered in its first.
    """
    words = site.sms_texts or _TEXTS
    texts = words.get(language) or next(iter(words.values()))
    filled = [
        text.replace("{link}", link).replace("{business}", site.business.name) for text in texts
    ]
    return next((text for text in filled if fits_one_part(text)), filled[-1])


def fits_one_part(text: str) -> bool:
    if text.isascii() and not _NOT_GSM.intersection(text):
        return len(text) <= _ONE_PART_GSM
    return len(text.encode("utf-16-le")) // 2 <= _ONE_PART
