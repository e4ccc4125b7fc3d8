"""The hash chain finds every edit, deletion, insertion and swap, and names the first bad row."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from identity.evidence_archive import chain
from identity.evidence_archive.model import (
    ChainHead,
    EvidenceRow,
    Kind,
    SealedPart,
    SealedRecord,
)
from identity.tenants.model import TenantId

START = datetime(2026, 11, 22, tzinfo=UTC)


def _record(number: int) -> SealedRecord:
    return SealedRecord(
        id=f"ev_{number}",
        tenant=TenantId("t"),
        kind=Kind.VERDICT,
        at=START + timedelta(seconds=number),
        header={"pairing": f"p{number}", "hint": "verified"},
        parts=(
            SealedPart(
                name="statement", key_id="1", wrapped_key=b"w", sealed=bytes([number % 251]) * 9
            ),
        ),
    )


def _rows(length: int) -> list[EvidenceRow]:
    rows: list[EvidenceRow] = []
    head = ChainHead()
    for number in range(length):
        row = chain.link(head, _record(number))
        rows.append(row)
        head = ChainHead(seq=row.seq, hash=row.hash)
    return rows


CHAINS = st.integers(2, 12).map(_rows)


@given(CHAINS)
def test_an_untouched_chain_holds(rows: list[EvidenceRow]) -> None:
    assert chain.first_bad(rows) is None


@given(CHAINS, st.data())
def test_a_chain_can_be_checked_from_any_place(
    rows: list[EvidenceRow], data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(rows) - 1))
    head = ChainHead(seq=rows[at - 1].seq, hash=rows[at - 1].hash)
    assert chain.first_bad(rows[at:], head) is None
    assert chain.first_bad(rows[at:]) == 1


Edit: TypeAlias = Callable[[SealedRecord], SealedRecord]
EDITS: st.SearchStrategy[Edit] = st.sampled_from(
    [
        lambda r: replace(r, header={**r.header, "hint": "verified_no_contract"}),
        lambda r: replace(r, header={**r.header, "extra": "x"}),
        lambda r: replace(r, at=r.at + timedelta(microseconds=1)),
        lambda r: replace(r, kind=Kind.REFUSAL),
        lambda r: replace(r, id=r.id + "0"),
        lambda r: replace(r, tenant=TenantId("u")),
        lambda r: replace(r, parts=()),
        lambda r: replace(r, parts=(replace(r.parts[0], sealed=r.parts[0].sealed + b"!"),)),
        lambda r: replace(r, parts=(replace(r.parts[0], name="card"),)),
        lambda r: replace(r, parts=(replace(r.parts[0], key_id="2"),)),
    ]
)


@given(CHAINS, EDITS, st.data())
def test_an_edited_row_is_named(rows: list[EvidenceRow], edit: Edit, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[at] = replace(rows[at], record=edit(rows[at].record))
    assert chain.first_bad(rows) == at + 1


@given(CHAINS, EDITS, st.data())
def test_an_edit_with_its_hash_made_anew_breaks_the_next_row(
    rows: list[EvidenceRow], edit: Edit, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 2))
    record = edit(rows[at].record)
    again = chain.row_hash(record, seq=rows[at].seq, previous_hash=rows[at].previous_hash)
    rows[at] = replace(rows[at], record=record, hash=again)
    assert chain.first_bad(rows) == at + 2


@given(CHAINS, st.data())
def test_a_deleted_row_is_named(rows: list[EvidenceRow], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 2))
    del rows[at]
    assert chain.first_bad(rows) == at + 1


@given(CHAINS, st.data())
def test_an_inserted_row_is_named(rows: list[EvidenceRow], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(rows)))
    head = ChainHead(seq=rows[at - 1].seq, hash=rows[at - 1].hash)
    rows.insert(at, chain.link(head, _record(99)))
    found = chain.first_bad(rows)
    # At the very end an insertion is an append: only an external anchor can tell.
    assert found is None if at == len(rows) - 1 else found == at + 2


@given(CHAINS, st.data())
def test_swapped_rows_are_named(rows: list[EvidenceRow], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rows) - 2))
    rows[at], rows[at + 1] = rows[at + 1], rows[at]
    assert chain.first_bad(rows) == at + 1


@given(CHAINS, st.data())
def test_a_destroyed_content_key_leaves_the_chain_whole(
    rows: list[EvidenceRow], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(rows) - 1))
    record = rows[at].record
    shredded = replace(record.parts[0], wrapped_key=b"")
    rows[at] = replace(rows[at], record=replace(record, parts=(shredded,)))
    assert chain.first_bad(rows) is None


NAMES = st.text(st.characters(codec="ascii"), max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


PARTS = st.lists(
    st.builds(
        SealedPart,
        name=TEXTS,
        key_id=TEXTS,
        sealed=st.binary(max_size=9),
        wrapped_key=st.just(b"k"),
        commitment=st.sampled_from([b"", b"c" * 32]),
    ),
    max_size=3,
)


@given(st.dictionaries(NAMES, TEXTS, max_size=5), TEXTS, st.integers(1, 2**53 - 1), PARTS)
def test_the_text_is_canonical_json(
    header: dict[str, str], name: str, seq: int, parts: list[SealedPart]
) -> None:
    tenant = TenantId(f"of {name}")
    record = replace(_record(1), id=name, tenant=tenant, header=header, parts=tuple(parts))
    text = chain.canonical(record, seq=seq, previous_hash=bytes(range(32)))
    assert text == rfc8785.dumps(
        {
            "v": 2 if any(part.commitment for part in parts) else 1,
            "id": name,
            "tenant": tenant,
            "seq": seq,
            "previous": bytes(range(32)).hex(),
            "kind": record.kind.value,
            "at": record.at.isoformat(),
            "header": dict(header),
            "parts": [
                {
                    "name": part.name,
                    "key_id": part.key_id,
                    "sealed_sha256": hashlib.sha256(part.sealed).hexdigest(),
                }
                | ({"commitment": part.commitment.hex()} if part.commitment else {})
                for part in parts
            ],
        }
    )


def test_the_bytes_that_are_hashed_do_not_change() -> None:
    assert _rows(1)[0].hash.hex() == (
        "bc47d0ea2a10af3e255ca120c7c2658e9b145e4a2c0b9722039258dff6922471"
    )
