"""`kazasu holders enroll|check|approve|link` at a terminal, while the customer taps elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import operator_console
from door_frame.page import Texts
from identity.contract_holders.approving import Approving
from identity.contract_holders.model import Holder
from identity.contract_holders.service import ContractHolders
from identity.contract_holders.waiting import mark_of
from identity.evidence_archive.recording import Recorder
from identity.pairing.model import DeskKind, PersonId
from identity.pairing.outcomes import Hint
from identity.pairing.verbs.afterwards.lifting import Lifting
from identity.verification.model import RevocationStatus
from kazasu.cli.holders.desk import HoldersDesk, Place
from kazasu.cli.terminal import NoTerminal
from stand_ins.jpki.names import Purpose
from tests.identity.contract_holders.memory_enrolments import MemoryEnrolments, MemoryStaff
from tests.identity.pairing.desk_world import claimed, tapped
from tests.identity.pairing.world import CARD, LINE, STRANGER_CARD, TENANT, World
from tests.identity.verification.sources import Answering

PASSWORD = "a good password"
HANAKO = Holder(
    tenant=TENANT.id,
    contract_ref="K-1",
    display_name="風道 花子",
    phones=(LINE,),
    birth_date="1956-04-12",
    address="霞県風道市港町1-2-3",
)
TEXTS = Texts(Path(str(operator_console.__file__)).parent / "texts")
MOVED = replace(HANAKO, address="茜県星岡市1")


def text(key: str) -> str:
    """As the console says it."""
    return TEXTS.text("en", key)


DIFFERS = f"  {text('desk.attribute.address')}: {text('desk.finding.different')}"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


class Sitter:
    """Types these logins, one after the other, and then nothing."""

    def __init__(self, *logins: str, password: str = PASSWORD) -> None:
        self._logins = list(logins)
        self._password = password
        self.said: list[str] = []

    def visible(self, question: str) -> str:
        return self._logins.pop(0) if self._logins else ""

    def unseen(self, question: str) -> str:
        return self._password

    def say(self, line: str) -> None:
        self.said.extend(line.splitlines())

    @property
    def code(self) -> str:
        """As it is read off the screen."""
        (shown,) = [line for line in self.said if line.startswith("    ")]
        return shown.replace(" ", "")


class Office:
    def __init__(self, contract: Holder = HANAKO) -> None:
        self.world = World()
        self.world.holders.rows[TENANT.id, contract.contract_ref] = contract
        self.enrolments = MemoryEnrolments(self.world.holders, self.world.linkage)
        self.staff = MemoryStaff("sato", "suzuki")
        self.approving = Approving(
            self.world.holders,
            ContractHolders(self.world.holders, self.world.linkage, bytes),
            self.enrolments,
            Answering(),
            self.staff,
            Recorder(bytes),
        )

    def desk(
        self, sitter: Sitter, pause: Callable[[], Awaitable[None]] | None = None
    ) -> HoldersDesk:
        async def nobody() -> None:
            self.world.clock.pass_by(minutes=1)

        async def sign_in(login: str, password: str) -> bool:
            return login in ("sato", "suzuki") and password == PASSWORD

        place = Place(
            tenant=TENANT,
            origin="https://kazasu.example",
            now=self.world.clock,
            pause=pause or nobody,
        )
        lifting = Lifting(self.world.card_holds, self.staff, Recorder(bytes))
        return HoldersDesk(place, self.world.at_desk, self.approving, lifting, sign_in, sitter)

    def customer(
        self, sitter: Sitter, kind: DeskKind, *, purpose: Purpose = "sign", serial: int = CARD
    ) -> Callable[[], Awaitable[None]]:
        """Types the code at the first look of the desk, and taps at the next."""
        steps = iter(("code", "card"))
        claim: Any = None

        async def pause() -> None:
            nonlocal claim
            if next(steps) == "code":
                claim = await claimed(self.world, sitter.code)
                return
            told = await self.world.claiming.progress(
                self.world.app(), claim.view.pairing, Hint.AWAITING_CARD
            )
            await tapped(self.world, told, kind, purpose=purpose, serial=serial)  # type: ignore[arg-type]  # a view
            self.enrolments.waits |= {wait.id: wait for wait in self.world.waits}

        return pause

    async def enroll(self, *logins: str, serial: int = CARD) -> tuple[bool, list[str]]:
        sitter = Sitter(*logins)
        desk = self.desk(sitter, self.customer(sitter, DeskKind.ENROLMENT, serial=serial))
        return await desk.enroll(contract="K-1", phone=""), sitter.said

    @property
    def person(self) -> str:
        return self.world.holders.rows[TENANT.id, "K-1"].person


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


async def test_a_further_contract_by_the_word_of_two() -> None:
    office = Office()
    await office.world.hold(CARD, "p-9", "K-9")
    for logins, done in (((), False), (("sato",), False), (("sato", "suzuki"), True)):
        assert await office.desk(Sitter(*logins)).link("K-1", "p-9") is done
        assert office.person == ("p-9" if done else "")
    for contract, person, last in (
        ("K-1", "p-9", text("desk.outcome.already_enrolled")),
        ("K-none", "p-9", text("problem.nobody")),
        ("K-9", "p-none", text("problem.nobody")),
    ):
        sitter = Sitter("sato", "suzuki")
        await office.desk(sitter).link(contract, person)
        assert sitter.said[-1] == last


async def test_t11_a_held_card_is_let_go_by_the_word_of_two() -> None:
    office = Office(replace(HANAKO, person="p-hanako"))
    world, person = office.world, PersonId("p-hanako")
    await world.hold(CARD, person, "K-1")
    await world.card_holds.hold(TENANT.id, person, until=world.clock.at + timedelta(hours=24))
    for logins, done, last in (
        ((), False, "Stopped."),
        (("sato",), False, "Stopped."),
        (("sato", "sato"), False, "The second person has to be another one."),
        (("sato", "suzuki"), True, "The card is held no more: it proves again."),
        (("sato", "suzuki"), False, "No card of theirs is held."),
    ):
        held = bool(await world.card_holds.held(TENANT.id, person))
        sitter = Sitter(*logins)
        assert await office.desk(sitter).lift(person) is done
        assert sitter.said[-1] == last
        assert bool(await world.card_holds.held(TENANT.id, person)) is (held and not done)
    (record,) = world.card_holds.records
    assert record.header["approved_by"] == "sato, suzuki"


async def test_passwords_are_typed_at_a_terminal() -> None:
    class Pipe(Sitter):
        def unseen(self, question: str) -> str:
            raise NoTerminal

    with pytest.raises(NoTerminal):
        await Office().desk(Pipe("sato")).enroll(contract="K-1", phone="")
