"""The telephone in the holder's hand: it places the call, and knows of its own calls only."""

import re
from dataclasses import dataclass, field
from typing import Final, Protocol

_TEL: Final = re.compile(r"tel:(?P<number>\+[0-9]{5,15})(?P<post_dial>,{1,10}[0-9]{8,10})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DialString:
    """A `tel:` address taken apart: the number, and the pauses and digits sent after the answer."""

    number: str
    post_dial: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCall:
    """What the handset reports of the call it placed. `begun` and `connected` (None: not yet) are
    seconds of one monotonic clock; `other_calls` is any before or beside it."""

    call_state: str
    begun: float
    connected: float | None
    other_calls: bool = False


class Handset(Protocol):
    """What the app asks of the telephone that it runs on."""

    async def place(self, dial: DialString) -> bool:
        """Place the call. False: the holder did not want to."""
        ...

    async def own_call(self) -> OwnCall | None:
        """That call, once it is connected or over; None where an app may not look at calls."""
        ...

    async def key_in(self, code: str) -> None:
        """Show a code that the holder keys into the call."""
        ...


def dial_string(tel: str) -> DialString | None:
    """None for what no service of ours would send: nothing is dialled then."""
    found = _TEL.fullmatch(tel)
    if found is None:
        return None
    return DialString(number=found["number"], post_dial=found["post_dial"] or "")
