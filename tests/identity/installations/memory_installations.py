"""Installations and seen request proofs in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from identity.installations.model import Installation


class MemoryInstallations:
    def __init__(self) -> None:
        self.rows: dict[str, Installation] = {}

    async def register(self, installation: Installation) -> Installation:
        return self.rows.setdefault(installation.id, installation)

    async def by_id(self, installation_id: str) -> Installation | None:
        return self.rows.get(installation_id)

    async def mark_proved(self, installation_id: str) -> None:
        if installation_id in self.rows:
            self.rows[installation_id] = replace(self.rows[installation_id], ever_proved=True)


class MemorySeenProofs:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str], datetime] = {}

    async def first_time(self, installation_id: str, jti: str, *, seconds: int) -> bool:
        until = self._until.get((installation_id, jti))
        if until is not None and until > self._clock():
            return False
        self._until[installation_id, jti] = self._clock() + timedelta(seconds=seconds)
        return True
