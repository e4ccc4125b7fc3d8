"""Several people behind one change: who counts, how many it takes, and that nobody lowers that."""

from dataclasses import replace

import pytest

from ivr.flow_library.approvers import deciding
from ivr.flow_library.bundles import bundle_of, to_json
from ivr.flow_library.files_in_force import FilesInForce
from ivr.flow_library.kept_versions import KeptVersions
from ivr.flow_library.model import LIVE, Move
from ivr.flow_library.publishing import Moved, Published, Refused, Waiting, Why
from ivr.flow_linter.carrier_limits import ANY_CARRIER
from ivr.flow_linter.linter import lint_flow, lint_site
from tests.ivr.flow_engine.small_flow import AUDIO, FILES, SITE
from tests.ivr.flow_library.test_publishing import Desk, a_move, wanted
from tests.ivr.flow_library.test_service import Folder


class Office(Desk):
    """Designers whose accounts may be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: set[str] = set()

    async def approve(self, proposal: str, by: str, *, asked: int = 1) -> Published:
        """While the folder of the service asks for `asked` people."""
        site, _ = lint_site(asking(asked), file="site.yaml")
        assert site is not None
        return await self.publishing.approve(proposal, by, may=self.may, sites=[site])

    async def may(self, login: str) -> bool:
        return login not in self.closed

    async def live_asking(self, people: int, *, title: str = "A small flow") -> str:
        """A version whose own site asks for so many, made live by as many as it took."""
        files = {**FILES, "site.yaml": asking(people)}
        files["bad.yaml"] = files["bad.yaml"].replace("A small flow", title)
        site, _ = lint_site(files["site.yaml"], file="site.yaml")
        assert site is not None
        flow = lint_flow(files, "bad", site, AUDIO).flow
        assert flow is not None
        bundle = to_json(bundle_of(flow, files, AUDIO))
        needed = await self.publishing.needed("bad", [site])
        done = await self.publishing.publish(
            replace(wanted(flow.version, needed=needed), flow_id="bad", bundle_json=bundle)
        )
        for name in ("tanaka", "yamada")[: needed - 1]:
            assert isinstance(done, Waiting)
            done = await self.approve(done.proposal.id, name)
        assert isinstance(done, Moved)
        return flow.version

    async def needed(self) -> int:
        return await self.publishing.needed("bad", [])


def asking(people: int) -> str:
    return f"{SITE}policy: {{approvers: {people}}}\n"


async def test_two_people_where_the_site_asks_for_them() -> None:
    desk = Office()
    await desk.publishing.publish(wanted("v1"))
    waiting = await desk.publishing.publish(wanted("v2", needed=2))
    assert isinstance(waiting, Waiting)
    assert await desk.live() == {LIVE: "v1"}
    name = waiting.proposal.id
    assert await desk.approve(name, "sato") == Refused(why=Why.SAME_PERSON)
    assert await desk.approve("p9", "tanaka") == Refused(why=Why.NO_PROPOSAL)
    moved = await desk.approve(name, "tanaka")
    assert isinstance(moved, Moved)
    assert (moved.move.by, moved.move.approvals) == ("sato", ("sato", "tanaka"))
    assert await desk.live() == {LIVE: "v2"}
    assert await desk.approve(name, "yamada") == Refused(why=Why.NO_PROPOSAL)


async def test_three_people() -> None:
    desk = Office()
    waiting = await desk.publishing.publish(wanted("v1", needed=3))
    assert isinstance(waiting, Waiting)
    assert isinstance(await desk.approve(waiting.proposal.id, "tanaka"), Waiting)
    assert await desk.approve(waiting.proposal.id, "tanaka") == Refused(why=Why.SAME_PERSON)
    assert isinstance(await desk.approve(waiting.proposal.id, "yamada"), Moved)


async def test_a_proposal_holds_for_the_version_it_was_made_against() -> None:
    desk = Office()
    await desk.publishing.publish(wanted("v1"))
    waiting = await desk.publishing.publish(wanted("v2", needed=2))
    assert isinstance(waiting, Waiting)
    await desk.publishing.publish(wanted("v3"))
    overtaken = await desk.approve(waiting.proposal.id, "tanaka")
    assert overtaken == Refused(why=Why.OVERTAKEN)
    assert await desk.live() == {LIVE: "v3"}


async def test_an_account_that_was_closed_counts_no_longer() -> None:
    desk = Office()
    await desk.publishing.publish(wanted("v1"))
    waiting = await desk.publishing.publish(wanted("v2", needed=2))
    assert isinstance(waiting, Waiting)
    desk.closed.add("sato")
    still = await desk.approve(waiting.proposal.id, "tanaka")
    assert isinstance(still, Waiting)
    assert still.proposal.approvals == ("tanaka",)
    assert await desk.live() == {LIVE: "v1"}
    moved = await desk.approve(waiting.proposal.id, "yamada")
    assert isinstance(moved, Moved)
    assert (moved.move.by, moved.move.approvals) == ("sato", ("tanaka", "yamada"))


async def test_more_people_are_asked_for_while_a_proposal_waits() -> None:
    desk = Office()
    waiting = await desk.publishing.publish(wanted("v1", needed=2))
    assert isinstance(waiting, Waiting)
    assert isinstance(await desk.approve(waiting.proposal.id, "tanaka", asked=3), Waiting)
    # Fewer since: what was asked for when it was proposed goes on counting.
    assert isinstance(await desk.approve(waiting.proposal.id, "yamada", asked=1), Moved)
    alone = await desk.publishing.publish(wanted("v2", needed=2))
    assert isinstance(alone, Waiting)
    assert alone.proposal.needed == 2


async def test_a_way_back_takes_one_person_and_lowers_nothing() -> None:
    desk = Office()
    await desk.live_asking(1, title="As it was")
    await desk.live_asking(2)
    assert await desk.needed() == 2
    back = await desk.publishing.roll_back("bad", LIVE, to="", by="night", message="")
    assert isinstance(back, Moved)
    assert await desk.needed() == 2
    # People may agree to be fewer.
    await desk.live_asking(1, title="One is enough")
    assert await desk.needed() == 1


async def test_a_version_that_no_longer_reads_asks_for_nobody() -> None:
    desk = Office()
    await desk.publishing.publish(wanted("v1"))
    assert await desk.publishing.needed("main", []) == 1


@pytest.mark.parametrize(
    ("live", "moves", "expected"),
    [
        ("", [], set()),
        ("a", [a_move("", "a")], {"a"}),
        ("a", [a_move("", "a"), a_move("a", "b"), a_move("b", "a", back=True)], {"a", "b"}),
        (
            "a",
            [
                a_move("", "a"),
                a_move("a", "b"),
                a_move("b", "c"),
                a_move("c", "b", back=True),
                a_move("b", "a", back=True),
            ],
            {"a", "c"},
        ),
        # What was served before anything was published has no move.
        ("a", [], {"a"}),
    ],
)
def test_who_has_a_say(live: str, moves: list[Move], expected: set[str]) -> None:
    assert deciding(live, moves[::-1]) == expected


async def test_saved_files_that_do_not_read_never_make_a_proposal_live() -> None:
    desk, folder = Office(), Folder()
    kept = await desk.live_asking(2)
    proposed = await desk.publishing.publish(
        replace(wanted("v2", needed=2), flow_id="bad", bundle_json="{}")
    )
    assert isinstance(proposed, Waiting)
    folder.edit("bad.yaml", "schema: [")
    started = FilesInForce(
        "kazasu",
        desk.versions,
        KeptVersions("kazasu", desk.versions),
        folder.files,
        folder.changed,
        ANY_CARRIER,
    )
    await started.refresh()
    served = await started.flow("bad", "call", LIVE)
    assert served is not None
    assert served.version == kept
