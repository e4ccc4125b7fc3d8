"""The rack over real loopback HTTP."""

import http.client
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stand_ins.card.rack_process import (
    ORIGIN,
    RackProcess,
    good_cards,
    running_rack,
    write_cards,
)
from tests.stand_ins.card.synthetic import PASSWORD, PIN, document

AID = "00A4040C0AD392F000260100000001"


@pytest.fixture(scope="module")
def rack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RackProcess]:
    folder = tmp_path_factory.mktemp("cards")
    write_cards(folder, *good_cards())
    with running_rack(folder, "--apdu-log") as process:
        yield process


@pytest.fixture
def slot(rack: RackProcess) -> Iterator[str]:
    """The token of the `valid` card's slot; the card is fresh."""
    assert rack.ask("POST", "/cards/valid/restore").status_code == 200
    yield rack.ask("POST", "/cards/valid/insert").json()["slot"]
    rack.ask("POST", "/cards/valid/restore")


def transmit(rack: RackProcess, slot: str, *commands: str) -> list[str]:
    answers = [
        rack.ask("POST", "/cards/valid/apdu", {"slot": slot, "apdu": command})
        for command in commands
    ]
    return [answer.json()["response"] for answer in answers]


def test_drawer_says_names_and_nothing_secret(rack: RackProcess) -> None:
    answer = rack.ask("GET", "/cards")
    cards = answer.json()["cards"]
    assert [card["name"] for card in cards] == ["slow-tap", "valid", "valid-sign"]
    assert set(cards[1]) == {"name", "kind", "signs", "title", "description"}
    assert cards[1]["title"] == {"ja": "有効なカード", "en": "Valid card"}
    assert PIN not in answer.text
    assert PASSWORD not in answer.text


def test_card_over_http(rack: RackProcess, slot: str) -> None:
    pin = PIN.encode().hex()
    assert transmit(rack, slot, AID, "00a4020c020018", "0020008004" + pin) == ["9000"] * 3
    assert transmit(rack, slot, "00A4020C020017")[0] == "9000"
    assert len(transmit(rack, slot, "802A00800330310000")[0]) == 2 * 258


def test_one_holder_at_a_time(rack: RackProcess, slot: str) -> None:
    second = rack.ask("POST", "/cards/valid/insert")
    assert (second.status_code, second.json()["code"]) == (409, "card_in_use")
    for verb, body in (("apdu", {"apdu": AID}), ("remove", {})):
        other = rack.ask("POST", f"/cards/valid/{verb}", {"slot": "somebody"} | body)
        assert (other.status_code, other.json()["code"]) == (409, "not_in_slot")
    assert rack.ask("POST", "/cards/valid/remove", {"slot": slot}).status_code == 200
    gone = rack.ask("POST", "/cards/valid/apdu", {"slot": slot, "apdu": AID})
    assert gone.json()["code"] == "not_in_slot"
    again = rack.ask("POST", "/cards/valid/insert").json()
    assert again["slot"] != slot
    assert again["atr"].startswith("3B")


def test_counter_stays_over_insertions_until_restored(rack: RackProcess, slot: str) -> None:
    wrong = "0020008004" + b"0000".hex()
    assert transmit(rack, slot, AID, "00A4020C020018", wrong)[-1] == "63C2"
    rack.ask("POST", "/cards/valid/remove", {"slot": slot})
    slot = rack.ask("POST", "/cards/valid/insert").json()["slot"]
    assert transmit(rack, slot, AID, "00A4020C020018", "00200080")[-1] == "63C2"
    rack.ask("POST", "/cards/valid/restore")
    slot = rack.ask("POST", "/cards/valid/insert").json()["slot"]
    assert transmit(rack, slot, AID, "00A4020C020018", "00200080")[-1] == "63C3"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Origin": "http://evil.example"}, 403, "origin_refused"),
        ({"Origin": "null"}, 403, "origin_refused"),
        ({"Origin": ORIGIN + "0"}, 403, "origin_refused"),
        ({"Host": "evil.example"}, 403, "host_refused"),
        ({"Authorization": ""}, 401, "token_refused"),
        ({"Authorization": "Bearer wrong"}, 401, "token_refused"),
        ({"Authorization": "Basic d3Jvbmc="}, 401, "token_refused"),
        ({"Content_Type": "text/plain"}, 415, "json_required"),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415, "json_required"),
    ],
)
def test_turned_away(rack: RackProcess, headers: dict[str, str], status: int, code: str) -> None:
    answer = rack.ask("POST", "/cards/valid/restore", **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    if "Content_Type" not in headers:
        assert rack.ask("GET", "/cards", **headers).status_code == status


def test_programs_send_no_origin_but_need_the_token(rack: RackProcess) -> None:
    assert rack.ask("GET", "/cards", Origin="").status_code == 200
    assert rack.ask("GET", "/cards", Origin="", Authorization="").status_code == 401


def test_preflight_names_one_origin(rack: RackProcess) -> None:
    good = rack.ask(
        "OPTIONS", "/cards/valid/apdu", Authorization="", Access_Control_Request_Method="POST"
    )
    assert good.status_code == 204
    assert good.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert good.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    evil = rack.ask("OPTIONS", "/cards/valid/apdu", Origin="http://evil.example")
    assert evil.status_code == 403
    assert evil.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/cards/nobody/insert", {}, 404, "unknown_card"),
        ("/cards/nobody/restore", {}, 404, "unknown_card"),
        ("/nothing", {}, 404, "unknown_path"),
        ("/cards", {}, 405, "unknown_method"),
        ("/cards/valid/apdu", {"slot": "x", "apdu": "zz"}, 400, "malformed"),
        ("/cards/valid/apdu", {"slot": "x", "apdu": "00A"}, 400, "malformed"),
        ("/cards/valid/apdu", {"slot": "x", "apdu": 7}, 400, "malformed"),
        ("/cards/valid/apdu", {"apdu": AID}, 400, "malformed"),
        ("/cards/valid/insert", {"pin": PIN}, 400, "malformed"),
        ("/cards/valid/insert", [], 400, "malformed"),
        ("/cards/valid/apdu", {"slot": "x" * 9000, "apdu": AID}, 413, "too_large"),
    ],
)
def test_bad_requests(rack: RackProcess, path: str, body: Any, status: int, code: str) -> None:
    answer = rack.ask("POST", path, body)
    assert (answer.status_code, answer.json()) == (status, {"status": status, "code": code})
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_cards_made_while_it_runs_are_found(rack: RackProcess) -> None:
    write_cards(rack.folder, document(name="made-later"))
    (rack.folder / "broken.json").write_text("{}")
    assert rack.ask("POST", "/cards/made-later/insert").status_code == 200
    assert "made-later" in [card["name"] for card in rack.ask("GET", "/cards").json()["cards"]]
    for name in ("made-later", "broken"):
        (rack.folder / f"{name}.json").unlink()
    rack.ask("POST", "/cards/made-later/restore")


def test_loopback_only_and_token_private(rack: RackProcess) -> None:
    assert stat.S_IMODE(rack.token_file.stat().st_mode) == 0o600
    assert len(rack.token) >= 43
    port = int(rack.base.rsplit(":", 1)[1])
    other_address = "127.0.0.2"  # another interface's address as far as the socket is concerned
    with socket.socket() as probe:
        assert probe.connect_ex((other_address, port)) != 0


def test_log_has_no_pin(rack: RackProcess, slot: str) -> None:
    pin = PIN.encode().hex()
    transmit(rack, slot, AID, "00A4020C020018", "0020008004" + pin, "9020008004" + pin)
    transmit(rack, slot, "0020008005" + pin, "80240080083132" + pin + "3132")
    log = (rack.folder / "stderr").read_text()
    assert "00200080 Lc=04 **** -> 9000" in log
    assert "00A4040C Lc=0A D392F000260100000001 -> 9000" in log
    assert PIN not in log
    assert pin.upper() not in log.upper()


def test_sigterm_ends_it_with_a_signature_in_flight(tmp_path: Path) -> None:
    write_cards(tmp_path, *good_cards())
    with running_rack(tmp_path) as rack:
        slot = rack.ask("POST", "/cards/slow-tap/insert").json()["slot"]
        connection = http.client.HTTPConnection(rack.base.removeprefix("http://"), timeout=60)
        headers = {"Authorization": f"Bearer {rack.token}", "Content-Type": "application/json"}
        body = f'{{"slot":"{slot}","apdu":"802A00800330310000"}}'
        connection.request("POST", "/cards/slow-tap/apdu", body, headers)
        rack.ask("GET", "/cards")  # the server has turned to the next request: the first one waits
        rack.process.send_signal(signal.SIGTERM)
        assert rack.process.wait(timeout=60) in (0, -signal.SIGTERM)
        with pytest.raises((http.client.HTTPException, OSError)):
            connection.getresponse()
        connection.close()


def test_a_bad_card_file_stops_the_start(tmp_path: Path) -> None:
    bad = document(name="bad") | {"pins": {"auth": {"value": "12345"}}}
    write_cards(tmp_path, document(), bad)
    ended = subprocess.run(  # noqa: S603 - our own module, fixed arguments
        [sys.executable, "-m", "stand_ins.card", "--cards", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "bad.json: pins.auth.value" in ended.stderr
    assert "12345" not in ended.stderr
    assert "Traceback" not in ended.stderr
