"""Development: the newest files that read are in force.

Files that do not read change nothing: the last good version stays live, after a restart too (it is
loaded from the store), and `in_force.problems` says why.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.site import Site
from ivr.flow_engine.source.findings import At, found
from ivr.flow_library.bundles import SITE_FILE, bundle_of, to_json
from ivr.flow_library.kept_versions import KeptVersions, read
from ivr.flow_library.model import FlowFiles, InForce
from ivr.flow_library.ports import FlowVersions
from ivr.flow_linter.carrier_limits import CarrierLimits
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import lint_flow, lint_site, told

_NEVER: Final = object()
_NOTED: Final = 10  # mistakes in one saved file that are logged; `kazasu flow lint` tells all
_log = structlog.get_logger()


class FilesInForce:
    """`in_force` is of the last refresh."""

    def __init__(
        self,
        tenant: str,
        versions: FlowVersions,
        kept: KeptVersions,
        files: Callable[[], FlowFiles],
        changed: Callable[[], object],
        carrier: CarrierLimits,
    ) -> None:
        self._tenant = tenant
        self._versions = versions
        self._kept = kept
        self._files = files
        self._changed = changed
        self._carrier = carrier
        self._reading = asyncio.Lock()  # one reads, in a thread; other calls wait for it
        self._mark: object = _NEVER
        self.in_force = InForce()

    async def flow(self, flow_id: str, call: str, alias: str) -> Flow | None:
        """The same for every call."""
        return self.in_force.flows.get(flow_id)

    async def refresh(self) -> InForce:
        """Look whether the files changed, and if so read them."""
        if self._changed() == self._mark:
            return self.in_force
        async with self._reading:
            return await self._refresh(self._changed())

    async def _refresh(self, mark: object) -> InForce:
        if mark == self._mark:
            return self.in_force
        texts, problem = await asyncio.to_thread(texts_of, self._files)
        site, problems = lint_site(texts.texts.get(SITE_FILE, ""), file=SITE_FILE)
        if site is None:
            now = await self._without_site(texts, problem or problems)
        else:
            now = await self._with_site(texts, site)
        for flow in now.flows.values():
            self._kept.remember(flow)
        before, self.in_force = self.in_force, now
        self._mark = mark
        _note(before, now)
        return now

    async def _with_site(self, files: FlowFiles, site: Site) -> InForce:
        flows: dict[str, Flow] = {}
        problems: list[Finding] = []
        for flow_id in sorted(set(site.numbers.values())):
            result = await asyncio.to_thread(
                lint_flow,
                files.texts,
                flow_id,
                site,
                files.audio_hashes,
                carrier=self._carrier,
                unfit=files.unfit,
            )
            problems.extend(result.errors)
            if result.flow is not None:
                flows[flow_id] = result.flow
                bundle = to_json(bundle_of(result.flow, files.texts, files.audio_hashes))
                await self._versions.save(self._tenant, flow_id, result.flow.version, bundle)
            elif (kept := await self._last_good(flow_id)) is not None:
                flows[flow_id] = kept
        return InForce(site=site, flows=flows, problems=tuple(problems))

    async def _without_site(self, files: FlowFiles, problems: tuple[Finding, ...]) -> InForce:
        """Nothing changes; after a restart the newest versions bring their own site."""
        if self.in_force.site is not None:
            return replace(self.in_force, problems=problems)
        flows: dict[str, Flow] = {}
        for path in sorted(files.texts):
            flow_id = path.removesuffix(".yaml")
            if path != SITE_FILE and "/" not in path:
                kept = await self._last_good(flow_id)
                if kept is not None:
                    flows[flow_id] = kept
        site = next((flow.site for flow in flows.values()), None)
        return InForce(site=site, flows=flows, problems=problems)

    async def _last_good(self, flow_id: str) -> Flow | None:
        if flow_id in self.in_force.flows:
            return self.in_force.flows[flow_id]
        return read(await self._versions.newest(self._tenant, flow_id))


def _note(before: InForce, now: InForce) -> None:
    """What became of a saved file, and where it is wrong: seen in the terminal too."""
    for flow_id, flow in now.flows.items():
        if flow_id not in before.flows or before.flows[flow_id].version != flow.version:
            _log.info("flow_live", flow=flow_id, version=flow.version[:12])
    note_problems(now.problems)


def note_problems(problems: Sequence[Finding]) -> None:
    for finding in [finding for finding in problems if finding.blocks][:_NOTED]:
        _log.warning(
            "flow_not_taken",
            file=finding.file,
            line=finding.line,
            code=finding.code,
            finding=finding.message.en,
        )


def texts_of(files: Callable[[], FlowFiles]) -> tuple[FlowFiles, tuple[Finding, ...]]:
    """The folder's texts; a finding where it cannot be read at all."""
    try:
        return files(), ()
    except (OSError, UnicodeDecodeError) as error:
        place = At(file=SITE_FILE, line=1, col=1)
        unreadable = found(place, "F001.unreadable", problem=type(error).__name__)
        return FlowFiles(texts={}, audio_hashes={}), told((unreadable,))
