"""`kazasu flow diff A B`: what changed, in words that a designer uses."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bilingual.text import Bilingual
from identity.tenants.model import Tenant
from ivr.flow_engine.definition import Flow
from ivr.flow_library.difference import Change, differences
from ivr.flow_library.model import NoFlow
from kazasu.cli.flow.deployment import demo_settings
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import main_flow
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import one_line, say
from kazasu.settings.model import Settings
from kazasu.wiring import flows
from kazasu.wiring.flow_files.opened_folder import open_folder
from kazasu.wiring.stores import Stores

_VERSION: Final = re.compile(
    r"((?P<flow>[a-z][a-z0-9-]{0,39})@)?(?P<name>live|canary|(sha256:)?[0-9a-f]{6,64})\Z", re.ASCII
)


class _NotFound(Exception):
    """Neither a file that reads nor a version that is kept; the text says which."""


def diff(*, before: str, after: str, data: str, as_json: bool, lang: str) -> int:
    """0 equal, 1 different, 2 for what is neither a file nor a version, 3 without the database."""
    spoken = language(lang)
    with complain():
        try:
            mine = [None if _is_version(given) else _of_file(given) for given in (before, after)]
        except _NotFound as lost:
            say(str(lost))
            return 2
    if mine[0] is not None and mine[1] is not None:
        return _told(differences(mine[0], mine[1]), spoken, as_json=as_json)

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        try:
            both = [
                one or await _of_store(given, tenant, kept)
                for one, given in zip(mine, (before, after), strict=True)
            ]
        except _NotFound as lost:
            say(str(lost))
            return 2
        return _told(differences(both[0], both[1]), spoken, as_json=as_json)

    return with_stores(work, demo_settings(data))


def _is_version(given: str) -> bool:
    return not Path(given).exists() and _VERSION.match(given) is not None


def _of_file(given: str) -> Flow:
    place = main_flow(given)
    if place is None:
        raise _NotFound(f"{given}: no file of a main flow, and no version such as main@live, 3f2a…")
    folder, flow_id = place
    draft = open_folder(folder).draft(flow_id)
    if draft.flow is None:
        raise _NotFound(next(one.render("en") for one in draft.findings if one.blocks))
    return draft.flow


async def _of_store(given: str, tenant: Tenant, kept: Stores) -> Flow:
    match = _VERSION.match(given)
    assert match is not None
    name = match["name"].removeprefix("sha256:")
    found: Sequence[str]
    if name in ("live", "canary"):
        aliases = await kept.flow_aliases.all(tenant.id)
        wanted = [one for one in aliases if one.name == name and one.version]
        found = [one.version for one in wanted if match["flow"] in (None, one.flow_id)]
    else:
        found = await kept.flow_versions.like(tenant.id, name)
    if len(found) != 1:
        raise _NotFound(f"{given}: {'several versions' if found else 'no version'} of that name")
    try:
        return await flows.kept_version(tenant, kept, found[0])
    except NoFlow as lost:
        raise _NotFound(f"{given}: {lost}") from None


def _told(changes: Sequence[Change], spoken: str, *, as_json: bool) -> int:
    if as_json:
        rows = [{key: value for key, value in asdict(one).items() if value} for one in changes]
        print(json.dumps({"equal": not changes, "changes": rows}, ensure_ascii=False, indent=2))
    else:
        for one in changes:
            print(one_line(line_of(one, spoken)))
    return 1 if changes else 0


def line_of(change: Change, spoken: str) -> str:
    """One line: where, what, from, to."""

    def word(name: str) -> str:
        return _WORDS[name].of(spoken)

    place = f"{change.file}:{change.line} " if change.line else ""
    names = ", ".join(change.names)
    step = {1: f" ({word('higher')})", -1: f" ({word('lower')})"}.get(change.step, "")
    if change.what == "node" and not (change.before and change.after):
        done = "added" if change.after else "removed"
        return f"{place}{word(done)} {change.place} ({change.after or change.before})"
    subject = " ".join(part for part in (word(change.what), change.place, names) if part)
    before, after = change.before or word("nothing"), change.after or word("nothing")
    return f"{place}{subject}: {before} → {after}{step}"


_WORDS: Final[Mapping[str, Bilingual]] = {
    "node": Bilingual(ja="ノード", en="node"),
    "added": Bilingual(ja="ノード追加:", en="node added:"),
    "removed": Bilingual(ja="ノード削除:", en="node removed:"),
    "exit": Bilingual(ja="出口", en="exit"),
    "level": Bilingual(ja="レベル", en="level"),
    "field": Bilingual(ja="項目", en="field"),
    "prompt": Bilingual(ja="プロンプト", en="prompt"),
    "setting": Bilingual(ja="設定", en="setting"),
    "higher": Bilingual(ja="高くなる", en="higher"),
    "lower": Bilingual(ja="低くなる", en="LOWER"),
    "nothing": Bilingual(ja="–", en="–"),
}
