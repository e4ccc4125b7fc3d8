"""Published flows: versions by their beginning, aliases with their audit, proposals."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.flow_library.model import ALL_CALLS, LIVE, Alias, Move, Proposal, Publication
from stores.sql.flows.aliases import SqlFlowAliases
from stores.sql.flows.proposals import SqlFlowProposals
from stores.sql.flows.versions import SqlFlowVersions
from tests.ports.stage import TENANT, Stage

AT = datetime(2026, 11, 24, 1, 2, 3, 456, tzinfo=UTC)


def a_move(came_from: str, went_to: str, *, at: datetime = AT, by: str = "佐藤") -> Move:
    return Move(
        flow_id="main",
        alias=LIVE,
        came_from=came_from,
        went_to=went_to,
        share=ALL_CALLS,
        by=by,
        approvals=(by, "田中"),
        message="ことばを直した",
        at=at,
    )


def a_publication(version: str, author: str = "佐藤") -> Publication:
    return Publication(flow_id="main", version=version, author=author, message="初版", at=AT)


async def test_versions_by_their_beginning(stage: Stage) -> None:
    versions = SqlFlowVersions(stage.database)
    for version in ("3f2a", "3f2b", "77%_"):
        await versions.save(TENANT, "main", version, "{}")
    assert sorted(await versions.like(TENANT, "3f")) == ["3f2a", "3f2b"]
    assert await versions.like(TENANT, "3f2a") == ["3f2a"]
    assert await versions.like(TENANT, "77%") == ["77%_"]
    assert not await versions.like(TENANT, "%")
    assert not await versions.like("another", "3f")


async def test_what_is_only_kept_is_not_the_newest(stage: Stage) -> None:
    versions = SqlFlowVersions(stage.database)
    await versions.keep(TENANT, "main", "v1", '{"n": 1}')
    assert await versions.load(TENANT, "v1") == '{"n": 1}'
    assert await versions.newest(TENANT, "main") is None
    await versions.save(TENANT, "main", "v1", '{"n": 1}')
    await versions.keep(TENANT, "main", "v2", '{"n": 2}')
    await versions.keep(TENANT, "main", "v1", '{"n": 1}')
    assert await versions.newest(TENANT, "main") == '{"n": 1}'
    await versions.save(TENANT, "main", "v2", '{"n": 2}')
    assert await versions.newest(TENANT, "main") == '{"n": 2}'


async def test_a_move_is_a_pointer_and_its_audit_entry(stage: Stage) -> None:
    aliases = SqlFlowAliases(stage.database)
    first, second = a_move("", "v1"), a_move("v1", "v2", at=AT + timedelta(hours=1), by="山田")
    assert await aliases.move(TENANT, first, follows=0, publication=a_publication("v1"))
    assert await aliases.move(TENANT, second, follows=1)
    assert await aliases.all(TENANT) == [Alias(flow_id="main", name=LIVE, version="v2", revision=2)]
    assert await aliases.moves(TENANT, "main", 9) == [second, first]
    assert await aliases.moves(TENANT, "main", 1) == [second]
    assert not await aliases.all("another")
    assert not await aliases.moves("another", "main", 9)
    away = replace(second, came_from="v2", went_to="", share=0, back=True)
    assert await aliases.move(TENANT, away, follows=2)
    assert [(one.version, one.revision) for one in await aliases.all(TENANT)] == [("", 3)]
    assert (await aliases.moves(TENANT, "main", 9))[0] == away


async def test_of_two_moves_one_wins_and_the_other_leaves_no_trace(stage: Stage) -> None:
    aliases = SqlFlowAliases(stage.database)
    tries = [
        aliases.move(TENANT, a_move("", f"v{n}"), follows=0, publication=a_publication(f"v{n}"))
        for n in range(6)
    ]
    assert sum(await asyncio.gather(*tries)) == 1
    (standing,) = await aliases.all(TENANT)
    (entry,) = await aliases.moves(TENANT, "main", 9)
    (published,) = await aliases.publications(TENANT, "main", 9)
    assert standing.version == entry.went_to == published.version
    for wrong in (a_move("", "v9"), a_move("v8", "v9")):
        assert not await aliases.move(TENANT, wrong, follows=1)
    assert not await aliases.move(TENANT, a_move(standing.version, "v9"), follows=0)
    assert await aliases.all(TENANT) == [standing]


async def test_who_published_first_stays(stage: Stage) -> None:
    aliases = SqlFlowAliases(stage.database)
    await aliases.move(TENANT, a_move("", "v1"), follows=0, publication=a_publication("v1"))
    await aliases.move(TENANT, a_move("v1", "v2"), follows=1, publication=a_publication("v2"))
    await aliases.move(
        TENANT, a_move("v2", "v1"), follows=2, publication=a_publication("v1", "別の人")
    )
    found = {one.version: one for one in await aliases.publications(TENANT, "main", 9)}
    assert found == {"v1": a_publication("v1"), "v2": a_publication("v2")}
    assert not await aliases.publications("another", "main", 9)


async def test_a_proposal_is_changed_once(stage: Stage) -> None:
    proposals = SqlFlowProposals(stage.database)
    one = Proposal(
        id="k7",
        flow_id="main",
        alias=LIVE,
        went_to="v2",
        share=ALL_CALLS,
        by="佐藤",
        approvals=("佐藤",),
        needed=2,
        message="新しい窓口",
        at=AT,
        follows=1,
    )
    await proposals.add(TENANT, one, a_publication("v2"))
    assert await proposals.one(TENANT, "k7") == one
    assert await proposals.open(TENANT, "main") == [one]
    assert await proposals.one("another", "k7") is None
    agreed = [
        replace(one, approvals=("佐藤", who), needed=3, done=True) for who in ("田中", "山田")
    ]
    won = await asyncio.gather(*(proposals.change(TENANT, one, after) for after in agreed))
    assert sorted(won) == [False, True]
    assert await proposals.one(TENANT, "k7") == replace(agreed[won.index(True)], version=2)
    assert not await proposals.open(TENANT, "main")
    (published,) = await SqlFlowAliases(stage.database).publications(TENANT, "main", 9)
    assert published == a_publication("v2")
