"""`kazasu evidence export`."""

import getpass
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from identity.evidence_archive.export import Exporting, Stamps, folder, index
from identity.evidence_archive.model import EvidenceRow
from identity.evidence_archive.recording import Recorder
from identity.evidence_archive.wrapping import NotOpened
from identity.tenants.model import Tenant
from kazasu.cli.evidence.of_call import checks_of_call
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring import identity_side
from kazasu.wiring.archive import keeping, keys
from kazasu.wiring.stores import Stores


def export(*, evidence_id: str | None, call: str, to: str, reason: str) -> int:
    """1 when there is no such record, or it does not open; 2 when the folder is in use.

    The folder is made first: an export that is noted in the archive can also be written.
    """
    there = Path(to)
    if (evidence_id is not None) == bool(call):
        say("name one record, or a call with --call")
        return 2

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        rows = await _rows(tenant, kept, evidence_id or "", call)
        if not rows:
            say(f"{call or evidence_id}: no such record")
            return 1
        files: dict[str, bytes] = {}
        for row in rows:
            try:
                one = await _files(settings, tenant, kept, row, reason)
            except NotOpened:
                say(f"{row.record.id}: does not open with this deployment's keys")
                return 1
            below = f"{folder(row)}/" if call else ""
            files |= {below + name: content for name, content in one.items()}
        if call:
            files["index.json"] = index(rows)
        _write(there, files)
        each = " of each folder" if call else ""
        print(f"{len(files)} files in {there}; README.md{each} says how to check them")
        return 0

    with complain():
        new = not there.exists()
        there.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(there.iterdir()):
            say(f"{to}: is not empty; name a new folder")
            return 2
        status = 1
        try:
            status = with_stores(work)
        finally:
            if status and new:
                there.rmdir()
        return status
    return 2


async def _rows(tenant: Tenant, kept: Stores, evidence_id: str, call: str) -> Sequence[EvidenceRow]:
    """In the order of the chain."""
    if not call:
        row = await kept.evidence.by_id(tenant.id, evidence_id)
        return [] if row is None else [row]
    found: dict[int, EvidenceRow] = {}
    for check in await checks_of_call(tenant, kept, call):
        rows = await kept.evidence.of_pairing(tenant.id, check)
        found |= {row.seq: row for row in rows}
    return [found[seq] for seq in sorted(found)]


async def _files(
    settings: Settings, tenant: Tenant, kept: Stores, row: EvidenceRow, reason: str
) -> Mapping[str, bytes]:
    archive = keeping.archive(settings, kept.database)
    stamps = Stamps(
        checkpoints=archive.checkpoints,
        rows=keeping.chain_end(kept.database),
        pinned=archive.pinned,
    )
    recorder = Recorder(secrets.token_bytes, keys.wrapping_of(settings))
    exporting = Exporting(kept.evidence, recorder, identity_side.clock, stamps)
    actor = f"command:{getpass.getuser()}"
    files = await exporting.export(tenant, row.record.id, actor=actor, reason=reason)
    assert files is not None
    return files


def _write(there: Path, files: Mapping[str, bytes]) -> None:
    """What is in them is personal: for the owner's eyes only, also in a folder that was there.

    All or none: a full disk leaves no record without its signature.
    """
    written: list[Path] = []
    try:
        for name, content in files.items():
            path = there / name
            if not path.parent.exists():
                path.parent.mkdir(mode=0o700)
                written.append(path.parent)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            written.append(path)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
    except OSError:
        for path in reversed(written):
            path.rmdir() if path.is_dir() else path.unlink()
        raise
