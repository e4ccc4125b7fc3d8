"""Whether evidence is time-stamped and copied, where an authority is set."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from bilingual.text import Bilingual
from identity.evidence_archive.checkpoints.model import BadCheckpoint
from identity.evidence_archive.checkpoints.time_stamps import BadStamp, check
from identity.tenants.model import TenantId
from kazasu.doctor.findings import Finding, Part, good, problem
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.wiring.archive import keeping
from stores.sql.archive.checkpoints import SqlCheckpoints
from stores.sql.database import Database

_PART: Final[Part] = "evidence"
_LATE: Final = timedelta(minutes=10)
_ENDS: Final = timedelta(days=30)
_ASK: Final = Bilingual(
    en="see evidence_not_stamped in the log, and ask the authority",
    ja="ログの evidence_not_stamped を見て、時刻認証局に確かめてください",
)


async def stamps(settings: Settings) -> list[Finding]:
    """Nothing without an authority. A database that cannot be read is a finding of another part."""
    if not settings.time_stamp_urls:
        return []
    database = Database(settings.database(), pool_size=1)
    try:
        return [await _stamped(settings, SqlCheckpoints(database)), *_copies(settings)]
    except BadSettings as bad:
        said = Bilingual(en=str(bad), ja=str(bad))
        return [
            problem(_PART, said, Bilingual(en="put the roots there", ja="ルートを置いてください"))
        ]
    except (SQLAlchemyError, OSError):
        return []
    except (BadCheckpoint, BadStamp):
        return [
            problem(
                _PART,
                Bilingual(
                    en="the last checkpoint is not good",
                    ja="最後のチェックポイントが正しくありません",
                ),
                Bilingual(en="run: kazasu evidence verify", ja="kazasu evidence verify を実行"),
            )
        ]
    finally:
        await database.close()


async def _stamped(settings: Settings, kept: SqlCheckpoints) -> Finding:
    """BadStamp, BadCheckpoint."""
    pinned, now = keeping.pinned(settings), datetime.now(UTC)
    tenant = TenantId(settings.tenant)
    last = await kept.last(tenant)
    seq = last.checkpoint.last if last else 0
    waiting = await kept.waiting(tenant)
    if waiting.oldest is not None and now - waiting.oldest > _LATE:
        minutes = int((now - waiting.oldest).total_seconds() // 60)
        return problem(
            _PART,
            Bilingual(
                en=f"{waiting.rows} rows wait for a time-stamp, the first for {minutes} minutes",
                ja=f"{waiting.rows} 行がタイムスタンプ待ち(最初の行は {minutes} 分前から)",
            ),
            _ASK,
        )
    if last is None:
        return good(_PART, Bilingual(en="no rows to stamp yet", ja="まだ行がありません"))
    text = last.checkpoint.canonical()
    ends = max(check(one, text, pinned).expires for one in last.responses)
    if ends - now < _ENDS:
        return Finding(
            part=_PART,
            state="warning",
            says=Bilingual(
                en=f"the last time-stamp expires {ends:%Y-%m-%d}",
                ja=f"最後のタイムスタンプは {ends:%Y-%m-%d} に期限が切れます",
            ),
            do=_ASK,
        )
    return good(
        _PART,
        Bilingual(
            en=f"time-stamped up to row {seq}, good until {ends:%Y-%m-%d}",
            ja=f"{seq} 行目までタイムスタンプがあります(有効期限 {ends:%Y-%m-%d})",
        ),
    )


def _copies(settings: Settings) -> list[Finding]:
    folder = settings.evidence_copies_dir
    if folder is not None and folder.is_dir():
        return []
    return [
        Finding(
            part=_PART,
            state="warning" if folder is None else "problem",
            says=Bilingual(
                en="there is no second place for checkpoints"
                + (f": {folder} is no folder" if folder else ""),
                ja="チェックポイントの第二の保管場所がありません"
                + (f": {folder} はフォルダーではありません" if folder else ""),
            ),
            do=Bilingual(
                en="set KAZASU_EVIDENCE_COPIES_DIR, or mount it (docs/evidence.md)",
                ja="KAZASU_EVIDENCE_COPIES_DIR を設定するか、マウントしてください"
                "(docs/evidence.ja.md)",
            ),
        )
    ]
