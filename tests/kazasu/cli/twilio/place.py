"""A running deployment beside the simulated carrier, whose number somebody else set up before."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from typer.testing import Result

from tests.kazasu.deployment import Deployment
from tests.stand_ins.carrier.control import ACCOUNT, LINE, CarrierProcess
from tests.stand_ins.carrier.service import AUTH_TOKEN

OVERRIDES = "#e=tokyo&ct=1000&rt=3000&tt=10000&rc=1"
BEFORE = {
    "voice_url": "https://demo.twilio.com/welcome/voice/",
    "voice_method": "GET",
    "status_callback": "https://old.example.jp/status?key=geheim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A running deployment, and the carrier with its number."""

    deployment: Deployment
    carrier: CarrierProcess
    fallback: str

    @property
    def control(self) -> httpx2.Client:
        return httpx2.Client(
            base_url=f"http://127.0.0.1:{self.carrier.port}",
            headers={"Authorization": f"Bearer {self.carrier.token}"},
            trust_env=False,
        )

    def serve(self, **has: object) -> None:
        with self.control as http:
            answer = http.put(f"/numbers/{LINE}", json={**BEFORE, **has})
            assert answer.status_code == 200, answer.text
            http.delete("/faults")

    def fault(self, kind: str, **options: object) -> None:
        with self.control as http:
            assert http.post("/faults", json={"kind": kind, **options}).status_code == 200

    def number(self) -> dict[str, Any]:
        with httpx2.Client(auth=(ACCOUNT, AUTH_TOKEN), trust_env=False) as http:
            path = f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json"
            answer = http.get(f"http://127.0.0.1:{self.carrier.port}{path}")
        (number,) = answer.json()["incoming_phone_numbers"]
        return dict(number)

    def first_words(self) -> str:
        """Of a call to the number."""
        with self.control as http:
            call = http.post("/phones/+819012345678/call", json={"to": LINE}).json()["call_sid"]
            path = f"/calls/{call}/events"
            with http.stream("GET", path, timeout=60) as lines:
                entries = (
                    json.loads(line[6:]) for line in lines.iter_lines() if line[:6] == "data: "
                )
                said = next(str(e["text"]) for e in entries if e["kind"] == "say")
            http.post(f"/calls/{call}/hang-up")
        return said

    def addresses(self) -> dict[str, str]:
        now = self.number()
        names = ("voice_url", "voice_fallback_url", "status_callback")
        return {n: now[n] for name in names for n in (name, name.replace("_url", "") + "_method")}

    def call(self, *words: str, given: str = "", **changes: str) -> Result:
        return self.deployment.call("twilio", *words, given=given, **changes)


def kept_file(place: Place) -> Path:
    return Path(place.deployment.variables["KAZASU_DATA_DIR"]) / "twilio" / f"{LINE}.json"


def ours(place: Place) -> dict[str, str]:
    door = place.deployment.variables["PUBLIC_BASE_URL"] + "/carriers/twilio"
    return {
        "voice_url": f"{door}/voice{OVERRIDES}",
        "voice_method": "POST",
        "voice_fallback_url": f"{place.fallback}{OVERRIDES}",
        "voice_fallback_method": "POST",
        "status_callback": f"{door}/status{OVERRIDES}",
        "status_callback_method": "POST",
    }


def said(done: Result) -> str:
    return done.stdout + done.stderr
