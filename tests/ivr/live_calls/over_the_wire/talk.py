"""The service as it is wired, in this process, on a loopback port; a simulated carrier beside."""

import asyncio
import secrets
import shutil
import socket
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.carriers.twilio.in_time import InTime
from kazasu.server import Server
from kazasu.settings.environment import load
from kazasu.wiring.phone.parts import call_ref_of
from kazasu.wiring.service import Service, build
from stand_ins.carrier.silence import silence
from tests.ivr.live_calls.stage import SHIPPED, empty_database, pki_folder
from tests.stand_ins.carrier.control import ACCOUNT, Control, Entry
from tests.stand_ins.carrier.service import AUTH_TOKEN


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def a_service(folder: Path, carrier_port: int) -> AsyncIterator[Service]:
    """With the shipped flows, on a port of its own; its carrier listens at `carrier_port`."""
    file, port = folder / "kazasu.sqlite", free_port()
    shutil.copyfile(empty_database(), file)
    settings = load(
        KAZASU_PROFILE="demo",
        KAZASU_DATA_DIR=str(folder),
        KAZASU_FLOWS_DIR=str(SHIPPED),
        TRUST_ANCHORS_DIR=str(pki_folder() / "anchors"),
        KAZASU_CRL_DIR=str(pki_folder() / "crl"),
        DATABASE_URL=f"sqlite:///{file}",
        SECRET_KEY=b64encode(secrets.token_bytes(32)).decode(),
        PUBLIC_BASE_URL=f"http://127.0.0.1:{port}",
        TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        TWILIO_API_BASE=f"http://127.0.0.1:{carrier_port}",
    )
    built = await build(settings)
    built.phone.door._in_time = InTime(seconds=12.0)  # a busy computer is not what is looked at
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
        return call_ref_of(self.stage.identity.tenant)(self.sid)

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


def quiet(timeline: list[Entry]) -> None:
    problems = [e["text"] for e in timeline if e["kind"] in ("error", "not_simulated")]
    assert problems == []
    assert silence(timeline) == []
