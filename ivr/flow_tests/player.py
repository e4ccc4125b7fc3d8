"""Plays a test on the real engine with time as given; the session is saved and reloaded between
all steps.

Time passes by `wait`, and one second for each key, ticket, word or verdict. A `wait` is silence on
the line: a gather's or hold's time-out comes when waits have filled it.
"""

from ivr.flow_engine.definition import Flow
from ivr.flow_tests.judging import judge
from ivr.flow_tests.model import FlowTest, Step
from ivr.flow_tests.playing import Playing
from ivr.flow_tests.result import Failure, Result
from ivr.flow_tests.steps import STEPS, Unfit


def play(flow: Flow, test: FlowTest) -> Result:
    """Never raises for a test or a flow that the reader handed out."""
    playing = Playing(flow, test)
    failures: list[Failure] = []
    for step in test.steps:
        found = took(playing, step)
        if found is not None:
            failures.append(found)
            break
    else:  # where a step did not fit, what is expected at the end would only repeat it
        failures += judge(test, playing)
    return Result(
        test=test,
        failures=tuple(failures),
        nodes=playing.way.nodes,
        exits=frozenset(playing.way.exits),
        path=playing.way.path,
        said=tuple(playing.said),
    )


def took(playing: Playing, step: Step) -> Failure | None:
    """Let one step happen; what is wrong when it does not fit the call."""
    if playing.ended:
        return _failed(playing, step, "left_over", "")
    try:
        taken = STEPS[step.kind](playing, step)
    except Unfit as unfit:
        return _failed(playing, step, unfit.code, unfit.wanted)
    return None if taken else _failed(playing, step, "not_taken", "")


def _failed(playing: Playing, step: Step, code: str, wanted: str) -> Failure:
    return Failure(
        at=step.at,
        code=code,
        what=str(step),
        expected=wanted,
        found=playing.host.session.wait,
        where=playing.where,
    )
