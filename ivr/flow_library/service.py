"""Which version a call gets: the newest that reads, and for running calls the one they began with.

Files are looked at when a call arrives, cheaply. Files that do not read change nothing: the last
good version stays live, after a restart too (it is loaded from the store), and `live.problems` says
why.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ivr.flow_engine.definition import Flow, Site
from ivr.flow_engine.reader import Finding, read_flow, read_site
from ivr.flow_engine.source.findings import At, Findings
from ivr.flow_library.bundles import SITE_FILE, bundle_of, from_json, read_bundle, to_json
from ivr.flow_library.ports import FlowVersions

_REMEMBERED: Final = 32  # versions kept in memory; older ones are read again from the store
_NEVER: Final = object()


class NoFlow(Exception):
    """No version can serve: the number is not ours, or nothing ever read. Names no caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFiles:
    """`texts` maps a path below `flows/` to its text, `audio_hashes` one to its SHA-256 (hex)."""

    texts: Mapping[str, str]
    audio_hashes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What is in force: the site, the flow of each id it names, and why newer files are not."""

    site: Site | None = None
    flows: Mapping[str, Flow] = field(default_factory=dict)
    problems: tuple[Finding, ...] = ()


class FlowLibrary:
    """One tenant's flows. `files` reads the folder, `changed` gives a cheap mark of its state."""

    def __init__(
        self,
        *,
        tenant: str,
        versions: FlowVersions,
        files: Callable[[], FlowFiles],
        changed: Callable[[], object],
    ) -> None:
        self._tenant = tenant
        self._versions = versions
        self._files = files
        self._changed = changed
        self._reading = asyncio.Lock()  # one reads, in a thread; other calls wait for it
        self._mark: object = _NEVER
        self._live = Live()
        self._known: OrderedDict[str, Flow] = OrderedDict()

    @property
    def live(self) -> Live:
        """As of the last refresh; empty before the first."""
        return self._live

    async def flow_for(self, dialled: str) -> Flow:
        """The live flow of a dialled number (E.164). Raises NoFlow."""
        live = await self.refresh()
        flow_id = live.site.numbers.get(dialled, "") if live.site else ""
        if flow_id not in live.flows:
            raise NoFlow("no readable flow for this number")
        return live.flows[flow_id]

    async def flow(self, version: str) -> Flow:
        """The flow of a running call. Raises NoFlow when the store does not have it either."""
        if version not in self._known:
            found = _read(await self._versions.load(self._tenant, version))
            if found is None or found.version != version:
                raise NoFlow("this version is not kept or no longer readable")
            self._remember(found)
        self._known.move_to_end(version)
        return self._known[version]

    async def refresh(self) -> Live:
        """Look whether the files changed, and if so read them. Errors of the store are raised
        before anything changed, so that the next call tries again."""
        if self._changed() == self._mark:
            return self._live
        async with self._reading:
            return await self._refresh(self._changed())

    async def _refresh(self, mark: object) -> Live:
        if mark == self._mark:
            return self._live
        texts, problem = await asyncio.to_thread(self._texts)
        site, found = read_site(texts.texts.get(SITE_FILE, ""), file=SITE_FILE)
        if site is None:
            live = await self._without_site(texts, problem or found)
        else:
            live = await self._with_site(texts, site)
        for flow in live.flows.values():
            self._remember(flow)
        self._mark = mark
        self._live = live
        return live

    def _texts(self) -> tuple[FlowFiles, tuple[Finding, ...]]:
        try:
            return self._files(), ()
        except (OSError, UnicodeDecodeError) as error:
            findings = Findings()
            place = At(file=SITE_FILE, line=1, col=1)
            findings.add(place, "F001.yaml", problem=type(error).__name__)
            return FlowFiles(texts={}, audio_hashes={}), findings.sorted()

    async def _with_site(self, files: FlowFiles, site: Site) -> Live:
        flows: dict[str, Flow] = {}
        problems: list[Finding] = []
        for flow_id in sorted(set(site.numbers.values())):
            result = await asyncio.to_thread(
                read_flow, files.texts, flow_id, site, files.audio_hashes
            )
            problems.extend(result.findings)
            if result.flow is not None:
                flows[flow_id] = result.flow
                bundle = to_json(bundle_of(result.flow, files.texts, files.audio_hashes))
                await self._versions.save(self._tenant, flow_id, result.flow.version, bundle)
            elif (kept := await self._last_good(flow_id)) is not None:
                flows[flow_id] = kept
        return Live(site=site, flows=flows, problems=tuple(problems))

    async def _without_site(self, files: FlowFiles, problems: tuple[Finding, ...]) -> Live:
        """Nothing changes; after a restart the newest versions bring their own site."""
        if self._live.site is not None:
            return replace(self._live, problems=problems)
        flows: dict[str, Flow] = {}
        for path in sorted(files.texts):
            flow_id = path.removesuffix(".yaml")
            if path != SITE_FILE and "/" not in path:
                kept = await self._last_good(flow_id)
                if kept is not None:
                    flows[flow_id] = kept
        site = next((flow.site for flow in flows.values()), None)
        return Live(site=site, flows=flows, problems=problems)

    async def _last_good(self, flow_id: str) -> Flow | None:
        if flow_id in self._live.flows:
            return self._live.flows[flow_id]
        return _read(await self._versions.newest(self._tenant, flow_id))

    def _remember(self, flow: Flow) -> None:
        self._known[flow.version] = flow
        self._known.move_to_end(flow.version)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _read(text: str | None) -> Flow | None:
    bundle = from_json(text) if text is not None else None
    return read_bundle(bundle) if bundle else None
