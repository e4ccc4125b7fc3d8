"""`kazasu holders enroll|check|approve` at a terminal, while the customer taps elsewhere."""

import asyncio
from dataclasses import replace

import pytest

from identity.contract_holders.model import Holder
from identity.contract_holders.waiting import mark_of
from identity.pairing.model import DeskKind
from identity.pairing.outcomes import Hint
from identity.verification.model import RevocationStatus
from kazasu.cli.terminal import NoTerminal
from stand_ins.jpki.names import Purpose
from tests.identity.pairing.world import CARD, STRANGER_CARD, TENANT, World
from tests.identity.verification.sources import Answering
from tests.kazasu.cli.holders.office import HANAKO, PASSWORD, TEXTS, Office, Sitter, text

MOVED = replace(HANAKO, address="茜県星岡市1")
DIFFERS = f"  {text('desk.attribute.address')}: {text('desk.finding.different')}"


async def test_who_fits_is_enrolled_and_each_step_is_told() -> None:
    office = Office()
    done, said = await office.enroll("sato")
    assert done
    assert office.person.startswith("p-")
    assert said[1] == ""  # the code stands apart
    (where,) = [line for line in said if "kazasu card tap" in line]
    assert where.endswith("kazasu card tap --base-url https://kazasu.example")
    step = text("desk.reason.awaiting_pin")
    agrees = [text(f"desk.finding.{finding}") for finding in ("same_form", "same", "same_form")]
    of = [text(f"desk.attribute.{one}") for one in ("name", "birth_date", "address")]
    ways = [f" ({text('desk.way.space')})", "", f" ({text('desk.way.numbers')}, "]
    compared = said[said.index(step) + 1 :]
    for line, attribute, finding, way in zip(compared[:3], of, agrees, ways, strict=True):
        assert line.startswith(f"  {attribute}: {finding}{way}")
    assert compared[3:-1] == [
        f"K-1 {text('desk.outcome.enrolled')}",
        text("desk.outcome_next.enrolled"),
    ]
    assert said[-1].startswith("evidence: ev_")
    assert not any("花子" in line or "港町" in line for line in said)
    done, said = await office.enroll("sato")
    assert done
    assert f"K-1 {text('desk.outcome.already_enrolled')}" in said


@pytest.mark.parametrize(
    ("logins", "done", "last"),
    [
        (("sato", "suzuki"), True, text("desk.decided.enrolled")),
        (("sato", "sato"), False, text("problem.same_person")),
        (("sato", "stranger"), False, "It waits for a second person: kazasu holders approve"),
        (("sato",), False, "It waits for a second person: kazasu holders approve"),
    ],
)
async def test_what_the_texts_leave_open_is_for_two(
    logins: tuple[str, ...], done: bool, last: str
) -> None:
    office = Office(MOVED)
    answer, said = await office.enroll(*logins)
    assert answer is done
    assert DIFFERS in said
    assert last in said[-1]
    assert bool(office.person) is done
    assert bool(office.enrolments.waits) is not done


async def test_the_second_comes_later() -> None:
    office = Office(MOVED)
    await office.enroll("sato")
    (wait,) = office.enrolments.waits
    for logins, done in (((), False), (("sato",), False), (("suzuki",), True)):
        sitter = Sitter(*logins)
        assert await office.desk(sitter).approve(wait) is done
        assert wait in sitter.said[0]
        assert "begun by sato" in sitter.said[0]
        assert DIFFERS in sitter.said
    assert office.person.startswith("p-")
    sitter = Sitter("suzuki")
    assert not await office.desk(sitter).approve(wait)
    assert sitter.said == [text("problem.not_waiting")]


async def test_one_is_declined() -> None:
    office = Office(MOVED)
    await office.enroll("sato")
    (wait,) = office.enrolments.waits
    sitter = Sitter("sato")
    assert await office.desk(sitter).decline(wait)
    assert sitter.said[-1] == text("desk.decided.declined")
    assert (office.person, office.enrolments.waits) == ("", {})
    assert not await office.desk(Sitter("sato")).decline(wait)


async def test_another_card_for_a_contract_that_has_a_person() -> None:
    held = replace(HANAKO, person="p-hanako")
    office = Office(held)
    _, said = await office.enroll("sato")
    (wait,) = office.enrolments.waits.values()
    assert wait.contract_mark == mark_of(held)
    sitter = Sitter()
    await office.desk(sitter).approve(wait.id)
    assert text("desk.other_card") in sitter.said
    assert f"K-1 {text('desk.outcome.needs_approval')}" in said


@pytest.mark.parametrize(
    ("contract", "outcome"),
    [
        (replace(HANAKO, display_name="高浜 健"), "wrong_holder"),
        (replace(HANAKO, display_name="〓〓", birth_date=""), "nothing_to_compare"),
    ],
)
async def test_who_is_not_enrolled(contract: Holder, outcome: str) -> None:
    office = Office(contract)
    done, lines = await office.enroll("sato", "suzuki")
    assert not done
    assert f"K-1 {text(f'desk.outcome.{outcome}')}" in lines
    assert (office.person, office.enrolments.waits) == ("", {})


@pytest.mark.parametrize(
    ("logins", "password", "last"),
    [
        ((), PASSWORD, "Stopped."),
        (("sato",), "guessed", "Wrong login or password, or not an operator."),
        (("stranger",), PASSWORD, "Wrong login or password, or not an operator."),
    ],
)
async def test_nobody_begins_without_signing_in(
    logins: tuple[str, ...], password: str, last: str
) -> None:
    office = Office()
    for one in ("enroll", "check"):
        sitter = Sitter(*logins, password=password)
        desk = office.desk(sitter)
        if one == "enroll":
            assert not await desk.enroll(contract="K-1", phone="")
        else:
            assert not await desk.check(contract="", phone="", sign=False, purpose="")
        assert sitter.said == [last]
    assert not office.world.pairings.rows


async def test_a_contract_that_is_not_there_is_told_at_once() -> None:
    sitter = Sitter("sato")
    assert not await Office().desk(sitter).enroll(contract="K-none", phone="")
    assert sitter.said == [text("problem.no_such_contract")]


@pytest.mark.parametrize(
    ("serial", "contract", "done", "badge"),
    [
        (CARD, "K-1", True, "amber"),
        (CARD, "", True, "amber"),
        (STRANGER_CARD, "K-1", False, "grey"),
    ],
)
async def test_a_business_check(serial: int, contract: str, done: bool, badge: str) -> None:
    office = Office(replace(HANAKO, person="p-hanako"))
    await office.world.hold(CARD, "p-hanako", "K-1")
    await office.world.hold(STRANGER_CARD, "p-taro", "K-7")
    sitter = Sitter("sato")
    pause = office.customer(sitter, DeskKind.BUSINESS, purpose="auth", serial=serial)
    answer = await office.desk(sitter, pause).check(
        contract=contract, phone="", sign=False, purpose="address"
    )
    assert answer is done
    assert [line for line in sitter.said if line.startswith(text(f"badge.{badge}"))], sitter.said
    assert (f"{text('desk.contract')}: K-1" in sitter.said) is done
    assert not any("K-7" in line or "花子" in line for line in sitter.said)
    assert any(line.startswith("revocation: ") for line in sitter.said)


@pytest.mark.parametrize(
    ("sign", "locale", "told"),
    [
        (False, "C.UTF-8", TEXTS.text("en", "desk.level.id_card_auth")),
        (True, "ja_JP.UTF-8", TEXTS.text("ja", "desk.level.id_card_sign")),
    ],
)
async def test_of_a_revoked_card_the_certificate_is_told_and_no_level(
    monkeypatch: pytest.MonkeyPatch, sign: bool, locale: str, told: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    office = Office()
    office.world = World(revocation=Answering(RevocationStatus.REVOKED))
    sitter = Sitter("sato")
    purpose: Purpose = "sign" if sign else "auth"
    pause = office.customer(sitter, DeskKind.BUSINESS, purpose=purpose)
    assert not await office.desk(sitter, pause).check(contract="", phone="", sign=sign, purpose="")
    language = "ja" if locale.startswith("ja") else "en"
    assert TEXTS.text(language, "level.id_none") not in sitter.said
    assert f"{TEXTS.text(language, 'desk.certificate')}: {told}" in sitter.said
    assert any(line.startswith(("revocation: ", "失効の確認: ")) for line in sitter.said), (
        sitter.said
    )


async def test_a_check_that_nobody_ends_is_told_as_that() -> None:
    sitter = Sitter("sato")
    office = Office()
    assert not await office.desk(sitter).enroll(contract="K-1", phone="")
    assert sitter.said[-1].endswith("Does the service run?")


async def test_who_leaves_ends_the_check() -> None:
    """Ctrl-C: the customer is not left tapping for nobody."""
    office, sitter = Office(), Sitter("sato")

    async def leaves() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await office.desk(sitter, leaves).enroll(contract="K-1", phone="")
    (view,) = await office.world.at_desk.begun_by(TENANT.id, "sato")
    assert view.hint is Hint.BY_OPERATOR


async def test_passwords_are_typed_at_a_terminal() -> None:
    class Pipe(Sitter):
        def unseen(self, question: str) -> str:
            raise NoTerminal

    with pytest.raises(NoTerminal):
        await Office().desk(Pipe("sato")).enroll(contract="K-1", phone="")
