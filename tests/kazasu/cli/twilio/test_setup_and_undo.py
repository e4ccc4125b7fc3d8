"""`kazasu twilio setup` and `undo`: a number is pointed here in one request, and put back."""

import os
import stat

import pytest

from tests.kazasu.cli.twilio.place import OVERRIDES, Place, kept_file, ours, said
from tests.stand_ins.carrier.control import ACCOUNT


def test_there_and_back_again(place: Place) -> None:
    before = place.addresses()
    done = place.call("setup", "--yes")
    assert done.exit_code == 0, said(done)
    assert place.addresses() == ours(place)
    for line in (
        "voice: GET https://demo.twilio.com/welcome/voice/",
        f"→ POST {ours(place)['voice_url']}",
        "fallback: none",
        f"the old addresses are kept in {kept_file(place)}",
        "✔ clock: in step with Twilio's",
        "✔ webhooks: ",
        "✔ fallback: ",
        "✔ Twilio addresses: voice, fallback and status callback are ours",
    ):
        assert line in said(done)
    assert stat.S_IMODE(kept_file(place).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept_file(place).parent.stat().st_mode) == 0o700

    checked = place.call("verify")
    assert checked.exit_code == 0, said(checked)
    assert all(line[0] == "✔" for line in checked.stdout.splitlines())

    back = place.call("undo", "--yes")
    assert back.exit_code == 0, said(back)
    assert place.addresses() == before
    assert "those from before" in back.stdout
    assert not kept_file(place).exists()
    assert place.call("undo", "--yes").exit_code == 1


def test_looking_changes_nothing(place: Place) -> None:
    before = place.number()
    done = place.call("setup", "--dry-run")
    assert done.exit_code == 0, said(done)
    assert ours(place)["voice_url"] in done.stdout
    assert place.number() == before
    assert not kept_file(place).exists()


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
    assert place.addresses() == ours(place)
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
        assert done.exit_code == 0, said(done)
        assert place.addresses() == ours(place)
    else:
        assert done.exit_code == 1
        assert "→ run the same command again" in done.stdout
        assert place.call("setup", "--yes").exit_code == 0
    assert place.call("undo", "--yes").exit_code == 0


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
    assert (done.exit_code, says in done.stdout) == (1, True), said(done)
    assert "nothing was changed" in done.stderr
    assert place.number() == before


def test_what_is_kept_is_of_this_account_and_readable(place: Place) -> None:
    assert place.call("setup", "--yes").exit_code == 0
    path = kept_file(place)
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace(ACCOUNT, "AC" + "9" * 32), encoding="utf-8")
    assert place.call("undo", "--yes").exit_code == 2
    path.write_text("{}", encoding="utf-8")
    done = place.call("undo", "--yes")
    assert (done.exit_code, "Move it away" in done.stderr) == (2, True)
    assert place.call("setup", "--yes", "--fallback-url", place.fallback + "b").exit_code == 2
    assert place.addresses() == ours(place)


def test_a_call_comes_in_by_what_was_set_up(place: Place) -> None:
    """And goes to the fallback when the service is not where the number points."""
    assert place.call("setup", "--yes").exit_code == 0
    assert "お電話ありがとうございます" in place.first_words()
    now = ours(place)
    place.serve(voice_url="http://127.0.0.1:1/", fallback_url=now["voice_fallback_url"])
    assert "担当者におつなぎします" in place.first_words()


def test_nothing_is_left_open(place: Place) -> None:
    """The kept file is never readable by others, whatever the umask."""
    before = os.umask(0)
    try:
        assert place.call("setup", "--yes").exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(kept_file(place).stat().st_mode) == 0o600
