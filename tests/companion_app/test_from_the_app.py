"""The reference app begins the call itself, follows a link, and shows a code to key."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from companion_app.card.apdu import Transmit
from companion_app.card.outcome import CardTrouble
from companion_app.card.secret import CardKey
from companion_app.handset import DialString, OwnCall, dial_string
from companion_app.journey import Ending, Journey, NotACode, WhoCalled
from companion_app.link import token_of
from companion_app.protocol import Installed
from companion_app.replies import (
    BusinessShown,
    CallShown,
    ChoiceOfThree,
    DeskShown,
    PairingState,
    PurposeShown,
    Refusal,
)
from companion_app.statement import CheckedStatement
from identity.pairing.levels import Badge, BindingLevel
from identity.pairing.model import Mode
from identity.pairing.outcomes import Hint
from identity.pairing.views import PairingView
from tests.companion_app_api.stage import DIALLED, ORIGIN, Reader, Stage, a_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


@dataclass(kw_only=True)
class Person:
    """Holder and handset in one: the call that is placed really arrives at the stage."""

    stage: Stage
    reader: Reader
    places: bool = True
    call_state: str = "outgoing"
    knows_calls: bool = True
    others: bool = False
    met: PairingView | None = None
    shown: list[str] = field(default_factory=list)

    async def who_called(self, call: CallShown) -> WhoCalled | None:
        self.shown.append(call.business_name)
        return "i_called"

    async def is_at(self, desk: DeskShown) -> bool:
        raise AssertionError("nothing here leads to a desk")

    async def really_decline(self, call: CallShown) -> bool:
        return True

    async def pick(self, choice: ChoiceOfThree) -> str | None:
        assert self.met is not None
        return await self.stage.item(self.met)

    async def secret(
        self, statement: CheckedStatement, key: CardKey, trouble: CardTrouble | None
    ) -> Callable[[], str] | None:
        self.shown.append(f"{statement.type} {statement.fields['mode']}")
        return lambda: "1234"

    async def card(self) -> Transmit | None:
        return self.reader.again()

    async def place(self, dial: DialString) -> bool:
        if self.places:
            assert dial.number == DIALLED
            await self._arrive(dial.post_dial.lstrip(","), Mode.APP_DIAL)
        return self.places

    async def own_call(self) -> OwnCall | None:
        now = time.monotonic()
        own = OwnCall(call_state=self.call_state, begun=now, connected=now, other_calls=self.others)
        return own if self.knows_calls else None

    async def key_in(self, code: str) -> None:
        await self._arrive(code, Mode.KEYED_CODE)

    async def _arrive(self, digits: str, mode: Mode) -> None:
        met = await self.stage.arrives(digits, mode=mode)
        assert isinstance(met, PairingView), met
        self.met = met


async def _business(installed: Installed) -> tuple[BusinessShown, PurposeShown]:
    offered = await installed.businesses()
    assert isinstance(offered, list)
    return offered[0], offered[0].purposes[0]


async def _dial(stage: Stage, person: Person, *, keyed: bool = False) -> Ending:
    async with stage.http() as http:
        client, installed = await stage.installed(http)
        journey = Journey(installed, person, origin=ORIGIN, installation=client.installation)
        begin = journey.key_in if keyed else journey.dial
        return await begin(*await _business(installed), person)


async def _seen(person: Person) -> PairingView:
    assert person.met is not None
    return await person.stage.now(person.met)


async def test_tap_first_then_call_is_bound_to_the_device(stage: Stage) -> None:
    person = Person(stage=stage, reader=Reader("valid"))
    end = await _dial(stage, person)
    assert isinstance(end, PairingState)
    assert (end.status, end.hint) == ("complete", "verified")
    seen = await _seen(person)
    assert (seen.binding, seen.badge) == (BindingLevel.BIND_DEVICE, Badge.GREEN)
    assert person.shown == ["dial app_dial"]


async def test_another_call_beside_it_is_asked_for_the_spoken_number(stage: Stage) -> None:
    person = Person(stage=stage, reader=Reader("valid"), others=True)
    end = await _dial(stage, person)
    assert isinstance(end, PairingState)
    assert end.hint == "verified"
    assert (await _seen(person)).binding is BindingLevel.BIND_CHOICE


async def test_an_incoming_call_ends_with_an_alarm(stage: Stage) -> None:
    person = Person(stage=stage, reader=Reader("valid"), call_state="incoming")
    assert await _dial(stage, person) == Refusal(code="risk_blocked", http_status=422)
    assert (await _seen(person)).badge is Badge.RED


async def test_a_refused_card_places_no_call(stage: Stage) -> None:
    person = Person(stage=stage, reader=Reader("unknown-ca"))
    end = await _dial(stage, person)
    assert end == Refusal(code="certificate_unsupported", http_status=422)
    assert person.met is None


async def test_who_does_not_want_to_call_has_cancelled(stage: Stage) -> None:
    end = await _dial(stage, Person(stage=stage, reader=Reader("valid"), places=False))
    assert isinstance(end, PairingState)
    assert end.hint == "user_cancelled"


async def test_a_code_to_key_reaches_no_more_than_a_code(stage: Stage) -> None:
    person = Person(stage=stage, reader=Reader("valid"))
    end = await _dial(stage, person, keyed=True)
    assert isinstance(end, PairingState)
    assert end.hint == "verified"
    assert person.shown == ["カザス保険", "call keyed_code"]
    assert (await _seen(person)).binding is BindingLevel.BIND_CODE


async def test_the_link_of_a_message_leads_to_the_call(stage: Stage) -> None:
    call = await stage.a_call(mode=Mode.SMS_LINK)
    person = Person(stage=stage, reader=Reader("valid"), met=call)
    async with stage.http() as http:
        client, installed = await stage.installed(http)
        journey = Journey(installed, person, origin=ORIGIN, installation=client.installation)
        assert await journey.follow(f"https://else.where/l#{call.link}") == NotACode()
        end = await journey.follow(f"{ORIGIN}/l#{call.link}")
    assert isinstance(end, PairingState)
    assert end.hint == "verified"
    seen = await stage.now(call)
    assert (seen.hint, seen.binding) == (Hint.VERIFIED, BindingLevel.BIND_CHOICE)
    assert person.shown == ["カザス保険", "call sms_link"]


TOKEN = "A" * 43


@pytest.mark.parametrize(
    "link",
    [
        f"https://id.kazasu.test.evil.test/l#{TOKEN}",
        f"http://id.kazasu.test/l#{TOKEN}",
        f"https://user@id.kazasu.test/l#{TOKEN}",
        f"https://id.kazasu.test/login#{TOKEN}",
        f"https://id.kazasu.test/l?token={TOKEN}#{TOKEN}",
        f"https://id.kazasu.test/l?{TOKEN}",
        "https://id.kazasu.test/l#short",
        "https://id.kazasu.test/l",
        "",
    ],
)
def test_other_links_have_no_token(link: str) -> None:
    assert token_of(link, origin=ORIGIN) is None


def test_our_link_has_one() -> None:
    assert token_of(f"{ORIGIN}/l#{TOKEN}", origin=ORIGIN) == TOKEN


@pytest.mark.parametrize(
    ("tel", "dial"),
    [
        (
            "tel:+81312345678,,4721963850",
            DialString(number="+81312345678", post_dial=",,4721963850"),
        ),
        ("tel:+81312345678", DialString(number="+81312345678", post_dial="")),
        ("tel:0312345678,,4721963850", None),
        ("tel:+81312345678,,47219638501", None),
        ("tel:+81312345678;phone-context=evil", None),
        ("sms:+81312345678", None),
        ("javascript:alert(1)", None),
    ],
)
def test_only_a_number_with_a_ticket_is_dialled(tel: str, dial: DialString | None) -> None:
    assert dial_string(tel) == dial
