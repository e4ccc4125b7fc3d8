"""Parts without HTTP: speech lengths, connection overrides, settings."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from stand_ins.carrier.settings import BadSettings, number_option, read_credentials, read_numbers
from stand_ins.carrier.twiml.speech_length import say_seconds, seconds_of, spoken_text
from stand_ins.carrier.webhooks.overrides import split


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("あいうえおか", 1),
        ("きょう", 2 / 6),
        ("がっこう", 4 / 6),
        ("ラーメン", 4 / 6),
        ("東京", 4 / 6),
        ("はい、どうぞ。", 5 / 6 + 0.75),
        ("one two three", 3 / 2.7),
        ("12", 2 / 2.7),
    ],
)
def test_speech_is_estimated(text: str, seconds: float) -> None:
    assert seconds_of(text) == pytest.approx(seconds)


def test_ssml_is_spoken_and_its_breaks_count() -> None:
    say = fromstring(  # noqa: S314 - written here
        "<Say>あ<break time='500ms'/><sub alias='い'>X</sub><prosody rate='x'>う</prosody></Say>"
    )
    assert spoken_text(say) == "あいう"
    assert say_seconds(say) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("fragment", "connect", "read", "total", "retries", "causes", "refused"),
    [
        ("", 5, 15, 15, 1, {"ct"}, ()),
        ("e=tokyo&ct=1000&rt=3000&tt=10000&rc=1", 1, 3, 10, 1, {"ct"}, ()),
        ("rc=5&rp=4xx,5xx,rt", 5, 15, 15, 5, {"4xx", "5xx", "rt"}, ()),
        ("rt=20000&rc=9&rp=often", 5, 15, 15, 1, {"ct"}, ("rt=20000", "rc=9", "rp=often")),
        ("rt=x", 5, 15, 15, 1, {"ct"}, ("rt=x",)),
    ],
)
def test_overrides_are_read_from_the_fragment(
    fragment: str,
    connect: float,
    read: float,
    total: float,
    retries: int,
    causes: set[str],
    refused: tuple[str, ...],
) -> None:
    bare, overrides = split(f"http://127.0.0.1/a?n=1#{fragment}")
    assert bare == "http://127.0.0.1/a?n=1"
    assert (overrides.connect, overrides.read, overrides.total) == (connect, read, total)
    assert (overrides.retries, set(overrides.causes)) == (retries, causes)
    assert overrides.refused == refused


def test_a_number_option_has_up_to_three_addresses() -> None:
    served = number_option("+81312345678=http://a/v|http://a/f|http://a/s")
    assert (served.voice_url, served.fallback_url, served.status_callback) == (
        "http://a/v",
        "http://a/f",
        "http://a/s",
    )
    assert number_option("+81312345678=http://a/v||http://a/s").fallback_url is None


@pytest.mark.parametrize(
    "text", ["+81312345678", "0312345678=http://a/", "+81312345678=a", "+81312345678="]
)
def test_a_wrong_number_option_is_refused(text: str) -> None:
    with pytest.raises(BadSettings):
        number_option(text)


def test_files_are_read_and_errors_name_them(tmp_path: Path) -> None:
    numbers = tmp_path / "numbers.json"
    numbers.write_text(json.dumps({"+81312345678": {"voice_url": "http://a/"}}))
    assert read_numbers(numbers)[0].status_events == ("completed",)
    numbers.write_text(
        json.dumps({"+81312345678": {"voice_url": "http://a/", "status_events": ["done"]}})
    )
    with pytest.raises(BadSettings, match="done"):
        read_numbers(numbers)
    credentials = tmp_path / "credentials.json"
    for content in ("{", "[]", '{"account_sid": "AC1", "auth_token": "x"}'):
        credentials.write_text(content)
        with pytest.raises(BadSettings, match="credentials"):
            read_credentials(credentials)
