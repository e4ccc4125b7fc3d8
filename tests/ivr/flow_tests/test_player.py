"""What each step does to a call, and how each expectation fails."""

import pytest

from ivr.flow_tests.coverage import coverage
from ivr.flow_tests.player import play
from ivr.flow_tests.result import Result
from ivr.flow_tests.words import told, told_where
from tests.ivr.flow_tests.desk import FLOW, START, TESTS_LINE, one, read


def played(steps: str, expect: str = "", more: str = "") -> Result:
    flow, _, tests, findings = read(one(steps, expect, more))
    assert not findings, [finding.render("en") for finding in findings]
    return play(flow, tests[0])


PASSES = {
    "keys": ('{press: "1"}', "path: [menu, verify], said: [hello, menu, code], end: verify"),
    "silence fills a gather": (
        "{wait: 6s}, {wait: 3s}, {wait: 3s}, {wait: 6s}",
        "said: [menu, again, menu, again, menu], end: general",
    ),
    "a long silence goes on": ("{wait: 18s}", "queue: general, priority: 0, end: general"),
    "an entry and a lookup": (
        '{press: "2"}, {press: "4711"}',
        'said: [number, due], vars: {asked: "4711", case: {due: "2026-12-10"}}',
    ),
    "a global key": ('{press: "0"}, {queue: connected}', "queue: general, said: [bye], end: end"),
    "hold turns": ('{press: "1"}, {wait: 16s}', "said: [code, hold, hold]"),
    "the pick": ('{press: "1"}, {hint: app_opened}, {hint: awaiting_choice}', "said: [hold, pick]"),
    "verified": (
        '{press: "1"}, {identity: verified}, {queue: connected}',
        "queue: verified, priority: 5, said: [ok, place, bye], path: [ok, verified, end]",
    ),
    "levels below those required": (
        '{press: "1"}, {identity: {exit: verified, identity: id_card_auth, binding: bind_code}}',
        "said: [failed], queue: general",
    ),
    "all modes expire": ('{press: "1"}, {identity: code_expired}', "said: [code, code, failed]"),
    "the caller skips": ('{press: "1"}, {press: "9"}', "said: [failed], queue: general"),
    "left by the leave key": ('{press: "0"}, {press: "9"}', "path: [general, ring, back, end]"),
    "the longest wait": ('{press: "0"}, {wait: 1m}', "path: [general, ring]"),
    "a call-back that fails": (
        '{press: "0"}, {queue: full}',
        "path: [ring], not_said: [back]",
    ),
    "hung up": ('{press: "1"}, {hang_up: true}', "end: verify"),
    "repudiated": ('{press: "1"}, {repudiate: true}', "queue: general"),
}
_MORE = {
    "an entry and a lookup": 'lookups: {case: {found: {due: "2026-12-10"}}}, ',
    "a call-back that fails": "callback: error, ",
}


@pytest.mark.parametrize("name", PASSES)
def test_a_step_does_what_it_says(name: str) -> None:
    result = played(*PASSES[name], _MORE.get(name, ""))
    assert [told(failure, "en") for failure in result.failures] == []


FAILS = {
    "another queue": ('{press: "0"}', "queue: verified", "queue: expected verified"),
    "another priority": ('{press: "0"}', "priority: 5", "priority: expected 5, found 0"),
    "never said": ('{press: "0"}', "said: [hello, code]", "code is missing"),
    "in another order": ('{press: "0"}', "said: [menu, hello]", "hello is missing"),
    "said": ('{press: "0"}', "not_said: [menu]", "menu was said: Press one or two."),
    "another way": ('{press: "0"}', "path: [verify]", "verify is missing"),
    "another value": ('{press: "2"}, {press: "4711"}', 'vars: {asked: "1"}', "asked=4711"),
    "another end": ('{press: "0"}', "end: end", "end: expected end, the call is at general"),
    "no fault came": ('{press: "0"}', "fault: guarded_prompt", "fault: expected guarded_prompt"),
    "a step after the end": (
        '{press: "0"}, {queue: connected}, {press: "1"}', "", "ended before the step 'press 1'"),
    "keys in a queue": ('{press: "0"}, {press: "1"}', "", "no key is taken here"),
    "too many keys": ('{press: "11"}', "", "only 1 key(s)"),
    "no queue": ("{queue: connected}", "", "in no queue"),
    "no check": ("{identity: verified}", "", "no identity check is open"),
    "no ticket": ("{ticket: valid}", "", "does not listen for a ticket"),
    "no speech": ("{speech: hello}", "", "nobody listens for words"),
    "news of nothing": ("{hint: awaiting_pin}", "", "does not take 'hint awaiting_pin'"),
    "a prompt that is not there": ("", "not_said: [helo]", "the flow has no prompt 'helo'"),
    "a node that is not there": ("", "path: [hello, menue]", "the flow has no node 'menue'"),
    "a queue that is not there": ('{press: "0"}', "queue: verfied", "has no queue 'verfied'"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILS)
def test_a_failure_says_what_was_expected_and_what_came(name: str) -> None:
    steps, expect, words = FAILS[name]
    result = played(steps, expect)
    assert result.failures
    failure = result.failures[0]
    assert words in told(failure, "en")
    assert told(failure, "ja") != told(failure, "en")
    assert (failure.at.file, failure.at.line) == ("desk.yaml", TESTS_LINE)


def test_a_failure_says_where_the_call_was() -> None:
    failure = played('{press: "1"}', "end: end").failures[0]
    assert told_where(failure, "en") == (
        "the call was at verify (desk.yaml:24), last heard: "
        "code (Code three eight zero five one two six four.)"
    )


@pytest.mark.parametrize(
    ("expect", "codes"),
    [("queue: general", ["fault"]), ("queue: general, fault: max_steps", [])],
)
def test_a_fault_that_was_not_expected_fails(expect: str, codes: list[str]) -> None:
    few = FLOW.replace("start: hello", "limits: {max_steps: 2}\nstart: hello")
    flow, _, tests, _ = read(one('{press: "1"}', expect), few)
    assert [failure.code for failure in play(flow, tests[0]).failures] == codes


def test_what_no_test_takes() -> None:
    tests = one('{press: "1"}, {identity: verified}, {queue: connected}') + one(
        '{press: "0"}, {queue: timeout}'
    ).replace("name: t", "name: u")
    flow, whole, found, _ = read(tests)
    covered = coverage(whole, [play(flow, test) for test in found])
    missed = {(entry.node, entry.exit) for entry in covered.untaken}
    assert {("number", ""), ("find", ""), ("due", ""), ("failed", "")} <= missed
    assert {("menu", "2"), ("verify", "other"), ("general", "left"), ("ring", "error")} <= missed
    assert not {("menu", "1"), ("verify", "verified"), ("general", "timeout")} & missed
    assert ("general", "full") in missed
    assert (covered.nodes, covered.nodes_taken) == (13, 9)


def test_a_whole_coverage_has_nothing_to_tell() -> None:
    """Every exit of a node that was entered, its exits filled by `other` among them."""
    flow, whole, found, _ = read(one('{press: "1"}, {identity: card_without_pin}'))
    covered = coverage(whole, [play(flow, test) for test in found])
    assert ("verify", "other") not in {(entry.node, entry.exit) for entry in covered.untaken}


def test_names_are_used_once() -> None:
    _, _, _, findings = read(one("") + one(""))
    assert [(finding.code, finding.line) for finding in findings] == [("F002", TESTS_LINE + 1)]


def test_the_start_is_a_given_time() -> None:
    _, _, tests, _ = read(one(""))
    assert tests[0].starts.isoformat() in START
