"""The app at a desk: the same code field, another question, no choice. Real door, real verbs."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from companion_app.card.apdu import Transmit
from companion_app.card.outcome import CardTrouble
from companion_app.card.secret import CardKey
from companion_app.journey import Ending, Journey, WhoCalled
from companion_app.protocol import Installed
from companion_app.replies import CallShown, ChoiceOfThree, DeskShown, PairingState, Refusal
from companion_app.statement import CheckedStatement, StatementRefused, checked
from identity.pairing.levels import Badge, IdentityLevel
from identity.pairing.model import DeskKind
from identity.pairing.outcomes import Hint
from identity.pairing.verbs.at_desk import Wanted
from identity.pairing.views import DeskView
from tests.companion_app_api.stage import ORIGIN, Reader, Stage, a_stage

BUSINESS = Wanted(kind=DeskKind.BUSINESS, by="tanaka", key="1")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path) as made:
        yield made


@dataclass(kw_only=True)
class Visitor:
    """Whoever stands at the desk, or does not."""

    reader: Reader
    secret_is: str = "1234"
    there: bool = True
    shown: list[str] = field(default_factory=list)
    asked: list[DeskShown] = field(default_factory=list)

    async def who_called(self, call: CallShown) -> WhoCalled | None:
        raise AssertionError("there is no call")

    async def really_decline(self, call: CallShown) -> bool:
        raise AssertionError("there is no call")

    async def is_at(self, desk: DeskShown) -> bool:
        self.asked.append(desk)
        return self.there

    async def pick(self, choice: ChoiceOfThree) -> str | None:
        raise AssertionError("nothing speaks a number")

    async def secret(
        self, statement: CheckedStatement, key: CardKey, trouble: CardTrouble | None
    ) -> Callable[[], str] | None:
        if trouble is not None:
            return None
        self.shown.append(f"{key}: {statement.shown}")
        return lambda: self.secret_is

    async def card(self) -> Transmit | None:
        return self.reader.again()


async def _begun(stage: Stage, wanted: Wanted = BUSINESS) -> DeskView:
    view = await stage.at_desk.begin(stage.tenant.id, wanted)
    assert isinstance(view, DeskView), view
    return view


async def _walk(
    stage: Stage, visitor: Visitor, view: DeskView, *, call_state: str = "unknown"
) -> Ending:
    async with stage.http() as http:
        client, installed = await stage.installed(http)
        journey = Journey(installed, visitor, origin=ORIGIN, installation=client.installation)
        return await journey.run(view.code, call_state=call_state)


async def _seen(stage: Stage, view: DeskView) -> DeskView:
    found = await stage.at_desk.view(stage.tenant.id, view.pairing)
    assert found is not None
    return found


async def test_a_business_check(stage: Stage) -> None:
    view = await _begun(stage)
    visitor = Visitor(reader=Reader("valid"))
    end = await _walk(stage, visitor, view)
    assert isinstance(end, PairingState), end
    assert (end.status, end.hint) == ("complete", "verified")
    (desk,) = visitor.asked
    assert (desk.business_number, desk.kind) == ("03-1234-5678", "business")
    assert visitor.shown == [
        "auth: カザス保険(03-1234-5678)の窓口で、本人確認をします。"
        "契約や送金への同意ではありません。"
    ]
    assert (await _seen(stage, view)).badge is Badge.AMBER


async def test_an_enrolment_asks_for_the_signature_certificate(stage: Stage) -> None:
    wanted = replace(
        BUSINESS,
        kind=DeskKind.ENROLMENT,
        contract="C-valid-sign",
        require=IdentityLevel.ID_CARD_SIGN,
    )
    visitor = Visitor(reader=Reader("valid-sign"), secret_is="KAZASU123")
    view = await _begun(stage, wanted)
    end = await _walk(stage, visitor, view)
    assert isinstance(end, PairingState), end
    assert end.hint == "verified"
    assert visitor.shown == [
        "sign: カザス保険(03-1234-5678)の窓口で、あなたをご契約者として登録します。"
        "契約や送金への同意ではありません。"
    ]
    now = await _seen(stage, view)
    assert now.enrolment is not None
    assert now.enrolment.outcome == "already_enrolled"
    assert now.identity is IdentityLevel.ID_CARD_SIGN


async def test_who_is_not_there_taps_nothing(stage: Stage) -> None:
    """A code that came by message: somebody else stands at the desk."""
    view = await _begun(stage)
    visitor = Visitor(reader=Reader("valid"), there=False)
    end = await _walk(stage, visitor, view)
    assert isinstance(end, PairingState)
    assert end.hint == "user_cancelled"
    assert visitor.shown == []


async def test_not_beside_a_call(stage: Stage) -> None:
    view = await _begun(stage)
    visitor = Visitor(reader=Reader("valid"))
    end = await _walk(stage, visitor, view, call_state="in_call")
    assert isinstance(end, Refusal)
    assert (end.code, end.http_status) == ("in_a_call", 409)
    assert isinstance(await _walk(stage, visitor, view, call_state="none"), PairingState)


async def test_a_wrong_pin_and_no_more(stage: Stage) -> None:
    view = await _begun(stage)
    visitor = Visitor(reader=Reader("valid"), secret_is="9999")
    end = await _walk(stage, visitor, view)
    assert isinstance(end, PairingState)
    assert (await _seen(stage, view)).hint is Hint.USER_CANCELLED


async def _claimed(stage: Stage, installed: Installed) -> PairingState:
    held = await installed.claim((await _begun(stage)).code, call_state="none")
    assert not isinstance(held, Refusal)
    assert held.call is None
    assert held.desk is not None
    return held.now


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ('"mode":"desk"', '"mode":"spoken_code"', "other_mode"),
        ('"type":"business"', '"type":"dial"', "other_mode"),
        ('"type":"business"', '"type":"call"', "other_mode"),
        ('"type":"business"', '"type":"enrolment"', "other_type"),
    ],
)
async def test_what_the_app_does_not_sign(stage: Stage, was: str, becomes: str, code: str) -> None:
    async with stage.http() as http:
        client, installed = await stage.installed(http)
        now = await _claimed(stage, installed)
    assert now.statement is not None

    def agreed(text: str) -> None:
        checked(
            text,
            audience=ORIGIN,
            installation=client.installation,
            agreed={"type": "business", "pairing": now.pairing},
        )

    agreed(now.statement)
    with pytest.raises(StatementRefused) as refused:
        agreed(now.statement.replace(was, becomes))
    assert refused.value.code == code
