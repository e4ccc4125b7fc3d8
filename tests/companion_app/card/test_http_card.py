"""The client's adapter against the real rack process."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from companion_app.card.apdu import CardBusy, CardLost
from companion_app.card.http_card import CardAddress, inserted, loopback_client, restore
from companion_app.card.outcome import CardTrouble, TapResult, TroubleCode
from companion_app.card.signed_attributes import card_input
from companion_app.card.tap import tap
from tests.stand_ins.card.rack_process import RackProcess, running_rack, write_cards
from tests.stand_ins.card.synthetic import PIN, certificate, document


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RackProcess]:
    folder = tmp_path_factory.mktemp("cards")
    write_cards(folder, document())
    with running_rack(folder, "--speed", "10") as process:
        yield process


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with loopback_client() as opened:
        yield opened


@pytest.fixture
def address(rack: RackProcess) -> CardAddress:
    rack.ask("POST", "/cards/valid/restore")
    return CardAddress(base=rack.base, token=rack.token, name="valid")


async def one_tap(
    client: httpx2.AsyncClient, address: CardAddress, pin: str = PIN
) -> TapResult | CardTrouble:
    def message(der: bytes) -> bytes:
        return card_input(statement=b"{}", statement_type="call", certificate=der)

    async with inserted(client, address) as transmit:
        return await tap(transmit, key="auth", secret=lambda: pin, build_message=message)


async def test_taps_over_http(client: httpx2.AsyncClient, address: CardAddress) -> None:
    result = await one_tap(client, address)
    assert isinstance(result, TapResult)
    assert result.certificate == certificate("auth")
    wrong = await one_tap(client, address, "0000")
    assert wrong == CardTrouble(code=TroubleCode.PIN_WRONG, tries_left=2)
    await restore(client, address)
    again = await one_tap(client, address, "0000")
    assert again == CardTrouble(code=TroubleCode.PIN_WRONG, tries_left=2)


async def test_card_is_let_go_and_held_alone(
    client: httpx2.AsyncClient, address: CardAddress
) -> None:
    async with inserted(client, address) as transmit:
        with pytest.raises(CardBusy):
            await one_tap(client, address)
        assert await transmit(bytes.fromhex("00A4040C0AD392F000260100000001")) == b"\x90\x00"
    assert isinstance(await one_tap(client, address), TapResult)


async def test_card_taken_away_in_the_middle(
    client: httpx2.AsyncClient, address: CardAddress
) -> None:
    async with inserted(client, address) as transmit:
        await restore(client, address)
        trouble = await tap(
            transmit, key="auth", secret=lambda: PIN, build_message=lambda der: der[:32]
        )
    assert trouble == CardTrouble(code=TroubleCode.CARD_LOST)


@pytest.mark.parametrize("change", ["token", "name", "base"])
async def test_reader_that_does_not_answer(
    client: httpx2.AsyncClient, address: CardAddress, change: str
) -> None:
    wrong = {"token": address.token, "name": address.name, "base": address.base}
    wrong[change] = "http://127.0.0.1:9" if change == "base" else "nobody"
    with pytest.raises(CardLost):
        await one_tap(client, CardAddress(**wrong))


async def test_a_failed_request_does_not_carry_the_pin() -> None:
    """The library's exceptions hold the request, whose body would be the VERIFY command."""

    def breaks(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/insert"):
            return httpx2.Response(200, json={"slot": "s"})
        raise httpx2.ReadError("reset by peer", request=request)

    address = CardAddress(base="http://127.0.0.1:9", token="sesame", name="valid")
    async with (
        httpx2.AsyncClient(transport=httpx2.MockTransport(breaks)) as client,
        inserted(client, address) as transmit,
    ):
        with pytest.raises(CardLost) as caught:
            await transmit(b"\x00\x20\x00\x80\x04" + PIN.encode())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "sesame" not in repr(address)


@pytest.mark.parametrize("answer", ["[]", "", '{"response": 7}', '{"response": "9"}', "{}"])
async def test_odd_answers_are_a_lost_card(answer: str) -> None:
    def odd(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(
            200, text='{"slot": "s"}' if "insert" in request.url.path else answer
        )

    address = CardAddress(base="http://127.0.0.1:9", token="sesame", name="valid")
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(odd)) as client:
        assert await one_tap(client, address) == CardTrouble(code=TroubleCode.CARD_LOST)


@pytest.mark.parametrize(
    "base",
    ["http://192.0.2.1:80", "https://127.0.0.1:1", "http://example.test", "http://localhost.evil"],
)
def test_loopback_only(base: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        CardAddress(base=base, token="t", name="valid")
