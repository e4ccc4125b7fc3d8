"""`kazasu flow publish`: checked first, then an immutable version, then the alias moves."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from identity.tenants.model import Tenant
from ivr.flow_engine.definition import Flow
from ivr.flow_library.bundles import audio_of
from ivr.flow_library.model import ALL_CALLS, CANARY, LIVE
from ivr.flow_library.publishing import Moved, Published, Publishing, Refused, Waiting, Wanted, Why
from ivr.flow_linter.finding import Finding
from kazasu.cli.flow.deployment import demo_settings, signed_in, who
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import main_flow, problems, with_tests
from kazasu.cli.flow.published.callers import Caller, callers
from kazasu.cli.flow.words import said
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.setting_values import FlowSource
from kazasu.settings import Settings
from kazasu.wiring import flows
from kazasu.wiring.flow_folders import Draft, bundle_json, open_folder
from kazasu.wiring.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a command speaks: a sentence for people, or one JSON document."""

    spoken: str
    as_json: bool

    def findings(self, found: Sequence[Finding]) -> None:
        self.lines(finding.render(self.spoken) for finding in found)

    def lines(self, lines: Iterable[str]) -> None:
        for line in () if self.as_json else lines:
            print(line)

    def refused(self, why: str, **facts: object) -> int:
        if self.as_json:
            print(json.dumps({"result": "refused", "why": why, **facts}, ensure_ascii=False))
        else:
            say(said(why, self.spoken, **facts))
        return 1

    def note(self, name: str, **facts: object) -> None:
        if not self.as_json:
            print(said(name, self.spoken, **facts))


def publish(
    *,
    file: str,
    alias: str,
    message: str,
    author: str,
    percent: float | None,
    login: str,
    data: str,
    as_json: bool,
    lang: str,
) -> int:
    """1 when refused (nothing is changed then), 2 for wrong use, 3 without the database."""
    telling = Telling(spoken=language(lang), as_json=as_json)
    share = _share(alias, percent)
    place = main_flow(file)
    if place is None or share is None:
        say(said("not_main", telling.spoken, file=file) if share else "--percent: 0.01 to 100, with"
            " --alias canary and only there")  # fmt: skip
        return 2
    folder, flow_id = place
    with complain():
        checked = _checked(telling, folder, flow_id)
    if isinstance(checked, int):
        return checked
    draft, flow, others = checked.draft, checked.flow, checked.others

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        if missing := _missing_audio(draft, flow, settings.flows_dir):
            return telling.refused("other_audio", path=missing)
        desk = flows.publishing(tenant, kept)
        needed = await desk.needed(flow_id, [flow.site, flows.site(settings)])
        if needed > 1 and not login:
            return telling.refused("login_needed", needed=needed)
        if login and not await signed_in(kept, tenant, login):
            return telling.refused("login_refused")
        done = await desk.publish(
            Wanted(
                flow_id=flow_id,
                version=flow.version,
                bundle_json=bundle_json(draft, flow),
                alias=alias,
                share=share,
                by=login or who(author),
                message=message,
                needed=needed,
            )
        )
        aliases = await kept.flow_aliases.all(tenant.id)
        told_of = [one for one in others if one.problem or one.behind(aliases)]
        status = told(telling, done, flow_id, alias, callers=[one.row for one in told_of])
        if isinstance(done, Moved):
            await _notes(telling, desk, settings, draft, done)
        for one in told_of:
            telling.note("caller_broken" if one.problem else "caller_behind", **one.row)
        return status

    return with_stores(work, demo_settings(data, folder))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """A draft without errors, whose tests pass; `others` call its sub-flows too."""

    draft: Draft
    flow: Flow
    others: Sequence[Caller]


def _checked(telling: Telling, folder: Path, flow_id: str) -> _Checked | int:
    """The exit status where it is not so. OSError."""
    opened = open_folder(folder)
    draft = opened.draft(flow_id)
    telling.findings(draft.findings)
    if draft.flow is None or draft.site is None:
        return telling.refused("errors")
    if wrong := list(problems(with_tests(opened, draft), telling.spoken)):
        telling.lines(wrong)
        return telling.refused("tests_fail")
    return _Checked(draft=draft, flow=draft.flow, others=callers(opened, draft, telling.spoken))


def told(telling: Telling, done: Published, flow_id: str, alias: str, **more: object) -> int:
    """What became of a move; `more` is for the JSON document. To want what is there already is no
    failure."""
    if isinstance(done, Refused):
        if done.why is Why.ALREADY:
            _result(telling, "unchanged", "already_there", flow=flow_id, alias=alias, **more)
            return 0
        return telling.refused(done.why.value, flow=flow_id, alias=alias)
    if isinstance(done, Waiting):
        one = done.proposal
        _result(
            telling,
            "waiting",
            "waiting",
            id=one.id,
            flow=one.flow_id,
            alias=one.alias,
            went_to=short(one.went_to),
            missing=one.needed - len(one.approvals),
            **more,
        )
        return 0
    move = done.move
    _result(
        telling,
        "moved",
        "canary_moved" if move.alias == CANARY and move.went_to else "moved",
        flow=move.flow_id,
        alias=move.alias,
        came_from=short(move.came_from),
        went_to=short(move.went_to),
        percent=percent_of(move.share),
        **more,
    )
    if done.promoted:
        telling.note("promoted")
    return 0


def short(version: str) -> str:
    return version[:12] or "–"


def percent_of(share: int) -> str:
    return f"{Decimal(share) / 100:f}"


def _result(telling: Telling, result: str, words: str, **facts: object) -> None:
    if telling.as_json:
        print(json.dumps({"result": result, **facts}, ensure_ascii=False))
    else:
        telling.note(words, **facts)


def _share(alias: str, percent: float | None) -> int | None:
    """Of 10,000 calls; None where alias and percent do not fit together."""
    if alias == LIVE:
        return ALL_CALLS if percent is None else None
    share = round(percent * 100) if percent is not None else 0
    return share if 0 < share <= ALL_CALLS else None


def _missing_audio(draft: Draft, flow: Flow, served: Path) -> str:
    """The first recording that the service would play otherwise, or not at all."""
    there = open_folder(served).files.audio_hashes
    mine = draft.files.audio_hashes
    return next((path for path in sorted(audio_of(flow)) if there.get(path) != mine.get(path)), "")


async def _notes(
    telling: Telling, desk: Publishing, settings: Settings, draft: Draft, done: Moved
) -> None:
    flow_id = done.move.flow_id
    if draft.site is not None and flow_id not in draft.site.numbers.values():
        telling.note("no_number", flow=flow_id)
    if flows.source(settings) is FlowSource.FILES:
        telling.note("files_in_force")
    for alias in await desk.aliases(flow_id):
        if alias.name == CANARY and done.move.alias == LIVE:
            telling.note(
                "canary_goes_on",
                version=short(alias.version),
                percent=percent_of(alias.share),
                flow=flow_id,
            )
