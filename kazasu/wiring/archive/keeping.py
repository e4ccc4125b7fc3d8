"""The loops that stamp, copy and shorten the evidence archive, and what they and commands need."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx2
import structlog
from cryptography import x509

from identity.authorities.checkpoint_files import CheckpointFiles
from identity.authorities.time_stamps import HttpTimeStamps
from identity.evidence_archive.checking.service import Archive
from identity.evidence_archive.checkpoints.keeping import (
    ALTERED,
    Authorities,
    CheckpointKeeping,
    CheckpointPolicy,
)
from identity.evidence_archive.checkpoints.ports import ChainEnd, Unstamped
from identity.evidence_archive.checkpoints.time_stamps import PinnedAuthorities
from identity.evidence_archive.recording import Recorder
from identity.evidence_archive.retention.rules import parse
from identity.evidence_archive.retention.service import Retention
from identity.tenants.model import Tenant, TenantId
from kazasu.outgoing_http import Watched
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.worker import Loop
from stores.sql.archive.checkpoints import SqlCheckpoints
from stores.sql.archive.contents import SqlContents
from stores.sql.archive.walking import SqlWalking
from stores.sql.database import Database

STAMP_EVERY: Final = 5.0
ERASE_EVERY: Final = 20.0
_WAIT: Final = 10.0
_ROOTS: Final = "KAZASU_TIME_STAMP_ROOTS_DIR"
_log = structlog.get_logger()


def pinned(settings: Settings) -> PinnedAuthorities:
    """Every certificate of the folder, PEM or DER. BadSettings."""
    folder = settings.time_stamp_roots_dir
    if folder is None:
        return PinnedAuthorities(roots=())
    found: list[x509.Certificate] = []
    for path in sorted(p for p in folder.glob("*") if p.suffix in (".pem", ".cer", ".crt")):
        try:
            found += _certificates(path)
        except (OSError, ValueError):
            raise BadSettings([f"{_ROOTS}: {path.name} is no certificate"]) from None
    if settings.time_stamp_urls and not found:
        raise BadSettings([f"{_ROOTS}: no root (*.pem, *.cer) in {folder}"])
    return PinnedAuthorities(roots=tuple(found), policies=frozenset(settings.time_stamp_policies))


def archive(settings: Settings, database: Database) -> Archive:
    """What a check of the whole reads. BadSettings."""
    return Archive(
        rows=SqlWalking(database),
        checkpoints=SqlCheckpoints(database),
        second=_second(settings),
        pinned=pinned(settings),
    )


def chain_end(database: Database) -> ChainEnd:
    return SqlCheckpoints(database)


async def length(database: Database, tenant: TenantId) -> int:
    """How many rows there are, for telling how far one has come."""
    return await SqlWalking(database).last_seq(tenant)


def unstamped(settings: Settings, database: Database) -> Callable[[TenantId], Awaitable[Unstamped]]:
    """What waits for its time-stamp; nothing does where nobody is asked for one."""
    kept = SqlCheckpoints(database)

    async def waiting(tenant: TenantId) -> Unstamped:
        if not settings.time_stamp_urls:
            return Unstamped(rows=0, oldest=None)
        return await kept.waiting(tenant)

    return waiting


def retention(
    settings: Settings, database: Database, recorder: Recorder, now: Callable[[], datetime]
) -> Retention:
    rules = parse(settings.evidence_keep)
    return Retention(SqlContents(database), recorder, rules, now, secrets.token_bytes)


def checkpoint_keeping(
    settings: Settings, database: Database, now: Callable[[], datetime]
) -> CheckpointKeeping:
    """BadSettings when the roots of the authorities cannot be used."""
    roots = pinned(settings)
    asked = [HttpTimeStamps(url, roots, _client, now) for url in settings.time_stamp_urls]
    kept = SqlCheckpoints(database)
    return CheckpointKeeping(
        kept,
        kept,
        Authorities(ask=asked, pinned=roots),
        _second(settings),
        CheckpointPolicy(),
        now,
    )


@dataclass(slots=True, kw_only=True)
class ArchiveLoops:
    """`problem` is what was said last of the stamps: the same is not said every few seconds."""

    tenant: Tenant
    keeping: CheckpointKeeping | None
    retention: Retention
    problem: str = ""

    def loops(self) -> Sequence[Loop]:
        erase = Loop(name="evidence_erase", every=ERASE_EVERY, turn=self.erase)
        if self.keeping is None:
            return (erase,)
        return (erase, Loop(name="evidence_stamp", every=STAMP_EVERY, turn=self.stamp))

    async def erase(self) -> None:
        done = await self.retention.turn(self.tenant)
        if done:
            _log.info("evidence_erased", count=done)

    async def stamp(self) -> None:
        assert self.keeping is not None
        problem = (await self.keeping.turn(self.tenant.id)).problem
        if problem and problem != self.problem:
            if problem in ALTERED:
                _log.error("evidence_altered", code=problem)
            else:
                _log.warning("evidence_not_stamped", code=problem)
        elif self.problem and not problem:
            _log.info("evidence_stamped_again")
        self.problem = problem


def build(
    settings: Settings,
    database: Database,
    tenant: Tenant,
    recorder: Recorder,
    now: Callable[[], datetime],
) -> ArchiveLoops:
    """BadSettings. Without an authority the chain is kept and not stamped: `doctor` says so."""
    stamped = bool(settings.time_stamp_urls)
    return ArchiveLoops(
        tenant=tenant,
        keeping=checkpoint_keeping(settings, database, now) if stamped else None,
        retention=retention(settings, database, recorder, now),
    )


def _second(settings: Settings) -> CheckpointFiles | None:
    folder = settings.evidence_copies_dir
    return CheckpointFiles(folder) if folder is not None else None


def _certificates(path: Path) -> Sequence[x509.Certificate]:
    content = path.read_bytes()
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def _client() -> httpx2.AsyncClient:
    """Bounded, no redirects, nothing from the environment."""
    return httpx2.AsyncClient(
        timeout=_WAIT,
        follow_redirects=False,
        trust_env=False,
        transport=Watched(httpx2.AsyncHTTPTransport, lambda _answer, _seconds: None),
    )
