"""The key stays in its file; its proofs are what the service's verifier reads."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from companion_app.device_key import DeviceKey
from identity.installations.request_proof import NotAProof, Request, check, read

URL = "https://id.kazasu.test/v1/pairings/claim?x=%E3%82%AB"
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def test_the_file_is_private_and_gives_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "device.pem"
    made = DeviceKey.kept_in(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert DeviceKey.kept_in(path).installation == made.installation
    assert len(made.installation) == 43
    assert DeviceKey.generate().installation != made.installation


def test_proofs_pass_the_verifier_of_the_service() -> None:
    key = DeviceKey.generate()
    at = int(NOW.timestamp())
    proof = key.proof(method="POST", url=URL, body=b"{}", at=at)
    check(
        read(proof, introduces=False),
        key.public_jwk,
        Request(method="POST", url=URL, body=b"{}"),
        NOW,
    )
    introduced = read(
        key.proof(method="POST", url=URL, body=b"{}", at=at, introduce=True), introduces=True
    )
    assert introduced.jwk == key.public_jwk
    assert introduced.kid == key.installation
    with pytest.raises(NotAProof):
        check(
            read(proof, introduces=False),
            DeviceKey.generate().public_jwk,
            Request(method="POST", url=URL, body=b"{}"),
            NOW,
        )


def test_proofs_are_never_the_same_twice() -> None:
    key = DeviceKey.generate()
    made = {
        read(key.proof(method="GET", url=URL, body=b"", at=1), introduces=False).jti
        for _ in range(50)
    }
    assert len(made) == 50


def test_nothing_private_is_printed() -> None:
    key = DeviceKey.generate()
    assert set(key.public_jwk) == {"kty", "crv", "x", "y"}
    assert repr(key) == f"DeviceKey({key.installation})"


def test_other_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="P-256"):
        DeviceKey(ECKey.generate_key("P-384"))
    public = ECKey.import_key({k: str(v) for k, v in DeviceKey.generate().public_jwk.items()})
    with pytest.raises(ValueError, match="private"):
        DeviceKey(public)
