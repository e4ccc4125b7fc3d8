"""Which answer a carrier request deserves, from step numbers alone (telephony rules, 2.3).

Document `n` is on the line; every URL in it carries `n`, and the request it makes consumes `n`.
A call's first webhook has no `n`: it counts as 0.
"""

from enum import Enum


class Freshness(Enum):
    CURRENT = "current"
    """Process it; the next document becomes the answer to (call, n)."""
    REPEATED = "repeated"
    """Its answer is still on the line: draw the stored document again."""
    STALE = "stale"
    """The call has moved on: send the carrier to the current document."""
    AHEAD = "ahead"
    """A number we never gave out: the same, and a warning."""


def judge(*, on_the_line: int, asked: int) -> Freshness:
    """`on_the_line` is the session's n (0 before the first document)."""
    if asked == on_the_line:
        return Freshness.CURRENT
    if asked == on_the_line - 1:
        return Freshness.REPEATED
    return Freshness.STALE if asked < on_the_line else Freshness.AHEAD
