"""Any order of verbs, ticks and passing time keeps the floor's promises."""

import asyncio
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ivr.queues import rules
from ivr.queues.model import BUSY, Presence, WaitingState
from tests.ivr.queues.adapters import TENANT, operator, room, waiting

WHO = st.sampled_from(["a", "b", "c"])
TOKENS = st.sampled_from(["t0", "t1", "t2", "t3"])
LEGS = st.integers(1, 6).map(lambda n: f"leg-{n}")


class Desk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.room = room(*(operator(one) for one in "abc"))

    def teardown(self) -> None:
        self.loop.close()

    def do(self, *verbs: Any) -> None:
        async def together() -> None:
            await asyncio.gather(*verbs)

        self.loop.run_until_complete(together())

    @rule(token=TOKENS, priority=st.integers(0, 2))
    def enter(self, token: str, priority: int) -> None:
        row = waiting(token, priority=priority, since=self.room.clock())
        self.do(self.room.entering.enter(row))

    @rule(token=TOKENS)
    def leave(self, token: str) -> None:
        self.do(self.room.entering.leave(TENANT, f"call-{token}"))

    @rule(who=WHO, token=TOKENS, trouble=st.booleans())
    def answer(self, who: str, token: str, trouble: bool) -> None:
        self.room.phones.trouble = trouble
        self.do(self.room.answering.answer(TENANT, who, token))
        self.room.phones.trouble = False

    @rule(who=WHO, token=TOKENS)
    def answer_as_the_caller_leaves(self, who: str, token: str) -> None:
        self.do(
            self.room.answering.answer(TENANT, who, token),
            self.room.entering.leave(TENANT, f"call-{token}"),
            self.room.offering.tick(TENANT),
        )

    @rule(who=WHO, token=TOKENS)
    def decline(self, who: str, token: str) -> None:
        self.do(self.room.answering.decline(TENANT, who, token))

    @rule(token=TOKENS, leg=LEGS)
    def pick_up(self, token: str, leg: str) -> None:
        self.do(self.room.answering.joined(TENANT, token, leg))

    @rule(token=TOKENS, leg=LEGS)
    def leg_over(self, token: str, leg: str) -> None:
        self.do(self.room.answering.leg_over(TENANT, token, leg))

    @rule(who=WHO, presence=st.sampled_from(list(Presence)))
    def choose(self, who: str, presence: Presence) -> None:
        self.do(self.room.presence.choose(TENANT, who, presence))

    @rule(who=WHO)
    def forget_wish(self, who: str) -> None:
        self.do(self.room.presence.forget_wish(TENANT, who))

    @rule(who=WHO)
    def wrap_up_done(self, who: str) -> None:
        self.do(self.room.presence.wrap_up_done(TENANT, who))

    @rule(who=WHO, token=TOKENS, presence=st.sampled_from(list(Presence)))
    def choose_as_the_caller_leaves(self, who: str, token: str, presence: Presence) -> None:
        self.do(
            self.room.presence.choose(TENANT, who, presence),
            self.room.entering.leave(TENANT, f"call-{token}"),
        )

    @rule(seconds=st.sampled_from([1, 19, 21, 41]))
    def wait(self, seconds: int) -> None:
        self.room.clock.pass_by(seconds)
        self.do(self.room.offering.tick(TENANT))

    @invariant()
    def nobody_has_two_calls(self) -> None:
        rows = self.room.waiting.rows.values()
        held = [row.offered_to for row in rows if row.offered_to and row.state.value != "gone"]
        assert len(held) == len(set(held))

    @invariant()
    def who_is_on_a_call_is_on_one(self) -> None:
        rows = list(self.room.waiting.rows.values())
        with_call = {row.offered_to for row in rows if row.state in rules.WITH_OPERATOR}
        on_call = {
            one.id for one in self.room.operators.known.values() if one.presence is Presence.ON_CALL
        }
        assert on_call == with_call

    @invariant()
    def what_is_gone_is_with_nobody(self) -> None:
        for row in self.room.waiting.rows.values():
            assert row.state is not WaitingState.GONE or not row.offered_to

    @invariant()
    def no_wish_outlives_its_call(self) -> None:
        self.do(self.room.offering.tick(TENANT))
        for one in self.room.operators.known.values():
            assert one.after_call is None or one.presence in BUSY

    @invariant()
    def nobody_free_sits_beside_a_call_they_could_take(self) -> None:
        """After a tick nothing is left to offer, and a tick offers nobody twice."""
        self.do(self.room.offering.tick(TENANT))
        rows = list(self.room.waiting.rows.values())
        operators = list(self.room.operators.known.values())
        assert list(rules.next_offers(rows, operators)) == []


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
