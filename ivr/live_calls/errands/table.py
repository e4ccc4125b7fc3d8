"""The table of errands: who does each, and when it is answered.

`now` errands are quick (one transaction of ours) and answered within the request, but for what
they leave as `Slowly`. That and `later` ones may be slow: what is not there within `_PATIENCE`
seconds is followed up, the caller hears a hold.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias, TypeVar

import structlog

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.errands import Errand, FetchAgain
from ivr.flow_engine.events import ErrandFailed, Event
from ivr.live_calls.background import Background
from ivr.live_calls.ports import CallGone, CallRow, Carrier, CarrierTrouble, TakenOver

_log = structlog.get_logger()
_PATIENCE: Final = 0.3
_T = TypeVar("_T")

Doer: TypeAlias = Callable[[Any, CallRow, Flow], Awaitable["Event | Slowly | None"]]
Tell: TypeAlias = Callable[[str, Event], Awaitable[bool]]


class Screens(Protocol):
    """What is done for a call whatever its session knew of earlier screens."""

    async def moved(self, row: CallRow, token: str) -> None: ...

    async def call_over(self, row: CallRow) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowly:
    """The quick part of an errand is done and durable; `rest` is slow and gives the answer."""

    rest: Callable[[], Awaitable[Event]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The errand `key` is under way; its answer comes as news."""

    key: str
    task: "asyncio.Task[Event | None]" = field(repr=False)

    def give_up(self) -> None:
        """The turn that asked did not count."""
        self.task.cancel()


class ErrandTable:
    def __init__(
        self,
        *,
        now: Mapping[type, Doer],
        later: Mapping[type, Doer],
        carrier: Carrier,
        background: Background,
        screens: Screens,
    ) -> None:
        self._now = now
        self._later = later
        self._carrier = carrier
        self._background = background
        self._screens = screens

    def is_after_save(self, errand: Errand) -> bool:
        return isinstance(errand, FetchAgain)

    async def do(self, errand: Errand, row: CallRow, flow: Flow) -> Event | Later | None:
        """The answer, `Later`, or None for an errand that has none. Trouble becomes an answer."""
        doer = self._now.get(type(errand))
        if doer is None:
            doer = self._later.get(type(errand))
            if doer is None:
                _log.error("errand_unknown", call_ref=row.call_ref, errand=type(errand).__name__)
                return ErrandFailed(key=errand.key)
            return await _patiently(errand, self._tried(doer(errand, row, flow), errand, row))
        answer = await self._tried(doer(errand, row, flow), errand, row)
        if isinstance(answer, Slowly):
            return await _patiently(errand, self._tried(answer.rest(), errand, row))
        return answer

    def follow(self, later: Later, call_ref: str, tell: Tell) -> None:
        """Tell the answer when it comes. After the save: before it, nobody awaits the answer."""

        async def wait() -> None:
            answer = await later.task
            if answer is not None:
                await tell(call_ref, answer)

        self._background.start(wait, "slow_errand")

    def after_save(self, errands: Sequence[Errand], row: CallRow, *, n: int) -> None:
        """Redirect the live call, once, beside everything else: a slow carrier delays no other."""
        if errands:
            self._background.start(lambda: self._redirect(row, n), "redirect")

    async def call_over(self, row: CallRow) -> None:
        await self._screens.call_over(row)

    async def moved(self, row: CallRow, token: str) -> None:
        """After the save of a session that is on its way to a queue."""
        await self._screens.moved(row, token)

    async def _redirect(self, row: CallRow, n: int) -> None:
        """If it fails, the hold loop finds the same at its next turn."""
        try:
            await self._carrier.fetch_again(row.carrier_call_id, n=n)
        except CallGone:
            _log.info("caller_left_before_redirect", call_ref=row.call_ref)
        except TakenOver:
            _log.warning("redirect_would_take_away", call_ref=row.call_ref)
        except CarrierTrouble:
            _log.warning("redirect_failed", call_ref=row.call_ref)

    async def _tried(self, doing: Awaitable[_T], errand: Errand, row: CallRow) -> _T | ErrandFailed:
        try:
            return await doing
        except Exception:
            # Whatever broke, the caller goes on: the engine has an exit for a failed errand.
            _log.exception("errand_failed", call_ref=row.call_ref, errand=type(errand).__name__)
            return ErrandFailed(key=errand.key)


async def _patiently(
    errand: Errand, work: Awaitable["Event | Slowly | None"]
) -> Event | Later | None:
    task = asyncio.ensure_future(_an_event(work))
    done, _ = await asyncio.wait({task}, timeout=_PATIENCE)
    return task.result() if done else Later(key=errand.key, task=task)


async def _an_event(work: Awaitable["Event | Slowly | None"]) -> Event | None:
    """A `later` errand that leaves a slow rest is slow all the way."""
    answer = await work
    return await answer.rest() if isinstance(answer, Slowly) else answer
