"""An archive with checkpoints, an authority that stamps them, and somebody with all rights."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
from sqlalchemy import insert, text, update

from identity.authorities.checkpoint_files import CheckpointFiles
from identity.evidence_archive.chain import link
from identity.evidence_archive.checking.model import Place, Report
from identity.evidence_archive.checking.service import Archive, ArchiveCheck
from identity.evidence_archive.checkpoints.keeping import (
    Authorities,
    CheckpointKeeping,
    CheckpointPolicy,
)
from identity.evidence_archive.checkpoints.model import Stamp
from identity.evidence_archive.checkpoints.ports import NotStamped, TimeStamping
from identity.evidence_archive.checkpoints.time_stamps import BadStamp, PinnedAuthorities, check
from identity.evidence_archive.model import ChainHead, EvidenceRow, SealedRecord
from stand_ins.time_stamps.authority import Authority, make
from stores.sql.archive import rows
from stores.sql.archive.checkpoints import SqlCheckpoints
from stores.sql.archive.walking import SqlWalking
from stores.sql.engines.connection import Connection
from stores.sql.schema.identity_side import evidence, evidence_heads, evidence_keys, evidence_parts
from tests.ports.stage import TENANT, Stage, a_record

EVERY = timedelta(seconds=60)


def now() -> datetime:
    return datetime.now(UTC)


def days(from_now: float) -> datetime:
    return now() + timedelta(days=from_now)


def an_authority(folder: Path, *, until: float = 3650) -> Authority:
    """Its certificates are good for so many days from now."""
    return make(folder, valid=(days(-1), days(until)))


def roots(*authorities: Authority) -> PinnedAuthorities:
    return PinnedAuthorities(
        roots=tuple(c for a in authorities for c in x509.load_pem_x509_certificates(a.root))
    )


@dataclass(kw_only=True)
class Asked:
    """The port `TimeStamping` over an authority without the wire. `away` as it says."""

    authority: Authority
    away: bool = False

    async def stamp(self, data: bytes) -> Stamp:
        if self.away:
            raise NotStamped("authority_away")
        request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
        response = self.authority.reply(request.as_bytes())
        try:
            return check(response, data, roots(self.authority), nonce=request.nonce)
        except BadStamp as bad:
            raise NotStamped(f"stamp_{bad.code}") from bad


@dataclass(kw_only=True)
class Stamped:
    """`clock` is what the keeping believes the time to be; stamps say the real one."""

    stage: Stage
    second: Path
    asked: Sequence[Asked]
    clock: Callable[[], datetime] = now
    policy: CheckpointPolicy = field(default_factory=lambda: CheckpointPolicy(at_most_rows=4))

    def __post_init__(self) -> None:
        self.second.mkdir(exist_ok=True)
        self.checkpoints = SqlCheckpoints(self.stage.database)
        self.walking = SqlWalking(self.stage.database)
        self.pinned = roots(*(asked.authority for asked in self.asked))

    def keeping(self, *, asked: Sequence[TimeStamping] | None = None) -> CheckpointKeeping:
        return CheckpointKeeping(
            self.checkpoints,
            self.checkpoints,
            Authorities(ask=asked or self.asked, pinned=self.pinned),
            CheckpointFiles(self.second),
            self.policy,
            self.clock,
        )

    async def rows(self, many: int) -> list[EvidenceRow]:
        return [await self.stage.evidence.append(a_record()) for _ in range(many)]

    async def check(
        self, *, at: datetime | None = None, second: bool = True, begin: Place | None = None
    ) -> Report:
        archive = Archive(
            rows=self.walking,
            checkpoints=self.checkpoints,
            second=CheckpointFiles(self.second) if second else None,
            pinned=self.pinned,
        )
        told: list[Place] = []
        return await ArchiveCheck(archive, told.append).run(
            TENANT, at or now(), begin=begin, all_of_it=at is None
        )


async def as_superuser(stage: Stage, *statements: str) -> None:
    """Past the triggers, as an administrator of the database gets."""

    async def job(connection: Connection) -> None:
        await no_triggers(connection)
        for statement in statements:
            await connection.execute(text(statement))

    await stage.database.write(job)


async def no_triggers(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    found = await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in found.scalars().all():
        await connection.execute(text(f"DROP TRIGGER {name}"))


async def write_anew(
    stage: Stage, change: Callable[[SealedRecord], SealedRecord], *, but: Sequence[int] = ()
) -> None:
    """The whole chain once more, each record changed as asked, but for some that are left out:
    every hash fits, and the head too."""
    before = [row async for row in stage.evidence.all(TENANT)]
    head, chained = ChainHead(), list[EvidenceRow]()
    for row in before:
        if row.seq in but:
            continue
        again = link(head, change(row.record))
        chained.append(again)
        head = ChainHead(seq=again.seq, hash=again.hash)

    async def job(connection: Connection) -> None:
        await no_triggers(connection)
        for table in (evidence_keys, evidence_parts, evidence):
            await connection.execute(text(f"DELETE FROM {table.name}"))  # noqa: S608  # ours
        await connection.execute(insert(evidence), [rows._header(row) for row in chained])
        parts = [part for row in chained for part in rows._parts(row)]
        await connection.execute(insert(evidence_parts), [part for part, _ in parts])
        await connection.execute(insert(evidence_keys), [key for _, key in parts])
        await connection.execute(update(evidence_heads).values(seq=head.seq, hash=head.hash))

    await stage.database.write(job)
