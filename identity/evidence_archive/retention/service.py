"""Contents whose time is over lose their keys; what is held stays. The chain still verifies.

Each erasure, hold and release is a row of evidence itself, in the same transaction.
"""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Final

from identity.evidence_archive.model import Kind
from identity.evidence_archive.recording import Recorder
from identity.evidence_archive.retention.ports import Contents, Erasure, Hold, Kept
from identity.evidence_archive.retention.rules import RetentionRules
from identity.tenants.model import Tenant

AT_ONCE: Final = 200
"""Rows looked at in one turn: nobody who writes waits for all of them."""
BY_RULE: Final = "system"


class Outcome(Enum):
    DONE = "done"
    HELD = "held"
    NOTHING = "nothing"
    """No such row, or none of its contents can be opened any more."""


class Retention:
    """`random` gives that many random bytes, for the ids of holds."""

    def __init__(
        self,
        contents: Contents,
        recorder: Recorder,
        rules: RetentionRules,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._contents = contents
        self._recorder = recorder
        self._rules = rules
        self._now = now
        self._random = random
        self._after = 0

    async def turn(self, tenant: Tenant) -> int:
        """Look at some rows more, from the oldest on, and begin again behind the last that can be
        over; returns how many rows lost contents."""
        now = self._now()
        some = await self._contents.kept(tenant.id, self._after, at_most=AT_ONCE)
        young = [kept for kept in some if self._rules.shortest().after(kept.at) > now]
        over = len(some) < AT_ONCE or bool(young)
        self._after = 0 if over else some[-1].seq
        due = [e for kept in some if not kept.held and (e := self._due(tenant, kept, now))]
        return await self._contents.erase(tenant.id, due) if due else 0

    async def erase(self, tenant: Tenant, evidence_id: str, *, actor: str, reason: str) -> Outcome:
        """All contents of one row, before their time: somebody asked for it and may."""
        kept = await self._contents.one(tenant.id, evidence_id)
        if kept is None or not kept.parts:
            return Outcome.NOTHING
        erasure = self._erasure(tenant, kept, kept.parts, actor=actor, reason=reason)
        if kept.held or not await self._contents.erase(tenant.id, [erasure]):
            return Outcome.HELD
        return Outcome.DONE

    async def hold(self, tenant: Tenant, pairing: str, *, actor: str, reason: str) -> Hold:
        """From now on, whatever the rules say."""
        hold_id = "hold_" + self._random(8).hex()
        since = self._now()
        hold = Hold(id=hold_id, pairing=pairing, reason=reason, by=actor, since=since)
        record = self._recorder.access(
            tenant,
            Kind.HOLD,
            at=since,
            actor=actor,
            reason=reason,
            of=pairing,
            hold=hold_id,
            pairing=pairing,
        )
        await self._contents.hold(tenant.id, hold, record)
        return hold

    async def release(self, tenant: Tenant, hold_id: str, *, actor: str, reason: str) -> bool:
        at = self._now()
        record = self._recorder.access(
            tenant, Kind.RELEASE, at=at, actor=actor, reason=reason, of=hold_id
        )
        return await self._contents.release(tenant.id, hold_id, at, record)

    def _due(self, tenant: Tenant, kept: Kept, now: datetime) -> Erasure | None:
        parts, rules = [], set()
        for part in kept.parts:
            end, rule = self._rules.ends(
                kind=kept.kind, retention=kept.retention, part=part, at=kept.at
            )
            if end <= now:
                parts.append(part)
                rules.add(rule)
        if not parts:
            return None
        reason = "rule " + ",".join(sorted(rules))
        return self._erasure(tenant, kept, tuple(parts), actor=BY_RULE, reason=reason)

    def _erasure(
        self, tenant: Tenant, kept: Kept, parts: tuple[str, ...], *, actor: str, reason: str
    ) -> Erasure:
        record = self._recorder.access(
            tenant,
            Kind.ERASURE,
            at=self._now(),
            actor=actor,
            reason=reason,
            of=kept.id,
            parts=",".join(parts),
            pairing=kept.pairing,
        )
        return Erasure(of=kept, parts=parts, record=record)
