"""What the operators' door works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from identity.jpki.attributes import Attributes
from ivr.live_calls.callbacks.kept_results import Kept
from ivr.live_calls.screen_pop import Pop
from ivr.queues.answering import Answering
from ivr.queues.callback_list import CallbackList
from ivr.queues.model import Callback, Waiting
from ivr.queues.ports import Callbacks, Operators, WaitingCalls
from ivr.queues.presence import PresenceChoices
from ivr.queues.ringing_back import RingingBack
from operator_console.at_desk.ports import Desks


class Pops(Protocol):
    """`ivr.live_calls.screen_pop.ScreenPop` is one."""

    async def by_token(self, tenant: str, token: str) -> Pop | None:
        """None when the call is over: what was verified goes with it."""
        ...

    async def badge(self, waiting: Waiting) -> str:
        """The badge alone, for a list of calls."""
        ...


class Checks(Protocol):
    """`ivr.live_calls.operator_checks.starting.OperatorChecks` behind it."""

    async def start(
        self, tenant: str, operator: str, call_ref: str, *, mode: str, reason: str
    ) -> str:
        """The code of what stands in the way, "" when the check is open."""
        ...

    async def say(self, tenant: str, call_ref: str) -> str:
        """The machine says what stands on the screen; the code of what stands in the way, or ""."""
        ...

    async def stop(self, tenant: str, call_ref: str) -> bool: ...


class Certificates(Protocol):
    """Those behind the results of a call are asked about again (threat T12)."""

    def handed_over(self, tenant: str, token: str) -> None:
        """Beside the joining, which does not wait for it: the screen hears what came of it."""
        ...

    async def before(self, tenant: str, call_ref: str, action: str) -> None:
        """Before data are laid open by `reveal` or `card_attributes`. Takes 3 s at most."""
        ...


class KeptOf(Protocol):
    async def of(self, row: Callback, *, named: bool = False) -> Kept: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceCallbacks:
    rows: Callbacks
    book: CallbackList
    ringing: RingingBack
    kept: KeptOf


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorWorkspace:
    waiting: WaitingCalls
    operators: Operators
    pops: Pops
    answering: Answering
    presence: PresenceChoices
    checks: Checks
    certificates: Certificates
    callbacks: WorkspaceCallbacks
    desks: Desks
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Evidence of who looked. Each is written before the answer leaves: what raises shows nothing.

    `viewed(tenant, staff, pop)`; `reveal(tenant, staff, token)` gives the reported number (E.164,
    "" when withheld) after writing its row, None when there is no such call any more.
    `card_attributes(tenant, staff, token)` gives what the signature certificate says of its
    holder, None where the pop says that there is nothing to look at. `kept_viewed(tenant, staff,
    evidence)`: what an earlier call proved, for the call that is placed.
    """

    viewed: Callable[[str, str, Pop], Awaitable[None]]
    reveal: Callable[[str, str, str], Awaitable[str | None]]
    card_attributes: Callable[[str, str, str], Awaitable[Attributes | None]]
    kept_viewed: Callable[[str, str, str], Awaitable[None]]


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
