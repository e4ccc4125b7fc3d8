"""The caller's smartphone, one step of the protocol at a time."""

import httpx2

from companion_app.card.http_card import CardAddress, inserted, loopback_client
from companion_app.card.outcome import TapResult
from companion_app.card.secret import CardKey
from companion_app.card.tap import tap
from companion_app.device_key import DeviceKey
from companion_app.protocol import HeldPairing, Installed
from companion_app.replies import Answered, ChoiceOfThree, PairingState, Refusal
from companion_app.service_client import ServiceClient
from companion_app.statement import checked
from tests.journeys.resilience.house import House
from tests.journeys.resilience.parties import people
from tests.journeys.resilience.waiting import until

_KEYS: dict[str, CardKey] = {"id_card_auth": "auth", "id_card_sign": "sign"}
_SECRETS: dict[CardKey, str] = {"auth": people.PIN, "sign": people.SIGN_PASSWORD}


class Smartphone:
    """Each has a device key of its own: an installation."""

    def __init__(self, http: httpx2.AsyncClient, house: House) -> None:
        self._house = house
        self._client = ServiceClient(http, origin=house.base, key=DeviceKey.generate())
        self._installed = Installed(self._client)

    async def register(self) -> None:
        assert await self._installed.register() is None

    async def claim(self, code: str) -> "HeldPairing | Refusal":
        return await self._installed.claim(code, call_state="unknown")

    async def choices(self, pairing: HeldPairing) -> ChoiceOfThree:
        async def look() -> ChoiceOfThree | None:
            return state(await pairing.wait(0)).choice

        return await until("the app asks for the number it hears", look)

    async def sign(self, pairing: HeldPairing) -> TapResult:
        """Check the statement as the app does, then one tap of the card."""
        assert pairing.now.statement is not None
        assert pairing.call is not None
        statement = checked(
            pairing.now.statement,
            audience=self._house.base,
            installation=self._client.installation,
            agreed={"pairing": pairing.now.pairing},
        )
        state(await pairing.progress("awaiting_pin"))
        state(await pairing.progress("awaiting_card"))
        key = _KEYS[pairing.call.require]
        address = CardAddress(
            base=f"http://127.0.0.1:{self._house.cards.port}",
            token=self._house.place.card_token.read_text(encoding="utf-8").strip(),
            name=people.CARD,
        )
        async with loopback_client() as http, inserted(http, address) as transmit:
            done = await tap(
                transmit,
                key=key,
                secret=lambda: _SECRETS[key],
                build_message=statement.card_input,
            )
        assert isinstance(done, TapResult)
        return done


def state(answer: Answered) -> PairingState:
    assert isinstance(answer, PairingState), answer
    return answer
