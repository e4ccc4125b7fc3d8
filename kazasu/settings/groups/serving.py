"""Settings of the process that serves: its addresses, who stands in front, and how it stops."""

from typing import Final

from pydantic import field_validator
from pydantic_settings import BaseSettings

from kazasu.settings.named import named
from kazasu.settings.values import host_and_port, origin

_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104  # looked for, not listened on


class ServingSettings(BaseSettings):
    public_base_url: str = named("PUBLIC_BASE_URL")
    listen_host: str = named("KAZASU_LISTEN_HOST", default="127.0.0.1")
    listen_port: int = named("KAZASU_LISTEN_PORT", default=8080, ge=0, le=65535)
    metrics_listen: str = named("KAZASU_METRICS_LISTEN", default="")
    traces_url: str = named(
        "KAZASU_TRACES_URL",
        default="",
        pattern=r"^(https?://[^\s@]+)?$",
        form="must be like http://127.0.0.1:4318/v1/traces, without a password",
    )
    stop_grace_seconds: int = named("KAZASU_STOP_GRACE_SECONDS", default=0, ge=0, le=60)
    trusted_proxies: int = named("KAZASU_TRUSTED_PROXIES", default=0, ge=0, le=5)
    frame_ancestor: str = named("KAZASU_FRAME_ANCESTOR", default="")

    @field_validator("metrics_listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        return host_and_port(value)

    @field_validator("public_base_url", "frame_ancestor")
    @classmethod
    def _origin(cls, value: str) -> str:
        return origin(value)

    def metrics_address(self) -> tuple[str, int]:
        """Host and port of `/metrics`; only when it is set."""
        host, _, port = self.metrics_listen.rpartition(":")
        return host.strip("[]"), int(port)

    def metrics_on_every_address(self) -> bool:
        """Also on those that strangers may reach."""
        return bool(self.metrics_listen) and self.metrics_address()[0] in _EVERYWHERE
