"""`kazasu twilio verify` and `kazasu doctor --twilio`: what is wrong is found before a call is."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kazasu.doctor import carrier
from tests.kazasu.cli.twilio.place import BEFORE, Place, ours, said
from tests.stand_ins.carrier.control import API_KEY, API_SECRET, LINE, CarrierProcess
from tests.stand_ins.carrier.service import AUTH_TOKEN


def test_json_is_one_document(place: Place) -> None:
    done = place.call("setup", "--yes", "--json")
    told = json.loads(done.stdout)
    assert (told["number"], told["changed"]) == (LINE, True)
    assert told["changes"]["voice"]["old"]["url"] == BEFORE["voice_url"]
    assert told["changes"]["voice"]["new"] == {"url": ours(place)["voice_url"], "method": "POST"}
    assert {f["state"] for f in told["findings"]} == {"ok"}
    verified = json.loads(place.call("verify", "--json").stdout)
    assert (verified["changed"], verified["changes"]) == (False, {})


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
    assert done.exit_code == 1, said(done)
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
    assert done.exit_code == status, said(done)
    assert says in said(done)
    assert AUTH_TOKEN not in said(done)


def test_an_api_key_is_enough_for_rest(place: Place) -> None:
    key = {"TWILIO_API_KEY": API_KEY, "TWILIO_API_SECRET": API_SECRET}
    assert place.call("setup", "--yes", **key).exit_code == 0
    done = place.call("verify", **key)
    assert done.exit_code == 0, said(done)
    assert "Twilio account" not in done.stdout  # keys may not look at the account


@pytest.mark.parametrize("seconds", [-3600, -6, 6, 90])
def test_a_clock_that_runs_apart_is_a_problem(seconds: int) -> None:
    (found,) = carrier.clock([timedelta(seconds=seconds)])
    assert (found.state, f"{abs(seconds)} s from" in found.says.en) == ("problem", True)


@pytest.mark.parametrize("name", ["voice_method", "fallback_method", "status_callback_method"])
def test_an_address_that_is_asked_in_another_way_is_seen(place: Place, name: str) -> None:
    """The service answers POST alone: a GET is a lost call."""
    assert place.call("setup", "--yes").exit_code == 0
    now = ours(place)
    urls = {n: now[n] for n in ("voice_url", "status_callback")}
    place.serve(
        **urls, fallback_url=now["voice_fallback_url"], **{"voice_method": "POST", name: "GET"}
    )
    done = place.call("verify")
    assert done.exit_code == 1
    assert done.stdout.count("is GET http") == 1
    assert place.call("setup", "--yes").exit_code == 0
    assert place.addresses() == now


def test_a_trial_account_is_told(place: Place, tmp_path: Path) -> None:
    trial = CarrierProcess.start(tmp_path, "--speed", "50", kind="Trial")
    try:
        other = replace(place, carrier=trial)
        other.serve()
        done = other.call("setup", "--dry-run", TWILIO_API_BASE=f"http://127.0.0.1:{trial.port}")
    finally:
        assert trial.stop() == 0
    assert "! Twilio account: a trial account" in done.stdout
    assert done.exit_code == 0, said(done)


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
