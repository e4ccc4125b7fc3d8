"""Every proven tap is judged again as of its own time, whatever has expired since."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from identity.evidence_archive.checking.cards import CardsReport, check_cards
from identity.evidence_archive.model import EvidenceRow
from identity.evidence_archive.sealing import seal
from identity.evidence_archive.wrapping import TenantWrapping
from identity.jpki.profile import CardKind
from identity.pairing.model import Tap
from stand_ins.jpki.certificates import SigningKey
from tests.identity.jpki import synthetic
from tests.identity.jpki.synthetic import LEAF_KEY, NOW, YEAR, curve_key, key, leaf
from tests.identity.pairing.world import CARD, PERSON, TENANT, World, random_source

LONG_AFTER = datetime(2060, 1, 1, tzinfo=UTC)


async def _verdict(
    purpose: Literal["auth", "sign"] = "auth",
    signer: SigningKey | None = None,
    kind: CardKind = CardKind.CARD,
) -> EvidenceRow:
    world = World()
    await world.hold(CARD, PERSON, "K-1")
    view = await world.signable()
    assert view.statement is not None
    signer = signer or key(LEAF_KEY)
    valid = (NOW - YEAR, NOW + timedelta(seconds=1))
    certificate = leaf(purpose, valid=valid, public_key=signer.public_key())
    signature = synthetic.tap(view.statement, certificate, signer=signer)
    tap = Tap(certificate=certificate, signature=signature, card_kind=kind)
    await world.proven(view, tap=tap)
    (row,) = world.evidence.rows
    return row


async def _checked(*rows: EvidenceRow, as_of: datetime = LONG_AFTER) -> CardsReport:
    async def all_of_them() -> AsyncIterator[EvidenceRow]:
        for row in rows:
            yield row

    return await check_cards(all_of_them(), TENANT, TenantWrapping(), synthetic.trust(), as_of)


def _with_parts(row: EvidenceRow, **contents: bytes | None) -> EvidenceRow:
    """Other contents in place of these, sealed as they should be; None is erased."""
    blocks = random_source(b"others")
    parts = []
    for part in row.record.parts:
        if part.name in contents:
            content = contents[part.name]
            part = (  # noqa: PLW2901  # one in place of the other
                replace(part, wrapped_key=b"")
                if content is None
                else seal(TENANT, row.record.id, part.name, content, lambda n: next(blocks)[:n])
            )
        parts.append(part)
    return replace(row, record=replace(row.record, parts=tuple(parts)))


async def test_they_are_good_long_after_their_certificates_have_expired() -> None:
    report = await _checked(await _verdict("auth"), await _verdict("sign"))
    assert report == CardsReport(good=2, erased=0)


async def test_those_of_curves_and_phones_are_judged_by_their_own_keys() -> None:
    rows = [
        await _verdict("auth", curve_key(256), CardKind.ANDROID),
        await _verdict("sign", curve_key(256), CardKind.IPHONE),
        await _verdict("auth", curve_key(384)),
    ]
    assert await _checked(*rows) == CardsReport(good=3, erased=0)
    bad = _with_parts(rows[2], statement=b"{}")
    report = await _checked(rows[0], replace(bad, seq=7))
    assert report == CardsReport(good=1, erased=0, bad=(7, bad.record.id, "signature_mismatch"))


async def test_one_over_another_statement_is_named() -> None:
    row = replace(_with_parts(await _verdict(), statement=b"{}"), seq=7)
    report = await _checked(await _verdict(), row)
    assert report == CardsReport(good=1, erased=0, bad=(7, row.record.id, "signature_mismatch"))


async def test_one_outside_its_certificates_time_is_named() -> None:
    row = await _verdict()
    late = replace(row, record=replace(row.record, at=row.record.at + timedelta(days=1)))
    report = await _checked(late)
    assert report.bad is not None
    assert report.bad[2] == "leaf_expired"


async def test_what_is_erased_or_later_is_not_judged() -> None:
    row = await _verdict()
    assert await _checked(_with_parts(row, card=None)) == CardsReport(good=0, erased=1)
    assert await _checked(row, as_of=NOW - YEAR) == CardsReport(good=0, erased=0)


async def test_what_does_not_open_is_named() -> None:
    row = await _verdict()
    moved = replace(row, record=replace(row.record, id="ev_other"))
    report = await _checked(moved)
    assert report.bad == (row.seq, "ev_other", "does_not_open")
