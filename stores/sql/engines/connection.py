"""A connection as stores use one: SQLAlchemy's words, whichever database answers."""

from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol, TypeAlias, TypeVar, TypeVarTuple, overload

from sqlalchemy import CursorResult, Dialect, Executable
from sqlalchemy.sql.selectable import TypedReturnsRows

from stores.sql.engines.questions import Given, Order, Question

BUSY_SECONDS: Final = 2
"""How long one try waits for a lock or a connection: with all tries, under 10 s of a call."""
T = TypeVar("T")
_Columns = TypeVarTuple("_Columns")
Parameters: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class Connection(Protocol):
    """To PostgreSQL a statement waits for the wire; in a SQLite file it is done at once."""

    @property
    def dialect(self) -> Dialect: ...

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*_Columns], parameters: Parameters | None = None
    ) -> CursorResult[*_Columns]: ...

    @overload
    async def execute(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> CursorResult[*tuple[Any, ...]]: ...

    async def exec_driver_sql(self, statement: str) -> CursorResult[*tuple[Any, ...]]: ...

    async def ask(self, question: Question, given: Given) -> Sequence[Any]:
        """All rows that answer, as `Engine.ask`, but within this transaction. DBAPIError."""
        ...

    async def tell(self, order: Order, given: Sequence[Given]) -> int:
        """An order once for each of `given`; how many rows it has met together. DBAPIError."""
        ...

    def begin_nested(self) -> AbstractAsyncContextManager[object]: ...


class Engine(Protocol):
    """One database, and how it is reached."""

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """A connection without a transaction: every statement sees what is committed by then, and
        is committed itself if it may write at all (in SQLite it may not)."""
        ...

    async def ask(self, question: Question, given: Given) -> Sequence[Any]:
        """All rows, read as by `reading`."""
        ...

    def begin(self) -> AbstractAsyncContextManager[Connection]:
        """A transaction: committed at the end, rolled back when something is raised."""
        ...

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do work that begins transactions, and waits for nothing but them, where they belong."""
        ...

    async def close(self) -> None: ...
