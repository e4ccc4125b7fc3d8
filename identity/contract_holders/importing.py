"""Holders from a CSV file: `contract_ref,display_name,phones`, and where they are to be compared
with cards also `birth_date,address,former_addresses`; all rows or none.

UTF-8 with or without a byte order mark, a header line, comma or quotes as in RFC 4180. Several
phones of one contract are separated by `;` and may be written as people write them in Japan, as
are several former addresses. A birth date is YYYY-MM-DD.
The person id may be missing as a column or empty in a row: enrolment is then awaited.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

import phonenumbers

from identity.contract_holders.hashes import PROVISIONAL
from identity.contract_holders.model import Holder
from identity.contract_holders.ports import Holders
from identity.tenants.model import TenantId

_NEEDED: Final = ("contract_ref", "display_name", "phones")
_COLUMNS: Final = (*_NEEDED, "person_id", "birth_date", "address", "former_addresses")
_REF: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_PERSON: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME_MAX: Final = 100
_ADDRESS_MAX: Final = 400
_REGION: Final = "JP"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """`row` counts lines of the file from 1, the header included; `column` is "" for the whole.

    `code` is one of: encoding, csv, header_missing, column_missing, column_unknown,
    column_repeated, too_many_cells, contract_ref, contract_ref_repeated, display_name, phone,
    person_id, birth_date, address.
    """

    row: int
    column: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`to_confirm`: contracts of somebody that are somebody else's by this file."""

    holders: int
    to_confirm: tuple[str, ...] = ()


class HolderImport:
    def __init__(self, holders: Holders) -> None:
        self._holders = holders

    async def csv(self, tenant: TenantId, data: bytes) -> Imported | tuple[RowError, ...]:
        """Upserts by contract_ref in one transaction; with any error nothing is written."""
        rows, errors = read_csv(tenant, data)
        if errors:
            return errors
        changed = await self._holders.replace_all(tenant, rows)
        return Imported(holders=len(rows), to_confirm=tuple(changed))


def read_csv(tenant: TenantId, data: bytes) -> tuple[tuple[Holder, ...], tuple[RowError, ...]]:
    """The holders of a file, and every error found in it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        row = data.count(b"\n", 0, wrong.start) + 1
        return (), (RowError(row=row, column="", code="encoding"),)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, restval="", restkey="")
    try:
        errors = _header(reader.fieldnames)
        return ((), errors) if errors else _rows(tenant, reader)
    except csv.Error:
        return (), (RowError(row=reader.reader.line_num, column="", code="csv"),)


def _header(names: object) -> tuple[RowError, ...]:
    if not isinstance(names, list):
        return (RowError(row=1, column="", code="header_missing"),)
    missing = [RowError(row=1, column=n, code="column_missing") for n in _NEEDED if n not in names]
    unknown = [RowError(row=1, column=n, code="column_unknown") for n in names if n not in _COLUMNS]
    repeated = [
        RowError(row=1, column=name, code="column_repeated")
        for name in _COLUMNS
        if names.count(name) > 1
    ]
    return (*missing, *unknown, *repeated)


def _rows(
    tenant: TenantId, reader: "csv.DictReader[str]"
) -> tuple[tuple[Holder, ...], tuple[RowError, ...]]:
    holders: dict[str, Holder] = {}
    errors: list[RowError] = []
    for cells in reader:
        row = reader.line_num
        if "" in cells:
            errors.append(RowError(row=row, column="", code="too_many_cells"))
            continue
        holder, wrong = _holder(tenant, {name: cell.strip() for name, cell in cells.items()}, row)
        if holder.contract_ref in holders:
            wrong.append(RowError(row=row, column="contract_ref", code="contract_ref_repeated"))
        holders[holder.contract_ref] = holder
        errors += wrong
    return tuple(holders.values()), tuple(errors)


def _holder(tenant: TenantId, cells: dict[str, str], row: int) -> tuple[Holder, list[RowError]]:
    errors: list[RowError] = []
    ref, name, person = (cells.get(n, "") for n in ("contract_ref", "display_name", "person_id"))
    if not _REF.fullmatch(ref):
        errors.append(RowError(row=row, column="contract_ref", code="contract_ref"))
    if not 0 < len(name) <= _NAME_MAX or _hides_something(name):
        errors.append(RowError(row=row, column="display_name", code="display_name"))
    if person and (not _PERSON.fullmatch(person) or person.startswith(PROVISIONAL)):
        errors.append(RowError(row=row, column="person_id", code="person_id"))
    born = cells.get("birth_date", "")
    if born and not _is_date(born):
        errors.append(RowError(row=row, column="birth_date", code="birth_date"))
    former = tuple(filter(None, map(str.strip, cells.get("former_addresses", "").split(";"))))
    for column, texts in (("address", (cells.get("address", ""),)), ("former_addresses", former)):
        if any(len(text) > _ADDRESS_MAX or _hides_something(text) for text in texts):
            errors.append(RowError(row=row, column=column, code="address"))
    phones = [e164(written) for written in cells["phones"].split(";") if written.strip()]
    if "" in phones:
        errors.append(RowError(row=row, column="phones", code="phone"))
    holder = Holder(
        tenant=tenant,
        contract_ref=ref,
        display_name=name,
        phones=tuple(dict.fromkeys(phones)),
        person=person,
        birth_date=born,
        address=cells.get("address", ""),
        former_addresses=former,
    )
    return holder, errors


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _hides_something(text: str) -> bool:
    """Controls and the like. Private-use characters are a business's own 外字 and may stay."""
    return any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn"} for char in text)


def e164(written: str) -> str:
    """A number as people write it in Japan, in E.164; "" when it is none."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", written), _REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number) or number.extension:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
