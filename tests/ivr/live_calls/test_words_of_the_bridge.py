"""Two worlds, one set of words: what the flow format froze is what the identity side says.

The identity side may grow; then this test fails, and somebody decides whether the format's next
number has the new word, or `other` will do.
"""

import pytest

from identity.pairing import outcomes as identity_words
from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.model import CallState, Mode
from identity.pairing.outcomes import Hint
from ivr.flow_engine import outcomes as flow_words

ENDS = set(Hint) - identity_words.PENDING - identity_words.AFTERWARDS


@pytest.mark.parametrize(
    ("frozen", "said"),
    [
        (flow_words.COMPLETE_EXITS, identity_words.COMPLETE),
        (flow_words.ALARM_EXITS, identity_words.ALARMS),
        (flow_words.CANCELLED_EXITS, identity_words.CANCELLED),
        (flow_words.VERIFY_EXITS, ENDS),
        (flow_words.PENDING_HINTS, identity_words.PENDING),
        (flow_words.CALL_STATES, CallState),
        (flow_words.MODES, [*(one for one in Mode if one.of_a_call), None]),
    ],
    ids=["complete", "alarm", "cancelled", "all exits", "pending", "call states", "modes"],
)
def test_words_are_the_same(frozen: tuple[str, ...], said: object) -> None:
    assert len(set(frozen)) == len(frozen)
    # An operator starts any of the modes: a way in, and no mode of a pairing.
    words = {"operator_started" if one is None else one.value for one in said}  # type: ignore[attr-defined]  # enums of several kinds
    assert set(frozen) == words


def test_levels_have_the_same_names_and_ranks() -> None:
    for frozen, levels in (
        (flow_words.IDENTITY_LEVELS, IdentityLevel),
        (flow_words.BINDING_LEVELS, BindingLevel),
    ):
        assert {code: rank for rank, code in enumerate(frozen)} == {
            level.code: level.value for level in levels
        }
