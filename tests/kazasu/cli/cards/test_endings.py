"""Every way in which a check may end has words, in both languages."""

import pytest

from identity.pairing.outcomes import AFTERWARDS, PENDING, Hint
from identity.pairing.refusals import Code
from kazasu.cli.cards.endings import ending_words
from kazasu.cli.cards.tap import EXPLAINED

ENDS = [hint.value for hint in Hint if hint not in PENDING | AFTERWARDS]
REFUSALS = [
    Code.EXPIRED_OR_UNKNOWN, Code.IN_A_CALL, Code.SLOW_DOWN, Code.APP_UNSUPPORTED, Code.TRY_AGAIN,
]  # fmt: skip


@pytest.mark.parametrize("language", ["ja_JP.UTF-8", "C"])
@pytest.mark.parametrize("code", [*ENDS, *(code.value for code in REFUSALS)])
def test_every_ending_has_words(code: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", language)
    said = ending_words(code)
    assert code in EXPLAINED or said.endswith(f" ({code})")
    assert said.isascii() is (language == "C" or code in EXPLAINED)


def test_a_new_one_is_said_by_its_code() -> None:
    assert ending_words("some_new_hint") == "some_new_hint"
