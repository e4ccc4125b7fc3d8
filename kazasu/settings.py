"""Every setting, in one place. Nothing else reads the environment (see `docs/settings.md`).

Names other tools share are bare (`DATABASE_URL`, `TWILIO_AUTH_TOKEN`, ...); ours begin with
`KAZASU_`. A secret may lie in a file of its name in the folder `KAZASU_SECRETS_DIR` instead.
"""

import base64
import binascii
import os
import re
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Final, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_S = TypeVar("_S", bound=BaseSettings)


class Profile(Enum):
    """Which trust anchors may be loaded. There is no profile that checks less."""

    PRODUCTION = "production"
    DEMO = "demo"


class BadSettings(Exception):
    """What is wrong with which setting, one line each, ready to print. Holds no secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


_SHORTEST_KEY: Final = 16
_E164: Final = r"^\+[1-9][0-9]{6,14}$"


def _named(name: str, **more: Any) -> Any:
    return Field(validation_alias=AliasChoices(name), **more)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    profile: Profile = _named("KAZASU_PROFILE", default=Profile.PRODUCTION)
    tenant: str = _named("KAZASU_TENANT", default="main", pattern=r"^[a-z][a-z0-9-]{0,39}$")
    data_dir: Path = _named("KAZASU_DATA_DIR", default=Path("data"))
    flows_dir: Path = _named("KAZASU_FLOWS_DIR", default=Path("flows"))
    lookups_dir: Path | None = _named("KAZASU_LOOKUPS_DIR", default=None)
    trust_anchors_dir: Path = _named("TRUST_ANCHORS_DIR")
    crl_dir: Path = _named("KAZASU_CRL_DIR")
    crl_max_age_hours: int = _named("KAZASU_CRL_MAX_AGE_HOURS", default=48, ge=1, le=240)

    database_url: str = _named("DATABASE_URL", default="")
    secret_key: SecretStr = _named("SECRET_KEY")
    public_base_url: str = _named("PUBLIC_BASE_URL")
    listen_host: str = _named("KAZASU_LISTEN_HOST", default="127.0.0.1")
    listen_port: int = _named("KAZASU_LISTEN_PORT", default=8080, ge=0, le=65535)
    trusted_proxies: int = _named("KAZASU_TRUSTED_PROXIES", default=0, ge=0, le=5)
    frame_ancestor: str = _named("KAZASU_FRAME_ANCESTOR", default="")

    twilio_account_sid: str = _named("TWILIO_ACCOUNT_SID", pattern=r"^AC[0-9a-fA-F]{32}$")
    twilio_auth_token: SecretStr = _named("TWILIO_AUTH_TOKEN")
    twilio_auth_token_next: SecretStr | None = _named("TWILIO_AUTH_TOKEN_NEXT", default=None)
    twilio_shared_keys: Annotated[dict[str, SecretStr], NoDecode] = _named(
        "TWILIO_SHARED_KEYS", default_factory=dict
    )
    twilio_api_base: str = _named("TWILIO_API_BASE", default="https://api.twilio.com")
    twilio_number: str = _named("TWILIO_NUMBER", default="")
    fallback_number: str = _named("KAZASU_FALLBACK_NUMBER", default="")

    @field_validator("twilio_shared_keys", mode="before")
    @classmethod
    def _shared_keys(cls, value: object) -> object:
        """`id=secret,id2=secret2`, at most two at once."""
        if not isinstance(value, str):
            return value
        pairs = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
        if len(pairs) > 2:
            raise ValueError("at most two keys at once")
        return pairs

    @field_validator("twilio_auth_token_next", mode="before")
    @classmethod
    def _none_when_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("twilio_auth_token", "twilio_auth_token_next", "twilio_shared_keys")
    @classmethod
    def _hard_to_guess(cls, value: object) -> object:
        """An empty key would make everybody's signature the carrier's."""
        for secret in value.values() if isinstance(value, dict) else (value,):
            known = secret.get_secret_value() if isinstance(secret, SecretStr) else None
            if known is not None and len(known) < _SHORTEST_KEY:
                raise ValueError(f"has {_SHORTEST_KEY} characters at least")
        return value

    @field_validator("secret_key")
    @classmethod
    def _thirty_two_bytes(cls, value: SecretStr) -> SecretStr:
        _decode_key(value.get_secret_value())
        return value

    @field_validator("public_base_url", "twilio_api_base")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        bare = parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in value)
        if parts.scheme not in ("http", "https") or not parts.netloc or not bare:
            raise ValueError("must be scheme://host[:port] without path, user or query")
        return value.rstrip("/")

    @field_validator("fallback_number", "twilio_number")
    @classmethod
    def _e164(cls, value: str) -> str:
        if value and not re.fullmatch(_E164, value):
            raise ValueError("must be a number like +81312345678")
        return value

    @model_validator(mode="after")
    def _profile_rules(self) -> Self:
        if self.profile is Profile.PRODUCTION:
            if not self.public_base_url.startswith("https://"):
                raise ValueError("PUBLIC_BASE_URL must be https in the production profile")
            if not re.fullmatch(
                r"https://api(\.[a-z0-9-]+){0,2}\.twilio\.com", self.twilio_api_base
            ):
                raise ValueError("TWILIO_API_BASE must be a host of twilio.com in production")
            if self.frame_ancestor:
                raise ValueError("KAZASU_FRAME_ANCESTOR is for the demo profile only")
        elif self.listen_host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("the demo profile listens on loopback only (KAZASU_LISTEN_HOST)")
        return self

    def master_key(self) -> bytes:
        return _decode_key(self.secret_key.get_secret_value())

    def database(self) -> str:
        """The database URL; without one, a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'kazasu.db').resolve()}"


class FallbackSettings(BaseSettings):
    """All that `kazasu fallback` needs: it must start when nothing else does."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    fallback_number: str = _named("KAZASU_FALLBACK_NUMBER", pattern=_E164)
    voice: str = _named("KAZASU_FALLBACK_VOICE", default="Polly.Kazuha-Neural")


def _decode_key(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise ValueError("must be 32 random bytes in base64: openssl rand -base64 32")
    return raw


def load(**given: object) -> Settings:
    """Read environment and secret files. Raises BadSettings with a line for every problem.

    `given` are settings by their environment names; they come before the environment.
    """
    return _read(Settings, given)


def load_fallback() -> FallbackSettings:
    """The same for the fallback's own few settings."""
    return _read(FallbackSettings, {})


def _read(kind: type[_S], given: dict[str, object]) -> _S:
    folder = given.get("KAZASU_SECRETS_DIR") or os.environ.get("KAZASU_SECRETS_DIR")
    try:
        # The aliases stand in for field names, so the call is checked by pydantic, not by types.
        return kind(**{**({"_secrets_dir": folder} if folder else {}), **given})  # type: ignore[arg-type]  # see above
    except ValidationError as error:
        raise BadSettings([_line(item) for item in error.errors()]) from None


def _line(item: Any) -> str:
    place = str(item["loc"][0]) if item["loc"] else "settings"
    if item["type"] == "missing":
        return f"{place}: is not set (docs/settings.md says what it is)"
    return f"{place}: {item['msg'].removeprefix('Value error, ')}"
