"""Where flows are kept: their sources by version, and which version calls get.

The tenant is opaque text and comes first. Nothing here is ever deleted: a version is there as long
as a call or a record can name it.
"""

from collections.abc import Sequence
from typing import Protocol

from ivr.flow_library.model import Alias, Move, Proposal, Publication


class FlowVersions(Protocol):
    """Immutable source bundles by version."""

    async def save(self, tenant: str, flow_id: str, version: str, bundle_json: str) -> None:
        """Idempotent: saving a version again only makes it the newest of its flow."""
        ...

    async def keep(self, tenant: str, flow_id: str, version: str, bundle_json: str) -> None:
        """Idempotent. Not the newest by that: nobody has agreed yet that calls may get it."""
        ...

    async def load(self, tenant: str, version: str) -> str | None: ...

    async def newest(self, tenant: str, flow_id: str) -> str | None:
        """The bundle saved last for this flow id: what calls got, or were to get, most lately."""
        ...

    async def like(self, tenant: str, beginning: str) -> Sequence[str]:
        """Versions that begin so (hexadecimal), two at most: enough to tell one from several."""
        ...


class FlowAliases(Protocol):
    """Aliases, the audit of their moves, proposals, and who published what."""

    async def all(self, tenant: str) -> Sequence[Alias]: ...

    async def move(
        self, tenant: str, move: Move, *, follows: int, publication: Publication | None = None
    ) -> bool:
        """The alias, its audit entry and, for a version not published before, the publication: in
        one transaction. `follows` is the revision the move is made for, 0 where the alias is not
        there. An empty `went_to` takes the alias away. False, and nothing changed, when somebody
        else was quicker."""
        ...

    async def moves(self, tenant: str, flow_id: str, at_most: int) -> Sequence[Move]:
        """The newest first."""
        ...

    async def publications(self, tenant: str, flow_id: str, at_most: int) -> Sequence[Publication]:
        """The newest first."""
        ...


class FlowProposals(Protocol):
    """Moves that wait for a second person."""

    async def add(self, tenant: str, proposal: Proposal, publication: Publication | None) -> None:
        """With who published it, in one transaction."""
        ...

    async def one(self, tenant: str, proposal_id: str) -> Proposal | None: ...

    async def open(self, tenant: str, flow_id: str) -> Sequence[Proposal]: ...

    async def change(self, tenant: str, before: Proposal, after: Proposal) -> bool:
        """False when it is no longer `before`."""
        ...
