"""Whole calls with the shipped flow over the simulated carrier: never more than 4 s of silence.

The service runs as it is wired, in this process, on a loopback port; the carrier is a process of
its own that plays, presses keys and measures.
"""

import asyncio
import secrets
import shutil
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from identity.pairing.outcomes import Hint
from ivr.flow_engine.voice_actions import Transfer
from kazasu.server import Server
from kazasu.settings import load
from kazasu.wiring import phone_side
from kazasu.wiring.service import Service, build
from stand_ins.carrier.silence import silence
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import empty_database, pki_folder
from tests.stand_ins.carrier.control import ACCOUNT, LINE, OPERATOR, CarrierProcess, Control, Entry
from tests.stand_ins.carrier.service import AUTH_TOKEN
from tests.stand_ins.carrier.service import Service as Scripts

SHIPPED = Path(__file__).parents[3] / "flows"


@pytest.fixture(scope="module")
def carrier_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierProcess]:
    folder = tmp_path_factory.mktemp("carrier")
    carrier = CarrierProcess.start(folder, "--speed", "20", "--phone", OPERATOR)
    yield carrier
    assert carrier.stop() == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest_asyncio.fixture
async def service(tmp_path: Path, carrier_process: CarrierProcess) -> AsyncIterator[Service]:
    file, port = tmp_path / "kazasu.sqlite", free_port()
    shutil.copyfile(empty_database(), file)
    settings = load(
        KAZASU_PROFILE="demo",
        KAZASU_DATA_DIR=str(tmp_path),
        KAZASU_FLOWS_DIR=str(SHIPPED),
        TRUST_ANCHORS_DIR=str(pki_folder() / "anchors"),
        KAZASU_CRL_DIR=str(pki_folder() / "crl"),
        DATABASE_URL=f"sqlite:///{file}",
        SECRET_KEY=b64encode(secrets.token_bytes(32)).decode(),
        PUBLIC_BASE_URL=f"http://127.0.0.1:{port}",
        TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        TWILIO_API_BASE=f"http://127.0.0.1:{carrier_process.port}",
    )
    built = await build(settings)
    server = Server(built.app, host="127.0.0.1", port=port, on_stop=built.close_streams)
    serving = asyncio.ensure_future(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn rings no bell
        await asyncio.sleep(0.01)
    yield built
    await built.close_streams()
    server.should_exit = True
    await serving


@dataclass(slots=True, kw_only=True)
class Talk:
    """One caller on the simulated carrier, and the service's own view of the call."""

    stage: Service
    carrier: Control
    sid: str
    seen: int = 0

    @property
    def ref(self) -> str:
        return phone_side.call_ref_of(self.stage.identity.tenant)(self.sid)

    async def pairing(self):  # type: ignore[no-untyped-def]  # as in `stage.Caller`
        tenant = self.stage.identity.tenant.id
        return await self.stage.identity.watching.latest(tenant, self.ref)  # type: ignore[arg-type]  # a NewType

    async def says(self, text: str, times: int = 1) -> None:
        """Wait until it has been said so often from here on."""
        for _ in range(times):
            entry = await self.carrier.until(
                self.sid,
                lambda e: e["kind"] == "say" and text in e["text"] and e["id"] > self.seen,
            )
            self.seen = entry["id"]

    async def presses(self, keys: str) -> None:
        """Until somebody listens: between two documents keys are lost, as on a real line."""
        while await self.carrier.keys(self.sid, keys) < len(keys):  # noqa: ASYNC110  # see above
            await asyncio.sleep(0.005)

    async def over(self) -> list[Entry]:
        await self.carrier.hang_up(self.sid)
        return await self.carrier.played(self.sid)


@pytest_asyncio.fixture
async def talk(service: Service, carrier_process: CarrierProcess) -> AsyncIterator[Talk]:
    carrier = Control(carrier_process, Scripts())
    door = f"{service.phone.door._place.public_base}/carriers/twilio"  # its own word
    async with carrier.http:
        await carrier.serve(voice_url=f"{door}/voice", status_callback=f"{door}/status")
        yield Talk(stage=service, carrier=carrier, sid=await carrier.call())


def quiet(timeline: list[Entry]) -> None:
    problems = [e["text"] for e in timeline if e["kind"] in ("error", "not_simulated")]
    assert problems == []
    assert silence(timeline) == []


async def test_nobody_presses_anything(talk: Talk) -> None:
    await talk.says("担当者はゼロ", 3)
    await talk.says("番目です", 2)
    quiet(await talk.over())


async def test_every_hint_of_the_hold_a_second_code_and_no_check(talk: Talk) -> None:
    await talk.says("担当者はゼロ")
    await talk.presses("1")
    await talk.says("くり返します")
    await talk.says("アプリでお進み", 2)
    await talk.presses("*")
    await talk.says("くり返します")
    await talk.presses("1")
    app = App(stage=talk.stage)  # type: ignore[arg-type]  # what it needs, the service has too
    pairing = await app.claims(talk)  # type: ignore[arg-type]  # and so has the talk
    await talk.says("アプリの")
    asked = await app.confirms(pairing)
    await talk.says("選んでください", 3)
    await app.chooses(talk, asked)  # type: ignore[arg-type]  # see above
    claiming = talk.stage.identity.verbs.claiming
    await talk.says("アプリ")
    for hint, words in ((Hint.AWAITING_PIN, "暗証番号は"), (Hint.AWAITING_CARD, "カードを")):
        await claiming.progress(app.installation, pairing, hint)
        await talk.says(words, 2)
    await app.cancels(pairing)
    await talk.says("もう一度ご案内")
    await talk.says("くり返します")
    await talk.presses("9")
    await talk.says("本人確認なしで")
    await talk.says("番目です")
    quiet(await talk.over())


async def test_verified_and_waiting(talk: Talk) -> None:
    await talk.says("担当者はゼロ")
    await talk.presses("1")
    await talk.says("くり返します")
    await App(stage=talk.stage).verifies(talk)  # type: ignore[arg-type]  # see above
    await talk.says("確認できました")
    await talk.says("番目です", 2)
    known = await talk.stage.phone.calls.on_the_line(talk.sid)
    assert known is not None
    assert known[2].document is not None
    assert isinstance(known[2].document.closing, Transfer)
    assert known[2].document.closing.queue == "verified"
    quiet(await talk.over())
    assert LINE
