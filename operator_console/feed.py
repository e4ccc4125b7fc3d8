"""News for the consoles of a tenant, as events that say only where to look again.

One channel a tenant, so that one id orders all an operator's screen hears; what is addressed to
one operator is left out of everybody else's stream. No event carries personal data.
"""

from collections.abc import Mapping
from typing import Final

from door_frame.feed import Feed, FeedItem

KINDS: Final = frozenset({"offer", "offer_ended", "waiting", "ringing", "talking", "ended"}) | {
    "presence",
    "pop",
    "callback",
    "desk",
}


def channel(tenant: str) -> str:
    return f"operators:{tenant}"


class ConsoleNews:
    """`ivr.queues.ports.QueueNews` over a live feed."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    async def tell(self, tenant: str, *, operator: str | None, what: str, token: str) -> None:
        await self._feed.publish(
            channel(tenant), what, {"operator": operator or "", "token": token}
        )


def shown_to(staff: str, item: FeedItem) -> Mapping[str, object] | None:
    """What this operator's page is told of an item; None for what is somebody else's."""
    addressee = item.data.get("operator", "")
    if addressee not in ("", staff):
        return None
    return {"token": item.data.get("token", "")}
