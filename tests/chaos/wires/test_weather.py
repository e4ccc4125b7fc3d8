"""The same seed spoils the same bytes; each kind of weather does what it says."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.wires.weather import CLEAR, Then, Weather, fate, turned_round


@given(st.binary(max_size=200), st.integers())
def test_clear_weather_changes_nothing(piece: bytes, seed: int) -> None:
    done = fate(CLEAR, piece, Random(seed))
    assert (done.delay, done.piece, done.then) == (0.0, piece, Then.GO_ON)
    assert not done.harmed(piece)


@given(st.binary(min_size=1, max_size=200), st.integers())
def test_a_flip_is_one_bit(piece: bytes, seed: int) -> None:
    done = fate(Weather(flip=1.0), piece, Random(seed))
    different = int.from_bytes(piece) ^ int.from_bytes(done.piece)
    assert different.bit_count() == 1
    assert len(done.piece) == len(piece)
    assert done.harmed(piece)


@given(st.binary(max_size=200), st.integers())
def test_truncated_is_a_beginning_and_the_end(piece: bytes, seed: int) -> None:
    done = fate(Weather(truncate=1.0), piece, Random(seed))
    assert piece.startswith(done.piece)
    assert done.then is Then.CLOSE
    assert not piece or len(done.piece) < len(piece)


@given(st.integers())
def test_the_weather_before_does_not_change_what_a_seed_does(seed: int) -> None:
    rough, calm = Random(seed), Random(seed)
    fate(Weather(flip=0.5, reset=0.2, latency=1.0, jitter=1.0, stall=9.0), b"one", rough)
    fate(CLEAR, b"one", calm)
    later = Weather(flip=0.5, truncate=0.3, half_close=0.3)
    assert fate(later, b"two", rough) == fate(later, b"two", calm)


@given(st.integers())
def test_latency_lies_within_the_jitter(seed: int) -> None:
    assert 0.2 <= fate(Weather(latency=0.5, jitter=0.3), b"x", Random(seed)).delay <= 0.8
    assert fate(Weather(jitter=0.3), b"x", Random(seed)).delay >= 0.0


def test_some_pieces_stall_and_most_do_not() -> None:
    random = Random(1)
    delays = [fate(Weather(stall=5.0), b"x", random).delay for _ in range(400)]
    assert 10 < delays.count(5.0) < 80
    assert set(delays) == {0.0, 5.0}


def test_nothing_has_no_bit_to_turn() -> None:
    assert turned_round(b"", 0) == b""
