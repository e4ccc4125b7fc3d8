"""Moving aliases: one person, several people, back again, and two at the same time."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.flow_library.model import ALL_CALLS, CANARY, LIVE, Move
from ivr.flow_library.publishing import Moved, Publishing, Refused, Wanted, Why, way_back
from tests.ivr.flow_library.aliases import MemoryAliases, MemoryProposals
from tests.ivr.flow_library.flow_versions import MemoryFlowVersions

AT = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)


class Desk:
    def __init__(self) -> None:
        self.aliases = MemoryAliases()
        self.versions = MemoryFlowVersions()
        self.proposals = MemoryProposals()
        minutes, numbers = itertools.count(), itertools.count(1)
        self.publishing = Publishing(
            tenant="kazasu",
            versions=self.versions,
            aliases=self.aliases,
            proposals=self.proposals,
            now=lambda: AT + timedelta(minutes=next(minutes)),
            new_id=lambda: f"p{next(numbers)}",
        )

    async def live(self) -> dict[str, str]:
        return {one.name: one.version for one in await self.publishing.aliases("main")}


def wanted(version: str, *, by: str = "sato", needed: int = 1) -> Wanted:
    return Wanted(
        flow_id="main",
        version=version,
        bundle_json="{}",
        alias=LIVE,
        share=ALL_CALLS,
        by=by,
        message=f"because of {version}",
        needed=needed,
    )


def trial(version: str, share: int = 500) -> Wanted:
    return replace(wanted(version), alias=CANARY, share=share)


async def test_publishing_keeps_moves_and_says_who() -> None:
    desk = Desk()
    first = await desk.publishing.publish(wanted("v1"))
    assert isinstance(first, Moved)
    assert isinstance(await desk.publishing.publish(wanted("v2", by="tanaka")), Moved)
    assert await desk.live() == {LIVE: "v2"}
    assert set(desk.versions.bundles) == {("kazasu", "v1"), ("kazasu", "v2")}
    newest, oldest = await desk.aliases.moves("kazasu", "main", 9)
    assert (oldest.came_from, oldest.went_to, oldest.by, oldest.at) == ("", "v1", "sato", AT)
    assert (newest.came_from, newest.went_to, newest.by) == ("v1", "v2", "tanaka")
    assert [one.author for one in await desk.aliases.publications("kazasu", "main", 9)] == [
        "tanaka",
        "sato",
    ]


async def test_what_is_live_already_is_not_moved_again() -> None:
    desk = Desk()
    await desk.publishing.publish(wanted("v1"))
    assert await desk.publishing.publish(wanted("v1")) == Refused(why=Why.ALREADY)
    assert len(desk.aliases.audit) == 1


async def test_a_canary_needs_something_live_and_ends_when_it_becomes_live() -> None:
    desk = Desk()
    assert await desk.publishing.publish(trial("v2")) == Refused(why=Why.NOTHING_LIVE)
    assert not desk.versions.bundles
    await desk.publishing.publish(wanted("v1"))
    await desk.publishing.publish(trial("v2"))
    assert isinstance(await desk.publishing.publish(trial("v2", 2500)), Moved)
    assert await desk.live() == {LIVE: "v1", CANARY: "v2"}
    promoted = await desk.publishing.publish(wanted("v2"))
    assert isinstance(promoted, Moved)
    assert promoted.promoted
    assert await desk.live() == {LIVE: "v2"}
    # A later trial goes on with the revisions of the earlier one.
    assert isinstance(await desk.publishing.publish(trial("v3")), Moved)
    assert isinstance(await desk.publishing.publish(wanted("v4")), Moved)
    assert await desk.live() == {LIVE: "v4", CANARY: "v3"}


async def test_a_canary_is_taken_away() -> None:
    desk = Desk()
    await desk.publishing.publish(wanted("v1"))
    await desk.publishing.publish(trial("v2"))
    back = await desk.publishing.roll_back("main", CANARY, to="", by="sato", message="")
    assert isinstance(back, Moved)
    assert await desk.live() == {LIVE: "v1"}
    again = await desk.publishing.roll_back("main", CANARY, to="", by="sato", message="")
    assert again == Refused(why=Why.ALREADY)


async def test_back_and_back_again() -> None:
    desk = Desk()
    for version in ("v1", "v2", "v3"):
        await desk.publishing.publish(wanted(version))
    for expected in ("v2", "v1"):
        back = await desk.publishing.roll_back("main", LIVE, to="", by="night", message="alarm")
        assert isinstance(back, Moved)
        assert (back.move.went_to, back.move.back) == (expected, True)
    none = await desk.publishing.roll_back("main", LIVE, to="", by="night", message="")
    assert none == Refused(why=Why.NOTHING_BEFORE)
    named = await desk.publishing.roll_back("main", LIVE, to="v3", by="night", message="")
    assert isinstance(named, Moved)
    assert await desk.live() == {LIVE: "v3"}


async def test_only_to_what_was_live_before() -> None:
    desk = Desk()
    await desk.publishing.publish(wanted("v1"))
    await desk.publishing.publish(trial("v2"))
    refused = await desk.publishing.roll_back("main", LIVE, to="v2", by="night", message="")
    assert refused == Refused(why=Why.UNKNOWN_VERSION)
    assert await desk.publishing.roll_back(
        "main", LIVE, to="v1", by="night", message=""
    ) == Refused(why=Why.ALREADY)


def a_move(came_from: str, went_to: str, *, back: bool = False) -> Move:
    return Move(
        flow_id="main",
        alias=LIVE,
        came_from=came_from,
        went_to=went_to,
        share=ALL_CALLS,
        by="sato",
        approvals=("sato",),
        message="",
        at=AT,
        back=back,
    )


@pytest.mark.parametrize(
    ("moves", "to", "expected"),
    [
        ([], "", ""),
        ([a_move("", "a1")], "", ""),
        # What served before anything was published.
        ([a_move("a1", "b2")], "", "a1"),
        ([a_move("", "a1"), a_move("a1", "b2"), a_move("b2", "a1", back=True)], "", ""),
        # Published anew on purpose: the way back is what it took over from.
        ([a_move("", "a1"), a_move("a1", "b2"), a_move("b2", "a1")], "", "b2"),
        ([a_move("", "a1"), a_move("a1", "a2")], "a1", "a1"),
        ([a_move("", "a1"), a_move("a1", "a2")], "a", ""),
        ([a_move("", "a1"), a_move("a1", "a2")], "b", ""),
    ],
)
def test_the_way_back(moves: list[Move], to: str, expected: str) -> None:
    assert way_back(moves[::-1], to) == expected
