"""The exported record, judged by the stock openssl command that its README names."""

import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms  # type: ignore[import-untyped]  # ships no types

from identity.jpki import cades, certificate, signed_attributes
from identity.jpki.refusals import Refusal
from identity.jpki.signed_attributes import StatementType
from stand_ins.jpki.names import PURPOSES
from stand_ins.jpki.names import Purpose as PurposeName
from tests.identity.jpki.synthetic import NOW, YEAR, authority, leaf, tap, trust

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


def _export(folder: Path, purpose: PurposeName = "sign", **change: bytes) -> Export:
    parsed = certificate.read(leaf(purpose, issuer=authority(purpose, "g1"), valid=VALID))
    assert not isinstance(parsed, Refusal)
    record = cades.signed_data(
        statement=STATEMENT,
        statement_type=StatementType.CALL,
        certificate=parsed,
        signature=change.get("signature") or tap(STATEMENT, parsed.der),
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
