"""Settings of call flows: where they lie, what new calls get, and whom they ask."""

from pathlib import Path

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from kazasu.settings.named import named
from kazasu.settings.values import FlowSource, address, signing_keys


class FlowSettings(BaseSettings):
    flows_dir: Path = named("KAZASU_FLOWS_DIR", default=Path("flows"))
    flow_source: FlowSource | None = named("KAZASU_FLOW_SOURCE", default=None)
    lookups_dir: Path | None = named("KAZASU_LOOKUPS_DIR", default=None)
    lookups_url: str = named("KAZASU_LOOKUPS_URL", default="")
    lookups_key: SecretStr | None = named("KAZASU_LOOKUPS_KEY", default=None)

    @field_validator("lookups_url")
    @classmethod
    def _asked_at(cls, value: str) -> str:
        return address(value)

    @field_validator("lookups_key")
    @classmethod
    def _signing_keys(cls, value: SecretStr | None) -> SecretStr | None:
        signing_keys(value.get_secret_value() if value else "")
        return value

    def lookups_keys(self) -> tuple[bytes, ...]:
        """Those that sign questions to the business's system: each does."""
        return signing_keys(self.lookups_key.get_secret_value() if self.lookups_key else "")
