"""A world in which apps begin: taps before the call, codes to be keyed, the calls they bring."""

from dataclasses import replace
from datetime import timedelta

from identity.jpki.signed_attributes import StatementType
from identity.pairing.model import (
    CallFacts,
    CallRef,
    CallReport,
    CallState,
    Mode,
    Pairing,
    PairingId,
    Tap,
)
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.arriving import ArrivalRequest
from identity.pairing.views import AppView, PairingView
from tests.identity.jpki import synthetic
from tests.identity.pairing.world import CARD, LINE, NUMBER, REQUIRE, World

OWN_CALL = CallReport(
    call_state=CallState.OUTGOING,
    begun_ago=timedelta(seconds=1),
    connected_ago=timedelta(seconds=1),
    other_calls=False,
)
"""Fits, when reported a second after our answer to a call that began after the ticket."""


class AppWorld(World):
    async def begun(
        self,
        app: str = "app-1",
        *,
        purpose: str = "check",
        business: str = NUMBER,
        state: CallState = CallState.NONE,
        mode: Mode = Mode.APP_DIAL,
    ) -> AppView | Refusal:
        return await self.dialling.begin(
            self.app(app), business=business, purpose=purpose, call_state=state, mode=mode
        )

    async def ticketed(self, app: str = "app-1", serial: int = CARD) -> AppView:
        """Tapped and proven: the app has its ticket."""
        view = await self.begun(app)
        assert isinstance(view, AppView), view
        done = await self.tapped(view, app, serial)
        assert isinstance(done, AppView), done
        assert done.ticket
        return done

    async def tapped(
        self, view: AppView, app: str = "app-1", serial: int = CARD
    ) -> AppView | Refusal:
        assert view.statement is not None
        return await self.proving.prove(
            self.app(app), view.pairing, dial_tap(view.statement, serial)
        )

    def arrival(
        self,
        digits: str,
        call: str = "call-1",
        *,
        line: str = LINE,
        dialled: str = NUMBER,
        key: str = "",
        **changes: object,
    ) -> ArrivalRequest:
        made = ArrivalRequest(
            tenant=self.tenant.id,
            call=CallFacts(
                call_ref=CallRef(call), dialled=dialled, line=line, started_at=self.clock.at
            ),
            mode=Mode.APP_DIAL,
            digits=digits,
            require=REQUIRE,
            errand_key=key or f"{call}:1:0",
            purpose="契約内容の確認",
        )
        return replace(made, **changes)  # type: ignore[arg-type]  # fields by name

    async def arrived(self, digits: str, call: str = "call-1", **changes: object) -> PairingView:
        view = await self.arriving.arrive(self.arrival(digits, call, **changes))  # type: ignore[arg-type]  # by name
        assert isinstance(view, PairingView), view
        return view

    async def called(
        self, app: str = "app-1", call: str = "call-1", *, serial: int = CARD, **changes: object
    ) -> PairingView:
        """Tapped, dialled, answered five seconds later, and the ticket has come."""
        ticketed = await self.ticketed(app, serial)
        self.clock.pass_by(seconds=5)
        return await self.arrived(ticketed.ticket, call, **changes)

    async def told(
        self, pairing: PairingId, app: str = "app-1", **changes: object
    ) -> AppView | Refusal:
        """The installation reports its call, a second after our answer."""
        self.clock.pass_by(seconds=1)
        report = replace(OWN_CALL, **changes)  # type: ignore[arg-type]  # fields by name
        return await self.dialling.report(self.app(app), pairing, report)

    async def identified(
        self, app: str = "app-1", call: str = "call-1", serial: int = CARD, line: str = LINE
    ) -> Pairing:
        """The whole way to `bind_device`."""
        view = await self.called(app, call, serial=serial, line=line)
        done = await self.told(view.pairing, app)
        assert isinstance(done, AppView), done
        return self.row(view.pairing)


def dial_tap(statement: bytes, serial: int = CARD) -> Tap:
    certificate = synthetic.leaf("auth", serial=serial)
    signature = synthetic.tap(statement, certificate, StatementType.DIAL)
    return Tap(certificate=certificate, signature=signature)
