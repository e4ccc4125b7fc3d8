"""Sliding windows: exact against a plain model, and bounded."""

from hypothesis import given
from hypothesis import strategies as st

from stores.memory.counters import MemoryCounters


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "count"]), st.sampled_from("ab"), st.integers(0, 30)),
    max_size=60,
)


@given(STEPS)
async def test_counts_as_a_list_of_all_times_would(steps: list[tuple[str, str, int]]) -> None:
    clock = Clock()
    counters = MemoryCounters(clock)
    model: dict[str, list[float]] = {"a": [], "b": []}
    for what, key, wait in steps:
        clock.at += wait
        if what == "add":
            model[key].append(clock.at)
            told = await counters.add(key, window_seconds=60)
        else:
            told = await counters.count(key, window_seconds=60)
        assert told == sum(at > clock.at - 60 for at in model[key])


async def test_the_window_slides() -> None:
    clock = Clock()
    counters = MemoryCounters(clock)
    for expected in (1, 2, 3):
        assert await counters.add("app", window_seconds=600) == expected
        clock.at += 200
    assert await counters.count("app", window_seconds=600) == 2  # 600 s ago is outside
    assert await counters.count("other", window_seconds=600) == 0


async def test_memory_is_bounded_by_forgetting_the_longest_unused() -> None:
    counters = MemoryCounters(Clock(), most_events=10)
    for n in range(8):
        await counters.add(f"app-{n}", window_seconds=600)
    await counters.add("app-0", window_seconds=600)  # used again: stays
    for _ in range(4):
        await counters.add("busy", window_seconds=600)
    assert await counters.count("app-0", window_seconds=600) == 2
    assert await counters.count("app-1", window_seconds=600) == 0
    assert await counters.count("busy", window_seconds=600) == 4


async def test_one_flooded_key_keeps_counting_to_its_most() -> None:
    counters = MemoryCounters(Clock(), most_events=100)
    told = [await counters.add("flood", window_seconds=600) for _ in range(300)]
    assert told == list(range(1, 301))  # the only key is never forgotten
