"""The transition table: every state, every move, every end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.pairing.outcomes import ALARMS, CANCELLED, COMPLETE, PENDING, Hint, status_of
from identity.pairing.refusals import Code, Refusal
from identity.pairing.rules import ENDS, PATH, STEPS, Move, end, step

HINTS = [hint for hint in Hint if hint is not Hint.REPUDIATED]
# Rows are states in the order of the path, columns the moves; "." is a repetition, "-" too early.
TABLE = """
                      CLAIM  ASK  CONFIRM  AGAIN  CHOOSE  CARD  PROVE  MATCH
awaiting_app          1      -    -        -      -       -     -      -
app_opened            .      2    -        -      -       -     -      -
awaiting_call_confirm .      .    3        -      -       -     -      -
awaiting_choice       .      .    .        3      4       -     -      -
awaiting_pin          .      .    .        .      .       5     6      -
awaiting_card         .      .    .        .      .       .     6      -
verifying             .      .    .        .      .       .     .      7
matching_contract     .      .    .        .      .       .     .      .
"""
MOVES = list(Move)


def _cells() -> list[tuple[Hint, Move, str]]:
    rows = [line.split() for line in TABLE.strip().splitlines()[1:]]
    return [
        (Hint(row[0]), move, cell)
        for row in rows
        for move, cell in zip(MOVES, row[1:], strict=True)
    ]


@pytest.mark.parametrize(("at", "move", "cell"), _cells())
def test_each_cell(at: Hint, move: Move, cell: str) -> None:
    found = step(at, move)
    if cell == "-":
        assert found == Refusal(code=Code.OUT_OF_ORDER.value, facts={"hint": at.value})
    else:
        assert found is (at if cell == "." else PATH[int(cell)])


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("at", [hint for hint in HINTS if hint not in PENDING])
def test_nothing_moves_once_it_is_over(at: Hint, move: Move) -> None:
    assert step(at, move) == Refusal(code=at.value)


@given(st.lists(st.sampled_from(MOVES), max_size=40))
def test_the_state_only_moves_forward(moves: list[Move]) -> None:
    at = Hint.AWAITING_APP
    for move in moves:
        to = step(at, move)
        if isinstance(to, Hint):
            assert PATH.index(to) >= PATH.index(at)
            at = to
    assert at in PENDING


def test_every_end_can_be_reached_and_only_from_pending_but_for_superseded() -> None:
    assert set(ENDS) == {hint for hint in HINTS if hint not in PENDING}
    for hint, sources in ENDS.items():
        assert sources
        assert sources <= PENDING or (hint is Hint.SUPERSEDED and sources - PENDING == COMPLETE)


@pytest.mark.parametrize("as_hint", [hint for hint in Hint if hint in ENDS])
@pytest.mark.parametrize("at", HINTS)
def test_an_end_from_anywhere_else_changes_nothing(at: Hint, as_hint: Hint) -> None:
    found = end(at, as_hint)
    if at in ENDS[as_hint]:
        assert found is as_hint
    elif at in PENDING:
        assert found == Refusal(code=Code.OUT_OF_ORDER.value, facts={"hint": at.value})
    else:
        assert found == Refusal(code=at.value)


def test_only_a_judged_proof_completes() -> None:
    for hint in COMPLETE:
        assert ENDS[hint] == {Hint.VERIFYING, Hint.MATCHING_CONTRACT}
    assert not any(target in COMPLETE for _, target in STEPS.values())


def test_what_is_pending_can_always_be_ended_by_the_phone_side() -> None:
    for at in PENDING:
        for hint in CANCELLED | {Hint.CALL_ENDED}:
            assert end(at, hint) is hint
        assert any(end(at, e) is e for e in (Hint.CODE_EXPIRED, Hint.SESSION_EXPIRED))


def test_alarms_are_failures() -> None:
    assert {status_of(hint).value for hint in ALARMS} == {"failed"}
