"""`kazasu evidence export|verify`."""

import getpass
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from identity.evidence_archive.chain import first_bad
from identity.evidence_archive.export import Exporting
from identity.evidence_archive.model import ChainHead
from identity.evidence_archive.recording import Recorder
from identity.evidence_archive.wrapping import NotOpened
from identity.tenants.model import Tenant
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings import Settings
from kazasu.wiring import identity_side
from kazasu.wiring.stores import Stores


def export(*, evidence_id: str, to: str, reason: str) -> int:
    """1 when there is no such record, or it does not open; 2 when the folder is in use.

    The folder is made first: an export that is noted in the archive can also be written.
    """
    folder = Path(to)

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        exporting = Exporting(kept.evidence, Recorder(secrets.token_bytes), identity_side.clock)
        try:
            files = await exporting.export(
                tenant, evidence_id, actor=f"command:{getpass.getuser()}", reason=reason
            )
        except NotOpened:
            say(f"{evidence_id}: does not open with this deployment's key (SECRET_KEY)")
            return 1
        if files is None:
            say(f"{evidence_id}: no such record")
            return 1
        _write(folder, files)
        print(f"{len(files)} files in {folder}; README.md says how to check them")
        return 0

    with complain():
        new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            say(f"{to}: is not empty; name a new folder")
            return 2
        status = 1
        try:
            status = with_stores(work)
        finally:
            if status and new:
                folder.rmdir()
        return status
    return 2


def verify() -> int:
    """1 when the chain does not hold: names the first row that does not fit. Needs no key."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        head, rows = ChainHead(), 0
        async for row in kept.evidence.all(tenant.id):
            bad = first_bad([row], head)
            if bad is not None:
                say(f"row {bad} ({row.record.id}) does not fit behind row {head.seq}")
                return 1
            head, rows = ChainHead(seq=row.seq, hash=row.hash), rows + 1
        print(f"{rows} rows, each fits behind the one before; head {head.hash.hex()}")
        return 0

    return with_stores(work)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """What is in them is personal: for the owner's eyes only, also in a folder that was there.

    All or none: a full disk leaves no record without its signature.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written: list[Path] = []
    try:
        for name, content in files.items():
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            written.append(folder / name)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
    except OSError:
        for path in written:
            path.unlink()
        raise
