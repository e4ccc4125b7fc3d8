"""What counts as silence, in a table; and one call that is measured."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stand_ins.carrier.silence import silence
from tests.stand_ins.carrier.control import Control

ANSWERED = {"kind": "status", "status": "in-progress", "at": 2.0, "text": ""}


def heard(start: float, end: float) -> dict[str, Any]:
    return {"kind": "heard", "at": end, "audible": [start, end], "text": "say"}


def listened(start: float, end: float, *, question: bool) -> dict[str, Any]:
    fields = {"listening": [start, end], "question": question}
    return {"kind": "listened", "at": end, "text": "", **fields}


def ended(at: float) -> dict[str, Any]:
    return {"kind": "end", "at": at, "text": ""}


@pytest.mark.parametrize(
    ("timeline", "gaps"),
    [
        ([], []),
        ([heard(0, 1), ended(60)], []),  # never answered
        ([ANSWERED, ended(5.9)], []),
        ([ANSWERED, ended(6.1)], [(2, 6.1)]),
        ([ANSWERED, heard(6, 9), ended(13)], []),
        ([ANSWERED, heard(6.5, 9), ended(13.5)], [(2, 6.5), (9, 13.5)]),
        ([ANSWERED, heard(2, 4), listened(4, 10, question=True), ended(10)], []),
        ([ANSWERED, heard(2, 4), listened(4, 10, question=False), ended(10)], [(4, 10)]),
        ([ANSWERED, heard(2, 20), heard(5, 6), ended(23)], []),  # intervals overlap
        ([ANSWERED, heard(20, 21)], [(2, 20)]),  # still running: counted to the last sound
        ([ANSWERED, heard(2, 3), heard(20, 21), ended(5)], []),  # nothing after the end counts
        ([ANSWERED, heard(2, 3), heard(20, 21), ended(9)], [(3, 9)]),
    ],
)
def test_silence_is_measured(
    timeline: list[dict[str, Any]], gaps: list[tuple[float, float]]
) -> None:
    assert [(gap.start, gap.end) for gap in silence(timeline)] == gaps


SPANS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 30)), max_size=8)


@given(SPANS)
def test_gaps_and_sounds_share_out_the_whole_call(spans: list[tuple[int, int]]) -> None:
    sounds = [heard(start, start + length) for start, length in spans]
    gaps = silence([{**ANSWERED, "at": 0}, *sounds, ended(100)], longest=0)
    quiet = {second for gap in gaps for second in range(int(gap.start), int(gap.end))}
    loud = {second for start, length in spans for second in range(start, start + length)}
    assert quiet == set(range(100)) - loud


def test_a_gap_names_the_caption_before_it() -> None:
    said = {"kind": "say", "at": 2.0, "text": "お待ちください"}
    gap = silence([ANSWERED, said, heard(2, 4), ended(20)])[0]
    assert gap.after == "お待ちください"


async def test_a_pause_is_silence_and_a_question_is_not(carrier: Control) -> None:
    ask = '<Gather timeout="6"><Say>どうぞ</Say></Gather>'
    sid = await carrier.call(f'<Say>はい</Say>{ask}<Pause length="5"/><Say>では</Say>')
    gaps = silence(await carrier.played(sid))
    assert [round(gap.end - gap.start) for gap in gaps] == [5]
    assert gaps[0].after == "どうぞ"


async def test_speed_adds_no_silence_for_the_services_own_time(carrier: Control) -> None:
    carrier.service.on("/next", "<Say>a</Say>")
    sid = await carrier.call("<Say>a</Say><Redirect>/next</Redirect>")
    assert silence(await carrier.played(sid)) == []
