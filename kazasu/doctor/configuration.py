"""The settings themselves, once they could be read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bilingual.text import Bilingual
from kazasu.doctor.findings import Finding, good
from kazasu.settings.environment import secrets_folder, unknown_names
from kazasu.settings.model import Settings


def settings_read(settings: Settings) -> Iterator[Finding]:
    profile = settings.profile.value
    yield good("settings", Bilingual(en=f"profile {profile}", ja=f"プロファイル {profile}"))
    for name in unknown_names():
        yield Finding(
            part="settings",
            state="warning",
            says=Bilingual(en=f"{name}: no such setting", ja=f"{name}: この名前の設定はありません"),
            do=Bilingual(
                en="correct its spelling, or remove it (docs/settings.md lists them all)",
                ja="つづりを直すか、消してください(docs/settings.md に全設定の一覧)",
            ),
        )
    if settings.metrics_on_every_address():
        yield Finding(
            part="settings",
            state="warning",
            says=Bilingual(
                en="KAZASU_METRICS_LISTEN: /metrics is served on every address of this machine, "
                "and asks nobody who they are",
                ja="KAZASU_METRICS_LISTEN: /metrics がこのマシンのすべてのアドレスで、誰にでも"
                "見えます",
            ),
            do=Bilingual(
                en="name the loopback, or the address of an inner network",
                ja="ループバックか、内部ネットワークのアドレスにしてください",
            ),
        )
    folder = secrets_folder()
    for path in sorted(Path(folder).iterdir()) if folder else ():
        if path.is_file() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield Finding(
                part="settings",
                state="warning",
                says=Bilingual(
                    en=f"{path} is open to every user of this machine",
                    ja=f"{path} をこのマシンの誰でも読み書きできます",
                ),
                do=Bilingual(en=f"chmod 600 {os.fspath(path)}", ja=f"chmod 600 {os.fspath(path)}"),
            )
