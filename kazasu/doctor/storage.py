"""The database, its clock, and the room for what is written."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bilingual.text import Bilingual
from kazasu.doctor.findings import NOTHING, Finding, problem
from kazasu.settings.model import Settings
from stores.sql.database import Database
from stores.sql.migrations import version

_SKEW: Final = timedelta(seconds=2)
_ROOM_WARNING: Final = 2_000_000_000  # octets; an evidence row has about 8,000
_ROOM_PROBLEM: Final = 200_000_000
_MAKE_ROOM: Final = Bilingual(
    en="make room: evidence and holders are written here",
    ja="空きを増やしてください。証跡と契約者の情報がここに書かれます",
)


async def database(settings: Settings) -> list[Finding]:
    """Its schema, and how far its clock is from ours: codes and offers live by both."""
    try:
        current, head = version.current(settings.database()), version.needed()
        if current != head:
            return [
                problem(
                    "database",
                    Bilingual(
                        en=f"schema {current or 'none'}, this version needs {head}",
                        ja=f"スキーマは {current or 'なし'}、このバージョンに要るのは {head}",
                    ),
                    Bilingual(en="run: kazasu migrate", ja="kazasu migrate を実行してください"),
                )
            ]
        apart = abs(await _skew(settings))
    except (SQLAlchemyError, OSError) as error:
        kind = type(error).__name__
        return [
            problem(
                "database",
                Bilingual(en=f"cannot be used ({kind})", ja=f"使えません({kind})"),
                Bilingual(
                    en="check DATABASE_URL, and that the server runs and lets this user in",
                    ja="DATABASE_URL と、サーバーが動いていてこのユーザーで入れることを確かめて"
                    "ください",
                ),
            )
        ]
    late, seconds = apart > _SKEW, f"{apart.total_seconds():.1f}"
    do = Bilingual(
        en="set the clocks of both machines (NTP)", ja="両方のマシンの時計を合わせてください(NTP)"
    )
    return [
        Finding(
            part="database",
            state="problem" if late else "ok",
            says=Bilingual(
                en=f"schema {head}, clocks {seconds} s apart",
                ja=f"スキーマ {head}、時計の差 {seconds} 秒",
            ),
            do=do if late else NOTHING,
        )
    ]


async def _skew(settings: Settings) -> timedelta:
    database = Database(settings.database(), pool_size=1)
    try:
        before = datetime.now(UTC)
        theirs = await database.now()
        return theirs - (before + (datetime.now(UTC) - before) / 2)
    finally:
        await database.close()


def room(settings: Settings) -> Iterator[Finding]:
    """Free space where the data folder and a SQLite file are: a full disk verifies nobody."""
    folders = {settings.data_dir}
    url = make_url(settings.database())
    if url.get_backend_name() == "sqlite":
        folders.add(Path(str(url.database)).parent)
    existing = {_existing(folder.resolve()) for folder in folders}
    for folder in sorted(existing):
        free = shutil.disk_usage(folder).free
        low = free < _ROOM_WARNING
        yield Finding(
            part="disk",
            state="problem" if free < _ROOM_PROBLEM else "warning" if low else "ok",
            says=Bilingual(
                en=f"{free / 1e9:.1f} GB free at {folder}",
                ja=f"{folder} の空きは {free / 1e9:.1f} GB",
            ),
            do=_MAKE_ROOM if low else NOTHING,
        )


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.is_dir())
