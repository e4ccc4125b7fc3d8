"""Build every store over one database. Plain constructors; nothing here decides anything."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from identity.contract_holders.hashes import phone_hash
from identity.tenants.model import Tenant, TenantId
from kazasu.wiring.correlation import CorrelatedPairings
from stores.memory.counters import MemoryCounters
from stores.memory.news import MemoryFeed
from stores.sql.calls import SqlCallRows
from stores.sql.database import Database
from stores.sql.evidence import SqlEvidenceRows
from stores.sql.flow_versions import SqlFlowVersions
from stores.sql.holders import SqlHolders, SqlLinkage
from stores.sql.installations import SqlInstallations, SqlSeenProofs
from stores.sql.outbound.callbacks import SqlCallbacks
from stores.sql.outbound.messages import SqlSentMessages
from stores.sql.outbox import Outbox
from stores.sql.pairings.alarms import SqlCardHolds, SqlLateProofs, SqlLineWarnings
from stores.sql.pairings.lines_in_check import SqlLinesInCheck
from stores.sql.pairings.store import SqlPairings
from stores.sql.queues import SqlOperators, SqlWaitingCalls
from stores.sql.sealing import Sealer
from stores.sql.sessions import SqlSessions
from stores.sql.staff import SqlStaffAccounts, SqlStaffSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    database: Database
    outbox: Outbox
    pairings: SqlPairings
    late_proofs: SqlLateProofs
    card_holds: SqlCardHolds
    line_warnings: SqlLineWarnings
    evidence: SqlEvidenceRows
    holders: SqlHolders
    linkage: SqlLinkage
    installations: SqlInstallations
    seen_proofs: SqlSeenProofs
    call_rows: SqlCallRows
    lines_in_check: SqlLinesInCheck
    sessions: SqlSessions
    sent_messages: SqlSentMessages
    callbacks: SqlCallbacks
    waiting: SqlWaitingCalls
    operators: SqlOperators
    staff: SqlStaffAccounts
    staff_sessions: SqlStaffSessions
    flow_versions: SqlFlowVersions
    counters: MemoryCounters
    feed: MemoryFeed

    async def close(self) -> None:
        await self.feed.close()
        await self.database.close()


def build(
    url: str,
    tenant: Tenant,
    session_key: bytes,
    *,
    result_lives: timedelta,
    wake: Callable[[], None] = lambda: None,
) -> Stores:
    """One database for one tenant; `wake` is called after each commit that wrote news."""
    database = Database(url)

    def content_key(of: str) -> bytes:
        if of != tenant.id:
            raise KeyError(of)
        return tenant.keys.content

    def hash_phone(_of: TenantId, number: str) -> bytes:
        return phone_hash(tenant, number)

    sealer = Sealer(content_key)
    outbox = Outbox(database, wake=wake)
    return Stores(
        database=database,
        outbox=outbox,
        pairings=CorrelatedPairings(database, sealer, outbox, result_lives=result_lives),
        late_proofs=SqlLateProofs(database),
        card_holds=SqlCardHolds(database),
        line_warnings=SqlLineWarnings(database),
        evidence=SqlEvidenceRows(database),
        holders=SqlHolders(database, sealer, hash_phone=hash_phone),
        linkage=SqlLinkage(database),
        installations=SqlInstallations(database),
        seen_proofs=SqlSeenProofs(database),
        call_rows=SqlCallRows(database, sealer),
        lines_in_check=SqlLinesInCheck(database),
        sessions=SqlSessions(database, Sealer(lambda _of: session_key)),
        sent_messages=SqlSentMessages(database),
        callbacks=SqlCallbacks(database, sealer),
        waiting=SqlWaitingCalls(database, sealer),
        operators=SqlOperators(database, sealer),
        staff=SqlStaffAccounts(database, sealer),
        staff_sessions=SqlStaffSessions(database),
        flow_versions=SqlFlowVersions(database),
        counters=MemoryCounters(asyncio.get_running_loop().time),
        feed=MemoryFeed(),
    )
