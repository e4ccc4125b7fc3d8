"""The transition tables: every path, every state, every move, every end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.pairing.model import Mode
from identity.pairing.outcomes import (
    AFTERWARDS,
    ALARMS,
    CANCELLED,
    COMPLETE,
    PENDING,
    Hint,
    status_of,
)
from identity.pairing.refusals import Code, Refusal
from identity.pairing.rules import (
    AT_A_DESK,
    CALL_FIRST,
    KEYED,
    PATHS,
    TAP_FIRST,
    Move,
    Path,
    end,
    step,
)

HINTS = [hint for hint in Hint if hint not in AFTERWARDS]
NAMED = {"call_first": CALL_FIRST, "tap_first": TAP_FIRST, "keyed": KEYED, "desk": AT_A_DESK}
# Ends that a path has no place for: nobody asks for the direction of a call that is not there.
NEVER = {
    "tap_first": {Hint.USER_DECLINED_CALL},
    "desk": {Hint.USER_DECLINED_CALL, Hint.WRONG_CHOICE, Hint.CALL_ENDED, Hint.SUPERSEDED},
}
# Rows are states in the order of the path, columns the moves; "." is a repetition, "-" is refused.
TABLES = {
    "call_first": """
                      CLAIM ASK CONFIRM CHOOSE_AGAIN CHOOSE HOLD_CARD PROVE MATCH ARRIVE GIVE_TICKET
awaiting_app          1     -   -       -            -      -         -     -     -      -
app_opened            .     2   -       -            -      -         -     -     -      -
awaiting_call_confirm .     .   3       -            -      -         -     -     -      -
awaiting_choice       .     .   .       3            4      -         -     -     -      -
awaiting_pin          .     .   .       .            .      5         6     -     -      -
awaiting_card         .     .   .       .            .      .         6     -     -      -
verifying             .     .   .       .            .      .         .     7     -      -
matching_contract     .     .   .       .            .      .         .     .     -      -
""",
    "tap_first": """
HOLD_CARD PROVE GIVE_TICKET ARRIVE ASK_CHOICE CHOOSE_AGAIN CLAIM CONFIRM CHOOSE
awaiting_pin      1 2 - - - - - - -
awaiting_card     . 2 - - - - - - -
verifying         . . 3 - - - - - -
awaiting_dial     . . . 4 - - - - -
matching_contract . . . . 5 - - - -
awaiting_choice   . . . . . 5 - - -
""",
    "keyed": """
                      ARRIVE CONFIRM HOLD_CARD PROVE MATCH CLAIM CHOOSE GIVE_TICKET
awaiting_app          1      -       -         -     -     -     -      -
awaiting_call_confirm .      2       -         -     -     -     -      -
awaiting_pin          .      .       3         4     -     -     -      -
awaiting_card         .      .       .         4     -     -     -      -
verifying             .      .       .         .     5     -     -      -
matching_contract     .      .       .         .     .     -     -      -
""",
    "desk": """
                      CLAIM HOLD_CARD PROVE MATCH ASK CONFIRM CHOOSE_AGAIN CHOOSE ARRIVE GIVE_TICKET
awaiting_app          1     -         -     -     -   -       -            -      -      -
awaiting_pin          .     2         3     -     -   -       -            -      -      -
awaiting_card         .     .         3     -     -   -       -            -      -      -
verifying             .     .         .     4     -   -       -            -      -      -
matching_contract     .     .         .     .     -   -       -            -      -      -
""",
}
EACH_PATH = pytest.mark.parametrize("path", list(NAMED.values()), ids=list(NAMED))


def _cells() -> list[tuple[str, Hint, Move, str]]:
    cells = []
    for name, table in TABLES.items():
        moves, *rows = (line.split() for line in table.strip().splitlines())
        for row in rows:
            for move, cell in zip(moves, row[1:], strict=True):
                cells.append((name, Hint(row[0]), Move[move], cell))
    return cells


@pytest.mark.parametrize(("name", "at", "move", "cell"), _cells())
def test_each_cell(name: str, at: Hint, move: Move, cell: str) -> None:
    path = NAMED[name]
    found = path.step(at, move)
    if cell == "-":
        assert found == Refusal(code=Code.OUT_OF_ORDER.value, facts={"hint": at.value})
    else:
        assert found is (at if cell == "." else path.states[int(cell)])


@pytest.mark.parametrize("name", list(NAMED))
def test_the_tables_here_are_whole(name: str) -> None:
    rows = [row.split() for row in TABLES[name].strip().splitlines()]
    assert {Move[move] for move in rows[0]} >= set(NAMED[name].steps)
    assert [row[0] for row in rows[1:]] == [hint.value for hint in NAMED[name].states]


@EACH_PATH
@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("at", [hint for hint in HINTS if hint not in PENDING])
def test_nothing_moves_once_it_is_over(path: Path, at: Hint, move: Move) -> None:
    assert path.step(at, move) == Refusal(code=at.value)


@given(st.sampled_from(list(NAMED)), st.lists(st.sampled_from(list(Move)), max_size=40))
def test_the_state_only_moves_forward(name: str, moves: list[Move]) -> None:
    path = NAMED[name]
    at = path.states[0]
    for move in moves:
        to = path.step(at, move)
        if isinstance(to, Hint):
            assert path.reached(to, at)
            at = to
    assert at in PENDING


@pytest.mark.parametrize("name", list(NAMED))
def test_every_end_can_be_reached_and_only_from_pending_but_for_superseded(name: str) -> None:
    path = NAMED[name]
    assert set(path.ends) == {hint for hint in HINTS if hint not in PENDING}
    for hint, sources in path.ends.items():
        assert bool(sources) is (hint not in NEVER.get(name, ()))
        assert sources <= PENDING or (hint is Hint.SUPERSEDED and sources - PENDING == COMPLETE)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("as_hint", [hint for hint in HINTS if hint not in PENDING])
def test_an_end_from_anywhere_else_changes_nothing(mode: Mode, as_hint: Hint) -> None:
    for at in HINTS:
        found = end(mode, at, as_hint)
        if at in PATHS[mode].ends[as_hint]:
            assert found is as_hint
        elif at in PENDING:
            assert found == Refusal(code=Code.OUT_OF_ORDER.value, facts={"hint": at.value})
        else:
            assert found == Refusal(code=at.value)


@EACH_PATH
def test_only_a_judged_proof_with_its_call_completes(path: Path) -> None:
    called = {Hint.MATCHING_CONTRACT} | (
        {Hint.AWAITING_CHOICE} if path is TAP_FIRST else {Hint.VERIFYING}
    )
    for hint in COMPLETE:
        assert path.ends[hint] == called
    assert not any(target in COMPLETE for _, target in path.steps.values())


@EACH_PATH
def test_what_is_pending_can_always_be_ended_by_the_phone_side(path: Path) -> None:
    for at in PENDING:
        ended = CANCELLED if path is AT_A_DESK else CANCELLED | {Hint.CALL_ENDED}
        for hint in ended:
            assert path.end(at, hint) is hint
        assert any(path.end(at, e) is e for e in (Hint.CODE_EXPIRED, Hint.SESSION_EXPIRED))


def test_each_mode_has_its_path() -> None:
    assert {mode: PATHS[mode] for mode in Mode} == {
        Mode.APP_DIAL: TAP_FIRST,
        Mode.SMS_LINK: CALL_FIRST,
        Mode.SPOKEN_CODE: CALL_FIRST,
        Mode.KEYED_CODE: KEYED,
        Mode.DESK: AT_A_DESK,
    }
    assert step(Mode.KEYED_CODE, Hint.AWAITING_APP, Move.CLAIM) == Refusal(
        code=Code.OUT_OF_ORDER.value, facts={"hint": "awaiting_app"}
    )


def test_alarms_are_failures() -> None:
    assert {status_of(hint).value for hint in ALARMS} == {"failed"}
