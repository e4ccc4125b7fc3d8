"""Mistakes in tests, each with the place where it stands."""

import pytest

from ivr.flow_tests.reading import read_file
from tests.ivr.flow_tests.desk import START, TESTS_LINE, one, read, read_site

MISTAKES = {
    "no steps": (f"  - {{name: t, {START}, expect: {{}}}}", "F001", "steps"),
    "a time without a zone": (
        one("").replace("+09:00", ""), "F001", "2026-11-24T10:00:00"),
    "an unknown field": (one("", more="look: 1, "), "F004", "look"),
    "an unknown step": (one("{pres: \"1\"}"), "F004", "press"),
    "two steps in one": (one("{press: \"1\", wait: 3s}"), "F001", "press"),
    "a bare number for keys": (one("{press: 1}"), "F003", "1"),
    "a key no telephone has": (one("{press: \"A\"}"), "F001", "A"),
    "a wait without unit": (one("{wait: 6}"), "F001", "6s"),
    "an unknown exit": (one("{identity: verfied}"), "F001", "verfied"),
    "an unknown hint": (one("{hint: waiting}"), "F001", "waiting"),
    "an unknown outcome": (one("{queue: gone}"), "F001", "gone"),
    "an unknown level": (
        one("{identity: {exit: verified, identity: id_card}}"), "F001", "id_card"),
    "a flag that is not true": (one("{hang_up: false}"), "F001", "true"),
    "an unknown lookup": (one("", more="lookups: {cse: none}, "), "F004", "case"),
    "an unknown field of a lookup": (
        one("", more="lookups: {case: {found: {de: x}}}, "), "F004", "due"),
    "an unknown outcome of a lookup": (one("", more="lookups: {case: gone}, "), "F001", "gone"),
    "an unknown answer to a call-back": (one("", more="callback: no, "), "F001", "no"),
    "an unknown expectation": (one("", "queu: general"), "F004", "queue"),
    "a priority beyond nine": (one("", "priority: 10"), "F001", "9"),
    "a number without plus": (
        one("").replace('"+819012345678"', '"09012345678"'), "F001", "09012345678"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_line(name: str) -> None:
    text, code, names = MISTAKES[name]
    _, _, tests, findings = read(text)
    assert tests == ()
    assert [(finding.file, finding.line, finding.code) for finding in findings] == [
        ("desk.yaml", TESTS_LINE, code)
    ]
    assert names in findings[0].render("en")


def test_a_withheld_number_is_an_empty_one() -> None:
    _, _, tests, findings = read(one("").replace('"+819012345678"', '""'))
    assert (tests[0].caller, findings) == ("", ())


def test_a_file_of_tests_names_the_flow_that_it_calls() -> None:
    text = "schema: ivr-tests/1\nflow: desk\ntests:\n" + one('{press: "0"}', "queue: general")
    flow, tests, findings = read_file(text, "tests/more.yaml", read_site())
    assert (flow, len(tests), findings) == ("desk", 1, ())
    assert (tests[0].at.file, tests[0].at.line) == ("tests/more.yaml", 4)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("schema: ivr-flow/1\nflow: desk\ntests: []\n", "F001"),
        ("schema: ivr-tests/1\ntests: []\n", "F001"),
        ("schema: ivr-tests/1\nflow: desk\ntests: []\nmore: 1\n", "F004"),
        ("- a\n", "F001"),
    ],
)
def test_a_file_that_is_none(text: str, code: str) -> None:
    _, _, findings = read_file(text, "tests/more.yaml", read_site())
    assert [finding.code for finding in findings] == [code]
