"""A flow of many nodes: no rule's work grows faster than the flow. Work is counted in calls of
functions, which is the same on every computer; seconds are shown by `make bench`."""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from ivr.flow_linter.carrier_limits import ANY_CARRIER
from ivr.flow_linter.catalogue import RULES
from ivr.flow_linter.linter import ask_rules, lint_flow
from ivr.flow_linter.rule import Subject
from tests.ivr.flow_engine.small_flow import AUDIO, site
from tests.ivr.flow_linter.large_flow import large

SMALL, LARGE = 40, 160
MOST = 1.6 * LARGE / SMALL  # a rule that looks at pairs of nodes would be at 4 times this ratio


def subject(nodes: int, *, broken: bool = False) -> Subject:
    asked = ask_rules(large(nodes, broken=broken), "bad", site(), AUDIO, ANY_CARRIER)
    assert asked.subject is not None
    return asked.subject


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, ours and the interpreter's."""
    count = 0

    def counting(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.fixture(scope="module", params=[False, True], ids=["good", "broken"])
def subjects(request: pytest.FixtureRequest) -> tuple[Subject, Subject]:
    broken = bool(request.param)
    return subject(SMALL, broken=broken), subject(LARGE, broken=broken)


def asked(subject: Subject) -> dict[str, int]:
    """By rule, the calls of its checks."""
    counted: dict[str, int] = {}
    for rule in RULES:
        for needs, check in rule.checks.items():
            if needs.name in ("PARTS", "FILES") or subject.flow is not None:
                ran = calls(partial(list, check(subject)))
                counted[rule.code] = counted.get(rule.code, 0) + ran
    return counted


def test_work_grows_with_the_flow_only(subjects: tuple[Subject, Subject]) -> None:
    for one in subjects:
        asked(one)  # what is remembered from text to text is remembered now
    small, large_one = asked(subjects[0]), asked(subjects[1])
    grown = {
        code: round(large_one[code] / small[code], 1)
        for code in small
        if large_one[code] > max(MOST * small[code], 2000)
    }
    assert grown == {}


def test_a_thousand_nodes_are_judged() -> None:
    linted = lint_flow(large(1000), "bad", site(), AUDIO)
    assert [finding.render("en") for finding in linted.findings] == []
    assert linted.flow is not None
    assert len(linted.flow.main.nodes) == 1000
