"""The caller's app in the terminal: one check after another, each way in its own manner."""

from collections.abc import Awaitable, Callable
from typing import Final

import httpx2

from companion_app.card.http_card import CardAddress
from companion_app.journey import Ending, Journey
from companion_app.link import token_of
from companion_app.protocol import Installed
from companion_app.replies import BusinessShown, PurposeShown, Refusal
from companion_app.service_client import App, ServiceClient
from kazasu.demo import place as places
from kazasu.demo.terminal import heard
from kazasu.demo.terminal.around import Around
from kazasu.demo.terminal.handset import TerminalHandset
from kazasu.demo.terminal.person import Ears, Person
from kazasu.demo.terminal.words import words

_APP_VERSION: Final = "1.0.0"
_JUST_HEARD: Final = 3


class AppSide:
    """`told` hears how each check ended."""

    def __init__(
        self,
        around: Around,
        http: httpx2.AsyncClient,
        card: CardAddress,
        ears: Ears,
        handset: TerminalHandset,
        *,
        told: Callable[[Ending], None],
    ) -> None:
        client = ServiceClient(
            http, origin=around.base, key=around.device_key, app=App(version=_APP_VERSION)
        )
        self._installed = Installed(client)
        self._person = Person(ears, http, card, say=around.say, tap=around.tap)
        self._journey = Journey(
            self._installed, self._person, origin=around.base, installation=client.installation
        )
        self._around = around
        self._ears = ears
        self._handset = handset
        self._told = told

    async def use(self, mode: str) -> None:
        """Until the call is over; before a call, until the check has ended."""
        await self._installed.register()
        used: set[str] = set()
        match mode:
            case "app_dial":
                await self._before_the_call(self._journey.dial)
                return
            case "keyed_code":
                await self._before_the_call(self._journey.key_in)
                used = set(self._codes()[:1])  # the one of the way before it
            case "sms_link":
                used = await self._by_link()
        await self._by_codes(used)

    async def _by_codes(self, used: set[str]) -> None:
        """A change asks for a second check, and each check speaks a code of its own."""

        def new_code(said: str) -> str | None:
            code = heard.code(said)
            return None if code in used else code

        while True:
            code = await self._ears.until(new_code, back=_JUST_HEARD)
            used.add(code)
            await self._check(self._journey.run(code))

    def _codes(self) -> list[str]:
        """Those that were spoken until now, for checks that went another way."""
        return [code for said in self._ears.captions if (code := heard.code(said)) is not None]

    async def _by_link(self) -> set[str]:
        """The next message brings a link: one for each call. The codes spoken before it came."""
        before = {message["sid"] for message in await self._handset.messages()}
        while True:
            for message in await self._handset.messages():
                link = next(filter(self._is_ours, message["body"].split()), None)
                if message["sid"] not in before and link is not None:
                    used = set(self._codes())
                    body = message["body"].replace("\n", " ")
                    self._around.say(words("message", sender=message["from"], body=body))
                    await self._check(self._journey.follow(link))
                    return used
            await self._ears.more()

    def _is_ours(self, word: str) -> bool:
        return token_of(word, origin=self._around.base) is not None

    async def _before_the_call(
        self, begin: Callable[[BusinessShown, PurposeShown, TerminalHandset], Awaitable[Ending]]
    ) -> None:
        offered = await self._installed.businesses()
        ours = [
            (business, business.purposes[0])
            for business in ([] if isinstance(offered, Refusal) else offered)
            if business.dialled == places.DIALLED and business.purposes
        ]
        if not ours:
            self._around.say(words("no_business"))
            return
        business, purpose = ours[0]
        self._around.say(words("asks", business=business.name, words=purpose.words))
        await self._check(begin(business, purpose, self._handset))

    async def _check(self, journey: Awaitable[Ending]) -> None:
        try:
            self._told(await journey)
        finally:
            await self._person.put_away()
