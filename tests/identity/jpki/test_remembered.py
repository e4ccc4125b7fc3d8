"""What certificates of one issuer have alike is read once: it may change the cost and nothing else.

The rule is `scanned.walk` and the library's own reading; what is remembered is held against them.
"""

from collections.abc import Iterator, Sequence

import pytest
from cryptography import x509

from identity.jpki import certificate, crl
from identity.jpki.anchors import Purpose
from identity.jpki.certificate import Certificate
from identity.jpki.refusals import Code, Refusal
from identity.jpki.scanning import memory, ordinary
from identity.jpki.scanning.scanned import RSA_SHA256, Scanned, walk
from stand_ins.jpki import names
from stand_ins.jpki.people import PEOPLE
from tests.fuzz.mutating import inputs
from tests.identity.jpki.bad.editing import edited, sequence
from tests.identity.jpki.bad.encodings import ENCODINGS
from tests.identity.jpki.bad.issuers import ISSUERS
from tests.identity.jpki.bad.profile import PROFILE
from tests.identity.jpki.gates import judge
from tests.identity.jpki.synthetic import authority, curve_key, leaf, replacing

HOLDER = "ZY98XW76VU54TS32101001B"
CAP = certificate.MAX_OCTETS


@pytest.fixture(autouse=True)
def _remembered() -> Iterator[None]:
    """Both kinds of leaf have been accepted, and nothing else."""
    _forget()
    for purpose in Purpose:
        assert judge(leaf(purpose.value)) is purpose
    yield
    _forget()


def _forget() -> None:
    for kept in (ordinary._WALKED, certificate._READ, crl._POINTS):
        kept.clear()


def _another(purpose: Purpose, serial: int = 77) -> bytes:
    ken = PEOPLE["ken"]
    subject = names.holder(purpose.value, HOLDER, ken.home.prefecture, ken.home.city)
    return leaf(purpose.value, serial=serial, person=ken, subject=subject)


def _agrees(data: bytes) -> bool:
    """Whether the short way had an answer; it must be the long way's."""
    found = ordinary.scan(data, cap=CAP)
    assert found is None or found == walk(data, cap=CAP), data.hex()
    return found is not None


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("serial", [1, 0x7F, 0x80, 0x7FFF, 2**159 - 1])
def test_other_certificates_of_the_issuer_go_the_short_way(purpose: Purpose, serial: int) -> None:
    assert _agrees(_another(purpose, serial))


def test_what_is_not_ordinary_goes_the_long_way() -> None:
    assert not _agrees(leaf(public_key=curve_key(256).public_key()))
    _forget()
    assert not _agrees(leaf())


@pytest.mark.parametrize("change", [0x01, 0x80])
def test_every_octet_counts_as_on_the_long_way(change: int) -> None:
    good = _another(Purpose.AUTH)
    for at, octet in enumerate(good):
        _agrees(good[:at] + bytes((octet ^ change,)) + good[at + 1 :])


SIGNATURE = b"\x03\x82\x01\x01\x00" + bytes(256)


def _rebuilt(
    parts: Sequence[bytes], *, signature: bytes = SIGNATURE, head: bytes = b"", padded: bytes = b""
) -> bytes:
    """A certificate of these extensions, with all lengths around them right; `head` in place of
    what begins its subject, `padded` between its tag and the length of its extensions."""
    good = walk(_another(Purpose.AUTH), cap=CAP)
    assert isinstance(good, Scanned)
    before = good.tbs[4 : good.tbs.index(good.key) + len(good.key)]
    if head:
        before = before.replace(good.subject_name, head + good.subject_name[2:])
    extensions = b"\xa3" + padded + sequence(sequence(b"".join(parts)))[1:]
    return sequence(sequence(before + extensions) + RSA_SHA256 + signature)


def _deep(levels: int) -> bytes:
    made = b"\x05\x00"
    for _ in range(levels):
        made = sequence(made)
    return made


def test_a_certificate_rebuilt_goes_the_short_way() -> None:
    good = walk(leaf(), cap=CAP)
    assert isinstance(good, Scanned)
    assert _agrees(_rebuilt(good.extensions))
    assert _agrees(_rebuilt([]))


STRANGE = {
    "an extension as deep as may be": _rebuilt([_deep(20)]),
    "an extension too deep": _rebuilt([_deep(23)]),
    "a length in two octets that fits into one": _rebuilt([b"\x30\x81\x03\x06\x01\x2a"]),
    "a length in three octets that fits into two": _rebuilt(
        [b"\x30\x82\x00\x84\x06\x01\x2a\x04\x7f" + bytes(127)]
    ),
    "a subject with a length in two octets": _rebuilt([], head=b"\x30\x81\x2f"),
    "extensions with a length in two octets": _rebuilt([], padded=b"\x81"),
    "extensions with a length in three octets": _rebuilt(
        [b"\x30\x79\x04\x77" + bytes(119)], padded=b"\x82\x00"
    ),
    "many octets in short extensions": _rebuilt([b"\x30\x81\x80\x04\x7e" + bytes(126)] * 63),
    "a signature too short": _rebuilt([], signature=b"\x03\x82\x01\x01\x00" + bytes(255)),
    "a signature too long": _rebuilt([], signature=b"\x03\x82\x01\x01\x00" + bytes(257)),
    "more values than may be": _rebuilt([sequence(b"\x05\x00" * 1020)]),
    "more octets than may be": _rebuilt([sequence(b"\x04\x82\x20\x00" + bytes(8192))]),
    "a serial with zeros in front": _another(Purpose.AUTH, 0x0101_0101).replace(
        b"\x02\x04\x01\x01\x01\x01", b"\x02\x04\x00\x01\x01\x01", 1
    ),
    "a serial that is all zeros": _another(Purpose.AUTH, 0x0101_0101).replace(
        b"\x02\x04\x01\x01\x01\x01", b"\x02\x04\x00\x00\x00\x00", 1
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_strange_is_found_as_on_the_long_way(name: str) -> None:
    _agrees(STRANGE[name])


def test_changes_by_lot_are_found_as_on_the_long_way() -> None:
    seeds = [_another(Purpose.AUTH), _another(Purpose.SIGN), leaf()]
    answered = sum(_agrees(data) for data in inputs(seeds, 1500, seed=5))
    assert answered > 50  # changes within texts, times, keys and signatures


@pytest.mark.parametrize("name", [*ISSUERS, *PROFILE, *ENCODINGS])
def test_a_bad_certificate_is_refused_with_the_same_code(name: str) -> None:
    code, make = {**ISSUERS, **PROFILE, **ENCODINGS}[name]
    data = make()
    _agrees(data)
    found = judge(data)
    assert isinstance(found, Refusal)
    assert found.code is code


@pytest.mark.parametrize("purpose", Purpose)
def test_extensions_are_those_that_the_library_reads(purpose: Purpose) -> None:
    data = _another(purpose)
    found = certificate.read(data)
    assert isinstance(found, Certificate)
    assert found.remembered is (
        purpose is Purpose.AUTH
    )  # a signature leaf has its holder's attributes
    assert list(found.extensions) == list(x509.load_der_x509_certificate(data).extensions)
    again = crl.distribution_points(found)
    _forget()
    without = certificate.read(data)
    assert isinstance(without, Certificate)
    assert not without.remembered
    assert again == crl.distribution_points(without) != frozenset()


@pytest.mark.parametrize("place", range(7))
def test_an_extension_that_comes_twice_is_refused_though_it_is_known(place: int) -> None:
    twice = edited(leaf(), lambda tbs: tbs["extensions"].append(tbs["extensions"][place]))
    scanned = ordinary.scan(twice, cap=CAP)
    assert scanned is not None
    assert scanned.extensions.count(scanned.extensions[place]) == 2
    assert judge(twice) == Refusal(code=Code.EXTENSION_DUPLICATE)


def test_nothing_that_names_a_holder_is_kept() -> None:
    assert isinstance(judge(_another(Purpose.SIGN)), Purpose)
    kept = b"".join([*ordinary._WALKED, *certificate._READ, *crl._POINTS])
    assert PEOPLE["ken"].name.encode() not in kept
    assert HOLDER.encode() not in kept


def test_who_is_refused_leaves_nothing_behind() -> None:
    before = set(ordinary._WALKED)
    odd = replacing(x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.2.3")]), critical=False)
    assert isinstance(judge(leaf(change=odd)), Refusal)
    unsigned = leaf(issuer=authority("auth", "unknown"))
    assert judge(unsigned) == Refusal(code=Code.ISSUER_SIGNATURE)
    assert set(ordinary._WALKED) == before


def test_the_oldest_goes_when_there_are_too_many() -> None:
    kept: memory.Memory[int] = memory.Memory()
    for n in range(memory.MOST + 2):
        kept.keep(n.to_bytes(4), n)
    assert len(kept) == memory.MOST
    assert kept.get((0).to_bytes(4)) is None
    assert kept[(memory.MOST + 1).to_bytes(4)] == memory.MOST + 1


def test_what_is_long_or_deep_is_not_remembered() -> None:
    assert not ordinary.remember(_deep(4))
    assert not ordinary.remember(b"\x04\x82\x02\x00" + bytes(512))
    assert ordinary.remember(_deep(3))
