"""`--fix` splices: what is corrected changes, and not one byte besides."""

import pytest

from ivr.flow_linter.fixing import fixed
from tests.ivr.flow_engine.small_flow import FILES

HEAD, NODES = FILES["bad.yaml"].split("nodes:\n")
ODD = (
    "\ufeff# 先頭のコメント   \r\n"
    "\r\n"
    "schema:   'ivr-flow/1'\r\n"
    'title: "A \\u0041 title"   # "0120" in a comment stays\r\n'
    "id: bad\r\n"
    "languages: [ ja-JP, ]\r\n"
    "voice: {ja-JP: Voice}\r\n"
    "prompts:\r\n"
    "- prompts/words.yaml\r\n"
    "\r\n"
    "\r\n"
    "start: hi\r\n"
    "human:   desk\r\n"
    "hours:\r\n"
    "  office:   # the desk's own\r\n"
    "    closed_on: [2026-12-29, '2026-12-30']\r\n"
    "    weekly: {mon-fri: [09:00-17:30]}\r\n"
    "global_keys: {0: {goto: desk}, '*': repeat}  # 0 for a person\r\n"
    "nodes:\r\n"
    "  hi: {gather: {digits: 1, prompt: hello}, keys: { 1: desk,   2: desk }}\t# keys 1 2\r\n"
    "  desk: {route: {queue: general}, outcomes: {connected: end, abandoned: end,\r\n"
    "         full: end, timeout: end, error: end}}   \r\n"
    "  end: {hangup: {}}"
)
# What each bare text becomes, in order.
QUOTED = [
    ("[2026-12-29,", '["2026-12-29",'),
    ("[09:00-17:30]", '["09:00-17:30"]'),
    ("{0: {goto", '{"0": {goto'),
    ("{ 1: desk,", '{ "1": desk,'),
    ("   2: desk }", '   "2": desk }'),
]


def fix(flow: str, **more: str) -> dict[str, str]:
    return dict(fixed({**FILES, "bad.yaml": flow, **more}, {}, "site.yaml", ["bad"]))


def test_only_the_bare_texts_change() -> None:
    expected = ODD
    for bare, quoted in QUOTED:
        assert expected.count(bare) == 1
        expected = expected.replace(bare, quoted)
    changed = fix(ODD)
    assert list(changed) == ["bad.yaml"]
    assert changed["bad.yaml"].encode() == expected.encode()


def test_a_second_time_changes_nothing() -> None:
    once = fix(ODD)["bad.yaml"]
    assert fix(once) == {}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end(end: str) -> None:
    flow = FILES["bad.yaml"].replace("title: A small flow", "title: 0120444113").replace("\n", end)
    expected = flow.replace("title: 0120444113", 'title: "0120444113"')
    assert fix(flow) == {"bad.yaml": expected}


def test_a_site_that_does_not_read_before_is_corrected_first() -> None:
    site = FILES["site.yaml"].replace('"+81312345678": bad', "+81312345678: bad")
    flow = FILES["bad.yaml"].replace("title: A small flow", "title: 12345")
    changed = fix(flow, **{"site.yaml": site})
    assert changed["site.yaml"] == FILES["site.yaml"]
    assert 'title: "12345"' in changed["bad.yaml"]


def test_files_of_tests_too() -> None:
    text = "schema: ivr-tests/1\nflow: bad\ntests:\n- {name: 1, at: 2026-11-24, steps: []}\n"
    changed = fixed(FILES, {"tests/more.yaml": text}, "site.yaml", ["bad"])
    quoted = text.replace("name: 1,", 'name: "1",').replace("at: 2026-11-24,", 'at: "2026-11-24",')
    assert changed == {"tests/more.yaml": quoted}


@pytest.mark.parametrize(
    "bare",
    [
        "title: +81\n  312345678",  # folded over two lines: not one stretch of text
        "title: ''",
        "title: A title",
    ],
)
def test_left_alone(bare: str) -> None:
    assert fix(FILES["bad.yaml"].replace("title: A small flow", bare)) == {}


def test_quotes_inside_are_kept() -> None:
    flow = FILES["bad.yaml"].replace("title: A small flow", 'title: 09:00 "o\'clock"')
    assert "title: '09:00 \"o''clock\"'\n" in fix(flow)["bad.yaml"]


def test_nothing_to_do() -> None:
    assert fix(FILES["bad.yaml"]) == {}
