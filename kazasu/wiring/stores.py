"""Build every store over one database. Plain constructors; nothing here decides anything."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from door_frame.feed import Feed
from identity.contract_holders.hashes import phone_hash
from identity.pairing.ports import Counters
from identity.tenants.model import Tenant, TenantId
from kazasu.wiring.correlation import CorrelatedPairings
from kazasu.wiring.processes import sharing
from kazasu.wiring.processes.sharing import RedisParts, Shared
from kazasu.wiring.sealing import SealingKeys
from stores.memory.counters import MemoryCounters
from stores.memory.news import MemoryFeed
from stores.redis.sessions import RedisSessions
from stores.sql.archive.rows import SqlEvidenceRows
from stores.sql.calls import SqlCallRows
from stores.sql.database import Database
from stores.sql.enrolments import SqlEnrolments
from stores.sql.flows.aliases import SqlFlowAliases
from stores.sql.flows.call_logs import SqlCallLogs
from stores.sql.flows.proposals import SqlFlowProposals
from stores.sql.flows.versions import SqlFlowVersions
from stores.sql.holders import SqlHolders, SqlLinkage
from stores.sql.installations import SqlInstallations, SqlSeenProofs
from stores.sql.outbound.callbacks import SqlCallbacks
from stores.sql.outbound.messages import SqlSentMessages
from stores.sql.outbox import Outbox
from stores.sql.pairings.alarms import SqlCardHolds, SqlLateProofs, SqlLineWarnings
from stores.sql.pairings.forgetting import Forgetting
from stores.sql.pairings.lines_in_check import SqlLinesInCheck
from stores.sql.pairings.live import SqlLiveVerdicts
from stores.sql.pairings.store import SqlPairings
from stores.sql.queues import SqlOperators, SqlWaitingCalls
from stores.sql.serving.mark import RedisMark
from stores.sql.sessions import SqlSessions
from stores.sql.staff import SqlStaffAccounts, SqlStaffSessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    database: Database
    outbox: Outbox
    pairings: SqlPairings
    live_verdicts: SqlLiveVerdicts
    late_proofs: SqlLateProofs
    card_holds: SqlCardHolds
    line_warnings: SqlLineWarnings
    evidence: SqlEvidenceRows
    holders: SqlHolders
    linkage: SqlLinkage
    enrolments: SqlEnrolments
    installations: SqlInstallations
    seen_proofs: SqlSeenProofs
    call_rows: SqlCallRows
    call_logs: SqlCallLogs
    lines_in_check: SqlLinesInCheck
    forgetting: Forgetting
    sessions: SqlSessions | RedisSessions
    sent_messages: SqlSentMessages
    callbacks: SqlCallbacks
    waiting: SqlWaitingCalls
    operators: SqlOperators
    staff: SqlStaffAccounts
    staff_sessions: SqlStaffSessions
    flow_versions: SqlFlowVersions
    flow_aliases: SqlFlowAliases
    flow_proposals: SqlFlowProposals
    counters: Counters
    feed: Feed
    shared: Shared | None = None

    async def close(self) -> None:
        await self.feed.close()
        if self.shared is not None:
            await self.shared.close()
        await self.database.close()


def build(
    url: str,
    tenant: Tenant,
    keys: SealingKeys,
    *,
    result_lives: timedelta,
    wake: Callable[[], None] = lambda: None,
    redis: RedisParts | None = None,
) -> Stores:
    """One database for one tenant; `wake` is called after each commit that wrote news.

    With `redis` live sessions, counters and the console's news are shared by all processes.
    """
    database = Database(url)

    def hash_phone(_of: TenantId, number: str) -> bytes:
        return phone_hash(tenant, number)

    sealer, for_sessions = keys.documents(tenant), keys.sessions()
    in_sql = SqlSessions(database, for_sessions)
    mark = RedisMark(database, tenant.id)
    together = sharing.shared(redis, tenant.id, for_sessions, in_sql, mark) if redis else None
    outbox = Outbox(database, wake=wake)
    return Stores(
        database=database,
        outbox=outbox,
        pairings=CorrelatedPairings(database, sealer, outbox, result_lives=result_lives),
        live_verdicts=SqlLiveVerdicts(database, sealer),
        late_proofs=SqlLateProofs(database),
        card_holds=SqlCardHolds(database),
        line_warnings=SqlLineWarnings(database),
        evidence=SqlEvidenceRows(database),
        holders=SqlHolders(database, sealer, hash_phone=hash_phone),
        linkage=SqlLinkage(database),
        enrolments=SqlEnrolments(database, sealer),
        installations=SqlInstallations(database),
        seen_proofs=SqlSeenProofs(database),
        call_rows=SqlCallRows(database, sealer),
        call_logs=SqlCallLogs(database),
        lines_in_check=SqlLinesInCheck(database),
        forgetting=Forgetting(database),
        sessions=together.sessions if together else in_sql,
        sent_messages=SqlSentMessages(database),
        callbacks=SqlCallbacks(database, sealer),
        waiting=SqlWaitingCalls(database, sealer),
        operators=SqlOperators(database, sealer),
        staff=SqlStaffAccounts(database, sealer),
        staff_sessions=SqlStaffSessions(database),
        flow_versions=SqlFlowVersions(database),
        flow_aliases=SqlFlowAliases(database),
        flow_proposals=SqlFlowProposals(database),
        counters=(
            together.counters if together else MemoryCounters(asyncio.get_running_loop().time)
        ),
        feed=together.feed if together else MemoryFeed(),
        shared=together,
    )
