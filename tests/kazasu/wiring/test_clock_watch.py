"""F10: while our clock and the database's disagree, nobody is verified."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.jpki.anchors import Purpose
from identity.verification.model import LinkageKey, RevocationState, RevocationStatus
from identity.verification.ports import RevocationSubject
from kazasu.wiring.clock_watch import ClockWatch, WhenTheClockIsRight

AT = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
SUBJECT = RevocationSubject(
    purpose=Purpose.AUTH,
    certificate=LinkageKey(issuer_key_sha256=b"k", serial=1),
    distribution_points=frozenset(),
)


class Clocks:
    """Ours, the database's, and the one that only counts on; `slow` seconds pass in asking."""

    def __init__(self) -> None:
        self.ours = self.theirs = AT
        self.counted = self.slow = 0.0
        self.asked = 0
        self.watch = ClockWatch(lambda: self.ours, self._theirs, lambda: self.counted)

    async def _theirs(self) -> datetime:
        self.asked += 1
        self.passes(self.slow)
        return self.theirs

    def passes(self, seconds: float) -> None:
        self.ours += timedelta(seconds=seconds)
        self.theirs += timedelta(seconds=seconds)
        self.counted += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.mark.parametrize(
    ("apart", "right"),
    [(0, True), (2, True), (-2, True), (2.1, False), (-2.1, False), (600, False), (-86400, False)],
)
async def test_two_seconds_may_lie_between_the_clocks(
    clocks: Clocks, apart: float, right: bool
) -> None:
    clocks.ours += timedelta(seconds=apart)
    assert await clocks.watch.right() is right
    assert await clocks.watch.apart() == timedelta(seconds=apart)


@pytest.mark.parametrize("apart", [0, 5, -600, 86400])
async def test_times_are_the_databases_however_wrong_ours_is(clocks: Clocks, apart: float) -> None:
    clocks.ours += timedelta(seconds=apart)
    assert clocks.watch.corrected() == clocks.ours
    await clocks.watch.apart()
    assert clocks.watch.corrected() == clocks.theirs
    clocks.passes(90)
    clocks.ours -= timedelta(hours=1)
    assert clocks.watch.corrected() == clocks.theirs


@pytest.mark.parametrize(("ahead", "taken_for"), [(0.2, 0), (-0.2, 0), (0.4, 0.4), (-30, -30)])
async def test_what_the_way_of_the_answer_may_explain_is_no_difference(
    clocks: Clocks, ahead: float, taken_for: float
) -> None:
    clocks.theirs += timedelta(seconds=ahead - 0.25)
    clocks.slow = 0.5
    await clocks.watch.apart()
    assert clocks.watch.corrected() == clocks.ours + timedelta(seconds=taken_for)


async def test_a_jump_between_two_looks_is_seen_at_once(clocks: Clocks) -> None:
    assert await clocks.watch.right()
    clocks.passes(1)
    clocks.ours += timedelta(minutes=10)
    assert not await clocks.watch.right()
    assert clocks.asked == 1


async def test_it_is_right_again_when_the_clock_is(clocks: Clocks) -> None:
    clocks.ours += timedelta(minutes=10)
    assert not await clocks.watch.right()
    clocks.ours -= timedelta(minutes=10)
    clocks.passes(6)
    assert await clocks.watch.right()
    assert clocks.asked == 2


async def test_an_answer_that_came_slowly_tells_nothing(clocks: Clocks) -> None:
    assert await clocks.watch.right()
    clocks.passes(6)
    clocks.slow = 3
    clocks.theirs += timedelta(seconds=100)
    assert await clocks.watch.apart() == timedelta(0)  # as at the last look that told something


async def test_a_first_look_that_tells_nothing_is_no_answer(clocks: Clocks) -> None:
    clocks.slow = 3
    with pytest.raises(TimeoutError):
        await clocks.watch.apart()


@pytest.mark.parametrize("apart", [0, 5])
async def test_a_source_cannot_tell_while_the_clock_is_wrong(clocks: Clocks, apart: int) -> None:
    class Good:
        async def status(self, subject: RevocationSubject, at: datetime) -> RevocationState:
            return RevocationState(status=RevocationStatus.GOOD, method="crl", checked_at=at)

    clocks.ours += timedelta(seconds=apart)
    state = await WhenTheClockIsRight(Good(), clocks.watch).status(SUBJECT, AT)
    if apart:
        assert (state.status, state.why) == (RevocationStatus.UNKNOWN, "clock_apart")
    else:
        assert state.status is RevocationStatus.GOOD
