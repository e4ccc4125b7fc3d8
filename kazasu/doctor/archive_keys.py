"""Whether the key file of the archive can be read, and holds every key that rows need."""

from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from bilingual.text import Bilingual
from kazasu.doctor.findings import Finding, Part, good, problem
from kazasu.japanese.lines import problems
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.wiring import flows, identity_side, readiness
from kazasu.wiring.archive import keys
from kazasu.wiring.archive.keys_watch import KeysWatch
from stores.sql.database import Database

_PART: Final[Part] = "evidence"
_PUT_BACK: Final = Bilingual(
    en="put them back into KAZASU_EVIDENCE_KEYS_FILE, from a backup of that file: the first line"
    " wraps, the others only open",
    ja="バックアップから KAZASU_EVIDENCE_KEYS_FILE に戻してください。先頭の行が新しい記録に使われ、"
    "ほかは開くだけに使われます",
)
_READABLE: Final = Bilingual(
    en="the service goes on with the keys it read last, and does not start again without them",
    ja="サービスは最後に読んだ鍵で動き続けますが、このままでは再起動できません",
)


async def needed(settings: Settings) -> list[Finding]:
    """Nothing where rows need the key of SECRET_KEY alone. A database or site that cannot be read
    is a finding of another part."""
    path = settings.evidence_keys_file
    try:
        many = len(keys.usable(path).keys) if path is not None else 0
    except BadSettings as bad:
        return [problem(_PART, said, _READABLE) for said in problems(bad)]
    try:
        if readiness.not_migrated(settings):
            return []
    except SQLAlchemyError:
        return []
    database = Database(settings.database(), pool_size=1)
    try:
        tenant = identity_side.tenant_of(settings, flows.site(settings).business)
        missing = await _missing(KeysWatch(path, database, tenant))
    except (SQLAlchemyError, OSError, BadSettings):
        return []
    finally:
        await database.close()
    if missing:
        listed = ", ".join(missing)
        says = Bilingual(
            en=f"records need keys that are nowhere ({listed}): nobody can open them",
            ja=f"記録に要る鍵がどこにもありません({listed})。その記録は誰にも開けません",
        )
        return [problem(_PART, says, _PUT_BACK)]
    if not many:
        return []
    says = Bilingual(
        en=f"the key file holds all keys that records need ({many})",
        ja=f"鍵ファイルに、記録に要る鍵がすべてあります({many} 個)",
    )
    return [good(_PART, says)]


async def _missing(watch: KeysWatch) -> list[str]:
    """After one look at all rows."""
    await watch.turn()
    while watch.in_the_middle:
        await watch.turn()
    return list(watch.missing())
