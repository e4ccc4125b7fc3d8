"""Which processes serve this deployment: one alone, or several that share Redis.

Each says so while it lives, and a process that does not fit beside those that are there is refused.
"""

from typing import Final, Protocol

BEAT_SECONDS: Final = 5.0


class AlreadyServed(Exception):
    """Another process is there, and the two do not go together. `by` says which, for a person."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class Serving(Protocol):
    """`held`: whether this process may serve. It may stop being so, and become so again."""

    @property
    def held(self) -> bool: ...

    async def begin(self) -> None:
        """AlreadyServed."""
        ...

    async def beat(self) -> None:
        """Every `BEAT_SECONDS`: still here; what was lost is asked for again."""
        ...

    async def end(self) -> None: ...
