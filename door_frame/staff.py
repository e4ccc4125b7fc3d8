"""Who may sign in at a door: accounts and their sessions. Words are login and password."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

OPERATOR: Final = "operator"
"""The role of whoever takes calls, and decides about holders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAccount:
    """`password_hash` is an argon2 string. `phone` (E.164) is what *answer* rings."""

    tenant: str
    id: str
    login: str
    name: str
    password_hash: str = field(repr=False)
    phone: str = field(repr=False)
    queues: tuple[str, ...]
    roles: tuple[str, ...] = (OPERATOR,)
    disabled: bool = False

    def serves_as(self, role: str) -> bool:
        """In use, and with this role."""
        return not self.disabled and role in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSession:
    """`id_hash` is SHA-256 of the cookie's 256-bit value; the value itself is never stored."""

    id_hash: bytes = field(repr=False)
    csrf_hash: bytes = field(repr=False)
    tenant: str
    staff: str
    began_at: datetime
    last_seen_at: datetime


class StaffAccounts(Protocol):
    async def by_login(self, tenant: str, login: str) -> StaffAccount | None: ...

    async def by_id(self, tenant: str, staff: str) -> StaffAccount | None: ...

    async def add(self, account: StaffAccount) -> bool:
        """False when the login exists."""
        ...

    async def serve(self, tenant: str, login: str, queues: Sequence[str]) -> bool:
        """From now on these queues and no others. False when there is no such login."""
        ...

    async def disable(self, tenant: str, login: str) -> bool:
        """Ends the account's sessions too. False when there is no such login."""
        ...


class StaffSessions(Protocol):
    async def begin(self, session: StaffSession) -> None: ...

    async def by_hash(self, id_hash: bytes) -> StaffSession | None: ...

    async def seen(self, id_hash: bytes, at: datetime) -> None: ...

    async def end(self, id_hash: bytes) -> None: ...
