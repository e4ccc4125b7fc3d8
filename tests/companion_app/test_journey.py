"""The whole journey in Python: the real door, the real verbs, software cards."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from companion_app.card.apdu import Transmit
from companion_app.card.outcome import CardTrouble
from companion_app.card.secret import CardKey
from companion_app.journey import Ending, Journey, NotACode, WhoCalled
from companion_app.replies import CallShown, ChoiceOfThree, DeskShown, PairingState, Refusal
from companion_app.statement import CheckedStatement
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.outcomes import Hint
from identity.pairing.views import PairingView
from tests.companion_app_api.stage import ORIGIN, Reader, Stage, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


@dataclass(kw_only=True)
class Person:
    """A holder with answers made up beforehand; None is `I stop here`."""

    stage: Stage
    call: PairingView
    reader: Reader
    secrets: list[str]
    who: WhoCalled | None = "i_called"
    wrong_picks: int = 0
    declines: bool = True
    there: bool = True
    troubles: list[CardTrouble | None] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    async def who_called(self, call: CallShown) -> WhoCalled | None:
        assert call.business_number == "03-1234-5678"
        return self.who

    async def is_at(self, desk: DeskShown) -> bool:
        assert desk.business_number == "03-1234-5678"
        return self.there

    async def really_decline(self, call: CallShown) -> bool:
        if not self.declines:
            self.who = "i_called"
        return self.declines

    async def pick(self, choice: ChoiceOfThree) -> str | None:
        item = await self.stage.item(self.call)
        if self.wrong_picks > 0:
            self.wrong_picks -= 1
            return next(number for number in choice.choices if number != item)
        return item

    async def secret(
        self, statement: CheckedStatement, key: CardKey, trouble: CardTrouble | None
    ) -> Callable[[], str] | None:
        self.shown.append(statement.shown)
        self.troubles.append(trouble)
        if not self.secrets:
            return None
        typed = self.secrets.pop(0)
        return lambda: typed

    async def card(self) -> Transmit | None:
        return self.reader.again()


async def _walk(stage: Stage, person: Person, *, call_state: str = "unknown") -> Ending:
    async with stage.http() as http:
        client, installed = await stage.installed(http)
        journey = Journey(installed, person, origin=ORIGIN, installation=client.installation)
        return await journey.run(person.call.code, call_state=call_state)


async def _person(
    stage: Stage, card: str = "valid", *secrets: str, level: str = "id_card_auth"
) -> Person:
    call = await stage.a_call(require=IdentityLevel[level.upper()])
    return Person(stage=stage, call=call, reader=Reader(card), secrets=list(secrets or ("1234",)))


async def test_a_good_card_is_green(stage: Stage) -> None:
    person = await _person(stage)
    end = await _walk(stage, person)
    assert isinstance(end, PairingState)
    assert (end.status, end.hint) == ("complete", "verified")
    assert person.shown == [
        "カザス保険(03-1234-5678)に、あなたがかけた電話で、本人確認をします。"
        "契約や送金への同意ではありません。"
    ]
    seen = await stage.now(person.call)
    assert (seen.badge, seen.identity, seen.binding) == (
        Badge.GREEN,
        IdentityLevel.ID_CARD_AUTH,
        BindingLevel.BIND_CHOICE,
    )


async def test_a_signature_card_reaches_the_higher_level(stage: Stage) -> None:
    person = await _person(stage, "valid-sign", "kazasu123", level="id_card_sign")
    end = await _walk(stage, person)
    assert isinstance(end, PairingState), end
    assert end.hint == "verified"
    assert (await stage.now(person.call)).identity is IdentityLevel.ID_CARD_SIGN


async def test_a_wrong_pin_is_asked_again_and_the_reason_told(stage: Stage) -> None:
    person = await _person(stage, "wrong-pin-2-left", "1234", "1234")
    end = await _walk(stage, person)
    assert isinstance(end, PairingState)
    assert end.hint == "verified"
    first, second = person.troubles
    assert first is None
    assert second is not None
    assert second.tries_left == 2


@pytest.mark.parametrize(
    ("card", "secrets", "hint"),
    [
        ("no-contract", ["1234"], "verified_no_contract"),
        ("pin-blocked", ["1234"], "pin_blocked"),
        ("valid", ["9999", "9999"], "pin_last_try"),
        ("valid", [], "user_cancelled"),
    ],
)
async def test_endings(stage: Stage, card: str, secrets: list[str], hint: str) -> None:
    person = await _person(stage, card)
    person.secrets = secrets
    end = await _walk(stage, person)
    assert isinstance(end, PairingState)
    assert end.hint == hint
    assert (await stage.now(person.call)).hint is Hint(hint)


async def test_a_card_nobody_trusts_is_a_refusal(stage: Stage) -> None:
    end = await _walk(stage, await _person(stage, "unknown-ca"))
    assert end == Refusal(code="certificate_unsupported", http_status=422)


async def test_one_wrong_pick_is_forgiven_two_are_an_alarm(stage: Stage) -> None:
    forgiven = await _person(stage)
    forgiven.wrong_picks = 1
    end = await _walk(stage, forgiven)
    assert isinstance(end, PairingState)
    assert end.hint == "verified"
    alarmed = await _person(stage)
    alarmed.wrong_picks = 2
    assert await _walk(stage, alarmed) == Refusal(code="wrong_choice", http_status=422)


async def test_a_decline_is_meant_or_taken_back(stage: Stage) -> None:
    meant = await _person(stage)
    meant.who = "no_call"
    assert await _walk(stage, meant) == Refusal(code="user_declined_call", http_status=422)
    assert (await stage.now(meant.call)).badge is Badge.RED
    taken_back = await _person(stage)
    taken_back.who, taken_back.declines = "they_called", False
    end = await _walk(stage, taken_back)
    assert isinstance(end, PairingState)
    assert end.hint == "verified"


async def test_an_incoming_call_state_stops_it(stage: Stage) -> None:
    end = await _walk(stage, await _person(stage), call_state="incoming")
    assert end == Refusal(code="risk_blocked", http_status=422)


async def test_a_slip_sends_nothing(stage: Stage) -> None:
    person = await _person(stage)
    async with stage.http() as http:
        client, installed = await stage.installed(http)
        journey = Journey(installed, person, origin=ORIGIN, installation=client.installation)
        code = person.call.code
        slipped = code[:-1] + str((int(code[-1]) + 1) % 10)
        assert await journey.run(slipped) == NotACode()
    assert (await stage.now(person.call)).hint is Hint.AWAITING_APP


async def test_an_app_built_for_another_origin_does_not_sign(stage: Stage) -> None:
    person = await _person(stage)
    async with stage.http() as http:
        client, installed = await stage.installed(http)
        journey = Journey(
            installed, person, origin="https://other.test", installation=client.installation
        )
        end = await journey.run(person.call.code)
    assert isinstance(end, PairingState)
    assert end.hint == "app_unsupported"
    assert person.reader.sent == []
