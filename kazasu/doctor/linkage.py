"""Whether a renewed card's person can be told: the authority's linkage data, and their age."""

from datetime import UTC, datetime
from typing import Final

from bilingual.text import Bilingual
from identity.authorities.linkage_files import MAX_AGE, FeedHealth, LinkageFiles
from kazasu.doctor.findings import Finding, good, problem
from kazasu.settings.model import Settings

_HOURS: Final = int(MAX_AGE.total_seconds() // 3600)
_TROUBLES: Final = {
    "no_folder": Bilingual(
        en="{folder} is no folder that can be read", ja="{folder} は読めるフォルダーではありません"
    ),
    "no_file": Bilingual(
        en="{folder} holds no linkage data (*.csv)", ja="{folder} に紐付け情報(*.csv)がありません"
    ),
    "unreadable": Bilingual(
        en="{file}, line {line}: not as linkage data are written",
        ja="{file} の {line} 行目: 紐付け情報の形ではありません",
    ),
    "stale": Bilingual(
        en="the data are of {as_of} UTC, more than {hours} hours ago",
        ja="データは {as_of} UTC のもので、{hours} 時間より前です",
    ),
    "ahead": Bilingual(
        en="the data are of {as_of} UTC, a time to come",
        ja="データは {as_of} UTC のもので、まだ来ていない時刻です",
    ),
}
_NONE: Final = Bilingual(
    en="no linkage data: who enrols by the signature certificate is not found by the "
    "authentication certificate, and two people decide about each renewed card",
    ja="紐付け情報がありません。署名用で登録した方を、利用者証明用では見つけられません。"
    "更新したカードは、1枚ごとに2人で決めます",
)
_NAME_IT: Final = Bilingual(
    en="let the authority's feed write to a folder, and name it: KAZASU_LINKAGE_DIR",
    ja="発行元の紐付け情報をフォルダーに置き、KAZASU_LINKAGE_DIR で指定してください",
)


async def feed(settings: Settings) -> list[Finding]:
    if settings.linkage_dir is None:
        return [Finding(part="linkage", state="warning", says=_NONE, do=_NAME_IT)]
    health = await LinkageFiles(settings.linkage_dir, lambda: datetime.now(UTC)).health()
    facts = {
        "folder": str(settings.linkage_dir),
        "file": health.file or str(settings.linkage_dir),
        "line": health.line,
        "as_of": _as_of(health),
        "hours": _HOURS,
    }
    if health.trouble:
        says = _TROUBLES[health.trouble].filled(ja=facts, en=facts)
        return [problem("linkage", says, _do(settings))]
    says = Bilingual(
        en=f"files: {health.files}, as of {_as_of(health)} UTC",
        ja=f"ファイル: {health.files}、{_as_of(health)} UTC 時点",
    )
    return [good("linkage", says)]


def _as_of(health: FeedHealth) -> str:
    return f"{health.as_of:%Y-%m-%d %H:%M}" if health.as_of else ""


def _do(settings: Settings) -> Bilingual:
    return Bilingual(
        en=f"let the feed write to {settings.linkage_dir} anew, with as_of in the first line; "
        "until then a card that is not known ends as linkage_unavailable",
        ja=f"{settings.linkage_dir} に、1行目に as_of を書いた新しいデータを置いてください。"
        "それまで、まだ知らないカードは linkage_unavailable で終わります",
    )
