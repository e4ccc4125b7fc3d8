"""Verdicts that live, with the certificate to ask about again; and what is kept of an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from identity.jpki.anchors import Purpose
from identity.pairing.model import CallRef, EvidenceId, Pairing, PersonId, Recheck, Revocation
from identity.pairing.ports import Closed, LiveVerdict, Lost
from identity.tenants.model import TenantId
from identity.verification.model import LinkageKey
from identity.verification.ports import RevocationSubject
from stores.sql.engines.connection import Connection
from stores.sql.pairings.live import SqlLiveVerdicts
from stores.sql.schema.identity_side import live_verdicts
from tests.ports.stage import (
    TENANT,
    Stage,
    a_pairing,
    a_record,
    news_of,
    now,
    verified,
)

SUBJECT = RevocationSubject(
    purpose=Purpose.SIGN,
    certificate=LinkageKey(issuer_key_sha256=bytes(range(32)), serial=(1 << 159) - 1),
    distribution_points=frozenset({b"\x30\x01", b"\x30\x02"}),
)
REVOKED = Revocation(
    status="revoked",
    detail="keyCompromise",
    method="crl",
    source_updated_at=now(),
    checked_at=now(),
)


async def _lived(
    stage: Stage,
    person: str = "person-1",
    call: str = "",
    certificate: RevocationSubject | None = SUBJECT,
) -> Pairing:
    before = await stage.claimed(a_pairing(call=call))
    after = verified(before, person=person)
    answer = await stage.pairings.close(
        before, after, record=a_record(before), news=news_of(after), certificate=certificate
    )
    assert isinstance(answer, Closed)
    return answer.pairing


async def _asked(
    stage: Stage, before: Pairing, revocation: Revocation = REVOKED
) -> Closed | Pairing | Lost:
    record = a_record(before)
    again = Recheck(revocation=revocation, evidence_id=EvidenceId(record.id))
    after = replace(before, recheck=again)
    return await stage.pairings.change(before, after, news=news_of(after), record=record)


def _live(stage: Stage) -> SqlLiveVerdicts:
    return SqlLiveVerdicts(stage.database, stage.sealer)


async def test_what_is_asked_about_again_is_what_was_kept(stage: Stage) -> None:
    done = await _lived(stage)
    assert await _live(stage).of_call(TENANT, done.call_ref) == [
        LiveVerdict(pairing=done.id, person=PersonId("person-1"), certificate=SUBJECT)
    ]
    assert await _live(stage).of_call(TENANT, CallRef("another")) == []
    assert await _live(stage).of_call(TenantId("another"), done.call_ref) == []


async def test_a_second_tap_in_the_call_brings_its_own_certificate(stage: Stage) -> None:
    first = await _lived(stage)
    other = replace(SUBJECT, certificate=replace(SUBJECT.certificate, serial=7))
    second = await _lived(stage, call=first.call_ref, certificate=other)
    assert await _live(stage).of_call(TENANT, first.call_ref) == [
        LiveVerdict(pairing=second.id, person=PersonId("person-1"), certificate=other)
    ]


async def test_pages_go_through_all_persons_once(stage: Stage) -> None:
    made = {f"person-{n}": (await _lived(stage, f"person-{n}")).id for n in (3, 1, 2)}
    seen: dict[str, str] = {}
    person = PersonId("")
    while page := await _live(stage).after(TENANT, person, at_most=2):
        seen |= {one.person: one.pairing for one in page}
        person = page[-1].person
    assert seen == made
    assert list(seen) == sorted(made)


async def test_with_the_call_or_its_time_the_certificate_is_gone(stage: Stage) -> None:
    ended, old = await _lived(stage, "a"), await _lived(stage, "b")
    await stage.pairings.call_over(TENANT, ended.call_ref)

    async def age(connection: Connection) -> None:
        await connection.execute(update(live_verdicts).values(until=now() - timedelta(seconds=1)))

    await stage.database.write(age)
    assert await _live(stage).after(TENANT, PersonId(""), at_most=9) == []
    assert await _live(stage).of_call(TENANT, old.call_ref) == []


@pytest.mark.parametrize("private", [None, b"not sealed by anybody"])
async def test_one_that_cannot_be_asked_about_hides_no_other(
    stage: Stage, private: bytes | None
) -> None:
    await _lived(stage, "a")
    await _lived(stage, "b")

    async def spoil(connection: Connection) -> None:
        first = live_verdicts.c.person_id == "a"
        await connection.execute(update(live_verdicts).where(first).values(private=private))

    await stage.database.write(spoil)
    found = await _live(stage).after(TENANT, PersonId(""), at_most=9)
    assert [(one.person, one.certificate) for one in found] == [("a", None), ("b", SUBJECT)]


async def test_a_seal_is_bound_to_its_pairing(stage: Stage) -> None:
    await _lived(stage, "a")
    other = await _lived(stage, "b")

    async def swap(connection: Connection) -> None:
        await connection.execute(update(live_verdicts).values(pairing_id=other.id))

    await stage.database.write(swap)
    found = await _live(stage).after(TENANT, PersonId(""), at_most=9)
    assert [one.certificate for one in found] == [None, SUBJECT]


async def test_an_answer_is_kept_with_its_row_and_its_news(stage: Stage) -> None:
    done = await _lived(stage)
    told = await stage.outbox.waiting()
    answer = await _asked(stage, done)
    assert isinstance(answer, Closed)
    found = await stage.pairings.by_id(TENANT, done.id)
    assert found == answer.pairing
    assert found is not None
    assert found.revoked_since
    assert replace(found, recheck=None, version=done.version) == done
    rows = await stage.evidence.of_pairing(TENANT, done.id)
    assert rows[1:] == [answer.evidence]
    assert await stage.outbox.waiting() == told + 1
    (live,) = await _live(stage).of_call(TENANT, done.call_ref)
    assert live.said == "revoked"


async def test_who_comes_second_writes_nothing(stage: Stage) -> None:
    done = await _lived(stage)
    assert isinstance(await _asked(stage, done), Closed)
    answer = await _asked(stage, done, replace(REVOKED, detail="superseded"))
    assert isinstance(answer, Lost)
    assert answer.now.recheck is not None
    assert answer.now.recheck.revocation.detail == "keyCompromise"
    assert len(await stage.evidence.of_pairing(TENANT, done.id)) == 2


async def test_doubts_come_and_go_until_it_is_revoked(stage: Stage) -> None:
    done = await _lived(stage)
    for status in ("unknown", "good", "unknown", "revoked"):
        answer = await _asked(stage, done, replace(REVOKED, status=status))
        assert isinstance(answer, Closed)
        done = answer.pairing
    with pytest.raises(ValueError, match="by a recheck"):
        await _asked(stage, done, replace(REVOKED, status="good"))


async def test_nothing_else_of_a_verdict_is_changed_with_it(stage: Stage) -> None:
    done = await _lived(stage)
    again = Recheck(revocation=REVOKED, evidence_id=EvidenceId("x"))
    assert done.verdict is not None
    verdict = replace(done.verdict, revocation=REVOKED)
    for changed in ({"verdict": verdict}, {"purpose": "another"}, {"repudiated_at": now()}):
        after = replace(done, recheck=again, **changed)
        with pytest.raises(ValueError, match=r"by a recheck|never changed"):
            await stage.pairings.change(done, after, news=news_of(after), record=a_record(done))
    before = await stage.claimed()
    with pytest.raises(ValueError, match="afterwards"):
        await _asked(stage, before)
