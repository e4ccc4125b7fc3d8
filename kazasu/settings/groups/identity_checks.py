"""Settings of identity checks: what is trusted, where revocations lie, and whose apps may tap."""

from pathlib import Path
from typing import Annotated

from pydantic import field_validator
from pydantic_settings import BaseSettings, NoDecode

from kazasu.settings.named import named
from kazasu.settings.values import application_ids, packages, per_platform


class IdentityCheckSettings(BaseSettings):
    trust_anchors_dir: Path = named("TRUST_ANCHORS_DIR")
    crl_dir: Path = named("KAZASU_CRL_DIR")
    linkage_dir: Path | None = named("KAZASU_LINKAGE_DIR", default=None)
    crl_max_age_hours: int = named("KAZASU_CRL_MAX_AGE_HOURS", default=48, ge=1, le=240)
    keyed_codes: bool = named("KAZASU_KEYED_CODES", default=False)

    oldest_app_versions: Annotated[dict[str, str], NoDecode] = named(
        "KAZASU_OLDEST_APP_VERSIONS", default_factory=dict
    )
    app_update_urls: Annotated[dict[str, str], NoDecode] = named(
        "KAZASU_APP_UPDATE_URLS", default_factory=dict
    )
    ios_apps: Annotated[tuple[str, ...], NoDecode] = named("KAZASU_IOS_APPS", default=())
    android_apps: Annotated[dict[str, tuple[str, ...]], NoDecode] = named(
        "KAZASU_ANDROID_APPS", default_factory=dict
    )

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
