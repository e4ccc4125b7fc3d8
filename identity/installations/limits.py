"""How many installations may be made known, and how often one may speak.

Keys cost nothing to make. Counted are those that were made known, so that an app which says the
same again is not held up; and signed requests, which leave a row each for some minutes.
"""

from typing import Final, Protocol

from identity.installations.refusals import Code, Refusal

WINDOW_SECONDS: Final = 600
NEW_PER_ADDRESS: Final = 60
"""Mobile carriers put many subscribers behind one address; each makes an app known once."""
NEW_EVERYWHERE: Final = 3_000
REQUESTS_PER_MINUTE: Final = 300
AWAY_SECONDS: Final = 5


class Counting(Protocol):
    """Sliding windows; ConnectionError when the counts cannot be had."""

    async def add(self, key: str, *, window_seconds: int) -> int: ...


class InstallationLimits:
    def __init__(self, counters: Counting) -> None:
        self._counters = counters

    async def newcomer(self, address: str) -> Refusal | None:
        """`slow_down` for one too many, and while nobody can count."""
        try:
            here = await self._add(f"new_installation:{address}", WINDOW_SECONDS)
            if here > NEW_PER_ADDRESS:
                return _slow_down(WINDOW_SECONDS)
            everywhere = await self._add("new_installation:all", WINDOW_SECONDS)
        except ConnectionError:
            return _slow_down(AWAY_SECONDS)
        return _slow_down(WINDOW_SECONDS) if everywhere > NEW_EVERYWHERE else None

    async def request(self, installation_id: str) -> Refusal | None:
        """`slow_down` for one too many. While nobody can count, a check under way goes on."""
        try:
            spoken = await self._add(f"requests:{installation_id}", 60)
        except ConnectionError:
            return None
        return _slow_down(60) if spoken > REQUESTS_PER_MINUTE else None

    async def _add(self, key: str, window_seconds: int) -> int:
        return await self._counters.add(key, window_seconds=window_seconds)


def _slow_down(seconds: int) -> Refusal:
    return Refusal(code=Code.SLOW_DOWN.value, facts={"retry_after": seconds})
