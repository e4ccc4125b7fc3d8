"""`kazasu flow replay`: a recorded call against another version of its flow."""

import json
from typing import Any, Final

from bilingual.text import Bilingual
from identity.tenants.model import Tenant
from ivr.flow_engine.definition import Flow
from ivr.flow_library.kept_versions import read
from ivr.flow_tests.replay.comparing import Comparison, compare
from ivr.flow_tests.replay.replaying import Replayed, replay
from ivr.live_calls.call_log import KeptLog
from kazasu.cli.flow.deployment import demo_settings
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import one_flow
from kazasu.cli.opened import with_stores
from kazasu.error_lines import complain_of_settings, say
from kazasu.settings.model import Settings
from kazasu.wiring.stores import Stores

_WORDS: Final = {
    "head": Bilingual(
        ja="通話 {call}: フロー {flow}、{at}、版 {version}",
        en="call {call}: flow {flow}, {at}, version {version}",
    ),
    "path": Bilingual(ja="通り道(- 当時、+ {file}):", en="way (- then, + with {file}):"),
    "said": Bilingual(ja="聞こえたもの(- 当時、+ {file}):", en="heard (- then, + with {file}):"),
    "queue": Bilingual(ja="キュー", en="queue"),
    "end": Bilingual(ja="終わり", en="end"),
    "fault": Bilingual(ja="障害", en="fault"),
    "moved": Bilingual(ja="{name}: {then} → {now}", en="{name}: {then} -> {now}"),
    "ignored": Bilingual(
        ja="この版に当てはまらない出来事が {count} 件あります",
        en="{count} of its events found no place in this version",
    ),
    "same": Bilingual(ja="終わりは同じです: {end}", en="it ends where it ended: {end}"),
    "alike": Bilingual(
        ja="違いはありません。終わりは {end} です", en="nothing differs; it ends at {end}"
    ),
    "elsewhere": Bilingual(ja="違うところで終わります", en="it ends elsewhere"),
}


def replay_call(*, call: str, file: str, data: str, as_json: bool, lang: str) -> int:
    """0 where it ends as it did, 1 elsewhere or for a flow with errors, 2 for a call or version
    that is not kept, 3 for a store that is not reachable."""
    spoken = language(lang)
    with complain_of_settings():
        found = one_flow(file, spoken)
    if isinstance(found, int):
        return found
    of, flow = found

    async def work(_settings: Settings, tenant: Tenant, kept: Stores) -> int:
        log = await kept.call_logs.load(tenant.id, call)
        if log is None:
            say(f"{call}: no such call is kept; a call is when it has ended, for 90 days")
            return 2
        version = read(await kept.flow_versions.load(tenant.id, log.flow_version))
        if version is None:
            say(f"{call}: its version {log.flow_version[:12]} is not kept or no longer readable")
            return 2
        done = _compared(log, version, flow)
        _print(log, done, file, spoken, as_json=as_json)
        return 0 if done.same_end else 1

    return with_stores(work, demo_settings(data, of.draft.folder))


def _compared(log: KeptLog, version: Flow, other: Flow) -> Comparison:
    then = replay(version, log.entries, log.began_at)
    return compare(then, replay(other, log.entries, log.began_at))


def _print(log: KeptLog, done: Comparison, file: str, spoken: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_row(log, done), ensure_ascii=False, indent=2))
        return

    def word(row: str, **facts: object) -> str:
        return _WORDS[row].told(spoken, **facts)

    at = log.began_at.isoformat(timespec="minutes")
    print(word("head", call=log.call_ref, flow=log.flow_id, at=at, version=log.flow_version[:12]))
    for name, lines in (("path", done.path), ("said", done.said)):
        if lines:
            print(word(name, file=file))
            for line in lines:
                print(f"  {line}")
    then, now = done.recorded, done.other
    for name in ("queue", "end", "fault"):
        before, after = getattr(then, name) or "-", getattr(now, name) or "-"
        if before != after:
            print(word("moved", name=word(name), then=before, now=after))
    if now.ignored > then.ignored:
        print(word("ignored", count=now.ignored - then.ignored))
    ends = "alike" if not done.path and not done.said else "same"
    print(word(ends if done.same_end else "elsewhere", end=now.end))


def _row(log: KeptLog, done: Comparison) -> dict[str, Any]:
    return {
        "call": log.call_ref,
        "flow": log.flow_id,
        "version": log.flow_version,
        "same_end": done.same_end,
        "recorded": _one(done.recorded),
        "other": _one(done.other),
    }


def _one(replayed: Replayed) -> dict[str, Any]:
    return {
        "path": list(replayed.path),
        "said": [heard.prompt for heard in replayed.said],
        "queue": replayed.queue,
        "end": replayed.end,
        "fault": replayed.fault,
        "ended": replayed.ended,
        "ignored": replayed.ignored,
    }
