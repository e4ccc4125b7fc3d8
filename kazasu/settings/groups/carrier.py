"""Settings of the phone company: whose account, which number, and what catches its calls."""

import re
from typing import Annotated, Final, Self

from pydantic import SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from kazasu.settings.groups.fallback import A_NUMBER
from kazasu.settings.named import named
from kazasu.settings.values import address, origin, shared_keys

_SHORTEST_KEY: Final = 16
_E164_OR_NONE: Final = r"^(\+[1-9][0-9]{6,14})?$"


class CarrierSettings(BaseSettings):
    twilio_account_sid: str = named(
        "TWILIO_ACCOUNT_SID",
        pattern=r"^AC[0-9a-fA-F]{32}$",
        form="must be AC and 32 hexadecimal digits",
    )
    twilio_auth_token: SecretStr = named("TWILIO_AUTH_TOKEN")
    twilio_auth_token_next: SecretStr | None = named("TWILIO_AUTH_TOKEN_NEXT", default=None)
    twilio_shared_keys: Annotated[dict[str, SecretStr], NoDecode] = named(
        "TWILIO_SHARED_KEYS", default_factory=dict
    )
    twilio_api_key: str = named(
        "TWILIO_API_KEY",
        default="",
        pattern=r"^(SK[0-9a-fA-F]{32})?$",
        form="must be SK and 32 hexadecimal digits",
    )
    twilio_api_secret: SecretStr | None = named("TWILIO_API_SECRET", default=None)
    twilio_api_base: str = named("TWILIO_API_BASE", default="https://api.twilio.com")
    twilio_number: str = named("TWILIO_NUMBER", default="", pattern=_E164_OR_NONE, form=A_NUMBER)
    fallback_number: str = named(
        "KAZASU_FALLBACK_NUMBER", default="", pattern=_E164_OR_NONE, form=A_NUMBER
    )
    fallback_url: str = named("KAZASU_FALLBACK_URL", default="")

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

    @field_validator("fallback_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return address(value)

    @field_validator("twilio_api_base")
    @classmethod
    def _edge_and_region(cls, value: str) -> str:
        """A region without an edge names a host that is no longer served."""
        value = origin(value)
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

    def twilio_key_pair(self) -> tuple[str, str] | None:
        """For REST in place of the auth token, which then only checks signatures."""
        if self.twilio_api_secret is None:
            return None
        return self.twilio_api_key, self.twilio_api_secret.get_secret_value()
