"""What the machine says in the caller's ear when an operator asks it to."""

import pytest

from ivr.flow_engine.voice_actions import Pause, Say
from ivr.live_calls.operator_checks.saying import words


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("language", ["ja-JP", "en-US"])
def test_the_code_twice_at_the_callers_pace(language: str, slow: bool) -> None:
    spoken = words("code", "38051264", language, "Voice", slow=slow)
    said = [part for part in spoken if isinstance(part, Say)]
    assert {(part.language, part.voice, part.slow) for part in said} == {(language, "Voice", slow)}
    texts = [part.text for part in said]
    assert texts[1:3] == texts[4:6]  # two halves of four digits, said again
    assert len([part for part in spoken if isinstance(part, Pause)]) == 6
