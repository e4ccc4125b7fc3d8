"""An enrolment that waits, as the suites put it into a database."""

from datetime import datetime, timedelta

from identity.contract_holders.model import Holder, Tie
from identity.contract_holders.waiting import Wait, mark_of, mark_of_texts
from identity.jpki.anchors import Purpose
from identity.verification.model import LinkageKey
from identity.verification.ports import RevocationSubject
from stores.sql import enrolments
from stores.sql.archive.rows import lock_head
from stores.sql.engines.connection import Connection
from tests.ports.stage import TENANT, Stage, now

SERIAL = 0x5EC0DE5EC0DE5EC0DE5EC0DE
CARD = b"1" * 32


def a_holder(contract: str, person: str = "", name: str = "花子") -> Holder:
    return Holder(
        tenant=TENANT,
        contract_ref=contract,
        display_name=name,
        phones=(),
        person=person,
        birth_date="1956-04-12",
        address="霞県風道市港町1",
        former_addresses=("茜県",),
    )


def a_tie(of: Holder, person: str, card: bytes = CARD) -> Tie:
    return Tie(
        card_hash=card,
        contract_ref=of.contract_ref,
        person=person,
        contract_mark=mark_of_texts(of),
    )


def a_wait(
    of: Holder,
    *,
    pairing: str = "w-1",
    card: bytes = CARD,
    person: str = "p-1",
    at: datetime | None = None,
    lives: timedelta = timedelta(days=7),
) -> Wait:
    begun = at or now()
    return Wait(
        id=pairing,
        contract=of.contract_ref,
        card_hash=card,
        person=person,
        other_card=bool(of.person),
        compared={"name": "untold (place 2)", "birth_date": "same", "address": "same"},
        contract_mark=mark_of(of),
        certificate=RevocationSubject(
            purpose=Purpose.SIGN,
            certificate=LinkageKey(issuer_key_sha256=b"i" * 32, serial=SERIAL),
            distribution_points=frozenset({b"a point", b"another"}),
        ),
        begun_by="sato",
        at=begun,
        until=begun + lives,
    )


async def written(stage: Stage, what: Wait | Tie) -> None:
    """As at the end of a pairing."""

    async def job(connection: Connection) -> None:
        await lock_head(connection, TENANT)
        await enrolments.write(connection, stage.sealer, TENANT, what)

    await stage.database.write(job)
