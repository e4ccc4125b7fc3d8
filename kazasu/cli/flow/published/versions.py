"""`kazasu flow versions|approve|rollback`: what was published, who agrees, the way back."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Final
from zoneinfo import ZoneInfo

from identity.tenants.model import Tenant
from ivr.flow_library.model import CANARY, Alias, Move, Proposal, Publication
from ivr.flow_library.publishing import Moved
from kazasu.cli.flow.deployment import demo_settings, may_agree, signed_in, who
from kazasu.cli.flow.language import language
from kazasu.cli.flow.published.telling import Telling, percent_of, short, told
from kazasu.cli.flow.words import said
from kazasu.cli.opened import with_stores
from kazasu.error_lines import one_line
from kazasu.settings.model import Settings
from kazasu.settings.values import FlowSource
from kazasu.wiring import flows
from kazasu.wiring.stores import Stores

_SHOWN: Final = 50
_TOKYO: Final = ZoneInfo("Asia/Tokyo")  # as flows tell the time, wherever the server stands


def approve(*, proposal: str, login: str, data: str, as_json: bool, lang: str) -> int:
    """1 when refused: nothing is changed then."""
    telling = Telling(spoken=language(lang), as_json=as_json)

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        if not await signed_in(kept, tenant, login):
            return telling.refused("login_refused")
        done = await flows.publishing(tenant, kept).approve(
            proposal, login, may=may_agree(kept, tenant), sites=[flows.site(settings)]
        )
        return told(telling, done, "", "")

    return with_stores(work, demo_settings(data))


def rollback(
    *,
    flow_id: str,
    to: str,
    alias: str,
    message: str,
    author: str,
    data: str,
    as_json: bool,
    lang: str,
) -> int:
    """1 when refused: nothing is changed then."""
    telling = Telling(spoken=language(lang), as_json=as_json)

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        done = await flows.publishing(tenant, kept).roll_back(
            flow_id, alias, to=to, by=who(author), message=message
        )
        status = told(telling, done, flow_id, alias)
        if isinstance(done, Moved) and flows.source(settings) is FlowSource.FILES:
            telling.note("rolled_back_beside_files")
        return status

    return with_stores(work, demo_settings(data))


def versions(*, flow_id: str, data: str, as_json: bool, lang: str) -> int:
    """1 when nothing of this flow was ever published."""
    spoken = language(lang)

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        aliases = [
            one
            for one in await kept.flow_aliases.all(tenant.id)
            if one.flow_id == flow_id and one.version
        ]
        published = await kept.flow_aliases.publications(tenant.id, flow_id, _SHOWN)
        moves = await kept.flow_aliases.moves(tenant.id, flow_id, _SHOWN)
        may = may_agree(kept, tenant)
        waiting = [
            replace(one, approvals=tuple([name for name in one.approvals if await may(name)]))
            for one in await kept.flow_proposals.open(tenant.id, flow_id)
        ]
        if as_json:
            print(_json(aliases, published, moves, waiting))
        else:
            for line in _lines(aliases, published, moves, waiting, spoken):
                print(line)
        return 0 if aliases or published or waiting else 1

    return with_stores(work, demo_settings(data))


def _lines(
    aliases: Sequence[Alias],
    published: Sequence[Publication],
    moves: Sequence[Move],
    waiting: Sequence[Proposal],
    spoken: str,
) -> list[str]:
    lines = [f"{one.name:8} {short(one.version)}{_share(one)}" for one in aliases]
    lines += [""] if lines else []
    for one in waiting:
        lines.append(
            f"{said('proposal', spoken)} {one.id} → {short(one.went_to)}@{one.alias} "
            f"{_when(one)} {len(one.approvals)}/{one.needed} ({', '.join(one.approvals)}) "
            f"{one_line(one.message)}".rstrip()
        )
    for entry in published:
        why = one_line(entry.message)
        lines.append(f"{short(entry.version)} {_when(entry)} {entry.author}: {why}")
    lines.append("")
    for move in moves:
        people = ", ".join(move.approvals)
        back = said("back", spoken) if move.back else ""
        lines.append(
            f"{_when(move)} {move.alias}: {short(move.came_from)} → {short(move.went_to)}{back} "
            f"{people} {one_line(move.message)}".rstrip()
        )
    return lines


def _share(one: Alias) -> str:
    return f" {percent_of(one.share)} %" if one.name == CANARY else ""


def _when(one: Publication | Move | Proposal) -> str:
    return f"{one.at.astimezone(_TOKYO):%Y-%m-%d %H:%M:%S %Z}"


def _json(
    aliases: Sequence[Alias],
    published: Sequence[Publication],
    moves: Sequence[Move],
    waiting: Sequence[Proposal],
) -> str:
    document = {
        "aliases": [asdict(one) for one in aliases],
        "publications": [asdict(one) for one in published],
        "moves": [asdict(one) for one in moves],
        "proposals": [asdict(one) for one in waiting],
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=lambda at: at.isoformat())
