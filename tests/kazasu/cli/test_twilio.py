"""`kazasu twilio` and `kazasu doctor --twilio`: a number is pointed here, looked at, and put back.

Service and fallback run as processes; the simulated carrier answers REST.
"""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import Result

from tests.kazasu.deployment import Deployment, copied
from tests.kazasu.running import running
from tests.stand_ins.carrier.control import ACCOUNT, API_KEY, API_SECRET, LINE, CarrierProcess
from tests.stand_ins.carrier.service import AUTH_TOKEN

pytestmark = pytest.mark.xdist_group("twilio-commands")

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

    def addresses(self) -> dict[str, str]:
        now = self.number()
        names = ("voice_url", "voice_fallback_url", "status_callback")
        return {n: now[n] for name in names for n in (name, name.replace("_url", "") + "_method")}

    def call(self, *words: str, given: str = "", **changes: str) -> Result:
        return self.deployment.call("twilio", *words, given=given, **changes)


@pytest.fixture(scope="module")
def _running(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    carrier = CarrierProcess.start(tmp_path_factory.mktemp("carrier"), "--speed", "50")
    here = copied(template, tmp_path_factory.mktemp("deployment") / "here")
    here.variables.update(
        TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=AUTH_TOKEN,
        TWILIO_API_BASE=f"http://127.0.0.1:{carrier.port}",
        TWILIO_NUMBER=LINE,
    )
    with running(here, "serve"), running(here, "fallback", "--port", "0") as fallback:
        here.variables["KAZASU_FALLBACK_URL"] = f"{fallback.base}/"
        yield Place(deployment=here, carrier=carrier, fallback=f"{fallback.base}/")
    assert carrier.stop() == 0


@pytest.fixture
def place(_running: Place, tmp_path: Path) -> Place:
    """The number as it was before anybody set it up, and nothing kept."""
    _running.serve()
    data = {"KAZASU_DATA_DIR": str(tmp_path / "data")}
    variables = {**_running.deployment.variables, **data}
    return replace(_running, deployment=replace(_running.deployment, variables=variables))


def _kept(place: Place) -> Path:
    return Path(place.deployment.variables["KAZASU_DATA_DIR"]) / "twilio" / f"{LINE}.json"


def _ours(place: Place) -> dict[str, str]:
    door = place.deployment.variables["PUBLIC_BASE_URL"] + "/carriers/twilio"
    return {
        "voice_url": f"{door}/voice{OVERRIDES}",
        "voice_method": "POST",
        "voice_fallback_url": f"{place.fallback}{OVERRIDES}",
        "voice_fallback_method": "POST",
        "status_callback": f"{door}/status{OVERRIDES}",
        "status_callback_method": "POST",
    }


def _said(done: Result) -> str:
    return done.stdout + done.stderr


def test_there_and_back_again(place: Place) -> None:
    before = place.addresses()
    done = place.call("setup", "--yes")
    assert done.exit_code == 0, _said(done)
    assert place.addresses() == _ours(place)
    for line in (
        "voice: GET https://demo.twilio.com/welcome/voice/",
        f"→ POST {_ours(place)['voice_url']}",
        "fallback: none",
        f"the old addresses are kept in {_kept(place)}",
        "✔ webhooks: ",
        "✔ fallback: ",
        "✔ Twilio addresses: voice, fallback and status callback are ours",
    ):
        assert line in _said(done)
    assert stat.S_IMODE(_kept(place).stat().st_mode) == 0o600
    assert stat.S_IMODE(_kept(place).parent.stat().st_mode) == 0o700

    checked = place.call("verify")
    assert checked.exit_code == 0, _said(checked)
    assert all(line[0] == "✔" for line in checked.stdout.splitlines())

    back = place.call("undo", "--yes")
    assert back.exit_code == 0, _said(back)
    assert place.addresses() == before
    assert "those from before" in back.stdout
    assert not _kept(place).exists()
    assert place.call("undo", "--yes").exit_code == 1


def test_looking_changes_nothing(place: Place) -> None:
    before = place.number()
    done = place.call("setup", "--dry-run")
    assert done.exit_code == 0, _said(done)
    assert _ours(place)["voice_url"] in done.stdout
    assert place.number() == before
    assert not _kept(place).exists()


@pytest.mark.parametrize("command", ["setup", "undo"])
def test_without_a_yes_nothing_is_changed(place: Place, command: str) -> None:
    if command == "undo":
        assert place.call("setup", "--yes").exit_code == 0
    before = place.number()
    done = place.call(command)
    assert done.exit_code == 1
    assert "nothing was changed: confirm with --yes" in done.stderr
    assert place.number() == before


def test_the_first_old_addresses_survive_further_set_ups(place: Place) -> None:
    """Also one that failed half-way, and a move to another address."""
    before = place.addresses()
    assert place.call("setup", "--yes").exit_code == 0
    elsewhere = place.fallback + "carriers/twilio"
    place.fault("rest_error", status=400, code=21402, path="/IncomingPhoneNumbers/PN")
    refused = place.call("setup", "--yes", "--fallback-url", elsewhere)
    assert refused.exit_code == 1
    assert "Twilio refused (error 21402)" in refused.stdout
    assert place.addresses() == _ours(place)
    assert place.call("setup", "--yes", "--fallback-url", elsewhere).exit_code == 0
    assert place.addresses()["voice_fallback_url"] == elsewhere + OVERRIDES
    assert place.call("setup", "--yes", "--fallback-url", elsewhere).exit_code == 0
    assert place.call("undo", "--yes").exit_code == 0
    assert place.addresses() == before


def test_a_change_by_somebody_else_is_what_undo_returns_to(place: Place) -> None:
    assert place.call("setup", "--yes").exit_code == 0
    place.serve(voice_url="https://third.example.jp/")
    third = place.addresses()
    warned = place.call("undo", "--dry-run")
    assert "somebody changed this number" in warned.stderr
    assert place.call("setup", "--yes").exit_code == 0
    assert place.call("undo", "--yes").exit_code == 0
    assert place.addresses() == third


@pytest.mark.parametrize("fault", ["rest_drop", "rest_error"])
def test_a_lost_answer_is_looked_after(place: Place, fault: str) -> None:
    place.fault(fault, status=500, code=20500, path="/IncomingPhoneNumbers/PN")
    done = place.call("setup", "--yes")
    assert "looking whether it was made" in done.stderr
    if fault == "rest_drop":
        assert done.exit_code == 0, _said(done)
        assert place.addresses() == _ours(place)
    else:
        assert done.exit_code == 1
        assert "→ run the same command again" in done.stdout
        assert place.call("setup", "--yes").exit_code == 0
    assert place.call("undo", "--yes").exit_code == 0


def test_json_is_one_document(place: Place) -> None:
    done = place.call("setup", "--yes", "--json")
    told = json.loads(done.stdout)
    assert (told["number"], told["changed"]) == (LINE, True)
    assert told["changes"]["voice"]["old"]["url"] == BEFORE["voice_url"]
    assert told["changes"]["voice"]["new"] == {"url": _ours(place)["voice_url"], "method": "POST"}
    assert {f["state"] for f in told["findings"]} == {"ok"}
    verified = json.loads(place.call("verify", "--json").stdout)
    assert (verified["changed"], verified["changes"]) == (False, {})


@pytest.mark.parametrize(
    ("has", "says"),
    [
        ({"voice": False}, "has no voice"),
        ({"trunk_sid": "TK" + "1" * 32}, "go to TK1111"),
        ({"voice_receive_mode": "fax"}, "go to fax"),
    ],
)
def test_a_number_that_cannot_bring_calls_is_left_alone(
    place: Place, has: dict[str, object], says: str
) -> None:
    place.serve(**has)
    before = place.number()
    done = place.call("setup", "--yes")
    assert (done.exit_code, says in done.stdout) == (1, True), _said(done)
    assert "nothing was changed" in done.stderr
    assert place.number() == before


@pytest.mark.parametrize(
    ("words", "changes", "says", "do"),
    [
        (("--base-url", "http://127.0.0.1:1"), {}, "webhooks: http://127.0.0.1:1 cannot be", "DNS"),
        (("--base-url", "FALLBACK"), {}, "to a request that nobody signed", "correct the proxy"),
        (("--fallback-url", "SERVICE"), {}, "answers 404", "check where the proxy sends"),
        ((), {"KAZASU_FALLBACK_URL": ""}, "/carriers/twilio/fallback answers 404", "proxy sends"),
    ],
)
def test_a_way_back_that_does_not_work_stops_it(
    place: Place, words: tuple[str, ...], changes: dict[str, str], says: str, do: str
) -> None:
    places = {
        "FALLBACK": place.fallback.rstrip("/"),
        "SERVICE": place.deployment.variables["PUBLIC_BASE_URL"] + "/nothing",
    }
    before = place.number()
    done = place.call("setup", "--yes", *(places.get(w, w) for w in words), **changes)
    assert done.exit_code == 1, _said(done)
    assert says in done.stdout
    assert do in done.stdout
    assert place.number() == before


def test_a_service_with_another_token_or_address_is_found_out(place: Place) -> None:
    """What only a signed request shows: the service answers, and would refuse every call."""
    port = place.deployment.variables["KAZASU_LISTEN_PORT"]
    done = place.call("verify", "--base-url", f"http://localhost:{port}")
    assert done.exit_code == 1
    assert "refuses what is signed with TWILIO_AUTH_TOKEN" in done.stdout
    assert "give the service this very PUBLIC_BASE_URL" in done.stdout


def test_a_japanese_text_needs_a_japanese_voice(place: Place) -> None:
    flow = place.deployment.flows / "main-inbound.yaml"
    text = flow.read_text(encoding="utf-8")
    try:
        flow.write_text(text.replace("ja-JP: Polly.Kazuha-Neural", "ja-JP: Polly.Joanna-Neural"))
        done = place.call("verify")
    finally:
        flow.write_text(text, encoding="utf-8")
    assert "says ja-JP with Polly.Joanna-Neural, which does not speak it" in done.stdout


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"TWILIO_NUMBER": "+81399999999"}, 2, "the account has no number +81399999999"),
        ({"TWILIO_NUMBER": ""}, 2, "name the number with --number"),
        ({"TWILIO_API_KEY": API_KEY, "TWILIO_API_SECRET": "x" * 20}, 2, "does not accept"),
        ({"TWILIO_API_BASE": "http://127.0.0.1:1"}, 3, "Twilio did not answer (ConnectError)"),
        ({"SECRET_KEY": ""}, 2, "SECRET_KEY: is not set"),
        ({"PUBLIC_BASE_URL": "ivr.example.jp"}, 2, "PUBLIC_BASE_URL: must be scheme"),
    ],
)
@pytest.mark.parametrize("command", ["setup", "verify"])
def test_exit_statuses_tell_what_kind_of_trouble(
    place: Place, command: str, changes: dict[str, str], status: int, says: str
) -> None:
    done = place.call(command, **changes)
    assert done.exit_code == status, _said(done)
    assert says in _said(done)
    assert AUTH_TOKEN not in _said(done)


def test_an_api_key_is_enough_for_rest(place: Place) -> None:
    key = {"TWILIO_API_KEY": API_KEY, "TWILIO_API_SECRET": API_SECRET}
    assert place.call("setup", "--yes", **key).exit_code == 0
    done = place.call("verify", **key)
    assert done.exit_code == 0, _said(done)
    assert "Twilio account" not in done.stdout  # keys may not look at the account


def test_what_is_kept_is_of_this_account_and_readable(place: Place) -> None:
    assert place.call("setup", "--yes").exit_code == 0
    path = _kept(place)
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace(ACCOUNT, "AC" + "9" * 32), encoding="utf-8")
    assert place.call("undo", "--yes").exit_code == 2
    path.write_text("{}", encoding="utf-8")
    done = place.call("undo", "--yes")
    assert (done.exit_code, "Move it away" in done.stderr) == (2, True)
    assert place.call("setup", "--yes", "--fallback-url", place.fallback + "b").exit_code == 2
    assert place.addresses() == _ours(place)


def test_a_trial_account_is_told(place: Place, tmp_path: Path) -> None:
    trial = CarrierProcess.start(tmp_path, "--speed", "50", kind="Trial")
    try:
        other = replace(place, carrier=trial)
        other.serve()
        done = other.call("setup", "--dry-run", TWILIO_API_BASE=f"http://127.0.0.1:{trial.port}")
    finally:
        assert trial.stop() == 0
    assert "! Twilio account: a trial account" in done.stdout
    assert done.exit_code == 0, _said(done)


def test_doctor_asks_the_carrier_when_told_to(place: Place) -> None:
    data = {"KAZASU_DATA_DIR": str(place.deployment.folder / "data")}
    silent = json.loads(place.deployment.call("doctor", "--json", **data).stdout)
    assert not [f for f in silent if f["part"].startswith("Twilio")]
    found = json.loads(place.deployment.call("doctor", "--twilio", "--json", **data).stdout)
    wrong = [f for f in found if f["state"] == "problem"]
    assert {f["part"] for f in wrong} == {"Twilio addresses"}
    assert len(wrong) == 3
    assert all(f["do"] == "run: kazasu twilio setup" for f in wrong)
    assert place.call("setup", "--yes").exit_code == 0
    done = place.deployment.call("doctor", "--twilio", "--json", **data)
    assert done.exit_code == 0, done.stdout
    unreachable = place.deployment.call(
        "doctor", "--twilio", **data, TWILIO_API_BASE="http://127.0.0.1:1"
    )
    assert unreachable.exit_code == 1
    assert "✘ Twilio: Twilio did not answer" in unreachable.stdout
    assert "✔ webhooks: " in unreachable.stdout


def test_nothing_is_left_open(place: Place) -> None:
    """The kept file is never readable by others, whatever the umask."""
    before = os.umask(0)
    try:
        assert place.call("setup", "--yes").exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(_kept(place).stat().st_mode) == 0o600
