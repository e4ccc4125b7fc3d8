"""The verbs that move an alias: publish, approve, roll back. Refusals are values.

Where people must agree (`policy.approvers` of the site), a move waits as a proposal until so many
different people stand behind it, who proposed it included. A way back to what was live before
needs nobody else: it was agreed to then, and an incident does not wait.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final, TypeAlias

from ivr.flow_engine.site import Site
from ivr.flow_library.approvers import deciding
from ivr.flow_library.kept_versions import KeptVersions
from ivr.flow_library.model import (
    ALL_CALLS,
    CANARY,
    LIVE,
    Alias,
    Move,
    NoFlow,
    Proposal,
    Publication,
)
from ivr.flow_library.ports import FlowAliases, FlowProposals, FlowVersions

_LOOKED_BACK: Final = 1000


class Why(Enum):
    """Why nothing was changed."""

    ALREADY = "already_there"
    OVERTAKEN = "moved_meanwhile"
    NOTHING_LIVE = "nothing_is_live"
    NOTHING_BEFORE = "nothing_before"
    UNKNOWN_VERSION = "unknown_version"
    NO_PROPOSAL = "no_such_proposal"
    SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """`promoted`: the canary had this version, and was taken away as it became live."""

    move: Move
    promoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    proposal: Proposal


Published: TypeAlias = Moved | Waiting | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A version and where it should go. `needed`: how many people must stand behind it."""

    flow_id: str
    version: str
    bundle_json: str
    alias: str
    share: int
    by: str
    message: str
    needed: int = 1


class Publishing:
    """`new_id` gives a short name for a proposal that has not been used."""

    def __init__(
        self,
        *,
        tenant: str,
        versions: FlowVersions,
        aliases: FlowAliases,
        proposals: FlowProposals,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._tenant = tenant
        self._versions = versions
        self._aliases = aliases
        self._proposals = proposals
        self._now = now
        self._new_id = new_id

    async def publish(self, wanted: Wanted) -> Published:
        """The caller has linted and tested it."""
        there = await self._alias(wanted.flow_id, wanted.alias)
        if (there.version, there.share) == (wanted.version, wanted.share):
            return Refused(why=Why.ALREADY)
        if wanted.alias == CANARY and not (await self._alias(wanted.flow_id, LIVE)).version:
            return Refused(why=Why.NOTHING_LIVE)
        flow, version, at = wanted.flow_id, wanted.version, self._now()
        await self._versions.keep(self._tenant, flow, version, wanted.bundle_json)
        publication = Publication(
            flow_id=flow, version=version, author=wanted.by, message=wanted.message, at=at
        )
        move = _move(there, wanted, at)
        if wanted.needed <= 1:
            return await self._moved(move, there.revision, publication)
        proposal = Proposal(
            id=self._new_id(),
            flow_id=flow,
            alias=wanted.alias,
            went_to=version,
            share=wanted.share,
            by=wanted.by,
            approvals=(wanted.by,),
            needed=wanted.needed,
            message=wanted.message,
            at=at,
            follows=there.revision,
        )
        await self._proposals.add(self._tenant, proposal, publication)
        return Waiting(proposal=proposal)

    async def needed(self, flow_id: str, sites: Sequence[Site]) -> int:
        """How many people a move of this flow takes: the most that one of these sites asks for,
        that of the live version, or that of the version which people last agreed on."""
        live = (await self._alias(flow_id, LIVE)).version
        moves = await self._aliases.moves(self._tenant, flow_id, _LOOKED_BACK)
        kept = KeptVersions(self._tenant, self._versions)
        asking = [site.approvers for site in sites]
        for version in deciding(live, moves):
            try:
                asking.append((await kept.flow(version)).site.approvers)
            except NoFlow:
                continue  # no longer readable: it cannot say
        return max(asking, default=1)

    async def approve(
        self,
        proposal_id: str,
        by: str,
        *,
        may: Callable[[str], Awaitable[bool]],
        sites: Sequence[Site] = (),
    ) -> Published:
        """One more person. With the last that was needed the alias moves.

        `may` tells who still may agree: whose account was closed since counts no longer. How many
        it takes is asked again, `sites` being those in force: it may be more by now, never fewer.
        """
        standing = await self._proposals.one(self._tenant, proposal_id)
        if standing is None or standing.done:
            return Refused(why=Why.NO_PROPOSAL)
        if by in standing.approvals:
            return Refused(why=Why.SAME_PERSON)
        there = await self._alias(standing.flow_id, standing.alias)
        if there.revision != standing.follows:
            return Refused(why=Why.OVERTAKEN)
        agreed = replace(
            standing,
            approvals=(*[one for one in standing.approvals if await may(one)], by),
            needed=max(standing.needed, await self.needed(standing.flow_id, sites)),
        )
        complete = len(agreed.approvals) >= agreed.needed
        # First of the two: stopped between them, it is proposed again, and nothing moved twice.
        if not await self._proposals.change(self._tenant, standing, replace(agreed, done=complete)):
            return Refused(why=Why.OVERTAKEN)
        if not complete:
            return Waiting(proposal=agreed)
        move = Move(
            flow_id=agreed.flow_id,
            alias=agreed.alias,
            came_from=there.version,
            went_to=agreed.went_to,
            share=agreed.share,
            by=agreed.by,
            approvals=agreed.approvals,
            message=agreed.message,
            at=self._now(),
        )
        return await self._moved(move, there.revision, None)

    async def roll_back(
        self, flow_id: str, alias: str, *, to: str, by: str, message: str
    ) -> Published:
        """To a version that this flow had live before; without one, to the last that it had.

        A canary is taken away: all calls are live again.
        """
        there = await self._alias(flow_id, alias)
        target = ""
        if alias == LIVE:
            moves = await self._aliases.moves(self._tenant, flow_id, _LOOKED_BACK)
            target = way_back([move for move in moves if move.alias == LIVE], to)
            if not target:
                return Refused(why=Why.UNKNOWN_VERSION if to else Why.NOTHING_BEFORE)
        if there.version == target:
            return Refused(why=Why.ALREADY)
        move = Move(
            flow_id=flow_id,
            alias=alias,
            came_from=there.version,
            went_to=target,
            share=ALL_CALLS if target else 0,
            by=by,
            approvals=(by,),
            message=message,
            at=self._now(),
            back=True,
        )
        return await self._moved(move, there.revision, None)

    async def aliases(self, flow_id: str) -> Sequence[Alias]:
        found = await self._aliases.all(self._tenant)
        return [alias for alias in found if alias.flow_id == flow_id and alias.version]

    async def _alias(self, flow_id: str, name: str) -> Alias:
        """One that was never there has no version and no move."""
        for alias in await self._aliases.all(self._tenant):
            if (alias.flow_id, alias.name) == (flow_id, name):
                return alias
        return Alias(flow_id=flow_id, name=name, version="", share=0, revision=0)

    async def _moved(
        self, move: Move, follows: int, publication: Publication | None
    ) -> Moved | Refused:
        if not await self._aliases.move(
            self._tenant, move, follows=follows, publication=publication
        ):
            return Refused(why=Why.OVERTAKEN)
        if move.alias == LIVE:
            await self._now_newest(move)
        return Moved(move=move, promoted=await self._promoted(move))

    async def _now_newest(self, move: Move) -> None:
        """So that it is the last good version wherever saved files are live and do not read."""
        bundle = await self._versions.load(self._tenant, move.went_to)
        if bundle is not None:
            await self._versions.save(self._tenant, move.flow_id, move.went_to, bundle)

    async def _promoted(self, move: Move) -> bool:
        """What became live is no trial any more. Left there, the canary would send a share of the
        calls back to this version when the next one is live."""
        canary = await self._alias(move.flow_id, CANARY)
        if move.alias != LIVE or canary.version != move.went_to:
            return False
        away = replace(move, alias=CANARY, came_from=canary.version, went_to="", share=0)
        return await self._aliases.move(self._tenant, away, follows=canary.revision)


def way_back(moves: Sequence[Move], to: str = "") -> str:
    """The version to go back to, "" when there is none. `moves` of one alias, the newest first.

    With `to`, the beginning of one that was there before; else the one that the version now there
    took over from: two steps back are two versions back, not there and back again.
    """
    if to:
        had = [version for move in moves for version in (move.went_to, move.came_from)]
        found = {version for version in had if version and version.startswith(to)}
        return found.pop() if len(found) == 1 else ""
    line: list[str] = []
    for move in reversed(moves):
        if not line and move.came_from:
            line.append(move.came_from)
        if move.back and move.went_to in line:
            while line[-1] != move.went_to:
                line.pop()
        else:
            line.append(move.went_to)
    return line[-2] if len(line) > 1 else ""


def _move(there: Alias, wanted: Wanted, at: datetime) -> Move:
    return Move(
        flow_id=wanted.flow_id,
        alias=wanted.alias,
        came_from=there.version,
        went_to=wanted.version,
        share=wanted.share,
        by=wanted.by,
        approvals=(wanted.by,),
        message=wanted.message,
        at=at,
    )
