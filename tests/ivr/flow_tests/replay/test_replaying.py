"""Every test of the shipped flow, recorded as the service records calls and replayed."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from ivr.flow_engine import engine
from ivr.flow_engine.call_log import recording
from ivr.flow_engine.call_log.recording import Entry
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.events import Event
from ivr.flow_engine.session import Session
from ivr.flow_tests.host import Host
from ivr.flow_tests.model import FlowTest
from ivr.flow_tests.player import took
from ivr.flow_tests.playing import Playing
from ivr.flow_tests.replay.comparing import compare
from ivr.flow_tests.replay.replaying import replay
from kazasu.cli.flow.named_flows import named_flows

SHIPPED = Path(__file__).parents[4] / "flows" / "main-inbound.yaml"


@cache
def shipped() -> tuple[Flow, tuple[FlowTest, ...]]:
    (one,) = named_flows(str(SHIPPED))
    assert one.draft.flow is not None
    return one.draft.flow, one.tests


def recorded(flow: Flow, test: FlowTest) -> tuple[Playing, list[Entry]]:
    """The call of a test, and what the service would keep of it."""
    log: list[Entry] = []
    clock = Clock(test.starts)

    def watch(before: Session, event: Event, step: engine.Step, from_carrier: bool) -> None:
        made = recording.entry(
            flow,
            before,
            event,
            step,
            began=test.starts,
            now=clock.now(),
            from_carrier=from_carrier,
        )
        if made is not None:
            log.append(made)

    playing = Playing(flow, test, watch)
    clock.host = playing.host
    for step in test.steps:
        assert took(playing, step) is None
    return playing, json.loads(json.dumps(log))


@dataclass
class Clock:
    """That of the call, once there is one."""

    starts: datetime
    host: Host | None = None

    def now(self) -> datetime:
        return self.host.now if self.host is not None else self.starts


NAMES = [test.name for test in shipped()[1]]


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_call_goes_the_same_way(name: str) -> None:
    flow, tests = shipped()
    test = next(one for one in tests if one.name == name)
    playing, log = recorded(flow, test)
    again = replay(flow, log, test.starts)
    assert again.path == playing.way.path
    assert again.ignored == 0
    assert (again.fault, again.ended) == ("", playing.ended)
    if playing.shown is not None:
        assert again.queue == playing.shown.queue
    assert compare(again, again).path == ()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_was_keyed_or_found_is_in_a_log(name: str) -> None:
    flow, tests = shipped()
    test = next(one for one in tests if one.name == name)
    playing, log = recorded(flow, test)
    text = json.dumps(log, ensure_ascii=False)
    secrets = {test.caller, *playing.host.script.codes, "0123456789", "c-0001"} - {""}
    secrets |= {step.text for step in test.steps if step.kind == "press" and len(step.text) > 1}
    for name_of, answer in test.lookups.items():
        public = flow.site.lookups[name_of].public
        secrets |= {str(v) for field, v in answer.fields.items() if field not in public and v != 0}
    assert [secret for secret in secrets if secret in text] == []
