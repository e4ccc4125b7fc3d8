"""Production: aliases say what new calls get, whatever lies in the folder."""

from dataclasses import replace

import pytest

from ivr.flow_engine.definition import Flow
from ivr.flow_library.bundles import bundle_of, to_json
from ivr.flow_library.model import ALL_CALLS, CANARY, LIVE, Alias, NoFlow
from ivr.flow_library.service import FlowLibrary
from ivr.flow_linter.linter import lint_flow
from tests.ivr.flow_engine.small_flow import AUDIO, FILES, FLOW, site
from tests.ivr.flow_library.aliases import MemoryAliases
from tests.ivr.flow_library.flow_versions import MemoryFlowVersions
from tests.ivr.flow_library.test_service import NUMBER, Folder


class House:
    """One store, and a library over it that can be built again as after a restart."""

    def __init__(self) -> None:
        self.folder, self.versions, self.aliases = Folder(), MemoryFlowVersions(), MemoryAliases()
        self.library = self.started()

    def started(self) -> FlowLibrary:
        return FlowLibrary(
            tenant="kazasu",
            versions=self.versions,
            files=self.folder.files,
            changed=self.folder.changed,
            aliases=self.aliases,
        )

    async def keep(self, title: str) -> Flow:
        """A version in the store that nothing points at."""
        files = {**FILES, "bad.yaml": FLOW.replace("A small flow", title)}
        flow = lint_flow(files, "bad", site(), AUDIO).flow
        assert flow is not None
        bundle = to_json(bundle_of(flow, files, AUDIO))
        await self.versions.save("kazasu", "bad", flow.version, bundle)
        return flow

    def point(self, name: str, version: str, share: int = ALL_CALLS) -> None:
        alias = Alias(flow_id="bad", name=name, version=version, share=share)
        self.aliases.standing["kazasu", "bad", name] = alias


async def test_files_are_not_served_before_they_are_published() -> None:
    house = House()
    with pytest.raises(NoFlow):
        await house.library.flow_for(NUMBER, "call")
    assert house.library.in_force.site is not None
    assert not house.library.in_force.flows
    first = await house.keep("The first")
    house.point(LIVE, first.version)
    house.folder.edit("bad.yaml", FLOW.replace("A small flow", "Not published"))
    assert await house.library.flow_for(NUMBER, "call") == first
    assert not house.versions.bundles.keys() - {("kazasu", first.version)}


async def test_a_move_counts_for_the_next_call_and_a_running_one_keeps_its_version() -> None:
    house = House()
    first, second = await house.keep("The first"), await house.keep("The second")
    house.point(LIVE, first.version)
    running = await house.library.flow_for(NUMBER, "call-1")
    house.point(LIVE, second.version)
    assert await house.library.flow_for(NUMBER, "call-2") == second
    house.point(LIVE, first.version)  # rolled back
    assert await house.library.flow_for(NUMBER, "call-3") == first
    restarted = house.started()
    assert await restarted.flow(running.version) == running
    assert await restarted.flow(second.version) == second


async def test_the_canary_takes_its_share() -> None:
    house = House()
    first, second = await house.keep("The first"), await house.keep("The second")
    house.point(LIVE, first.version)
    house.point(CANARY, second.version, 5000)
    taken = {(await house.library.flow_for(NUMBER, f"call-{n}")).version for n in range(40)}
    assert taken == {first.version, second.version}
    one = [(await house.library.flow_for(NUMBER, "the same")).version for _ in range(3)]
    assert len(set(one)) == 1


async def test_a_number_of_the_canary_gets_it_and_live_while_there_is_none() -> None:
    house = House()
    tried = "+81312345679"
    site = FILES["site.yaml"].replace(
        f'"{NUMBER}": bad@live', f'"{NUMBER}": bad@live, "{tried}": bad@canary'
    )
    house.folder.edit("site.yaml", site)
    first, second = await house.keep("The first"), await house.keep("The second")
    house.point(LIVE, first.version)
    assert await house.library.flow_for(tried, "call-1") == first
    house.point(CANARY, second.version, 1)
    for call in ("call-2", "call-3", "call-4"):
        assert await house.library.flow_for(tried, call) == second
        assert await house.library.flow_for(NUMBER, call) == first
    house.point(CANARY, "")
    assert await house.library.flow_for(tried, "call-5") == first


async def test_a_site_that_does_not_read_leaves_the_last_one() -> None:
    house = House()
    first = await house.keep("The first")
    house.point(LIVE, first.version)
    await house.library.flow_for(NUMBER, "call")
    house.folder.edit("site.yaml", "schema: [")
    assert await house.library.flow_for(NUMBER, "call") == first
    assert house.library.in_force.problems[0].file == "site.yaml"
    # After a restart the published version brings its own.
    assert await house.started().flow_for(NUMBER, "call") == first


async def test_one_version_that_no_longer_reads_stops_no_other_flow() -> None:
    house = House()
    first = await house.keep("The first")
    house.point(LIVE, first.version)
    lost = Alias(flow_id="another", name=LIVE, version="0" * 64)
    house.aliases.standing["kazasu", "another", LIVE] = lost
    assert await house.library.flow_for(NUMBER, "call") == first
    house.point(LIVE, "0" * 64)
    with pytest.raises(NoFlow):
        await house.library.flow_for(NUMBER, "call")
    assert replace(house.library.in_force, problems=()).flows == {}
