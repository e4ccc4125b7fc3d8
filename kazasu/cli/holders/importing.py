"""`kazasu holders import`."""

import getpass
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from identity.contract_holders.importing import HolderImport, RowError
from identity.evidence_archive.model import Kind, SealedRecord
from identity.evidence_archive.recording import Recorder, Retention
from identity.tenants.model import Tenant
from kazasu.cli.holders.words import words
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring import identity_side
from kazasu.wiring.archive import keys
from kazasu.wiring.stores import Stores

_NAMED: Final = 50
"""Contracts that a terminal still names one by one."""
_COLUMN: Final = re.compile(r"[a-z][a-z_]{0,29}", re.ASCII)
_WORDS: Final = {
    "encoding": "is not UTF-8",
    "csv": "is not CSV",
    "header_missing": "has no header line: contract_ref,display_name,phones[,person_id]",
    "column_missing": "the column is missing",
    "column_repeated": "the column is there twice",
    "column_unknown": "no such column; known: contract_ref, display_name, phones, person_id, "
    "birth_date, address, former_addresses",
    "too_many_cells": "has more cells than the header",
    "contract_ref": "must be 1 to 64 letters, digits, . _ / or -",
    "contract_ref_repeated": "stands in an earlier row too",
    "display_name": "must be 1 to 100 characters without control characters",
    "phone": "is not a telephone number; several are separated by ;",
    "birth_date": "must be YYYY-MM-DD, or empty",
    "address": "must be up to 400 characters without control characters, former ones parted by ;",
    "person_id": "must be 1 to 64 letters, digits, _ or -, or empty",
}


def import_file(*, file: str) -> int:
    """1 when a row is wrong: then nothing was imported."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        recorder = Recorder(secrets.token_bytes, keys.wrapping_of(settings))
        done = await HolderImport(kept.holders).csv(tenant.id, data)
        if isinstance(done, tuple):
            for error in done:
                say(_line(file, error))
            say("nothing was imported")
            return 1
        print(f"imported {done.holders} holders")
        if changed := done.to_confirm:
            await kept.evidence.append(_changed(recorder, tenant, changed))
            more = "" if len(changed) <= _NAMED else " …"
            named = ", ".join(changed[:_NAMED]) + more
            print(words("to_confirm", count=len(changed), contracts=named))
        return 0

    with complain():
        data = Path(file).read_bytes()
        return with_stores(work)
    return 2


def _changed(recorder: Recorder, tenant: Tenant, contracts: Sequence[str]) -> SealedRecord:
    """Which ties are to be confirmed since, sealed; how many, and who imported, in the open."""
    return recorder.record(
        tenant,
        Kind.ENROLMENT,
        at=identity_side.clock(),
        header={
            "outcome": "changed_by_import",
            "actor": f"command:{getpass.getuser()}",
            "contracts": str(len(contracts)),
        },
        retention=Retention.SIGNATURE,
        result={"contracts": list(contracts)},
    )


def _line(file: str, error: RowError) -> str:
    """Row and column only: what stands there is personal, in a file without a header too."""
    place = f"{file}:{error.row}"
    column = f" {error.column}:" if _COLUMN.fullmatch(error.column) else ""
    return f"{place}:{column} {_WORDS.get(error.code, error.code)}"
