"""Staff accounts, sessions and tries in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from door_frame.staff import StaffAccount, StaffSession


class MemoryStaffSessions:
    def __init__(self) -> None:
        self.kept: dict[bytes, StaffSession] = {}

    async def begin(self, session: StaffSession) -> None:
        self.kept[session.id_hash] = session

    async def by_hash(self, id_hash: bytes) -> StaffSession | None:
        return self.kept.get(id_hash)

    async def seen(self, id_hash: bytes, at: datetime) -> None:
        if id_hash in self.kept:
            self.kept[id_hash] = replace(self.kept[id_hash], last_seen_at=at)

    async def end(self, id_hash: bytes) -> None:
        self.kept.pop(id_hash, None)


class MemoryStaffAccounts:
    def __init__(self, sessions: MemoryStaffSessions, *accounts: StaffAccount) -> None:
        self._sessions = sessions
        self._known = {(one.tenant, one.id): one for one in accounts}

    async def by_login(self, tenant: str, login: str) -> StaffAccount | None:
        mine = (one for one in self._known.values() if one.tenant == tenant)
        return next((one for one in mine if one.login == login), None)

    async def by_id(self, tenant: str, staff: str) -> StaffAccount | None:
        return self._known.get((tenant, staff))

    async def add(self, account: StaffAccount) -> bool:
        if await self.by_login(account.tenant, account.login) is not None:
            return False
        self._known[account.tenant, account.id] = account
        return True

    async def serve(self, tenant: str, login: str, queues: Sequence[str]) -> bool:
        found = await self.by_login(tenant, login)
        if found is None:
            return False
        self._known[tenant, found.id] = replace(found, queues=tuple(queues))
        return True

    async def disable(self, tenant: str, login: str) -> bool:
        found = await self.by_login(tenant, login)
        if found is None:
            return False
        self._known[tenant, found.id] = replace(found, disabled=True)
        for key, session in list(self._sessions.kept.items()):
            if (session.tenant, session.staff) == (tenant, found.id):
                del self._sessions.kept[key]
        return True
