"""A green call from the first ring to the talk, told point by point, so that faults can fall in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from companion_app.card.outcome import TapResult
from companion_app.protocol import HeldPairing
from companion_app.replies import PairingState, Refusal
from kazasu.demo.terminal import heard
from kazasu.demo.terminal.operator import TerminalOperator
from tests.journeys.resilience.house import SPEED, House
from tests.journeys.resilience.parties import people
from tests.journeys.resilience.parties.app import Smartphone, state
from tests.journeys.resilience.parties.desk import Desk
from tests.journeys.resilience.parties.line import Line
from tests.journeys.resilience.waiting import until

IN_THE_IVR: Final = (
    "after arrival",
    "in the menu",
    "after the code was spoken",
    "in the hold",
)
IN_THE_APP: Final = (
    "after the claim",
    "after the choice",
    "just before the proof",
    "right after the proof",
)
AT_THE_DESK: Final = (
    "while queued",
    "while offered",
    "while the operator's phone rings",
    "while talking",
)
POINTS: Final = frozenset(IN_THE_IVR + IN_THE_APP + AT_THE_DESK)
Fault = Callable[[], Awaitable[None]]
Hear = Callable[[httpx2.Response], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Story:
    """`tell()` runs it; what happened stays here for the asserts.

    `keys` are pressed in the menu (see flows/). `checks` is how many the call asks for: a change of
    data asks for a second, by signature. `spoken`: the timeline's length at the last of the codes.
    `fault` falls in at each of the points `at`.
    """

    house: House
    line: Line
    phone: Smartphone
    stranger: Smartphone
    desk: Desk
    sent: "Sent"
    keys: tuple[str, ...] = ("1",)
    checks: int = 1
    at: Sequence[str] = ()
    fault: Fault | None = None
    codes: list[str] = field(default_factory=list, repr=False)
    spoken: int = 0
    pairing: HeldPairing | None = None
    tapped: TapResult | None = field(default=None, repr=False)
    proven: PairingState | None = None
    pop: dict[str, Any] = field(default_factory=dict)

    async def tell(self) -> None:
        """To the talk of operator and caller; the caller has not hung up yet."""
        await self.in_the_ivr()
        await self.in_the_app()
        while len(self.codes) < self.checks:
            await self.hear_a_code()
            await self.in_the_app()
        await self.to_a_person()

    async def in_the_ivr(self) -> None:
        await self.line.answers_at_once(people.OPERATOR_PHONE, yes=False)
        await self.line.dial()
        await self.line.meets("a document", lambda entry: entry["kind"] == "document")
        await self._point("after arrival")
        await self.line.hears("the menu", lambda said: "担当者はゼロ" in said)
        await self._point("in the menu")
        for keys in self.keys:
            await self.line.press(keys)
        await self.hear_a_code()
        await self._point("after the code was spoken")
        await self.line.hears("the hold", lambda said: "米印で" in said)
        await self._point("in the hold")

    async def hear_a_code(self) -> None:
        """The next one; a step-up speaks another."""

        def fresh(said: str) -> str | None:
            code = heard.code(said)
            return None if code in self.codes else code

        self.codes.append(await self.line.hears("a code", fresh))
        self.spoken = len(self.line.entries)

    async def in_the_app(self) -> None:
        """Claim, confirm, choose, tap, prove."""
        claimed, tapped = await self.in_the_app_until_the_proof()
        await self._prove(claimed, tapped)
        await self._point("right after the proof")

    async def in_the_app_until_the_proof(self) -> tuple[HeldPairing, TapResult]:
        claimed = await self.phone.claim(self.codes[-1])
        assert isinstance(claimed, HeldPairing), claimed
        self.pairing = claimed
        await self._point("after the claim", settled=True)
        await self.someone_else_claims()
        state(await claimed.confirm("i_called"))
        choice = await self.phone.choices(claimed)
        item = await self.line.hears(
            "the number", lambda said: heard.item(said, choice.choices), after=self.spoken
        )
        state(await claimed.choose(choice.round, item))
        await self._point("after the choice", settled=True)
        self.tapped = tapped = await self.phone.sign(claimed)
        await self._point("just before the proof", settled=True)
        return claimed, tapped

    async def to_a_person(self) -> None:
        await self.line.meets("the queue", lambda e: e["kind"] == "queue")
        await self._point("while queued", settled=True)
        await self.desk.free()
        offer = await self.desk.offered()
        self.pop = await self.desk.shown(offer["token"])
        await self._point("while offered", settled=True)
        await self.line.at_speed(1.0)  # a telephone rings for 20 s, which is to outlast a restart
        assert await self.desk.console.act("answer", token=offer["token"])
        await self.line.rings(people.OPERATOR_PHONE)
        await self._point("while the operator's phone rings")
        await self.line.pick_up(people.OPERATOR_PHONE)
        await self.line.at_speed(SPEED)
        await self.line.talks_with(people.OPERATOR_PHONE)
        await self._point("while talking")
        call = await self.desk.on_call("talking")
        self.pop = await self.desk.shown(call["token"])

    async def someone_else_claims(self) -> None:
        """Another installation with the same code: never a second winner."""
        answer = await self.stranger.claim(self.codes[-1])
        assert isinstance(answer, Refusal), answer
        assert answer.code == "expired_or_unknown"

    async def _prove(self, claimed: HeldPairing, tapped: TapResult) -> None:
        """The carrier hears nothing of the verdict when the fault is to come before its news."""
        assert not any(e["kind"] == "queue" for e in self.line.entries), "queued without a verdict"
        if "right after the proof" in self.at and self.fault is not None:
            await self.line.next_document()
            self.house.carrier.pause()
        self.proven = state(await claimed.prove(tapped))

    async def _point(self, name: str, *, settled: bool = False) -> None:
        """`settled`: just after the carrier has got a document, so that it asks for none now."""
        assert name in POINTS
        if name in self.at and self.fault is not None:
            if settled:
                await self.line.next_document()
            await self.fault()


class Sent:
    """The paths of the requests that left the smartphones to their last byte."""

    def __init__(self) -> None:
        self._paths: list[str] = []

    async def watch(self, request: httpx2.Request) -> None:
        async def trace(event: str, _: object) -> None:
            if event == "http11.send_request_body.complete":
                self._paths.append(request.url.path)

        request.extensions["trace"] = trace

    async def whole(self, ending: str) -> None:
        async def look() -> bool:
            return any(path.endswith(ending) for path in self._paths)

        await until(f"a request to {ending} has left", look)


@asynccontextmanager
async def story(
    house: House,
    *,
    at: Sequence[str] = (),
    fault: Fault | None = None,
    keys: tuple[str, ...] = ("1",),
    checks: int = 1,
    hear: Hear | None = None,
) -> AsyncIterator[Story]:
    """Everybody in place; the caller hangs up and the operator signs out at the end.

    `hear` gets every HTTP answer to the app and to the console.
    """
    sent, heard_back = Sent(), [hear] if hear else []
    phones: dict[str, list[Any]] = {"request": [sent.watch], "response": [*heard_back]}
    consoles: dict[str, list[Any]] = {"response": [*heard_back]}
    async with (
        httpx2.AsyncClient(trust_env=False, timeout=30.0, event_hooks=phones) as http,
        httpx2.AsyncClient(trust_env=False, timeout=30.0, event_hooks=consoles) as console,
    ):
        operator = TerminalOperator(base=house.base, http=console)
        await operator.sign_in(people.OPERATOR_LOGIN, people.OPERATOR_PASSWORD)
        phone, stranger = Smartphone(http, house), Smartphone(http, house)
        await phone.register()
        await stranger.register()
        token = house.place.carrier_token.read_text(encoding="ascii").strip()
        line = Line(http, f"http://127.0.0.1:{house.carrier.port}", token, speed=SPEED)
        told = Story(
            house=house,
            line=line,
            phone=phone,
            stranger=stranger,
            desk=Desk(operator),
            sent=sent,
            keys=keys,
            checks=checks,
            at=at,
            fault=fault,
        )
        try:
            yield told
        finally:
            await line.at_speed(SPEED)
            if line.sid:
                await line.hang_up()
            await operator.leave()
