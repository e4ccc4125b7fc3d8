"""Which calls could not be answered, and that somebody hears of it."""

from ivr.live_calls.lost.calls_at_fallback import CallsAtFallback


def test_each_call_that_goes_there_is_told_until_it_is_back() -> None:
    calls, told = CallsAtFallback(), list[str]()
    calls.gone("CA0")  # nobody listens yet
    calls.watch(lambda: told.append("gone"))
    calls.gone("CA1")
    assert "CA1" in calls
    calls.back("CA1")
    assert "CA1" not in calls
    assert "CA0" in calls
    assert told == ["gone"]
