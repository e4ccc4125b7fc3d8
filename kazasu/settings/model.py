"""Every setting, from its groups, and the rules between them (see `docs/settings.md`).

Names other tools share are bare (`DATABASE_URL`, `TWILIO_AUTH_TOKEN`, ...); ours begin with
`KAZASU_`. `kazasu.settings.environment` reads them, and nothing else reads the environment.
"""

import re
from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import model_validator

from kazasu.settings.groups.carrier import CarrierSettings
from kazasu.settings.groups.evidence import EvidenceSettings
from kazasu.settings.groups.flows import FlowSettings
from kazasu.settings.groups.identity_checks import IdentityCheckSettings
from kazasu.settings.groups.serving import ServingSettings
from kazasu.settings.groups.storage import StorageSettings
from kazasu.settings.named import CONFIG, named
from kazasu.settings.values import Profile

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_TWILIO: Final = re.compile(r"https://api(\.[a-z0-9-]+){0,2}\.twilio\.com")


class Settings(
    StorageSettings,
    ServingSettings,
    CarrierSettings,
    FlowSettings,
    IdentityCheckSettings,
    EvidenceSettings,
):
    model_config = CONFIG

    profile: Profile = named("KAZASU_PROFILE", default=Profile.PRODUCTION)
    tenant: str = named(
        "KAZASU_TENANT",
        default="main",
        pattern=r"^[a-z][a-z0-9-]{0,39}$",
        form="must begin with a-z and hold only a-z, 0-9 and -, 40 at most",
    )
    calls_per_number: int = named("KAZASU_CALLS_PER_NUMBER", default=10, ge=1, le=3000)
    calls_per_minute: int = named("KAZASU_CALLS_PER_MINUTE", default=3600, ge=1, le=30000)
    callbacks_per_day: int = named("KAZASU_CALLBACKS_PER_DAY", default=500, ge=0, le=100_000)
    messages_per_day: int = named("KAZASU_MESSAGES_PER_DAY", default=500, ge=0, le=1_000_000)

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
            if not _TWILIO.fullmatch(self.twilio_api_base):
                raise ValueError("TWILIO_API_BASE must be a host of twilio.com in production")
            if self.frame_ancestor:
                raise ValueError("KAZASU_FRAME_ANCESTOR is for the demo profile only")
        elif self.listen_host not in _LOOPBACK:
            raise ValueError("the demo profile listens on loopback only (KAZASU_LISTEN_HOST)")
        elif self.metrics_listen and self.metrics_address()[0] not in _LOOPBACK:
            raise ValueError("the demo profile listens on loopback only (KAZASU_METRICS_LISTEN)")
        return self
