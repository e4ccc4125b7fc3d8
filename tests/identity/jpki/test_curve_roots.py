"""An authority whose own key is on a curve, as that of the announced next card will be: its cards,
its lists and its records, before us and before OpenSSL."""

import subprocess
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from identity.jpki import anchors, cades, checklist
from identity.jpki import certificate as certificates
from identity.jpki.anchors import Environment, TrustAnchors
from identity.jpki.checklist import CardProof, Denied, Judged
from identity.jpki.crl import RevocationList, read_crl
from identity.jpki.refusals import Code, Refusal
from identity.jpki.signed_attributes import StatementType
from stand_ins.jpki.certificates import Authority, RevokedEntry, SigningKey, make_crl, make_root
from stand_ins.jpki.names import PURPOSES, Purpose
from stand_ins.jpki.people import KAZEMICHI
from tests.identity.jpki.synthetic import NOW, YEAR, curve_key, der, key, leaf, tap

STATEMENT = b'{"v":1}'
CURVES = (256, 384)
FIRST, SECOND, RSA = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Generations:
    """Three of one name: two on the curve, and one with an RSA key."""

    authorities: tuple[Authority, Authority, Authority]
    trust: TrustAnchors


@cache
def generations(bits: int, purpose: Purpose) -> Generations:
    valid = (NOW - YEAR, NOW + YEAR)
    keys: tuple[SigningKey, ...] = (curve_key(bits, 1), curve_key(bits, 2), key(22))
    made = [
        make_root(purpose, str(n), signer, serial=n + 1, valid=valid)
        for n, signer in enumerate(keys)
    ]
    other: Purpose = "sign" if purpose == "auth" else "auth"
    roots = {
        purpose: [der(one.certificate) for one in made],
        other: [der(make_root(other, "x", key(23), serial=1, valid=valid).certificate)],
    }
    return Generations(
        authorities=(made[0], made[1], made[2]),
        trust=anchors.load(Environment.SYNTHETIC, **roots),
    )


def judged(bits: int, purpose: Purpose, certificate: bytes, statement: bytes) -> Judged | Denied:
    proof = CardProof(
        certificate=certificate,
        signature=tap(statement, certificate, signer=curve_key(bits)),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )
    scanned = checklist.scan(proof)
    assert not isinstance(scanned, Denied)
    return checklist.judge(proof, scanned, generations(bits, purpose).trust, NOW)


@pytest.mark.parametrize("bits", CURVES)
@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("which", [FIRST, SECOND, RSA])
def test_the_issuer_is_found_by_its_key(bits: int, purpose: Purpose, which: int) -> None:
    made = generations(bits, purpose)
    issuer = made.authorities[which]
    certificate = leaf(purpose, issuer=issuer, public_key=curve_key(bits).public_key())
    found = judged(bits, purpose, certificate, STATEMENT)
    assert isinstance(found, Judged)
    [anchor] = [a for a in made.trust.of(found.purpose) if a.certificate.der == _der(issuer)]
    assert found.issuer_key_sha256 == anchor.key_sha256
    other = judged(bits, purpose, certificate, b"{}")
    assert isinstance(other, Denied)
    assert other.refusal.code is Code.SIGNATURE_MISMATCH


@pytest.mark.parametrize("bits", CURVES)
def test_a_stranger_of_the_same_name_is_not_believed(bits: int) -> None:
    stranger = make_root("auth", "s", curve_key(bits, 9), serial=1, valid=(NOW - YEAR, NOW + YEAR))
    certificate = leaf("auth", issuer=stranger, public_key=curve_key(bits).public_key())
    found = judged(bits, "auth", certificate, STATEMENT)
    assert isinstance(found, Denied)
    assert found.refusal.code is Code.ISSUER_SIGNATURE


@pytest.mark.parametrize("bits", CURVES)
def test_its_lists_are_believed_and_nobody_elses(bits: int) -> None:
    made = generations(bits, "auth")
    entry = RevokedEntry(serial=5, at=NOW - timedelta(days=3), reason="keyCompromise")
    valid = (NOW, NOW + timedelta(hours=30))
    found = read_crl(
        make_crl(made.authorities[FIRST], KAZEMICHI, [entry], valid=valid), made.trust.auth
    )
    assert isinstance(found, RevocationList)
    assert found.find(5) is not None
    assert found.find(6) is None
    stranger = make_root("auth", "s", curve_key(bits, 9), serial=1, valid=(NOW - YEAR, NOW + YEAR))
    forged = read_crl(make_crl(stranger, KAZEMICHI, [], valid=valid), made.trust.auth)
    assert isinstance(forged, Refusal)
    assert forged.code is Code.CRL_SIGNER


@pytest.mark.parametrize("bits", CURVES)
def test_openssl_accepts_the_record(tmp_path: Path, bits: int) -> None:
    made = generations(bits, "sign")
    issuer = made.authorities[FIRST]
    assert isinstance(issuer.key, ec.EllipticCurvePrivateKey)
    data = leaf("sign", issuer=issuer, public_key=curve_key(bits).public_key())
    parsed = certificates.read(data)
    assert not isinstance(parsed, Refusal)
    record = cades.signed_data(
        statement=STATEMENT,
        statement_type=StatementType.CALL,
        certificate=parsed,
        signature=tap(STATEMENT, data, signer=curve_key(bits)),
    )
    (tmp_path / "signature.p7s").write_bytes(record)
    (tmp_path / "statement.json").write_bytes(STATEMENT)
    roots = "".join(cades.pem(anchor.certificate) for anchor in made.trust.sign)
    (tmp_path / "roots.pem").write_text(roots)
    command = (
        "openssl cms -verify -cades -binary -inform DER -in signature.p7s -content statement.json "
        f"-CAfile roots.pem -purpose any -attime {int(NOW.timestamp())} -out accepted"
    )
    for statement, accepted in ((STATEMENT, True), (b"{}", False)):
        (tmp_path / "statement.json").write_bytes(statement)
        done = subprocess.run(  # noqa: S603 - a fixed command
            command.split(), cwd=tmp_path, capture_output=True, check=False
        )
        assert (done.returncode == 0) is accepted, done.stderr


def _der(authority: Authority) -> bytes:
    return der(authority.certificate)
