"""T1: a key that is left empty in the settings must never be one that signatures count by."""

import base64
from pathlib import Path

import pytest

from ivr.carriers.twilio.signature import Keys, SignatureCheck
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.environment import load
from kazasu.settings.model import Settings

GOOD = {
    "TRUST_ANCHORS_DIR": "anchors",
    "KAZASU_CRL_DIR": "crl",
    "SECRET_KEY": base64.b64encode(bytes(range(32))).decode(),
    "PUBLIC_BASE_URL": "https://id.example.jp",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "0123456789abcdef0123456789abcdef",
}


def _load(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Settings:
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(name, value)
    return load()


def test_the_usual_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _load(monkeypatch, TWILIO_SHARED_KEYS="k1=0123456789abcdef0123456789abcdef")
    assert settings.twilio_auth_token.get_secret_value() == GOOD["TWILIO_AUTH_TOKEN"]
    assert list(settings.twilio_shared_keys) == ["k1"]


def test_a_next_token_left_empty_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _load(monkeypatch, TWILIO_AUTH_TOKEN_NEXT="").twilio_auth_token_next is None
    monkeypatch.delenv("TWILIO_AUTH_TOKEN_NEXT")
    (tmp_path / "twilio_auth_token_next").write_text("\n", encoding="utf-8")
    settings = _load(monkeypatch, KAZASU_SECRETS_DIR=str(tmp_path))
    assert settings.twilio_auth_token_next is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_AUTH_TOKEN", ""),
        ("TWILIO_AUTH_TOKEN", "short"),
        ("TWILIO_AUTH_TOKEN_NEXT", "short"),
        ("TWILIO_SHARED_KEYS", "k1="),
        ("TWILIO_SHARED_KEYS", "k1=0123456789abcdef0123456789abcdef,k2="),
    ],
)
def test_a_key_that_can_be_guessed_is_refused_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(BadSettings) as bad:
        _load(monkeypatch, **{name: value})
    (problem,) = bad.value.problems
    assert problem.startswith(f"{name}: ")
    assert "short" not in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_BASE_URL", "http://id.example.jp"),
        ("TWILIO_API_BASE", "https://api.twilio.com.evil.example"),
        ("TWILIO_API_BASE", "http://127.0.0.1:9000"),
        ("KAZASU_FRAME_ANCESTOR", "https://elsewhere.example"),
    ],
)
def test_production_allows_none_of_what_the_demo_needs(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(BadSettings):
        _load(monkeypatch, **{name: value})


def test_the_demo_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSettings):
        _load(monkeypatch, KAZASU_PROFILE="demo", KAZASU_LISTEN_HOST="192.0.2.1")


@pytest.mark.parametrize(
    "keys",
    [
        Keys(auth_tokens=()),
        Keys(auth_tokens=("",)),
        Keys(auth_tokens=("a-token", "")),
        Keys(auth_tokens=("a-token",), shared_keys={"k1": ""}),
    ],
)
def test_no_check_is_made_with_a_missing_or_empty_key(keys: Keys) -> None:
    with pytest.raises(ValueError, match="missing or empty"):
        SignatureCheck("https://id.example.jp", keys)
