"""`kazasu flow publish`: checked first, then an immutable version, then the alias moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from identity.tenants.model import Tenant
from ivr.flow_engine.definition import Flow
from ivr.flow_library.bundles import audio_of
from ivr.flow_library.model import ALL_CALLS, CANARY, LIVE
from ivr.flow_library.publishing import Moved, Publishing, Wanted
from kazasu.cli.flow.deployment import demo_settings, signed_in, who
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import main_flow, problems, with_tests
from kazasu.cli.flow.published.callers import Caller, callers
from kazasu.cli.flow.published.telling import Telling, percent_of, short, told
from kazasu.cli.flow.words import said
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.settings.values import FlowSource
from kazasu.wiring import flows
from kazasu.wiring.flow_files.opened_folder import Draft, bundle_json, open_folder
from kazasu.wiring.stores import Stores


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
    if share is None:
        say("--percent: 0.01 to 100, with --alias canary and only there")
        return 2
    place = main_flow(file)
    if place is None:
        say(said("not_main", telling.spoken, file=file))
        return 2
    folder, flow_id = place
    with complain():
        checked = _checked(telling, folder, flow_id)
    if isinstance(checked, int):
        return checked
    publication = _Publication(
        telling=telling,
        checked=checked,
        alias=alias,
        share=share,
        login=login,
        author=author,
        message=message,
    )
    return with_stores(publication.work, demo_settings(data, folder))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publication:
    """What was asked for, once it is checked."""

    telling: Telling
    checked: _Checked
    alias: str
    share: int
    login: str
    author: str
    message: str

    async def work(self, settings: Settings, tenant: Tenant, kept: Stores) -> int:
        """The exit status."""
        telling, login = self.telling, self.login
        draft, flow = self.checked.draft, self.checked.flow
        if missing := _missing_audio(draft, flow, settings.flows_dir):
            return telling.refused("other_audio", path=missing)
        desk = flows.publishing(tenant, kept)
        needed = await desk.needed(draft.flow_id, [flow.site, flows.site(settings)])
        if needed > 1 and not login:
            return telling.refused("login_needed", needed=needed)
        if login and not await signed_in(kept, tenant, login):
            return telling.refused("login_refused")
        done = await desk.publish(
            Wanted(
                flow_id=draft.flow_id,
                version=flow.version,
                bundle_json=bundle_json(draft, flow),
                alias=self.alias,
                share=self.share,
                by=login or who(self.author),
                message=self.message,
                needed=needed,
            )
        )
        aliases = await kept.flow_aliases.all(tenant.id)
        concerned = [one for one in self.checked.others if one.problem or one.behind(aliases)]
        rows = [one.row for one in concerned]
        status = told(telling, done, draft.flow_id, self.alias, callers=rows)
        if isinstance(done, Moved):
            await _notes(telling, desk, settings, draft, done)
        for one in concerned:
            telling.note("caller_broken" if one.problem else "caller_behind", **one.row)
        return status


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
