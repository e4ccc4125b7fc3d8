"""`kazasu doctor`: look at every part, say what is wrong and what to do. Changes nothing."""

import asyncio
import json
from collections.abc import Iterable
from typing import Final

from bilingual.text import Bilingual
from kazasu.doctor import (
    archive,
    archive_keys,
    carrier,
    configuration,
    linkage,
    live_flows,
    outside,
    sealed,
    shared,
    storage,
    telephony,
    trust,
    way_back,
)
from kazasu.doctor.findings import Finding, problem
from kazasu.japanese.lines import problems
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.environment import load, terminal_is_japanese
from kazasu.settings.model import Settings


def doctor(*, as_json: bool, twilio: bool) -> int:
    """0 when nothing is a problem, 1 when something is, 2 when the settings cannot be read."""
    try:
        settings = load()
    except BadSettings as bad:
        found = [problem("settings", each, _ALONE) for each in problems(bad)]
        show(found, as_json=as_json)
        return 2
    found = asyncio.run(_looked(settings, twilio=twilio))
    show(found, as_json=as_json)
    return 1 if any(f.state == "problem" for f in found) else 0


async def _looked(settings: Settings, *, twilio: bool) -> list[Finding]:
    return [
        *configuration.settings_read(settings),
        *await storage.database(settings),
        *storage.room(settings),
        *await shared.redis(settings),
        *await shared.same_redis(settings),
        *await sealed.keys(settings),
        *await archive.stamps(settings),
        *await archive_keys.needed(settings),
        *await trust.roots_and_lists(settings),
        *await linkage.feed(settings),
        *telephony.site_and_flows(settings),
        *await live_flows.published(settings),
        *(() if twilio else way_back.voices(settings)),
        *await _outside(settings, twilio=twilio),
    ]


async def _outside(settings: Settings, *, twilio: bool) -> list[Finding]:
    """The signed way back only where something answers; `--twilio` asks it in any case."""
    found = await outside.public_url(settings)
    if twilio:
        return [*found, *await carrier.twilio(settings)]
    if any(f.state == "problem" for f in found):
        return found
    async with carrier.http_client() as http:
        return [*found, *await way_back.webhooks(settings, http)]


def spoken() -> str:
    """`ja` or `en`: the terminal's."""
    return "ja" if terminal_is_japanese() else "en"


_ALONE: Final = Bilingual(
    en="correct it and run again: nothing else could be looked at",
    ja="直してからもう一度実行してください。ほかはまだ調べられていません",
)
_MARKS: Final = {"ok": "✔", "warning": "!", "problem": "✘"}


def show(found: Iterable[Finding], *, as_json: bool = False) -> None:
    if as_json:
        print(json.dumps([f.document() for f in found], ensure_ascii=False, indent=2))
        return
    language = spoken()
    each = list(found)
    for f, following in zip(each, [*each[1:], None], strict=True):
        print(f"{_MARKS[f.state]} {f.part_in(language)}: {f.says.of(language)}")
        same = following is not None and (following.part, following.do) == (f.part, f.do)
        if f.do.of(language) and not same:  # what helps against several is said once, below them
            print(f"    → {f.do.of(language)}")
