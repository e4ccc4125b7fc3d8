"""Holders, linkage, installed apps, and what is remembered for a while."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from identity.contract_holders.model import Holder
from identity.contract_holders.ports import LinkageUnavailable
from identity.installations.model import Installation
from identity.pairing.model import PersonId
from identity.tenants.model import TenantId
from stores.sql.database import Database
from stores.sql.holders import SqlHolders, SqlLinkage
from stores.sql.installations import SqlInstallations, SqlSeenProofs
from stores.sql.pairings.alarms import SqlCardHolds, SqlLineWarnings
from tests.ports.stage import TENANT, Stage, a_record, hash_phone, now

OTHER = TenantId("another")
HOME, MOBILE = "+81312340001", "+819012340001"


def a_holder(contract: str, *, person: str = "person-1", phones: tuple[str, ...] = ()) -> Holder:
    return Holder(
        tenant=TENANT,
        contract_ref=contract,
        display_name="髙橋 花子",
        phones=phones,
        person=person,
    )


@pytest.fixture
def holders(stage: Stage) -> SqlHolders:
    return SqlHolders(stage.database, stage.sealer, hash_phone=hash_phone)


class TestHolders:
    async def test_found_by_person_contract_and_phone(self, holders: SqlHolders) -> None:
        second = a_holder("C-2", phones=(HOME, MOBILE, HOME))
        first = a_holder("C-1", phones=(MOBILE,))
        await holders.replace_all(TENANT, [second, first, a_holder("C-3", person="")])
        assert await holders.of_person(TENANT, "person-1") == [first, second]
        assert await holders.by_contract(TENANT, "C-2") == second
        assert await holders.of_phone(TENANT, hash_phone(TENANT, MOBILE)) == [first, second]
        assert await holders.of_phone(TENANT, hash_phone(TENANT, HOME)) == [second]
        assert not await holders.of_person(OTHER, "person-1")
        assert await holders.by_contract(OTHER, "C-2") is None
        assert not await holders.of_phone(OTHER, hash_phone(TENANT, HOME))

    async def test_who_waits_for_enrolment_is_nobody(self, holders: SqlHolders) -> None:
        await holders.replace_all(TENANT, [a_holder("C-1", person="")])
        assert not await holders.of_person(TENANT, "")

    async def test_an_import_without_person_ids_undoes_no_enrolment(
        self, holders: SqlHolders
    ) -> None:
        await holders.replace_all(TENANT, [a_holder("C-1", person="enrolled")])
        await holders.replace_all(TENANT, [a_holder("C-1", person="", phones=(HOME,))])
        kept = await holders.by_contract(TENANT, "C-1")
        assert kept is not None
        assert (kept.person, kept.phones) == ("enrolled", (HOME,))

    async def test_a_second_import_replaces_by_contract(self, holders: SqlHolders) -> None:
        await holders.replace_all(TENANT, [a_holder("C-1", phones=(HOME,)), a_holder("C-2")])
        changed = a_holder("C-1", person="person-2", phones=(MOBILE,))
        assert await holders.replace_all(TENANT, [changed]) == ["C-1"]
        assert await holders.by_contract(TENANT, "C-1") == replace(changed, to_confirm=True)
        assert not await holders.of_phone(TENANT, hash_phone(TENANT, HOME))
        assert await holders.by_contract(TENANT, "C-2") == a_holder("C-2")

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"display_name": "月野 太郎"}, True),
            ({"display_name": "高橋　花子"}, False),
            ({"birth_date": "1970-01-01"}, True),
            ({"birth_date": ""}, True),  # or it would be changed in two imports
            ({"phones": (HOME,), "address": "茜県1"}, False),
        ],
    )
    async def test_what_became_somebody_elses_is_told_and_stays_to_be_confirmed(
        self, holders: SqlHolders, change: dict[str, Any], told: bool
    ) -> None:
        """Import, tap, import back: the tie has another person's name to it, and says so."""
        tied = replace(a_holder("C-1"), birth_date="1985-03-04")
        daily = replace(tied, person="")
        await holders.replace_all(TENANT, [tied, a_holder("C-2", person="")])
        again = [a_holder("C-2", person=""), replace(daily, **change)]
        assert await holders.replace_all(TENANT, again) == (["C-1"] if told else [])
        for rows in (again, again):  # the import of the next days
            assert await holders.replace_all(TENANT, rows) == []
            kept = await holders.by_contract(TENANT, "C-1")
            assert kept is not None
            assert (kept.person, kept.to_confirm) == ("person-1", told)

    async def test_nobodys_contract_may_become_anybodys(self, holders: SqlHolders) -> None:
        free = replace(a_holder("C-1", person=""), birth_date="1985-03-04")
        await holders.replace_all(TENANT, [free])
        other = replace(free, display_name="月野 太郎", person="person-2")
        assert await holders.replace_all(TENANT, [other]) == []
        assert await holders.by_contract(TENANT, "C-1") == other

    async def test_a_birth_date_that_was_not_known_is_no_other(self, holders: SqlHolders) -> None:
        await holders.replace_all(TENANT, [a_holder("C-1")])
        born = replace(a_holder("C-1", person=""), birth_date="1985-03-04")
        assert await holders.replace_all(TENANT, [born]) == []

    async def test_of_many_contracts_each_is_looked_at(self, holders: SqlHolders) -> None:
        many = [a_holder(f"C-{n}") for n in range(1100)]
        assert await holders.replace_all(TENANT, many) == []
        others = [replace(one, display_name="月野 太郎") for one in many[::-1]]
        assert await holders.replace_all(TENANT, others) == [one.contract_ref for one in others]

    async def test_all_or_nothing(self, holders: SqlHolders) -> None:
        kept = a_holder("C-1", phones=(HOME,))
        await holders.replace_all(TENANT, [kept])
        bad = replace(a_holder("C-3"), person=None)  # type: ignore[arg-type] # what breaks it
        rows = [a_holder("C-1", person="other", phones=(MOBILE,)), a_holder("C-2"), bad]
        with pytest.raises(IntegrityError):
            await holders.replace_all(TENANT, rows)
        assert await holders.by_contract(TENANT, "C-1") == kept
        assert await holders.by_contract(TENANT, "C-2") is None
        assert await holders.of_phone(TENANT, hash_phone(TENANT, HOME)) == [kept]

    async def test_bad_lists_are_refused(self, holders: SqlHolders) -> None:
        for rows in (
            [a_holder("C-1"), a_holder("C-1")],
            [replace(a_holder("C-1"), tenant=OTHER)],
        ):
            with pytest.raises(ValueError, match="each contract once"):
                await holders.replace_all(TENANT, rows)


class TestLinkage:
    async def test_the_first_link_stands(self, stage: Stage) -> None:
        linkage = SqlLinkage(stage.database)
        assert await linkage.person_of(TENANT, b"card") is None
        people = await asyncio.gather(
            *(linkage.link(TENANT, b"card", f"person-{n}") for n in range(8))
        )
        assert len(set(people)) == 1
        assert await linkage.person_of(TENANT, b"card") == people[0]
        assert await linkage.person_of(OTHER, b"card") is None
        assert await linkage.link(TENANT, b"renewed card", people[0]) == people[0]

    async def test_an_unreadable_table_is_not_a_new_person(self, tmp_path: object) -> None:
        empty = Database(f"sqlite:///{tmp_path}/empty.db")
        try:
            with pytest.raises(LinkageUnavailable):
                await SqlLinkage(empty).person_of(TENANT, b"card")
        finally:
            await empty.close()


class TestInstallations:
    async def test_the_first_registration_stands(self, stage: Stage) -> None:
        installations = SqlInstallations(stage.database)
        app = Installation(
            id="thumbprint",
            public_jwk={"kty": "EC", "crv": "P-256", "x": "x", "y": "y"},
            platform="android",
            app_version="1.0.0",
            registered_at=datetime(2026, 11, 22, tzinfo=UTC),
        )
        assert await installations.by_id(app.id) is None
        assert await installations.register(app) == app
        assert await installations.register(replace(app, platform="ios")) == app
        await installations.mark_proved(app.id)
        assert await installations.by_id(app.id) == replace(app, ever_proved=True)
        assert await installations.register(app) == replace(app, ever_proved=True)

    async def test_a_proof_is_used_once(self, stage: Stage) -> None:
        seen = SqlSeenProofs(stage.database)
        first = await asyncio.gather(*(seen.first_time("app", "jti", seconds=180) for _ in "12345"))
        assert sum(first) == 1
        assert await seen.first_time("other app", "jti", seconds=180)
        assert await seen.first_time("appj", "ti", seconds=180)

    async def test_a_proof_is_forgotten_after_its_time(self, stage: Stage) -> None:
        seen = SqlSeenProofs(stage.database)
        assert await seen.first_time("app", "jti", seconds=-1)
        assert await seen.first_time("app", "jti", seconds=180)
        assert not await seen.first_time("app", "jti", seconds=180)

    async def test_old_proofs_are_swept(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("stores.sql.installations.SWEEP_EVERY", 3)
        seen = SqlSeenProofs(stage.database)
        assert await seen.first_time("app", "kept", seconds=180)
        for n in range(5):
            assert await seen.first_time("app", f"gone {n}", seconds=-1)
        assert not await seen.first_time("app", "kept", seconds=180)


class TestForAWhile:
    async def test_a_card_is_held_until_then(self, stage: Stage) -> None:
        holds, person = SqlCardHolds(stage.database), PersonId("person-1")
        assert not await holds.held(TENANT, person)
        await holds.hold(TENANT, person, until=now() + timedelta(hours=24))
        await holds.hold(TENANT, person, until=now() - timedelta(hours=1))
        assert await holds.held(TENANT, person)
        assert not await holds.held(OTHER, person)
        await holds.hold(TENANT, PersonId("past"), until=now() - timedelta(seconds=1))
        assert not await holds.held(TENANT, PersonId("past"))
        either = (PersonId("past"), person, PersonId("person-2"))
        assert await holds.held(TENANT, *either) == person
        assert not await holds.held(OTHER, *either)

    async def test_a_hold_is_lifted_once_with_its_evidence(self, stage: Stage) -> None:
        holds, person = SqlCardHolds(stage.database), PersonId("person-1")
        for ahead, lifted in ((timedelta(hours=24), True), (timedelta(seconds=-1), False)):
            await holds.hold(TENANT, person, until=now() + ahead)
            assert not await holds.lift(OTHER, person, record=a_record(tenant=OTHER))
            answers = [await holds.lift(TENANT, person, record=a_record()) for _ in range(2)]
            assert answers == [lifted, False]
            assert not await holds.held(TENANT, person)
        assert len([row async for row in stage.evidence.all(TENANT)]) == 1
        assert not [row async for row in stage.evidence.all(OTHER)]

    async def test_a_line_is_warned_of_until_then(self, stage: Stage) -> None:
        warnings = SqlLineWarnings(stage.database)
        await warnings.warn(TENANT, b"line", until=now() - timedelta(seconds=1))
        assert not await warnings.warned(TENANT, b"line")
        await warnings.warn(TENANT, b"line", until=now() + timedelta(hours=24))
        assert await warnings.warned(TENANT, b"line")
        assert not await warnings.warned(OTHER, b"line")
