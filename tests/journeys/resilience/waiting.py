"""Wait until something is so. Never for a time: a slow computer only makes it later."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")
_LOOK_EVERY: Final = 0.05
LONGEST: Final = 40.0


async def until(
    what: str, look: Callable[[], Awaitable[T | None]], *, within: float = LONGEST
) -> T:
    """The first thing that `look` finds; AssertionError with `what` when it never does."""
    try:
        async with asyncio.timeout(within):
            while not (found := await look()):  # noqa: ASYNC110  # told by nobody
                await asyncio.sleep(_LOOK_EVERY)
            return found
    except TimeoutError:
        raise AssertionError(f"never happened: {what}") from None
