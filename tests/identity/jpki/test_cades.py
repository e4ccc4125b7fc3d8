"""The exported record, judged by the stock openssl command that its README names."""

import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, core  # type: ignore[import-untyped]  # ships no types

from identity.jpki import cades, certificate, signed_attributes
from identity.jpki.certificate import Certificate
from identity.jpki.refusals import Code, Refusal
from identity.jpki.signed_attributes import StatementType
from stand_ins.jpki.certificates import SigningKey
from stand_ins.jpki.names import PURPOSES
from stand_ins.jpki.names import Purpose as PurposeName
from tests.identity.jpki.synthetic import (
    LEAF_KEY,
    NOW,
    YEAR,
    authority,
    curve_key,
    key,
    leaf,
    tap,
    trust,
)

STATEMENT = '{"aud":"https://example.invalid","shown":"本人確認をします"}'.encode()
VALID = (NOW - YEAR / 12, NOW + timedelta(days=20))


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    folder: Path

    def accepts(self, at: datetime | None) -> bool:
        moment = [] if at is None else ["-attime", str(int(at.timestamp()))]
        command = (
            "openssl cms -verify -cades -binary -inform DER -in signature.p7s "
            "-content statement.json -CAfile roots.pem -purpose any -out accepted"
        )
        done = subprocess.run(  # noqa: S603 - a fixed command
            [*command.split(), *moment], cwd=self.folder, capture_output=True, check=False
        )
        return done.returncode == 0


def _leaf(purpose: PurposeName = "sign", signer: SigningKey | None = None) -> Certificate:
    public = (signer or key(LEAF_KEY)).public_key()
    data = leaf(purpose, issuer=authority(purpose, "g1"), valid=VALID, public_key=public)
    parsed = certificate.read(data)
    assert not isinstance(parsed, Refusal)
    return parsed


def _record(
    purpose: PurposeName = "sign",
    signer: SigningKey | None = None,
    kind: StatementType = StatementType.CALL,
) -> bytes:
    parsed = _leaf(purpose, signer)
    return cades.signed_data(
        statement=STATEMENT,
        statement_type=kind,
        certificate=parsed,
        signature=tap(STATEMENT, parsed.der, kind, signer=signer),
    )


def _export(
    folder: Path,
    purpose: PurposeName = "sign",
    signer: SigningKey | None = None,
    **change: bytes,
) -> Export:
    parsed = _leaf(purpose, signer)
    record = cades.signed_data(
        statement=STATEMENT,
        statement_type=StatementType.CALL,
        certificate=parsed,
        signature=change.get("signature") or tap(STATEMENT, parsed.der, signer=signer),
    )
    (folder / "signature.p7s").write_bytes(record)
    (folder / "statement.json").write_bytes(change.get("statement") or STATEMENT)
    roots = [a.certificate for p in (trust().auth, trust().sign) for a in p]
    (folder / "roots.pem").write_text("".join(cades.pem(root) for root in roots))
    return Export(folder=folder)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_openssl_accepts_the_record_at_the_time_of_the_verdict(
    tmp_path: Path, purpose: PurposeName
) -> None:
    assert _export(tmp_path, purpose).accepts(NOW)


@pytest.mark.parametrize("bits", [256, 384])
def test_openssl_accepts_the_record_of_a_curve(tmp_path: Path, bits: int) -> None:
    export = _export(tmp_path, signer=curve_key(bits))
    assert export.accepts(NOW)
    (tmp_path / "statement.json").write_bytes(STATEMENT + b" ")
    assert not export.accepts(NOW)


SIGNERS: dict[str, SigningKey] = {
    "RSA-2048": key(LEAF_KEY),
    "P-256": curve_key(256),
    "P-384": curve_key(384),
}


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize("kind", StatementType)
def test_a_record_is_read_back(signer: str, kind: StatementType) -> None:
    record = _record(signer=SIGNERS[signer], kind=kind)
    found = cades.read(record, STATEMENT)
    assert isinstance(found, cades.TapRecord)
    assert found.certificate == _leaf(signer=SIGNERS[signer]).der
    assert found.statement_type is kind


def _code(record: bytes, statement: bytes = STATEMENT) -> Code | None:
    found = cades.read(record, statement)
    return found.code if isinstance(found, Refusal) else None


def _edited(edit: str) -> bytes:
    parsed = cms.ContentInfo.load(_record())
    content = parsed["content"]
    if edit == "a second signer":
        content["signer_infos"].append(content["signer_infos"][0].copy())
    elif edit == "a second certificate":
        content["certificates"].append(content["certificates"][0].copy())
    elif edit == "unsigned attributes":
        value = {"type": "1.3.6.1.4.1.32473.9", "values": [core.Null()]}
        content["signer_infos"][0]["unsigned_attrs"] = [value]
    elif edit == "version 1":
        content["version"] = "v1"
    changed: bytes = parsed.dump(force=True)
    return changed


EDITS = ["a second signer", "a second certificate", "unsigned attributes", "version 1"]


@pytest.mark.parametrize("edit", EDITS)
def test_a_record_written_otherwise_is_refused(edit: str) -> None:
    assert _code(_edited(edit)) is Code.RECORD_DIFFERS


def test_a_record_over_another_statement_is_refused() -> None:
    assert _code(_record(), b"{}") is Code.RECORD_DIFFERS


@pytest.mark.parametrize(
    "data", [b"", b"\x30\x00", _record()[:-1], _record() + b"\x00", b"\x30" * 70_000]
)
def test_what_is_no_record_is_malformed(data: bytes) -> None:
    assert _code(data) is Code.RECORD_MALFORMED


def test_it_stays_good_for_its_time_and_is_not_good_after_the_certificate(tmp_path: Path) -> None:
    export = _export(tmp_path)
    # openssl already counts the last second as expired; RFC 5280 and we do not.
    assert export.accepts(VALID[1] - timedelta(seconds=1))
    assert not export.accepts(VALID[1] + timedelta(seconds=1))


@pytest.mark.parametrize("at", [0, 10, len(STATEMENT) - 1])
def test_openssl_refuses_any_changed_byte_of_the_statement(tmp_path: Path, at: int) -> None:
    changed = bytearray(STATEMENT)
    changed[at] ^= 1
    assert not _export(tmp_path, statement=bytes(changed)).accepts(NOW)


def test_openssl_refuses_a_signature_over_something_else(tmp_path: Path) -> None:
    wrong = tap(b"{}", leaf("sign", issuer=authority("sign", "g1"), valid=VALID))
    assert not _export(tmp_path, signature=wrong).accepts(NOW)


def test_the_record_says_what_openssl_does_not_check(tmp_path: Path) -> None:
    _export(tmp_path)
    content = cms.ContentInfo.load((tmp_path / "signature.p7s").read_bytes())["content"]
    signer = content["signer_infos"][0]
    oid = signed_attributes.content_type(StatementType.CALL)
    assert content["version"].native == "v3"
    assert content["encap_content_info"]["content_type"].native == oid
    assert content["encap_content_info"]["content"].native is None
    assert signer["signed_attrs"][0]["values"][0].native == oid
    # What was signed is what stands in the record: a SET there, [0] here.
    signed = signer["signed_attrs"].untag().dump()
    statement_and_leaf = (STATEMENT, content["certificates"][0].chosen.dump())
    assert signed == signed_attributes.build(*statement_and_leaf, StatementType.CALL)
