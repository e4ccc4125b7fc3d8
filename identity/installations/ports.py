"""Where installations are kept, and which request proofs were seen."""

from typing import Protocol

from identity.installations.model import Installation


class Installations(Protocol):
    async def register(self, installation: Installation) -> Installation:
        """Idempotent by id: the first registration stands."""
        ...

    async def by_id(self, installation_id: str) -> Installation | None: ...

    async def mark_proved(self, installation_id: str) -> None: ...


class SeenProofs(Protocol):
    async def first_time(self, installation_id: str, jti: str, *, seconds: int) -> bool:
        """Remember a proof id for that long; False when it was seen before."""
        ...
