"""What driving a call asks of the outside. The tenant is opaque text here and comes first.

`call_ref` is the only name of a call beyond the carrier's own; the carrier's call id stays in
`CallRow` and with the carrier adapter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Protocol

from ivr.flow_engine.events import Scalar
from ivr.queues.ports import PhoneTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A call's first request. `number` is E.164, empty when withheld or not believable."""

    carrier_call_id: str = field(repr=False)
    number: str = field(repr=False)
    number_kind: str
    dialled: str


class Placed(Enum):
    """Who placed a call: the words of the pairing design for `direction`."""

    BY_CALLER = "caller"
    BY_BUSINESS = "business"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """Written at arrival, kept in SQL: enough to bring a lost session to a person.

    `number` is E.164 or empty when withheld; it is kept sealed, as is `carrier_call_id`.
    `session_moved`: its session is where it was saved while the first place was away. A call that
    we place has no session; `expect` is the contract whose holder asked for it, "" if unknown.
    """

    tenant: str
    call_ref: str
    carrier_call_id: str = field(repr=False)
    number: str = field(repr=False)
    number_kind: str
    dialled: str
    flow_version: str
    began_at: datetime
    ended_at: datetime | None = None
    session_moved: bool = False
    placed: Placed = Placed.BY_CALLER
    expect: str = ""


class CallRows(Protocol):
    async def begin(self, row: CallRow) -> CallRow:
        """Idempotent by call_ref: the first row stands and is returned."""
        ...

    async def by_ref(self, tenant: str, call_ref: str) -> CallRow | None: ...

    async def end(self, tenant: str, call_ref: str, at: datetime) -> bool:
        """True the first time only."""
        ...

    async def open_since(self, before: datetime, at_most: int) -> Sequence[CallRow]:
        """Calls that began before then and have not ended, for the sweep."""
        ...


WITH_US: Final = timedelta(seconds=60)
"""A carrier that asked nothing for so long may have gone elsewhere (to its fallback, say)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """`body` is the session's JSON, empty when it cannot be read; `version` counts saves from 1.

    `with_us`: the carrier asked within `WITH_US`, and the process that answered it still lives.
    `moved`: read from where sessions are saved while the first place is away.
    """

    body: Mapping[str, object] = field(repr=False)
    version: int
    with_us: bool = False
    moved: bool = False


class Sessions(Protocol):
    """Live sessions, encrypted at rest. May be lost at any time when kept in Redis.

    `moved` is what the call's row or the loaded session says of itself.
    """

    async def load(
        self, tenant: str, call_ref: str, *, moved: bool = False
    ) -> StoredSession | None: ...

    async def save(
        self,
        tenant: str,
        call_ref: str,
        body: Mapping[str, object],
        *,
        expected: int,
        asked: bool = False,
        moved: bool = False,
    ) -> bool:
        """Compare and set: True when the stored version was `expected` (0: none was stored).

        `asked`: it is the carrier that is being answered.
        """
        ...

    async def drop_ended(self, before: datetime) -> int:
        """Forget sessions last saved before then; returns how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupAnswer:
    """`outcome` is found, none, multiple or error."""

    outcome: str
    fields: Mapping[str, Scalar] = field(default_factory=dict, repr=False)


class Lookups(Protocol):
    async def look_up(self, tenant: str, name: str, args: Mapping[str, Scalar]) -> LookupAnswer: ...


class CallGone(PhoneTrouble):
    """The caller has left: expected, never a failure that anyone hears."""


class CarrierTrouble(PhoneTrouble):
    """The carrier could not be reached or refused; retried inside. The hold loop carries on."""


class TakenOver(PhoneTrouble):
    """The call's own document rings or talks to somebody: the fallback has it, where the carrier
    got no answer of ours."""


class Carrier(Protocol):
    """Commands to the phone company. Raises CallGone or CarrierTrouble."""

    async def fetch_again(self, carrier_call_id: str, *, n: int) -> None:
        """Make the live call ask for its current document (same `n` as on the line). TakenOver:
        it would take the caller away from a person."""
        ...

    async def ring_operator(self, phone: str, *, token: str, dialled: str) -> str:
        """Call the operator's phone; once answered it joins the caller waiting under `token`.

        Returns the carrier's id of the operator's leg.
        """
        ...

    async def send_message(self, to: str, text: str, *, sender: str) -> str:
        """A text message; never twice by itself. Returns the carrier's id of the message.

        `to` is E.164: for anything but a Japanese mobile number, CarrierTrouble at once.
        """
        ...

    async def hang_up(self, carrier_call_id: str) -> None: ...
