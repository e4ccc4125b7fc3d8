"""Whether an earlier sealing key is still needed."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from bilingual.text import Bilingual
from kazasu.doctor.findings import Finding, Part, good, problem
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.wiring import flows, identity_side, sealing
from stores.sql.database import Database
from stores.sql.resealing import Resealing

_PART: Final[Part] = "sealing keys"
_LIVE: Final = "sessions"


async def keys(settings: Settings) -> list[Finding]:
    """Nothing while there is only the key of SECRET_KEY. A database or site that cannot be read is
    a finding of another part."""
    if settings.sealing_key is None and settings.sealing_keys_read is None:
        return []
    database = Database(settings.database(), pool_size=1)
    try:
        tenant = identity_side.tenant_of(settings, flows.site(settings).business)
        sealer = sealing.keys_of(settings).documents(tenant)
        look = Resealing(database, sealer)
        older = [await look.under(header) for header in sorted(sealer.older_headers)]
        lost = {t: n for t, n in (await look.under_no_key()).items() if t != _LIVE}
    except (SQLAlchemyError, OSError, BadSettings):
        return []
    finally:
        await database.close()
    found: dict[str, int] = {}
    for each in older:
        for table, rows in each.items():
            found[table] = found.get(table, 0) + rows
    live = found.pop(_LIVE, 0)
    told = [_lost(lost)] if lost else []
    return [*told, _rows(found)] if found else told or [_none(settings, live)]


def _lost(found: Mapping[str, int]) -> Finding:
    return problem(
        _PART,
        Bilingual(
            en=f"rows open with none of the keys that are set ({_listed(found)})",
            ja=f"設定中のどの鍵でも開かない行があります({_listed(found)})",
        ),
        Bilingual(
            en="put the key that was taken away back into KAZASU_SEALING_KEYS_READ",
            ja="取り除いた鍵を KAZASU_SEALING_KEYS_READ に戻してください",
        ),
    )


def _rows(found: Mapping[str, int]) -> Finding:
    return Finding(
        part=_PART,
        state="warning",
        says=Bilingual(
            en=f"rows are sealed under an earlier key ({_listed(found)})",
            ja=f"以前の鍵で封をした行があります({_listed(found)})",
        ),
        do=Bilingual(
            en="run `kazasu keys reseal` before you take a key out of KAZASU_SEALING_KEYS_READ",
            ja="KAZASU_SEALING_KEYS_READ から鍵を除く前に `kazasu keys reseal` を実行してください",
        ),
    )


def _listed(found: Mapping[str, int]) -> str:
    return ", ".join(f"{table} {rows}" for table, rows in sorted(found.items()))


def _none(settings: Settings, live: int) -> Finding:
    en, ja = "all rows are sealed under the present key", "すべての行が今の鍵で封をされています"
    if settings.sealing_keys_read is not None and not live:
        en += "; KAZASU_SEALING_KEYS_READ may be emptied"
        ja += "。KAZASU_SEALING_KEYS_READ は空にできます"
    if live:
        en += f", {live} live calls under an earlier one: they are gone after some hours"
        ja += f"。通話中の {live} 件は以前の鍵のもので、数時間でなくなります"
    return good(_PART, Bilingual(en=en, ja=ja))
