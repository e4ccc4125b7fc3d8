"""What is missing in a flows folder is made, where it can be, and never written over."""

import json
import shutil
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.flow_library.recordings import looked_at, written
from kazasu.cli.main import app
from kazasu.sounds.hold_sound import hold_sound
from kazasu.sounds.missing import make_missing
from kazasu.wiring.flow_files.opened_folder import open_folder
from kazasu.wiring.flow_files.recordings import Recordings

FLOWS = Path(__file__).parents[3] / "flows"
SAID = "お電話ありがとうございます。"


def voice(words: str) -> bytes:
    """As long as its words."""
    return written(b"\x10\x00" * 1000 * len(words))


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FLOWS, tmp_path / "flows"))


def with_recordings(flows: Path) -> None:
    words = flows / "prompts" / "main.yaml"
    text = words.read_text(encoding="utf-8")
    greeting = next(line for line in text.splitlines() if line.startswith("  greeting:"))
    changed = (
        f"  greeting: {{ja-JP: {{play: audio/ja/greeting.wav, text: {SAID}}}, "
        "en-US: {play: audio/en/greeting.wav, text: Thank you for calling.}}"
    )
    words.write_text(text.replace(greeting, changed), encoding="utf-8")


def test_the_shipped_hold_sound_is_what_is_made(flows: Path) -> None:
    tick = flows / "audio" / "tick.wav"
    assert tick.read_bytes() == hold_sound()
    assert make_missing(open_folder(flows), None) == ()
    tick.unlink()
    (made,) = make_missing(open_folder(flows), None)
    assert (made.path, made.words, made.done) == ("audio/tick.wav", "", True)
    assert tick.read_bytes() == hold_sound()


def test_a_hold_sound_is_soft_and_clicks_at_neither_end() -> None:
    found = looked_at(hold_sound())
    assert (found.seconds, found.unfit) == (1.0, False)
    samples = array("h", hold_sound()[44:])
    assert 2000 < max(samples) < 4000
    assert max(abs(here - there) for here, there in pairwise(samples)) < 1000
    assert not any(samples[640:])


def test_recordings_are_spoken_where_there_is_a_voice(flows: Path) -> None:
    with_recordings(flows)
    silent = make_missing(open_folder(flows), None)
    assert [(one.path, one.done) for one in silent] == [
        ("audio/en/greeting.wav", False),
        ("audio/ja/greeting.wav", False),
    ]
    spoken = make_missing(open_folder(flows), voice)
    assert [(one.path, one.done) for one in spoken] == [
        ("audio/en/greeting.wav", False),
        ("audio/ja/greeting.wav", True),
    ]
    assert (flows / "audio" / "ja" / "greeting.wav").read_bytes() == voice(SAID)
    assert "audio/ja/greeting.wav" not in {o.path for o in make_missing(open_folder(flows), voice)}


def test_the_command_lists_and_says_what_is_missing(flows: Path) -> None:
    (flows / "audio" / "tick.wav").unlink()
    done = CliRunner().invoke(app, ["flow", "sounds", str(flows), "--lang", "en"])
    assert (done.exit_code, done.stdout) == (
        0,
        "audio/tick.wav 1.0 s 8000 Hz, 1 ch, 16 bit (made)\n",
    )
    with_recordings(flows)
    (flows / "audio" / "ja").mkdir()
    (flows / "audio" / "ja" / "greeting.wav").write_bytes(b"ID3")
    done = CliRunner().invoke(app, ["flow", "sounds", str(flows), "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [(one["path"], one["unfit"]) for one in told["recordings"]] == [
        ("audio/ja/greeting.wav", True),
        ("audio/tick.wav", False),
    ]
    assert [(one["path"], one["done"]) for one in told["made"]] == [
        ("audio/en/greeting.wav", False)
    ]
    linted = CliRunner().invoke(app, ["flow", "lint", str(flows), "--lang", "en"]).stdout
    assert "P008 E audio/ja/greeting.wav cannot be read as a WAV recording" in linted
    assert "P008 E recording audio/en/greeting.wav is missing" in linted


def test_a_saved_recording_counts_at_once(flows: Path) -> None:
    recordings = Recordings(flows)
    before = recordings.marks["audio/tick.wav"]
    assert recordings.seconds["audio/tick.wav"] == 1.0
    (flows / "audio" / "tick.wav").write_bytes(written(b"\x01\x00" * 4000))
    assert recordings.seconds["audio/tick.wav"] == 0.5
    assert recordings.marks["audio/tick.wav"] != before
    assert "audio/none.wav" not in recordings.seconds
    (flows / "audio" / "text.txt").write_text("no sound")
    assert dict(recordings.seconds) == {"audio/tick.wav": 0.5}
