"""`kazasu holders enroll` at a desk: a card on a real reader, contracts and evidence in SQL."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from companion_app.device_key import DeviceKey
from identity.authorities.linkage_files import LinkageFiles
from identity.contract_holders.at_once import EnrollingAtOnce
from identity.contract_holders.hashes import card_hash, phone_hash
from identity.contract_holders.model import Holder, Person
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.model import Kind
from identity.evidence_archive.recording import Recorder
from identity.verification.model import LinkageKey, RevocationStatus
from identity.verification.service import CardVerifier
from kazasu.cli.cards.desk import AtTheDesk
from kazasu.cli.holders.desk import Business, EnrolmentDesk
from stand_ins.card.card_file import CardFile, read_card
from stand_ins.jpki.card_file import read_card as read_issued
from stores.sql.archive.rows import SqlEvidenceRows
from stores.sql.database import Database
from stores.sql.enrolments import SqlEnrolments
from stores.sql.holders import SqlHolders, SqlLinkage
from stores.sql.sealing import Sealer
from tests.companion_app_api.stage import LINE, ORIGIN, a_tenant, empty_database, issued
from tests.identity.jpki.synthetic import anchors_of
from tests.identity.verification.sources import Answering, NeverApart
from tests.pcsc import VirtualReader

TENANT = a_tenant(bytes(32))
HANAKO = {"birth_date": "1956-04-12", "address": "霞県風道市港町1-2-3"}
KEN = {"birth_date": "1990-02-28", "address": "霞県風道市浜通り7-15-12-405"}


def a_holder(ref: str, name: str, person: str = "", **facts: str) -> Holder:
    return Holder(
        tenant=TENANT.id,
        contract_ref=ref,
        display_name=name,
        phones=(LINE,),
        person=person,
        **facts,  # type: ignore[arg-type]  # texts only
    )


CONTRACTS = (
    a_holder("K-hanako", "風道 花子", **HANAKO),
    a_holder("K-ken", "高浜 健", **KEN),
    a_holder("K-saburo", "波多野 三郎", "p-saburo", birth_date="1955-01-31", address="霞県"),
)


class Desk:
    """Types what it was given; hears what is said."""

    def __init__(self, *logins: str) -> None:
        self._logins = list(logins)
        self._of_the_card = "KAZASU123"
        self.said: list[str] = []

    def visible(self, question: str) -> str:
        return self._logins.pop(0) if self._logins else ""

    def unseen(self, question: str) -> str:
        ours = any(login in question for login in ("sato", "suzuki", "designer"))
        return "a good password" if ours else self._of_the_card

    def say(self, line: str) -> None:
        self.said.append(line)


@dataclass(kw_only=True)
class Office:
    reader: VirtualReader
    database: Database
    holders: SqlHolders
    evidence: SqlEvidenceRows
    persons: ContractHolders

    async def enrol(self, card: str, contract: str, *logins: str) -> tuple[bool, list[str]]:
        desk = Desk(*logins)
        with self.reader.holding(card_of(card)):
            done = await self.at(desk).by_contract(contract)
        return done, desk.said

    def at(self, desk: Desk) -> EnrolmentDesk:
        async def sign_in(login: str, password: str) -> bool:
            return login in ("sato", "suzuki") and password == "a good password"

        recorder = Recorder(os.urandom)
        return EnrolmentDesk(
            Business(tenant=TENANT, origin=ORIGIN, key=DeviceKey.generate(), now=now),
            CardVerifier(anchors_of(issued()), Answering(RevocationStatus.GOOD), NeverApart()),
            EnrollingAtOnce(
                self.holders,
                self.persons,
                SqlEnrolments(self.database, Sealer(lambda _: TENANT.keys.content)),
                self.evidence,
                recorder,
            ),
            sign_in,
            desk,
            AtTheDesk(desk, name="", seconds=60),
        )

    async def outcomes(self) -> list[str]:
        rows = [row.record async for row in self.evidence.all(TENANT.id)]
        assert {record.kind for record in rows} <= {Kind.ENROLMENT}
        return [record.header["outcome"] for record in rows]

    async def person(self, contract: str) -> str:
        found = await self.holders.by_contract(TENANT.id, contract)
        assert found is not None
        return found.person


def now() -> datetime:
    return datetime.now(UTC)


def card_of(name: str) -> CardFile:
    return read_card(issued().folder / "cards" / f"{name}.json")


def keys_of(name: str) -> list[LinkageKey]:
    """Of the authentication and the signature certificate."""
    return [
        LinkageKey(issuer_key_sha256=one.issuer_key_sha256, serial=one.serial)
        for one in read_issued(issued().folder / "cards" / f"{name}.json").linkables()
    ]


@pytest.fixture
async def office(reader: VirtualReader, tmp_path: Path) -> AsyncIterator[Office]:
    file, feed = tmp_path / "kazasu.sqlite", tmp_path / "linkage"
    shutil.copyfile(empty_database(), file)
    feed.mkdir()
    lines = [
        ",".join(f"{key.issuer_key_sha256.hex()},{key.serial:x}" for key in keys_of(name))
        for name in ("valid", "valid-sign")
    ]
    (feed / "cards.csv").write_text(
        "issuer,serial,other_issuer,other_serial\n" + "\n".join(lines) + "\n"
    )
    database = Database(f"sqlite:///{file}")
    sealer = Sealer(lambda _: TENANT.keys.content)
    holders = SqlHolders(database, sealer, hash_phone=lambda _, line: phone_hash(TENANT, line))
    await holders.replace_all(TENANT.id, CONTRACTS)
    try:
        yield Office(
            reader=reader,
            database=database,
            holders=holders,
            evidence=SqlEvidenceRows(database),
            persons=ContractHolders(
                holders, SqlLinkage(database), os.urandom, LinkageFiles(feed, now)
            ),
        )
    finally:
        await database.close()


async def test_who_fits_is_enrolled_and_found_by_the_other_certificate(office: Office) -> None:
    done, said = await office.enrol("valid", "K-hanako", "sato")
    assert done, said
    person = await office.person("K-hanako")
    assert person.startswith("p-")
    assert not any("花子" in line or "港町" in line for line in said)
    linkage = SqlLinkage(office.database)
    auth, sign = (card_hash(TENANT, key) for key in keys_of("valid"))
    assert await linkage.person_of(TENANT.id, sign) == person
    assert await linkage.person_of(TENANT.id, auth) is None  # until it is tapped
    found = await office.persons.person_with(TENANT, keys_of("valid")[0])
    assert found == Person(id=person, enrolled=True)
    assert await linkage.person_of(TENANT.id, auth) == person
    done, _ = await office.enrol("valid", "K-hanako", "sato")
    assert done
    done, _ = await office.enrol("valid", "K-saburo", "sato", "suzuki")
    assert not done
    assert await office.person("K-saburo") == "p-saburo"
    assert await office.outcomes() == ["enrolled", "already_enrolled", "someone_elses_card"]


async def test_what_nobody_can_tell_from_the_texts_is_for_two_people(office: Office) -> None:
    """His name has a character that the code set lacks."""
    for logins, enrolled in (
        (("sato",), False),
        (("sato", "sato"), False),
        (("sato", "designer"), False),
        (("sato", "suzuki"), True),
    ):
        done, said = await office.enrol("valid-sign", "K-ken", *logins)
        assert done is enrolled, said
        assert bool(await office.person("K-ken")) is enrolled
    assert await office.outcomes() == ["needs_approval"] * 4 + ["enrolled"]


@pytest.mark.parametrize(
    ("card", "contract", "logins", "outcomes"),
    [
        ("no-contract", "K-hanako", ["sato", "suzuki"], ["wrong_holder"]),
        ("valid", "K-none", ["sato"], ["nobody"]),
        ("unknown-ca", "K-hanako", ["sato"], ["refused"]),
        ("pin-blocked", "K-hanako", ["sato"], []),
        ("valid", "K-hanako", ["designer"], []),
    ],
)
async def test_who_is_not_enrolled(
    office: Office, card: str, contract: str, logins: list[str], outcomes: list[str]
) -> None:
    done, said = await office.enrol(card, contract, *logins)
    assert not done, said
    assert await office.outcomes() == outcomes
    assert await office.person("K-hanako") == ""


async def test_a_further_contract_is_given_by_two_people(office: Office) -> None:
    for logins, contract, given in (
        (["sato"], "K-hanako", False),
        (["sato", "suzuki"], "K-none", False),
        (["sato", "suzuki"], "K-hanako", True),
    ):
        assert await office.at(Desk(*logins)).give(contract, "p-saburo") is given
    assert await office.person("K-hanako") == "p-saburo"
    assert await office.at(Desk("sato", "suzuki")).give("K-ken", "p-nobody") is False
    assert await office.outcomes() == ["given"]
