"""Production: what was published is in force, by the aliases in the store.

They are asked for at every call, so that a move counts for the next one at every process. Of the
files only the site counts: which numbers lead where. One that does not read changes nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.site import Site
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_library.choosing import chosen
from ivr.flow_library.files_in_force import note_problems, texts_of
from ivr.flow_library.kept_versions import KeptVersions
from ivr.flow_library.model import LIVE, Alias, FlowFiles, InForce, NoFlow
from ivr.flow_library.ports import FlowAliases
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import lint_site

_NEVER: Final = object()


class PublishedInForce:
    """`in_force` is of the last refresh; its flows are those of the aliases named live."""

    def __init__(
        self,
        tenant: str,
        aliases: FlowAliases,
        kept: KeptVersions,
        files: Callable[[], FlowFiles],
        changed: Callable[[], object],
    ) -> None:
        self._tenant = tenant
        self._store = aliases
        self._kept = kept
        self._files = files
        self._changed = changed
        self._mark: object = _NEVER
        self._site: Site | None = None
        self._problems: tuple[Finding, ...] = ()
        self._aliases: Sequence[Alias] = ()
        self.in_force = InForce()

    async def flow(self, flow_id: str, call: str, alias: str) -> Flow | None:
        """Of live or canary, by the call's id or because its number wants the canary."""
        taken = chosen(self._aliases, flow_id, call, alias)
        return None if taken is None else await self._kept.flow(taken.version)

    async def refresh(self) -> InForce:
        aliases = await self._store.all(self._tenant)
        mark = self._changed()
        moved = aliases != self._aliases
        if mark != self._mark:
            await self._read_site()
            self._mark = mark
        elif not moved and self.in_force.site is not None:
            return self.in_force
        self._aliases = aliases
        flows = await self._flows(aliases)
        site = self._site or next((flow.site for flow in flows.values()), None)
        self.in_force = InForce(site=site, flows=flows, problems=self._problems)
        return self.in_force

    async def _read_site(self) -> None:
        files, unreadable = await asyncio.to_thread(texts_of, self._files)
        site, found = lint_site(files.texts.get(SITE_FILE, ""), file=SITE_FILE)
        self._problems = unreadable or found
        self._site = site or self._site
        note_problems(self._problems)

    async def _flows(self, aliases: Sequence[Alias]) -> dict[str, Flow]:
        flows = {}
        for alias in aliases:
            if alias.name == LIVE and alias.version:
                try:
                    flows[alias.flow_id] = await self._kept.flow(alias.version)
                except NoFlow:
                    continue  # a call to it says so; other flows go on
        return flows
