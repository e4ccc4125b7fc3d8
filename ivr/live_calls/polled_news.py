"""What counts when the carrier asks again in a check that has moved meanwhile: news, or request.

Push is the speed, poll is the safety: the news was asked for when this very request came.

                          a key was pressed      no key was
    nothing it lacks      REQUEST                REQUEST
    progress of the app   NOTED_THEN_REQUEST     PROGRESS
    the check was closed  REQUEST                END
    another end           END                    END
"""

from enum import Enum

from ivr.flow_engine.events import DigitsPressed, Event, IdentityCancelled, PairingProgressed


class Counts(Enum):
    REQUEST = "request"
    """A check that is closed already was closed by this very key, at another process or before a
    crash: the key is done again."""
    NOTED_THEN_REQUEST = "noted_then_request"
    """The key goes before the words that the progress would have brought."""
    PROGRESS = "progress"
    """What it brings to be said; the request when that is nothing."""
    END = "end"
    """The request only when this is the end of another check than the one that is waited for."""


def what_counts(news: Event | None, request: Event) -> Counts:
    """`news` is None when there is none that the call does not know yet."""
    keyed = isinstance(request, DigitsPressed)
    if isinstance(news, PairingProgressed):
        return Counts.NOTED_THEN_REQUEST if keyed else Counts.PROGRESS
    if news is None or (isinstance(news, IdentityCancelled) and keyed):
        return Counts.REQUEST
    return Counts.END
