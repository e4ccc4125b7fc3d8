"""A stop that was asked for: first not ready, then no more; and what is seen of a real process."""

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
import pytest
from multidict import MultiDict
from prometheus_client.parser import text_string_to_metric_families
from twilio.request_validator import RequestValidator

from identity.pairing.model import Mode
from kazasu.metrics import instruments
from kazasu.metrics.closed import OTHER
from kazasu.wiring import readiness
from tests.kazasu.deployment import ACCOUNT, AUTH_TOKEN, SECRET_KEY, Deployment, copied, free_port
from tests.kazasu.running import Running, client, running

NUMBER, CODE, NAME, CALL = "+819012345678", "47219638", "yamada", "CA" + "9" * 32
CANARIES: Final = (NUMBER, NUMBER[1:], CODE, NAME, CALL, AUTH_TOKEN, SECRET_KEY)


@pytest.fixture(scope="module")
def deployed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return copied(template, tmp_path_factory.mktemp("leaving") / "here")


@pytest.fixture(scope="module")
def seen(deployed: Deployment) -> "Iterator[Seen]":
    """A process to which strange things were said."""
    port = free_port()
    with running(deployed, "serve", KAZASU_METRICS_LISTEN=f"127.0.0.1:{port}") as process:
        yield Seen(deployed, process, f"http://127.0.0.1:{port}/metrics")


class Seen:
    def __init__(self, deployed: Deployment, process: Running, metrics: str) -> None:
        self.process = process
        self._metrics = metrics
        self._base = deployed.variables["PUBLIC_BASE_URL"]
        self.answer = self._say_strange_things()

    def text(self) -> str:
        with httpx2.Client(trust_env=False) as http:
            return http.get(self._metrics).text

    def labels(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for family in text_string_to_metric_families(self.text()):
            for sample in family.samples:
                for name, value in sample.labels.items():
                    if family.name.startswith("kazasu_") and name != "le":
                        found.setdefault(name, set()).add(value)
        return found

    def _say_strange_things(self) -> httpx2.Response:
        with client(self.process) as http:
            for path in (f"/{NAME}", f"/v1/pairings/{CODE}", f"/carriers/twilio/{CODE}"):
                http.get(path, params={"number": NUMBER}, headers={"X-Request-Id": NAME})
                http.request(NAME.upper(), path)
            http.post("/v1/pairings/claim", json={"locator": CODE})
            http.get("/livez", headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
            self._webhook(http, "turn?n=3", token="x" * 32)
            return self._webhook(http, "turn?n=3", token=AUTH_TOKEN)

    def _webhook(self, http: httpx2.Client, page: str, *, token: str) -> httpx2.Response:
        fields = {"AccountSid": ACCOUNT, "CallSid": CALL, "From": NUMBER, "Digits": CODE}
        path = f"/carriers/twilio/{page}"
        signature = RequestValidator(token).compute_signature(self._base + path, MultiDict(fields))
        headers = {
            "X-Twilio-Signature": signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return http.post(path, content=urlencode(fields), headers=headers)


def test_no_label_comes_from_outside(seen: Seen) -> None:
    """Every value is one of a set in the source; nothing that was said is anywhere."""
    allowed = {
        "mode": {mode.value for mode in Mode},
        "stage": set(instruments.STAGES),
        "method": {*instruments.METHODS, OTHER},
        "status": set(instruments.CLASSES),
        "store": set(instruments.STORES),
        "use": set(instruments.USES),
        "answer": set(instruments.ANSWERS),
        "level": {*instruments.LEVELS, OTHER},
        "purpose": {"auth", "sign"},
        "reason": set(readiness.REASONS),
        "to": {"redis"},
    }
    labels = seen.labels()
    routes = labels.pop("route")
    assert {name: strange for name in labels if (strange := labels[name] - allowed[name])} == {}
    assert {"/livez", "/v1/pairings/claim", "/carriers/twilio/turn", OTHER} <= routes
    assert all(route == OTHER or re.fullmatch(r"/[a-z0-9/_.<>:-]*", route) for route in routes)
    text = seen.text()
    assert [canary for canary in CANARIES if canary in text] == []


def test_every_line_of_a_webhook_names_its_request_and_its_call(seen: Seen) -> None:
    assert seen.answer.status_code == 200
    lines = seen.process.lines()
    refused = next(line for line in lines if line["event"] == "webhook_refused")
    assert re.fullmatch(r"[0-9a-f]{16}", refused["request_id"])
    text = json.dumps(lines)
    assert [canary for canary in CANARIES if canary in text] == []


def test_metrics_are_not_public(seen: Seen) -> None:
    with client(seen.process) as http:
        assert http.get("/metrics").status_code == 404


def test_an_address_that_is_taken_ends_the_start(seen: Seen, deployed: Deployment) -> None:
    taken = seen._metrics.split("/")[2]
    changes: dict[str, Any] = {"KAZASU_METRICS_LISTEN": taken, "KAZASU_LISTEN_PORT": "0"}
    done = deployed.run("serve", **changes)
    assert done.returncode == 2
    assert f"kazasu: KAZASU_METRICS_LISTEN: {taken} cannot be listened on" in done.stderr


def test_first_not_ready_and_still_serving_then_gone(deployment: Deployment) -> None:
    with running(deployment, "serve", KAZASU_STOP_GRACE_SECONDS="60") as process:
        with client(process) as http:
            assert http.get("/readyz").status_code == 200
            process.process.send_signal(signal.SIGTERM)
            while (answer := http.get("/readyz")).status_code == 200:
                pass
            assert answer.json() == {"ready": False, "problems": ["stopping"]}
            assert http.get("/livez").status_code == 200
            assert http.post("/carriers/twilio/turn").status_code == 403
        assert process.stop() == 0  # a second signal does not wait for the grace
        assert [line["seconds"] for line in process.lines() if line["event"] == "leaving"] == [60]
