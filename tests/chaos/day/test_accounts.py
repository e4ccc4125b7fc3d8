"""At the end of the day nothing is left over and nobody is lost: each is found when it is."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.chaos.day.accounts import Account, LeftOver, unaccounted
from tests.chaos.day.footprint import MOST_DESCRIPTORS, MOST_GROWTH, MOST_MEGABYTES, Footprint, Life
from tests.chaos.history.operations import Heard, History
from tests.chaos.history.test_invariants import PAIRING, row

VERDICT = row("p1", "ev1")
HISTORY = History(
    operations=(VERDICT,),
    pairings=(PAIRING, replace(PAIRING, id="p2", status="failed", hint="code_expired")),
    heard=tuple(Heard(call=sid, stayed=True, reached="person") for sid in ("CA1", "CA2")),
)
GOOD = Account(planned=2, dialled=("CA1", "CA2"), history=HISTORY)


def of(**changes: object) -> Callable[[], Account]:
    return lambda: replace(GOOD, history=replace(HISTORY, **changes))  # type: ignore[arg-type]  # by name


def test_a_good_day_is_accounted_for() -> None:
    assert unaccounted(GOOD) == []


@pytest.mark.parametrize(
    ("account", "said"),
    [
        pytest.param(lambda: replace(GOOD, planned=3), "lost calls", id="a call not made"),
        pytest.param(lambda: replace(GOOD, dialled=("CA1", "")), "lost calls", id="no line"),
        pytest.param(lambda: replace(GOOD, dialled=("CA1", "CA3")), "lost call CA3", id="unheard"),
        pytest.param(of(operations=()), "verdict of p1 without evidence", id="no row"),
        pytest.param(of(operations=(VERDICT, row("p1", "ev2"))), "two verdicts of p1", id="two"),
        pytest.param(
            of(operations=(VERDICT, row("p2", "ev2"))), "evidence of p2 without", id="no verdict"
        ),
        *(
            pytest.param(
                lambda name=name: replace(GOOD, left=LeftOver(**{name: 2})), "left over: 2", id=name
            )
            for name in LeftOver.__slots__
        ),
    ],
)
def test_what_is_missing_is_said(account: Callable[[], Account], said: str) -> None:
    assert [line for line in unaccounted(account()) if line.startswith(said)]


@pytest.mark.parametrize(
    ("life", "too_much"),
    [
        (Life([100.0] * 40, [30] * 40), False),
        (Life([100.0, MOST_GROWTH + 150.0, *[MOST_GROWTH + 160.0] * 38], [30]), False),
        (Life([100.0] * 39 + [MOST_GROWTH + 101.0], [30]), True),
        (Life([MOST_MEGABYTES + 1.0], [30]), True),
        (Life([100.0], [30, MOST_DESCRIPTORS + 1, 30]), True),
    ],
    ids=["even", "warms up", "grows", "large", "descriptors"],
)
def test_a_process_that_takes_too_much_is_named(life: Life, too_much: bool) -> None:
    assert bool(Footprint({7: life}).too_much()) == too_much
