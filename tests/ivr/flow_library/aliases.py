"""In-memory adapters of the ports `FlowAliases` and `FlowProposals`."""

from collections.abc import Sequence
from dataclasses import replace

from ivr.flow_library.model import Alias, Move, Proposal, Publication


class MemoryAliases:
    def __init__(self) -> None:
        self.standing: dict[tuple[str, str, str], Alias] = {}
        self.audit: list[tuple[str, Move]] = []
        self.published: dict[tuple[str, str], Publication] = {}

    async def all(self, tenant: str) -> Sequence[Alias]:
        return [alias for key, alias in sorted(self.standing.items()) if key[0] == tenant]

    async def move(
        self, tenant: str, move: Move, *, follows: int, publication: Publication | None = None
    ) -> bool:
        key = (tenant, move.flow_id, move.alias)
        there = self.standing.get(key)
        if there is None and (follows or move.came_from):
            return False
        if there and (there.revision, there.version) != (follows, move.came_from):
            return False
        self.standing[key] = Alias(
            flow_id=move.flow_id,
            name=move.alias,
            version=move.went_to,
            share=move.share,
            revision=follows + 1,
        )
        self.audit.insert(0, (tenant, move))
        if publication:
            self.published.setdefault((tenant, publication.version), publication)
        return True

    async def moves(self, tenant: str, flow_id: str, at_most: int) -> Sequence[Move]:
        mine = [move for of, move in self.audit if (of, move.flow_id) == (tenant, flow_id)]
        return mine[:at_most]

    async def publications(self, tenant: str, flow_id: str, at_most: int) -> Sequence[Publication]:
        mine = [one for key, one in self.published.items() if key[0] == tenant]
        return [one for one in reversed(mine) if one.flow_id == flow_id][:at_most]


class MemoryProposals:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Proposal] = {}

    async def add(self, tenant: str, proposal: Proposal, publication: Publication | None) -> None:
        self.kept[tenant, proposal.id] = proposal

    async def one(self, tenant: str, proposal_id: str) -> Proposal | None:
        return self.kept.get((tenant, proposal_id))

    async def open(self, tenant: str, flow_id: str) -> Sequence[Proposal]:
        return [
            one
            for key, one in self.kept.items()
            if key[0] == tenant and one.flow_id == flow_id and not one.done
        ]

    async def change(self, tenant: str, before: Proposal, after: Proposal) -> bool:
        if self.kept.get((tenant, before.id)) != before:
            return False
        self.kept[tenant, before.id] = replace(after, version=before.version + 1)
        return True
