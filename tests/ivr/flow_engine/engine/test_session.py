"""What the session keeps, shows and hides; step numbers, drawing and errand keys."""

import json
import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.flow_engine import engine
from ivr.flow_engine.definition import Route
from ivr.flow_engine.errands import FetchAgain, OpenPairing, ShowOperator
from ivr.flow_engine.events import (
    CallArrived,
    DigitsPressed,
    IdentityRefused,
    PairingProgressed,
    QueueMoved,
    Resumed,
    TimedOut,
    TransferEnded,
)
from ivr.flow_engine.nodes.route import next_announcement
from ivr.flow_engine.session import Session
from ivr.flow_engine.voice_actions import Gather, Hold, Say, Transfer
from ivr.flow_tests.host import proven, reloaded
from tests.ivr.flow_engine.engine.driving import ARRIVED, arrived, press, words
from tests.ivr.flow_engine.engine.flows import KINDS, NOW, flow


def test_begin_draws_nothing() -> None:
    session = engine.begin(flow(), "call-1")
    assert (session.n, session.wait, session.document, session.pending) == (
        0,
        "arrival",
        None,
        None,
    )
    assert reloaded(session) == session
    with pytest.raises(ValueError, match="nothing is pending"):
        engine.draw(session)


def test_what_is_as_usual_is_left_out_and_a_full_form_is_read_as_well() -> None:
    """Sessions were once written with every field: those of a running call, while processes are
    replaced one by one, say the same."""
    full = json.loads((Path(__file__).parent / "session_in_full.json").read_text("utf-8"))
    session = Session.from_json(full)
    assert (session.node, session.wait, session.n) == ("main-inbound/verify", "identity", 5)
    assert session.check is not None
    assert session.check.phase == "holding"
    short = session.to_json()
    assert Session.from_json(short) == session
    assert set(short) < set(full)
    assert len(json.dumps(short)) * 3 < len(json.dumps(full)) * 2


def test_progress_that_a_hold_has_taken_is_known() -> None:
    host = press(arrived(flow()), "1")
    first, news = PairingProgressed(hint="awaiting_app"), PairingProgressed(hint="app_opened")
    host.feed(first, from_carrier=False)
    assert engine.knows(host.session, first)
    assert not engine.knows(host.session, news)
    host.feed(news, from_carrier=False)
    assert not engine.knows(host.session, news), "it waits to be heard"
    host.fetch()
    assert engine.knows(host.session, news)
    assert not engine.knows(host.session, PairingProgressed(hint="awaiting_choice", item="42"))
    assert not engine.knows(press(arrived(flow()), "2").session, news)


def test_another_schema_is_refused() -> None:
    saved = engine.begin(flow(), "call-1").to_json()
    with pytest.raises(ValueError, match="ivr-session/1"):
        Session.from_json({**saved, "schema": "ivr-session/2"})


def test_a_lookup_field_named_like_a_kind_comes_back_as_text() -> None:
    host = arrived(flow(), lookups={"customer": {"found": {"contract": "Frame", "schema": "x"}}})
    press(host, "2")
    assert host.session.answers["customer"] == {"contract": "Frame", "schema": "x"}


def test_n_rises_by_drawing_only() -> None:
    made = flow()
    host = press(arrived(made), "1")
    assert host.session.n == 2
    done = host.feed(PairingProgressed(hint="app_opened"), from_carrier=False)
    assert host.session.n == 2
    assert host.session.pending is not None
    assert isinstance(done[-1], FetchAgain)
    late = engine.step(made, host.session, DigitsPressed(keys="9"), NOW, from_carrier=True)
    assert (late.outcome, late.session) == ("not_accepted", host.session)
    host.fetch()
    assert host.session.n == 3
    assert host.session.index == 0


def test_errand_keys_are_never_used_twice() -> None:
    host = arrived(flow())
    seen: list[str] = []
    for key in ("1", "2", "2", "1", "0"):
        done = host.feed(DigitsPressed(keys=key), from_carrier=True)
        seen += [errand.key for errand in done]
    assert len(seen) == len(set(seen)) > 5


def test_the_same_step_twice_is_the_same() -> None:
    made = flow()
    host = press(arrived(made), "1")
    first, second = (
        engine.step(made, host.session, proven(NOW), NOW, from_carrier=False) for _ in range(2)
    )
    assert first == second


def test_repr_and_trace_hide_what_was_pressed_and_said() -> None:
    host = arrived(flow(), lookups={"customer": {"found": {"contract": "c-4711"}}})
    press(host, "3", "9876")
    host.feed(PairingProgressed(hint="awaiting_choice", item="42"), from_carrier=False)
    host.fetch()
    shown = repr(host.session) + repr(host.trace) + repr(host.last)
    for secret in ("9876", "38051264", "42,", "'42'", "サン", "c-4711", "819012345678"):
        assert secret not in shown
    assert "9876" in json.dumps(host.session.to_json())


def test_keys_in_a_check_are_not_traced() -> None:
    host = press(arrived(flow()), "1", "5")
    assert [entry.keys for entry in host.trace if entry.node == "check"] == ["", ""]


def test_trace_milliseconds_are_the_time_since_the_last_step() -> None:
    host = arrived(flow())
    host.pass_time(2.5)
    press(host, "1")
    assert host.trace[-2].milliseconds == 2500
    assert host.session.ivr_ms == 2500


@pytest.mark.parametrize(
    ("keys", "closing"),
    [("", Gather), ("1", Hold), ("0", Transfer)],
    ids=["input", "hold", "queue"],
)
def test_an_unfit_carrier_request_hears_the_document_again(keys: str, closing: type) -> None:
    host = press(arrived(flow()), *keys)
    before = host.session.document
    assert before is not None
    assert isinstance(before.closing, closing)
    host.feed(ARRIVED, from_carrier=True)
    assert host.last is not None
    assert host.last.outcome == "not_accepted"
    assert host.session.document == before


def test_news_polled_in_a_carrier_turn_does_not_swallow_the_key() -> None:
    made = flow()
    host = press(arrived(made), "1")
    host.feed(PairingProgressed(hint="awaiting_card"), from_carrier=False)
    host.fetch()
    for hint in ("awaiting_card", "verifying"):
        news = PairingProgressed(hint=hint)
        step = engine.step(made, host.session, news, NOW, from_carrier=True)
        assert step.session.pending is None
        host.session = step.session
    press(host, "9")
    assert host.session.identity.hint == "caller_skipped"


def test_a_new_item_polled_in_a_carrier_turn_is_heard_at_once() -> None:
    made = flow()
    host = press(arrived(made), "1")
    news = PairingProgressed(hint="awaiting_choice", item="42")
    step = engine.step(made, host.session, news, NOW, from_carrier=True)
    assert step.session.pending is not None
    assert step.errands == ()


def test_a_request_before_the_call_arrived_still_ends_in_words() -> None:
    made = flow()
    step = engine.step(made, engine.begin(made, "c"), Resumed(), NOW, from_carrier=True)
    assert step.outcome == "not_accepted"
    assert step.session.pending == engine.fault_document(made, "ja-JP")


def test_defer_of_another_errand_is_not_accepted() -> None:
    made = flow()
    host = arrived(made)
    step = engine.defer(made, host.session, "call-1:9:9", NOW)
    assert (step.outcome, step.session) == ("not_accepted", host.session)


@pytest.mark.parametrize(
    ("waited", "said"), [(0, True), (9, True), (10, False), (29, False), (30, True), (61, True)]
)
def test_announcements_keep_their_distance(waited: int, said: bool) -> None:
    host = press(arrived(flow()), "0")
    event = QueueMoved(position=3, size=4, wait=90)
    spoken = engine.announce(
        host.flow, host.session, event, host.now + timedelta(hours=1), waited=waited
    )
    assert bool(spoken) is said
    if said:
        assert isinstance(spoken[0], Say)
        assert spoken[0].text == "サン番目です。"


@pytest.mark.parametrize("every", [15, 30, 45, 120])
@pytest.mark.parametrize(("longer", "sooner"), [(0.0, 0.0), (1.5, 0.0), (0.0, 1.5)])
def test_documents_of_a_queue_say_each_announcement_once(
    every: int, longer: float, sooner: float
) -> None:
    """A carrier's documents are never as long as we mean them to be."""
    person = KINDS["person"]
    assert isinstance(person, Route)
    announced = replace(person, announce_every=every)
    host = press(arrived(flow({"person": announced})), "0")
    event = QueueMoved(position=3, size=4, wait=90)
    said, since = [], host.now
    now = since
    while (now - since).total_seconds() < 4 * every + 5:
        if engine.announce(host.flow, host.session, event, now, turn=8):
            said.append(int((now - since).total_seconds() // every))
        left = next_announcement(host.flow, host.session, now)
        assert left is not None
        length = max(min(10, math.ceil(left)) + longer - sooner, 1)
        now += timedelta(seconds=length)
    assert said == [0, 1, 2, 3, 4]


def test_announcements_outside_a_queue_say_nothing() -> None:
    made = flow()
    host = arrived(made)
    assert engine.announce(made, host.session, QueueMoved(position=1, size=1, wait=0), NOW) == ()
    assert next_announcement(made, host.session, NOW) is None


def test_the_carrier_learns_an_opaque_token_new_at_each_routing() -> None:
    host = arrived(flow())
    tokens = []
    for _ in range(2):
        done = press(host).feed(DigitsPressed(keys="0"), from_carrier=True)
        (shown,) = [errand for errand in done if isinstance(errand, ShowOperator)]
        assert host.session.document is not None
        closing = host.session.document.closing
        assert isinstance(closing, Transfer)
        assert closing.token == shown.token
        assert "call-1" not in shown.token
        tokens.append(shown.token)
        host.feed(TransferEnded(outcome="timeout"), from_carrier=True)
    assert len(set(tokens)) == 2


def test_a_result_counts_for_thirty_minutes() -> None:
    route = KINDS["verified_queue"]
    assert isinstance(route, Route)
    back = replace(route, outcomes={**route.outcomes, "timeout": "verified_queue"})
    host = press(arrived(flow({"verified_queue": back})), "1")
    host.feed(proven(NOW), from_carrier=False)
    host.fetch()
    host.pass_time(1799)
    host.feed(TransferEnded(outcome="timeout"), from_carrier=True)
    assert host.session.faults == 0
    host.pass_time(2)
    host.feed(TransferEnded(outcome="timeout"), from_carrier=True)
    assert [entry.fault for entry in host.trace if entry.fault] == ["guarded_attribute"]


def test_a_mode_that_cannot_start_gives_way() -> None:
    host = arrived(flow())
    done = host.feed(DigitsPressed(keys="1"), from_carrier=True)
    (opened,) = [errand for errand in done if isinstance(errand, OpenPairing)]
    assert opened.mode == "spoken_code"


def test_a_hold_with_an_item_leaves_quiet_for_a_screen_reader() -> None:
    host = press(arrived(flow()), "1")
    host.feed(PairingProgressed(hint="awaiting_choice", item="42"), from_carrier=False)
    host.fetch()
    for _ in range(2):
        assert host.session.document is not None
        closing = host.session.document.closing
        assert isinstance(closing, Hold)
        assert (closing.seconds, closing.quiet, closing.sound) == (8, 5, "tick")
        assert words(host) == "ヨンニー"
        host.feed(TimedOut(), from_carrier=True)
    host.feed(PairingProgressed(hint="awaiting_card"), from_carrier=False)
    host.feed(TimedOut(), from_carrier=True)
    assert words(host) == "お待ちください。"


def test_a_choice_without_its_item_is_not_spoken() -> None:
    host = press(arrived(flow()), "1")
    host.feed(PairingProgressed(hint="awaiting_choice"), from_carrier=False)
    host.fetch()
    assert words(host) == "お待ちください。"


def test_levels_below_what_the_flow_requires_never_leave_as_verified() -> None:
    host = press(arrived(flow()), "1")
    host.feed(proven(NOW, binding="bind_code"), from_carrier=False)
    assert host.session.identity.status == "failed"
    assert host.session.identity.hint == "level_not_reached"
    assert host.session.identity.level == "id_card_auth"
    assert host.session.binding.level == "bind_code"


def test_the_same_low_proof_again_in_the_queue_changes_nothing() -> None:
    host = press(arrived(flow()), "1")
    event = proven(NOW, binding="bind_code")
    host.feed(event, from_carrier=False)
    host.fetch()
    press(host, "0")
    host.feed(event, from_carrier=False)
    assert host.session.wait == "queue"
    assert host.session.identity.status == "failed"


def test_an_alarm_is_not_overwritten_from_the_queue() -> None:
    host = press(arrived(flow()), "1")
    host.feed(IdentityRefused(hint="superseded"), from_carrier=False)
    host.fetch()
    host.feed(proven(NOW), from_carrier=False)
    assert host.last is not None
    assert host.last.outcome == "not_accepted"
    assert host.session.identity.alarm == "superseded"


def test_a_second_arrival_changes_nothing() -> None:
    made = flow()
    host = arrived(made)
    again = CallArrived(call="call-1", number="", number_kind="withheld", dialled="")
    step = engine.step(made, host.session, again, NOW, from_carrier=False)
    assert (step.outcome, step.session) == ("not_accepted", host.session)
