"""Whether every number's flow has a version that is live."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from bilingual.text import Bilingual
from ivr.flow_library.model import LIVE, Alias
from kazasu.doctor.findings import Finding, Part, good, problem
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.settings.values import FlowSource
from kazasu.wiring import flows, identity_side
from stores.sql.database import Database
from stores.sql.flows.aliases import SqlFlowAliases

_PART: Final[Part] = "live flows"


async def published(settings: Settings) -> list[Finding]:
    """Nothing where saved files serve. A database or site that cannot be read is a finding of
    another part."""
    if flows.source(settings) is not FlowSource.PUBLISHED:
        return []
    database = Database(settings.database(), pool_size=1)
    try:
        site = flows.site(settings)
        tenant = identity_side.tenant_of(settings, site.business)
        aliases = await SqlFlowAliases(database).all(tenant.id)
    except (SQLAlchemyError, OSError, BadSettings):
        return []
    finally:
        await database.close()
    wanted = sorted(set(site.numbers.values()))
    return [_of(settings.flows_dir / f"{flow_id}.yaml", aliases) for flow_id in wanted]


def _of(file: Path, aliases: Sequence[Alias]) -> Finding:
    for alias in aliases:
        if (alias.flow_id, alias.name) == (file.stem, LIVE) and alias.version:
            version = f"{file.stem}@sha256:{alias.version[:12]}"
            return good(_PART, Bilingual(en=f"calls get {version}", ja=f"通話が使うのは {version}"))
    return problem(
        _PART,
        Bilingual(
            en=f"{file.stem} was never published: its calls go to the fallback",
            ja=f"{file.stem} は一度も公開されていません。通話はフォールバックに回ります",
        ),
        Bilingual(
            en=f"run `kazasu flow publish {file}`",
            ja=f"`kazasu flow publish {file}` を実行してください",
        ),
    )
