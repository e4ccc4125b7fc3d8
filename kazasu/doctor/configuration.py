"""The settings themselves, once they could be read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from kazasu.doctor.findings import Finding
from kazasu.settings import Settings, secrets_folder, unknown_names


def settings_read(settings: Settings) -> Iterator[Finding]:
    yield Finding(part="settings", state="ok", says=f"profile {settings.profile.value}")
    for name in unknown_names():
        yield Finding(
            part="settings",
            state="warning",
            says=f"{name}: no such setting",
            do="correct its spelling, or remove it (docs/settings.md lists them all)",
        )
    if settings.metrics_on_every_address():
        yield Finding(
            part="settings",
            state="warning",
            says="KAZASU_METRICS_LISTEN: /metrics is served on every address of this machine, and "
            "asks nobody who they are",
            do="name the loopback, or the address of an inner network",
        )
    folder = secrets_folder()
    for path in sorted(Path(folder).iterdir()) if folder else ():
        if path.is_file() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield Finding(
                part="settings",
                state="warning",
                says=f"{path} is open to every user of this machine",
                do=f"chmod 600 {os.fspath(path)}",
            )
