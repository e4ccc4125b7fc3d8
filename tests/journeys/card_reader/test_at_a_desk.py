"""An operator's code and a card in a real reader: `kazasu card tap` over real HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from companion_app.device_key import DeviceKey
from identity.evidence_archive.model import Kind
from identity.pairing.levels import Badge, IdentityLevel
from identity.pairing.model import DeskKind
from identity.pairing.outcomes import Hint
from identity.pairing.verbs.at_desk import Wanted
from identity.pairing.views import DeskView
from identity.verification.model import RevocationStatus
from kazasu.cli.cards.at_reader import AtTheReader
from kazasu.cli.cards.tap import check, shown
from tests.companion_app_api.served import bound, origin_of, served
from tests.companion_app_api.stage import Stage, a_stage
from tests.journeys.card_reader.test_commands import Sitter, card_of
from tests.pcsc import VirtualReader


class Counter:
    """A service on loopback, and the reader in front of it."""

    def __init__(self, stage: Stage, base: str) -> None:
        self.stage = stage
        self._base = base

    async def begun(self, contract: str = "", *, enrols: bool = False) -> DeskView:
        wanted = Wanted(
            kind=DeskKind.ENROLMENT if enrols else DeskKind.BUSINESS,
            by="tanaka",
            key="1",
            contract=contract,
            require=IdentityLevel.ID_CARD_SIGN if enrols else IdentityLevel.ID_CARD_AUTH,
        )
        view = await self.stage.at_desk.begin(self.stage.tenant.id, wanted)
        assert isinstance(view, DeskView), view
        return view

    async def tapped(self, reader: VirtualReader, card: str, sitter: Sitter) -> int:
        """The command's exit status."""
        with reader.holding(card_of(card)):
            async with httpx2.AsyncClient(trust_env=False) as http:
                desk = AtTheReader(sitter, name="", seconds=60)
                ending = await check(http, self._base, DeviceKey.generate(), desk, sitter)
        return shown(ending, sitter)

    async def seen(self, view: DeskView) -> DeskView:
        now = await self.stage.at_desk.view(self.stage.tenant.id, view.pairing)
        assert now is not None
        return now

    async def recorded(self, view: DeskView) -> tuple[Kind, dict[str, str]]:
        (row,) = await self.stage.evidence.of_pairing(self.stage.tenant.id, view.pairing)
        return row.record.kind, dict(row.record.header)


@pytest.fixture
async def counter(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Counter]:
    revocation = getattr(request, "param", RevocationStatus.GOOD)
    async with AsyncExitStack() as stack:
        door = bound()
        base = origin_of(door)
        stage = await stack.enter_async_context(
            a_stage(tmp_path, origin=base, revocation=revocation)
        )
        await stack.enter_async_context(served(stage.app, door))
        yield Counter(stage, base)


async def test_a_business_check(reader: VirtualReader, counter: Counter) -> None:
    view = await counter.begun("C-valid")
    sitter = Sitter(view.code, "1234")
    assert await counter.tapped(reader, "valid", sitter) == 0
    assert not any("[1]" in said for said in sitter.said)  # there is no call to ask about
    assert any("の窓口で、本人確認をします。" in said for said in sitter.said)
    now = await counter.seen(view)
    assert (now.hint, now.badge, now.contract) == (Hint.VERIFIED, Badge.AMBER, "C-valid")
    kind, header = await counter.recorded(view)
    assert (kind, header["statement_type"], header["actor"]) == (Kind.VERDICT, "business", "tanaka")


async def test_an_enrolment(reader: VirtualReader, counter: Counter) -> None:
    view = await counter.begun("C-valid-sign", enrols=True)
    assert await counter.tapped(reader, "valid-sign", Sitter(view.code, "kazasu123")) == 0
    now = await counter.seen(view)
    assert now.enrolment is not None
    assert (now.hint, now.enrolment.outcome) == (Hint.VERIFIED, "already_enrolled")
    kind, header = await counter.recorded(view)
    assert (kind, header["outcome"]) == (Kind.ENROLMENT, "already_enrolled")


async def test_somebody_elses_card(reader: VirtualReader, counter: Counter) -> None:
    """Neither screen says whose it was."""
    view = await counter.begun("C-valid-sign")
    sitter = Sitter(view.code, "1234")
    assert await counter.tapped(reader, "valid", sitter) == 1
    assert sitter.said[-1].endswith("(person_mismatch)")
    now = await counter.seen(view)
    assert (now.hint, now.badge) == (Hint.PERSON_MISMATCH, Badge.GREY)
    assert now.verdict is not None
    assert (now.verdict.person, now.verdict.contracts) == (None, ())
    kind, header = await counter.recorded(view)
    assert (kind, header["card_proven"]) == (Kind.REFUSAL, "yes")


@pytest.mark.parametrize("counter", [RevocationStatus.REVOKED], indirect=True)
async def test_a_revoked_card(reader: VirtualReader, counter: Counter) -> None:
    view = await counter.begun()
    sitter = Sitter(view.code, "1234")
    assert await counter.tapped(reader, "valid", sitter) == 1
    assert sitter.said[-1].endswith("(certificate_revoked)")
    assert (await counter.seen(view)).hint is Hint.CERTIFICATE_REVOKED
    _, header = await counter.recorded(view)
    assert (header["revocation"], header["card_proven"]) == ("revoked", "no")
