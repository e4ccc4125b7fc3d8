"""Every setting, in one place. Nothing else reads the environment (see `docs/settings.md`).

Names other tools share are bare (`DATABASE_URL`, `TWILIO_AUTH_TOKEN`, ...); ours begin with
`KAZASU_`. A secret may lie in a file of its name in the folder `KAZASU_SECRETS_DIR` instead.
A variable that is set to nothing counts as not set.
"""

import locale
import os
import re
import warnings
from collections.abc import Mapping
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
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from kazasu.setting_groups.evidence import EvidenceSettings
from kazasu.setting_values import (
    FlowSource,
    address,
    application_ids,
    decode_key,
    host_and_port,
    is_database,
    is_redis,
    origin,
    packages,
    per_platform,
    random_keys,
    shared_keys,
    signing_keys,
)

_S = TypeVar("_S", bound=BaseSettings)


class Profile(Enum):
    """Which trust anchors may be loaded. There is no profile that checks less."""

    PRODUCTION = "production"
    DEMO = "demo"


class BadSettings(Exception):
    """What is wrong with which setting, one line each, ready to print. Holds no secret. `japanese`
    has the lines of others; ours are in `kazasu.japanese.lines`."""

    def __init__(self, problems: list[str], japanese: Mapping[str, str] | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.japanese = japanese or {}


_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104  # looked for, not listened on
_SHORTEST_KEY: Final = 16
_SECRETS_DIR: Final = "KAZASU_SECRETS_DIR"
_E164: Final = r"^\+[1-9][0-9]{6,14}$"
_E164_OR_NONE: Final = r"^(\+[1-9][0-9]{6,14})?$"
# What a pattern means, for who set it.
_FORMS: Final[Mapping[str, str]] = {
    "KAZASU_TENANT": "must begin with a-z and hold only a-z, 0-9 and -, 40 at most",
    "TWILIO_ACCOUNT_SID": "must be AC and 32 hexadecimal digits",
    "TWILIO_API_KEY": "must be SK and 32 hexadecimal digits",
    "KAZASU_TRACES_URL": "must be like http://127.0.0.1:4318/v1/traces, without a password",
    "TWILIO_NUMBER": "must be a number like +81312345678",
    "KAZASU_FALLBACK_NUMBER": "must be a number like +81312345678",
}


def _named(name: str, **more: Any) -> Any:
    return Field(validation_alias=AliasChoices(name), **more)


class Settings(EvidenceSettings):
    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    profile: Profile = _named("KAZASU_PROFILE", default=Profile.PRODUCTION)
    tenant: str = _named("KAZASU_TENANT", default="main", pattern=r"^[a-z][a-z0-9-]{0,39}$")
    data_dir: Path = _named("KAZASU_DATA_DIR", default=Path("data"))
    flows_dir: Path = _named("KAZASU_FLOWS_DIR", default=Path("flows"))
    flow_source: FlowSource | None = _named("KAZASU_FLOW_SOURCE", default=None)
    lookups_dir: Path | None = _named("KAZASU_LOOKUPS_DIR", default=None)
    lookups_url: str = _named("KAZASU_LOOKUPS_URL", default="")
    lookups_key: SecretStr | None = _named("KAZASU_LOOKUPS_KEY", default=None)
    trust_anchors_dir: Path = _named("TRUST_ANCHORS_DIR")
    crl_dir: Path = _named("KAZASU_CRL_DIR")
    linkage_dir: Path | None = _named("KAZASU_LINKAGE_DIR", default=None)
    crl_max_age_hours: int = _named("KAZASU_CRL_MAX_AGE_HOURS", default=48, ge=1, le=240)

    database_url: str = _named("DATABASE_URL", default="", repr=False)
    redis_url: str = _named("REDIS_URL", default="", repr=False)
    redis_timeout_ms: int = _named("KAZASU_REDIS_TIMEOUT_MS", default=300, ge=50, le=5000)
    secret_key: SecretStr = _named("SECRET_KEY")
    sealing_key: SecretStr | None = _named("KAZASU_SEALING_KEY", default=None)
    sealing_keys_read: SecretStr | None = _named("KAZASU_SEALING_KEYS_READ", default=None)
    public_base_url: str = _named("PUBLIC_BASE_URL")
    listen_host: str = _named("KAZASU_LISTEN_HOST", default="127.0.0.1")
    listen_port: int = _named("KAZASU_LISTEN_PORT", default=8080, ge=0, le=65535)
    metrics_listen: str = _named("KAZASU_METRICS_LISTEN", default="")
    traces_url: str = _named("KAZASU_TRACES_URL", default="", pattern=r"^(https?://[^\s@]+)?$")
    stop_grace_seconds: int = _named("KAZASU_STOP_GRACE_SECONDS", default=0, ge=0, le=60)
    trusted_proxies: int = _named("KAZASU_TRUSTED_PROXIES", default=0, ge=0, le=5)
    frame_ancestor: str = _named("KAZASU_FRAME_ANCESTOR", default="")
    calls_per_number: int = _named("KAZASU_CALLS_PER_NUMBER", default=10, ge=1, le=3000)
    calls_per_minute: int = _named("KAZASU_CALLS_PER_MINUTE", default=3600, ge=1, le=30000)
    callbacks_per_day: int = _named("KAZASU_CALLBACKS_PER_DAY", default=500, ge=0, le=100_000)
    messages_per_day: int = _named("KAZASU_MESSAGES_PER_DAY", default=500, ge=0, le=1_000_000)

    twilio_account_sid: str = _named("TWILIO_ACCOUNT_SID", pattern=r"^AC[0-9a-fA-F]{32}$")
    twilio_auth_token: SecretStr = _named("TWILIO_AUTH_TOKEN")
    twilio_auth_token_next: SecretStr | None = _named("TWILIO_AUTH_TOKEN_NEXT", default=None)
    twilio_shared_keys: Annotated[dict[str, SecretStr], NoDecode] = _named(
        "TWILIO_SHARED_KEYS", default_factory=dict
    )
    twilio_api_key: str = _named("TWILIO_API_KEY", default="", pattern=r"^(SK[0-9a-fA-F]{32})?$")
    twilio_api_secret: SecretStr | None = _named("TWILIO_API_SECRET", default=None)
    twilio_api_base: str = _named("TWILIO_API_BASE", default="https://api.twilio.com")
    twilio_number: str = _named("TWILIO_NUMBER", default="", pattern=_E164_OR_NONE)
    fallback_number: str = _named("KAZASU_FALLBACK_NUMBER", default="", pattern=_E164_OR_NONE)
    fallback_url: str = _named("KAZASU_FALLBACK_URL", default="")

    oldest_app_versions: Annotated[dict[str, str], NoDecode] = _named(
        "KAZASU_OLDEST_APP_VERSIONS", default_factory=dict
    )
    app_update_urls: Annotated[dict[str, str], NoDecode] = _named(
        "KAZASU_APP_UPDATE_URLS", default_factory=dict
    )

    ios_apps: Annotated[tuple[str, ...], NoDecode] = _named("KAZASU_IOS_APPS", default=())
    android_apps: Annotated[dict[str, tuple[str, ...]], NoDecode] = _named(
        "KAZASU_ANDROID_APPS", default_factory=dict
    )
    keyed_codes: bool = _named("KAZASU_KEYED_CODES", default=False)

    @field_validator("ios_apps", mode="before")
    @classmethod
    def _application_ids(cls, value: object) -> object:
        return application_ids(value)

    @field_validator("android_apps", mode="before")
    @classmethod
    def _packages(cls, value: object) -> object:
        return packages(value) if not isinstance(value, dict) else value

    @field_validator("oldest_app_versions", "app_update_urls", mode="before")
    @classmethod
    def _per_platform(cls, value: object) -> object:
        return per_platform(value) if isinstance(value, str) else value

    @field_validator("twilio_shared_keys", mode="before")
    @classmethod
    def _keys_by_id(cls, value: object) -> object:
        return shared_keys(value) if isinstance(value, str) else value

    @field_validator("twilio_auth_token_next", "twilio_api_secret", mode="before")
    @classmethod
    def _none_when_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator(
        "twilio_auth_token", "twilio_auth_token_next", "twilio_shared_keys", "twilio_api_secret"
    )
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
        decode_key(value.get_secret_value())
        random_keys(value.get_secret_value())
        return value

    @field_validator("sealing_key", "sealing_keys_read")
    @classmethod
    def _thirty_two_bytes_each(cls, value: SecretStr | None) -> SecretStr | None:
        random_keys(value.get_secret_value() if value else "")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        """Said without the URL, which may hold a password."""
        if value and not is_redis(value):
            raise ValueError("must be redis://, rediss:// or unix:// and where the server is")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        """Said without the URL, which may hold a password."""
        if value and not is_database(value):
            raise ValueError(
                "must be sqlite:////path/to/file or postgresql://user:password@host/name"
            )
        return value

    @field_validator("metrics_listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        return host_and_port(value)

    @field_validator("public_base_url", "twilio_api_base", "frame_ancestor")
    @classmethod
    def _origin(cls, value: str) -> str:
        return origin(value)

    @field_validator("fallback_url", "lookups_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return address(value)

    @field_validator("lookups_key")
    @classmethod
    def _signing_keys(cls, value: SecretStr | None) -> SecretStr | None:
        signing_keys(value.get_secret_value() if value else "")
        return value

    @field_validator("twilio_api_base")
    @classmethod
    def _edge_and_region(cls, value: str) -> str:
        """A region without an edge names a host that is no longer served."""
        host = re.fullmatch(r"https://api(\.[a-z0-9-]+)*\.twilio\.com", value)
        if host and value.count(".") not in (2, 4):
            raise ValueError(
                "must name edge and region, or neither: https://api.EDGE.REGION.twilio.com"
            )
        return value

    @model_validator(mode="after")
    def _key_pair(self) -> Self:
        if bool(self.twilio_api_key) != bool(self.twilio_api_secret):
            raise ValueError("TWILIO_API_KEY and TWILIO_API_SECRET: both, or neither")
        return self

    @model_validator(mode="after")
    def _signed_lookups(self) -> Self:
        if bool(self.lookups_url) != bool(self.lookups_keys()):
            raise ValueError("KAZASU_LOOKUPS_URL and KAZASU_LOOKUPS_KEY: both, or neither")
        if self.lookups_url.startswith("http://"):
            here = urlsplit(self.lookups_url).hostname in _LOOPBACK
            if self.profile is Profile.PRODUCTION or not here:
                raise ValueError("KAZASU_LOOKUPS_URL must be https")
        return self

    @model_validator(mode="after")
    def _profile_rules(self) -> Self:
        if self.profile is Profile.PRODUCTION:
            if not self.public_base_url.startswith("https://"):
                raise ValueError("PUBLIC_BASE_URL must be https in the production profile")
            if self.fallback_url and not self.fallback_url.startswith("https://"):
                raise ValueError("KAZASU_FALLBACK_URL must be https in the production profile")
            if not re.fullmatch(
                r"https://api(\.[a-z0-9-]+){0,2}\.twilio\.com", self.twilio_api_base
            ):
                raise ValueError("TWILIO_API_BASE must be a host of twilio.com in production")
            if self.frame_ancestor:
                raise ValueError("KAZASU_FRAME_ANCESTOR is for the demo profile only")
        elif self.listen_host not in _LOOPBACK:
            raise ValueError("the demo profile listens on loopback only (KAZASU_LISTEN_HOST)")
        elif self.metrics_listen and self.metrics_address()[0] not in _LOOPBACK:
            raise ValueError("the demo profile listens on loopback only (KAZASU_METRICS_LISTEN)")
        return self

    def master_key(self) -> bytes:
        return decode_key(self.secret_key.get_secret_value())

    def twilio_key_pair(self) -> tuple[str, str] | None:
        """For REST in place of the auth token, which then only checks signatures."""
        if self.twilio_api_secret is None:
            return None
        return self.twilio_api_key, self.twilio_api_secret.get_secret_value()

    def lookups_keys(self) -> tuple[bytes, ...]:
        """Those that sign questions to the business's system: each does."""
        return signing_keys(self.lookups_key.get_secret_value() if self.lookups_key else "")

    def metrics_address(self) -> tuple[str, int]:
        """Host and port of `/metrics`; only when it is set."""
        host, _, port = self.metrics_listen.rpartition(":")
        return host.strip("[]"), int(port)

    def metrics_on_every_address(self) -> bool:
        """Also on those that strangers may reach."""
        return bool(self.metrics_listen) and self.metrics_address()[0] in _EVERYWHERE

    def sealing_keys(self) -> tuple[bytes | None, ...]:
        """First the one that seals (None: a key of SECRET_KEY), then those that only open."""
        given = (self.sealing_key, self.sealing_keys_read)
        own, read = (random_keys(keys.get_secret_value() if keys else "") for keys in given)
        return (own[0] if own else None, *read)

    def database(self) -> str:
        """The database URL; without one, a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'kazasu.db').resolve()}"


class FallbackSettings(BaseSettings):
    """All that `kazasu fallback` needs: it must start when nothing else does."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    fallback_number: str = _named("KAZASU_FALLBACK_NUMBER", pattern=_E164)
    voice: str = _named("KAZASU_FALLBACK_VOICE", default="Polly.Kazuha-Neural")


def load(**given: object) -> Settings:
    """Read environment and secret files. Raises BadSettings with a line for every problem.

    `given` are settings by their environment names; they come before the environment.
    """
    folder = str(given.get(_SECRETS_DIR) or secrets_folder())
    if folder and not (Path(folder).is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        raise BadSettings([f"{_SECRETS_DIR}: {folder} is not a folder that can be read"])
    return _read(Settings, folder, given)


def load_fallback() -> FallbackSettings:
    """The same for the fallback's own few settings: none is a secret, so no folder is needed."""
    return _read(FallbackSettings, "", {})


def secrets_folder() -> str:
    """Of the environment; "" when none is set."""
    return os.environ.get(_SECRETS_DIR, "")


def known_names() -> frozenset[str]:
    """Every variable that is read here."""
    known = {_SECRETS_DIR}
    for kind in (Settings, FallbackSettings):
        for field in kind.model_fields.values():
            assert isinstance(field.validation_alias, AliasChoices)
            known |= {str(name) for name in field.validation_alias.choices}
    return frozenset(known)


def unknown_names() -> list[str]:
    """Variables that look like settings of ours and are none: most likely misspelt."""
    return sorted(n for n in os.environ if n.startswith("KAZASU_") and n not in known_names())


def _read(kind: type[_S], folder: str, given: Mapping[str, object]) -> _S:
    try:
        with warnings.catch_warnings():
            # A secret that is a folder or leads outside is only warned of; here it is refused.
            warnings.simplefilter("error", UserWarning)
            # The aliases stand in for field names: the call is checked by pydantic, not by types.
            return kind(**{**({"_secrets_dir": folder} if folder else {}), **given})  # type: ignore[arg-type]  # see above
    except ValidationError as error:
        raise BadSettings([_line(item) for item in error.errors()]) from None
    except (SettingsError, UserWarning, UnicodeDecodeError, OSError) as error:
        said = "a file is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise BadSettings([f"{_SECRETS_DIR}: {said}"]) from None


def _line(item: Any) -> str:
    place = str(item["loc"][0]) if item["loc"] else ""
    if item["type"] == "missing":
        return f"{place}: is not set (docs/settings.md says what it is)"
    said = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "string_pattern_mismatch":
        said = _FORMS.get(place, said)
    return f"{place}: {said}" if place else said


def terminal_is_japanese() -> bool:
    """By the variables of POSIX, in their order; where none is set, by the system's setting.

    The variables count as they are written: in a small image or over ssh they often name a
    language whose locale is not installed, and the words are wanted all the same.
    """
    asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    return (asked or locale.getlocale()[0] or "").lower().startswith("ja")
