"""T11, T13: a card is good only where fresh data of its own authority say so, at that second."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from identity.authorities.crl_files import CrlFiles
from identity.jpki.checklist import CardProof
from identity.jpki.signed_attributes import StatementType
from identity.verification.model import ProvenCard
from identity.verification.refusals import Hint, Refused
from identity.verification.service import CardVerifier
from stand_ins.jpki.certificates import RevokedEntry, make_crl, make_root
from stand_ins.jpki.people import KAZEMICHI, TSUKINO
from tests.identity.jpki.synthetic import NOW, YEAR, authority, key, leaf, tap, trust
from tests.identity.verification.sources import NeverApart

SERIAL = 4711
STATEMENT = b'{"v":1}'
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
SECOND = timedelta(seconds=1)
REASONS = (*(flag.value for flag in x509.ReasonFlags), None)


async def _verified(folder: Path, at: datetime = NOW) -> ProvenCard | Refused:
    data = leaf(serial=SERIAL)
    proof = CardProof(
        certificate=data,
        signature=tap(STATEMENT, data),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )
    return await CardVerifier(trust(), CrlFiles(folder, trust()), NeverApart()).verify(proof, at=at)


def _list(
    *entries: RevokedEntry,
    begin: datetime = NOW - HOUR,
    lasts: timedelta = DAY,
    label: str = "g2",
    **how: object,
) -> bytes:
    how = {"municipality": KAZEMICHI, **how}
    return make_crl(
        authority("auth", label),
        entries=entries,
        valid=(begin, begin + lasts),
        **how,  # type: ignore[arg-type]  # named by each case
    )


def _entry(reason: str | None = "superseded") -> RevokedEntry:
    return RevokedEntry(serial=SERIAL, at=NOW - HOUR, reason=reason)


def _by_an_imposter() -> bytes:
    made = make_root("auth", "x", key(12), serial=1, valid=(NOW - YEAR, NOW + YEAR))
    return make_crl(made, KAZEMICHI, [], valid=(NOW - HOUR, NOW + DAY))


def _signature_changed() -> bytes:
    data = _list()
    return data[:-1] + bytes((data[-1] ^ 1,))


def _next_update_moved() -> bytes:
    """A list of last week whose end somebody has moved into the future."""
    data = _list(begin=NOW - 7 * DAY)
    old, new = (f"{day:%y%m%d%H%M%SZ}".encode() for day in (NOW - 6 * DAY, NOW + DAY))
    assert data.count(old) == 1
    return data.replace(old, new)


def _entry_taken_out() -> bytes:
    """Another serial written over the card's own."""
    data = _list(_entry())
    serial = b"\x02\x02" + SERIAL.to_bytes(2)
    assert data.count(serial) == 1
    return data.replace(serial, b"\x02\x02" + (SERIAL + 1).to_bytes(2))


NOT_GOOD: dict[str, Callable[[], list[bytes]]] = {
    "nothing at all": lambda: [],
    "an empty file": lambda: [b""],
    "a page of a portal": lambda: [b"<html>log in</html>"],
    "stale": lambda: [_list(begin=NOW - DAY - SECOND)],
    "not yet valid": lambda: [_list(begin=NOW + SECOND)],
    "of a great age, though it says to be valid": lambda: [_list(begin=NOW - 9 * DAY, lasts=YEAR)],
    "its end moved": lambda: [_next_update_moved()],
    "its entry changed": lambda: [_entry_taken_out()],
    "its signature changed": lambda: [_signature_changed()],
    "by another key of the same name": lambda: [_by_an_imposter()],
    "by an authority that is not pinned": lambda: [_list(label="unknown")],
    "by the other generation": lambda: [_list(label="g1")],
    "by the other purpose": lambda: [
        make_crl(authority("sign"), KAZEMICHI, [], valid=(NOW - HOUR, NOW + DAY))
    ],
    "of another municipality": lambda: [_list(municipality=TSUKINO)],
    "a delta": lambda: [_list(municipality=None, extra=[(x509.DeltaCRLIndicator(1), True)])],
    "all of these": lambda: [
        made for name, make in NOT_GOOD.items() if name != "all of these" for made in make()
    ],
}


@pytest.mark.parametrize("name", NOT_GOOD)
async def test_nothing_else_is_taken_for_good(tmp_path: Path, name: str) -> None:
    for number, data in enumerate(NOT_GOOD[name]()):
        (tmp_path / f"{number}.crl").write_bytes(data)
    found = await _verified(tmp_path)
    assert isinstance(found, Refused)
    assert found.hint is Hint.REVOCATION_UNAVAILABLE


@pytest.mark.parametrize("reason", REASONS)
async def test_a_card_is_unverified_from_the_next_list_on_whatever_the_reason(
    tmp_path: Path, reason: str | None
) -> None:
    file = tmp_path / "a.crl"
    file.write_bytes(_list())
    assert isinstance(await _verified(tmp_path), ProvenCard)
    file.write_bytes(_list(_entry(reason)))
    found = await _verified(tmp_path)
    assert isinstance(found, Refused)
    assert found.hint is Hint.CERTIFICATE_REVOKED
    assert found.facts.get("reason") == reason


@pytest.mark.parametrize(
    ("offset", "good"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)]
)
async def test_a_list_ends_with_its_next_update_to_the_second(
    tmp_path: Path, offset: timedelta, good: bool
) -> None:
    (tmp_path / "a.crl").write_bytes(_list())
    found = await _verified(tmp_path, NOW - HOUR + DAY + offset)
    assert isinstance(found, ProvenCard) is good


async def test_an_older_list_put_beside_the_newest_lifts_nothing(tmp_path: Path) -> None:
    (tmp_path / "newest.crl").write_bytes(_list(_entry()))
    (tmp_path / "replayed.crl").write_bytes(_list(begin=NOW - 2 * HOUR))
    found = await _verified(tmp_path)
    assert isinstance(found, Refused)
    assert found.hint is Hint.CERTIFICATE_REVOKED
