"""One writer with group commit: jobs that wait while one group commits become the next group.

Each job of several runs in a savepoint of the group's transaction; nobody hears of a result before
the commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.exc import DBAPIError, IntegrityError

from stores.sql.engines.connection import Connection, Engine, T

Job: TypeAlias = Callable[[Connection], Awaitable[T]]
"""Work inside one transaction. It may be run again, and in a thread of the database's own: it waits
for nothing but the connection, and changes nothing but the database."""


@dataclass(slots=True)
class _Waiting:
    job: Job[Any]
    result: asyncio.Future[Any]

    def settle(self, outcome: "_Outcome") -> None:
        if self.result.done():  # the asker was cancelled
            return
        if outcome.error is None:
            self.result.set_result(outcome.value)
        else:
            self.result.set_exception(outcome.error)


@dataclass(slots=True)
class _Outcome:
    value: Any = None
    error: Exception | None = None


class _GroupBroken(Exception):
    """The database failed inside a job: what else the transaction still holds is not known."""


class Writer:
    def __init__(self, engine: Engine, *, at_most: int = 64) -> None:
        self._engine = engine
        self._at_most = at_most
        self._queue: asyncio.Queue[_Waiting | None] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    async def run(self, job: Job[T]) -> T:
        """Run a job and return after its group is durable."""
        if self._closed:
            raise RuntimeError("the writer is closed")
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="sql writer")
        waiting = _Waiting(job, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(waiting)
        result: T = await waiting.result
        return result

    async def close(self) -> None:
        """Finish what was asked for, then stop."""
        self._closed = True
        if self._worker is not None:
            self._queue.put_nowait(None)
            await self._worker

    async def _work(self) -> None:
        while True:
            group: list[_Waiting] = []
            last = await self._queue.get()
            while last is not None:
                group.append(last)
                if len(group) == self._at_most or self._queue.empty():
                    break
                last = self._queue.get_nowait()
            if group:
                await self._commit(group)
            if last is None:
                return

    async def _commit(self, group: list[_Waiting]) -> None:
        try:
            outcomes = await self._engine.run(self._outcomes([waiting.job for waiting in group]))
        except Exception as broken:  # a job that broke the rules: nothing of its group is kept
            outcomes = [_Outcome(error=broken) for _ in group]
        for waiting, outcome in zip(group, outcomes, strict=True):
            waiting.settle(outcome)

    async def _outcomes(self, jobs: Sequence[Job[Any]]) -> list[_Outcome]:
        if len(jobs) == 1:
            return [await self._alone(jobs[0])]
        try:
            async with self._engine.begin() as connection:
                return [await _attempt(connection, job) for job in jobs]
        except _GroupBroken:  # rolled back as a whole: each gets a transaction of its own
            return [await self._alone(job) for job in jobs]
        except Exception as failure:  # begin or commit failed: nobody's work is known to be durable
            return [_Outcome(error=failure) for _ in jobs]

    async def _alone(self, job: Job[Any]) -> _Outcome:
        try:
            async with self._engine.begin() as connection:
                value = await job(connection)
            return _Outcome(value=value)
        except Exception as failure:
            return _Outcome(error=failure)


async def _attempt(connection: Connection, job: Job[Any]) -> _Outcome:
    try:
        async with connection.begin_nested():
            return _Outcome(value=await job(connection))
    except IntegrityError as refused:  # undoes one statement, the savepoint undoes the rest
        return _Outcome(error=refused)
    except DBAPIError as failure:
        raise _GroupBroken from failure
    except Exception as failure:
        return _Outcome(error=failure)
