"""What the operators' door works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from identity.jpki.attributes import Attributes
from ivr.live_calls.screen_pop import Pop
from ivr.queues.answering import Answering
from ivr.queues.model import Waiting
from ivr.queues.ports import Operators, WaitingCalls
from ivr.queues.presence import PresenceDesk


class Pops(Protocol):
    """`ivr.live_calls.screen_pop.ScreenPop` is one."""

    async def by_token(self, tenant: str, token: str) -> Pop | None:
        """None when the call is over: what was verified goes with it."""
        ...

    async def badge(self, waiting: Waiting) -> str:
        """The badge alone, for a list of calls."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorDesk:
    waiting: WaitingCalls
    operators: Operators
    pops: Pops
    answering: Answering
    presence: PresenceDesk
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Evidence of who looked. Each is written before the answer leaves: what raises shows nothing.

    `viewed(tenant, staff, pop)`; `reveal(tenant, staff, token)` gives the reported number (E.164,
    "" when withheld) after writing its row, None when there is no such call any more.
    `card_attributes(tenant, staff, token)` gives what the signature certificate says of its
    holder, None where the pop says that there is nothing to look at.
    """

    viewed: Callable[[str, str, Pop], Awaitable[None]]
    reveal: Callable[[str, str, str], Awaitable[str | None]]
    card_attributes: Callable[[str, str, str], Awaitable[Attributes | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSettings:
    """`origin` is the public `scheme://host[:port]`; `business` the name on the page.

    `frame_ancestor` is the one origin that may frame the console ("" for none; demo only).
    `trusted_proxies` is how many proxies of ours stand in front.
    """

    tenant: str
    origin: str
    business: str
    frame_ancestor: str = ""
    trusted_proxies: int = 0
