"""The control API from the outside, as the demo page and the terminal use it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.stand_ins.carrier.service import AUTH_TOKEN, Service

ACCOUNT = "AC" + "0123456789abcdef" * 2
CALLER, OPERATOR, LINE = "+819012345678", "+815011112222", "+81312345678"
SILENT_PHONE = "+815033334444"
API_KEY, API_SECRET = "SK" + "fedcba9876543210" * 2, "a-secret-of-the-tests"
PATIENCE = 60
Entry = dict[str, Any]


@dataclass(slots=True)
class CarrierProcess:
    """`python -m stand_ins.carrier`, started and ended by the tests."""

    process: subprocess.Popen[str]
    port: int
    token: str

    @classmethod
    def start(cls, folder: Path, *options: str, kind: str = "Full") -> CarrierProcess:
        credentials = folder / "credentials.json"
        account = {"account_sid": ACCOUNT, "auth_token": AUTH_TOKEN, "kind": kind}
        account |= {"api_key": API_KEY, "api_secret": API_SECRET}
        credentials.write_text(json.dumps(account))
        token_file = folder / "control-token"
        command = [sys.executable, "-W", "error", "-m", "stand_ins.carrier", *options]
        command += ["--credentials-file", str(credentials), "--token-file", str(token_file)]
        process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
            command, stdout=subprocess.PIPE, text=True, env={**os.environ}
        )
        assert process.stdout is not None
        announced = process.stdout.readline()
        if not announced:
            process.stdout.close()
            raise AssertionError(f"the carrier did not start (exit code {process.wait()})")
        line = json.loads(announced)
        assert line["event"] == "listening"
        return cls(process, line["port"], token_file.read_text())

    def stop(self) -> int:
        """End it as Ctrl-C or a supervisor would; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


class Watch:
    """What calls do, seen through the control API."""

    def __init__(self, carrier: CarrierProcess) -> None:
        self.base = f"http://127.0.0.1:{carrier.port}"
        self.http = httpx2.AsyncClient(
            base_url=self.base,
            headers={"Authorization": f"Bearer {carrier.token}"},
            trust_env=False,
            timeout=PATIENCE,
        )

    async def entries(self, sid: str, after: int = 0) -> AsyncIterator[Entry]:
        """Entries as they are written."""
        path = f"/calls/{sid}/events"
        async with self.http.stream("GET", path, headers={"Last-Event-ID": str(after)}) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line[6:])

    async def until(self, sid: str, wanted: Callable[[Entry], bool]) -> Entry:
        """The first entry that is `wanted`, old or new."""
        async with asyncio.timeout(PATIENCE):
            stream = self.entries(sid)
            try:
                async for entry in stream:
                    if wanted(entry):
                        return entry
            finally:
                await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
        raise AssertionError("the stream ended")

    async def kind(self, sid: str, kind: str, text: str = "") -> Entry:
        return await self.until(sid, lambda e: e["kind"] == kind and text in e["text"])

    async def played(self, sid: str) -> list[Entry]:
        """The whole timeline, once the call is over."""
        await self.kind(sid, "end")
        return list((await self.http.get(f"/calls/{sid}")).json()["timeline"])

    async def child_of(self, sid: str) -> str:
        """The leg that the call has dialled."""
        return str((await self.until(sid, lambda e: e["text"].startswith("rings ")))["other"])


class Control(Watch):
    """One test's view: its service stands behind LINE."""

    def __init__(self, carrier: CarrierProcess, service: Service) -> None:
        super().__init__(carrier)
        self.service = service

    async def send(self, method: str, url: str, /, **body: object) -> Any:
        answer = await self.http.request(method, url, json=body or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def serve(self, **urls: object) -> None:
        await self.send("PUT", f"/numbers/{LINE}", **urls)

    async def call(self, *documents: Any, **order: object) -> str:
        """Dial LINE, whose first documents are these; the call's sid."""
        if documents:
            self.service.on("/voice", *documents)
        made = await self.send("POST", f"/phones/{CALLER}/call", to=LINE, **order)
        return str(made["call_sid"])

    async def keys(self, sid: str, digits: str) -> int:
        return int((await self.send("POST", f"/calls/{sid}/keys", digits=digits))["heard"])

    async def hang_up(self, sid: str) -> None:
        await self.send("POST", f"/calls/{sid}/hang-up")

    async def fault(self, kind: str, /, **options: object) -> None:
        await self.send("POST", "/faults", kind=kind, **options)


def texts(timeline: list[Entry], kind: str) -> list[str]:
    return [entry["text"] for entry in timeline if entry["kind"] == kind]
