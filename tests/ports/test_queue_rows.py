"""The operators' desk: waiting calls, presence, accounts and their sessions; flow versions."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from door_frame.staff import StaffAccount, StaffSession
from ivr.queues.model import Operator, Presence, Waiting, WaitingState
from stores.sql.flows.versions import SqlFlowVersions
from stores.sql.queues import SqlOperators, SqlWaitingCalls
from stores.sql.staff import SqlStaffAccounts, SqlStaffSessions
from tests.ports.stage import TENANT, Stage

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIRST = "token-1"


def a_waiting(token: str = FIRST, *, priority: int = 0, since: datetime = AT) -> Waiting:
    return Waiting(
        tenant=TENANT,
        token=token,
        call_ref="call-1",
        queue="general",
        priority=priority,
        since=since,
        max_wait=600,
        reason="解約",
        attributes={"customer": "10203040"},
        dialled="+81312345678",
    )


class TestWaitingCalls:
    async def test_entering_is_idempotent(self, stage: Stage) -> None:
        calls, one = SqlWaitingCalls(stage.database, stage.sealer), a_waiting()
        assert await calls.enter(one) == one
        assert await calls.enter(replace(one, queue="other")) == one
        assert await calls.by_token(TENANT, one.token) == one
        assert await calls.by_token("another", one.token) is None
        later = a_waiting("token-2", since=AT + MINUTE)
        await calls.enter(later)
        assert await calls.by_call(TENANT, "call-1") == later
        assert await calls.by_call(TENANT, "call-2") is None

    async def test_priority_then_longest_waiting(self, stage: Stage) -> None:
        calls = SqlWaitingCalls(stage.database, stage.sealer)
        rows = [
            a_waiting("late", since=AT + MINUTE),
            a_waiting("early"),
            a_waiting("urgent", priority=5, since=AT + 2 * MINUTE),
            a_waiting("gone", priority=9),
        ]
        for row in rows:
            await calls.enter(row)
        assert await calls.change(rows[3], replace(rows[3], state=WaitingState.GONE))
        assert [one.token for one in await calls.open(TENANT)] == ["urgent", "early", "late"]
        assert not await calls.open("another")

    async def test_one_change_wins(self, stage: Stage) -> None:
        calls, one = SqlWaitingCalls(stage.database, stage.sealer), a_waiting()
        await calls.enter(one)
        offers = [
            replace(
                one,
                offered_to=f"op-{n}",
                offered_until=AT + MINUTE,
                refused_by=("op-x",),
                operator_leg="CA2",
                placed=True,
            )
            for n in range(8)
        ]
        won = await asyncio.gather(*(calls.change(one, offer) for offer in offers))
        assert sum(won) == 1
        expected = replace(offers[won.index(True)], version=2)
        assert await calls.by_token(TENANT, one.token) == expected
        with pytest.raises(ValueError, match="not the same"):
            await calls.change(one, a_waiting("token-2"))

    async def test_an_operator_has_one_call_whoever_offers(self, stage: Stage) -> None:
        """Two processes that each saw the operator free."""
        calls = SqlWaitingCalls(stage.database, stage.sealer)
        rows = [await calls.enter(a_waiting(f"token-{n}")) for n in range(6)]
        offered = [replace(row, offered_to="op-1", offered_until=AT + MINUTE) for row in rows]
        won = await asyncio.gather(*map(calls.change, rows, offered))
        assert sum(won) == 1
        first = won.index(True)
        held = replace(offered[first], version=2)
        ringing = replace(held, state=WaitingState.RINGING)
        assert await calls.change(held, ringing)
        assert not await calls.change(rows[first - 1], offered[first - 1])
        gone = replace(ringing, version=3, state=WaitingState.GONE)
        assert await calls.change(replace(ringing, version=3), gone)
        assert await calls.change(rows[first - 1], offered[first - 1])


def an_account(login: str = "sato", **changes: object) -> StaffAccount:
    account = StaffAccount(
        tenant=TENANT,
        id=f"staff-{login}",
        login=login,
        name="佐藤 一郎",
        password_hash="$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
        phone="+819099990001",
        queues=("general", "billing"),
    )
    return replace(account, **changes)  # type: ignore[arg-type] # fields of the account


class TestStaff:
    async def test_a_login_is_added_once(self, stage: Stage) -> None:
        accounts, sato = SqlStaffAccounts(stage.database, stage.sealer), an_account()
        added = await asyncio.gather(
            *(accounts.add(replace(sato, id=f"staff-{n}")) for n in range(5))
        )
        assert sorted(added) == [False] * 4 + [True]
        standing = replace(sato, id=f"staff-{added.index(True)}")
        assert await accounts.by_login(TENANT, "sato") == standing
        assert await accounts.by_id(TENANT, standing.id) == standing
        assert await accounts.by_login("another", "sato") is None
        with pytest.raises(IntegrityError):
            await accounts.add(replace(standing, login="suzuki"))

    async def test_somebody_serves_other_queues(self, stage: Stage) -> None:
        accounts = SqlStaffAccounts(stage.database, stage.sealer)
        await accounts.add(an_account("sato"))
        assert not await accounts.serve("another", "sato", ["general"])
        assert await accounts.serve(TENANT, "sato", ["general", "safety"])
        served = await accounts.by_login(TENANT, "sato")
        assert served is not None
        assert served.queues == ("general", "safety")

    async def test_disabling_ends_the_sessions(self, stage: Stage) -> None:
        accounts, sessions = (
            SqlStaffAccounts(stage.database, stage.sealer),
            SqlStaffSessions(stage.database),
        )
        for login in ("sato", "suzuki"):
            await accounts.add(an_account(login))
            await sessions.begin(a_session(login))
        namesake = replace(a_session("sato"), id_hash=b"namesake", tenant="another")
        await sessions.begin(namesake)
        assert not await accounts.disable(TENANT, "nobody")
        assert not await accounts.disable("another", "sato")
        assert await accounts.disable(TENANT, "sato")
        found = await accounts.by_login(TENANT, "sato")
        assert found == an_account(disabled=True)
        assert await sessions.by_hash(b"sato") is None
        assert await sessions.by_hash(b"suzuki") == a_session("suzuki")
        assert await sessions.by_hash(b"namesake") == namesake

    async def test_a_session_is_seen_and_ended(self, stage: Stage) -> None:
        sessions, one = SqlStaffSessions(stage.database), a_session("sato")
        await sessions.begin(one)
        await sessions.seen(b"sato", AT + MINUTE)
        await sessions.seen(b"sato", AT)  # overtaken on the way
        assert await sessions.by_hash(b"sato") == replace(one, last_seen_at=AT + MINUTE)
        await sessions.end(b"sato")
        assert await sessions.by_hash(b"sato") is None


def a_session(login: str) -> StaffSession:
    return StaffSession(
        id_hash=login.encode(),
        csrf_hash=b"csrf",
        tenant=TENANT,
        staff=f"staff-{login}",
        began_at=AT,
        last_seen_at=AT,
    )


class TestOperators:
    async def test_operators_are_staff_who_may_answer(self, stage: Stage) -> None:
        accounts = SqlStaffAccounts(stage.database, stage.sealer)
        operators = SqlOperators(stage.database, stage.sealer)
        await accounts.add(an_account("sato"))
        await accounts.add(an_account("tanaka", roles=("supervisor",)))
        await accounts.add(an_account("yamada", disabled=True))
        (sato,) = await operators.all(TENANT)
        assert sato == Operator(
            tenant=TENANT,
            id="staff-sato",
            name="佐藤 一郎",
            phone="+819099990001",
            queues=("general", "billing"),
            presence=Presence.OFFLINE,
            idle_since=sato.idle_since,
            presence_since=sato.idle_since,
        )
        assert await operators.by_id(TENANT, "staff-sato") == sato
        for nobody in ("staff-tanaka", "staff-yamada", "staff-x"):
            assert await operators.by_id(TENANT, nobody) is None
        assert not await operators.all("another")

    async def test_the_idle_clock_starts_only_when_told(self, stage: Stage) -> None:
        await SqlStaffAccounts(stage.database, stage.sealer).add(an_account())
        operators = SqlOperators(stage.database, stage.sealer)
        states = [(Presence.AVAILABLE, True), (Presence.ON_CALL, False), (Presence.WRAP_UP, False)]
        for n, (presence, idle) in enumerate(states):
            at = AT + n * MINUTE
            await operators.set_presence(TENANT, "staff-sato", presence, at=at, idle=idle)
            found = await operators.by_id(TENANT, "staff-sato")
            assert found is not None
            assert (found.presence, found.presence_since, found.idle_since) == (presence, at, AT)

    async def test_a_wish_is_for_calls_and_ends_with_them(self, stage: Stage) -> None:
        await SqlStaffAccounts(stage.database, stage.sealer).add(an_account())
        operators = SqlOperators(stage.database, stage.sealer)

        async def becomes(presence: Presence) -> Presence | None:
            await operators.set_presence(TENANT, "staff-sato", presence, at=AT, idle=False)
            found = await operators.by_id(TENANT, "staff-sato")
            assert found is not None
            return found.after_call

        assert not await operators.wish(TENANT, "staff-sato", Presence.BREAK)
        await becomes(Presence.AVAILABLE)
        assert not await operators.wish(TENANT, "staff-sato", Presence.BREAK)
        await becomes(Presence.ON_CALL)
        assert not await operators.wish("another", "staff-sato", Presence.BREAK)
        assert await operators.wish(TENANT, "staff-sato", Presence.BREAK)
        assert await becomes(Presence.WRAP_UP) is Presence.BREAK
        assert await operators.wish(TENANT, "staff-sato", None)
        assert await operators.wish(TENANT, "staff-sato", Presence.OFFLINE)
        assert await becomes(Presence.AVAILABLE) is None


class TestFlowVersions:
    async def test_the_bundle_saved_last_is_the_newest(self, stage: Stage) -> None:
        versions = SqlFlowVersions(stage.database)
        assert await versions.newest(TENANT, "main") is None
        await versions.save(TENANT, "main", "v1", '{"a": 1}')
        await versions.save(TENANT, "main", "v2", '{"a": 2}')
        await versions.save(TENANT, "other", "v3", '{"a": 3}')
        assert await versions.newest(TENANT, "main") == '{"a": 2}'
        await versions.save(TENANT, "main", "v1", '{"a": 1}')
        assert await versions.newest(TENANT, "main") == '{"a": 1}'
        assert await versions.load(TENANT, "v2") == '{"a": 2}'
        assert await versions.load("another", "v2") is None
        assert await versions.newest("another", "main") is None

    async def test_a_version_never_changes(self, stage: Stage) -> None:
        versions = SqlFlowVersions(stage.database)
        await versions.save(TENANT, "main", "v1", '{"a": 1}')
        await versions.save(TENANT, "main", "v1", '{"a": "forged"}')
        assert await versions.load(TENANT, "v1") == '{"a": 1}'
