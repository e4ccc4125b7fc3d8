"""Any order and duplication of events: no exception, no second routing, no unproven queue."""

import json
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ivr.flow_engine import engine
from ivr.flow_engine.definition import StepUp, VerifyIdentity
from ivr.flow_engine.errands import Errand, LookUp, ShowOperator, WithdrawScreen
from ivr.flow_engine.events import (
    CallEnded,
    DigitsPressed,
    ErrandDone,
    ErrandFailed,
    Event,
    IdentityCancelled,
    IdentityRefused,
    IdentityRepudiated,
    LookupAnswered,
    OperatorAskedCheck,
    PairingOpened,
    PairingProgressed,
    QueueMoved,
    Resumed,
    SpeechHeard,
    TalkBegan,
    TimedOut,
    TransferEnded,
)
from ivr.flow_engine.outcomes import CANCELLED_EXITS, COMPLETE_EXITS, FAILED_EXITS, PENDING_HINTS
from ivr.flow_engine.turn import limits
from ivr.flow_engine.turn.waits import REQUESTS
from ivr.flow_engine.voice_actions import Closing, Gather, HangUp, Hold, Transfer
from ivr.flow_tests.host import Host, Script, proven
from tests.conversations.test_conversations import flow_named
from tests.ivr.flow_engine.engine.driving import ARRIVED
from tests.ivr.flow_engine.engine.flows import KINDS, NOW, expression, flow

_CHECK = KINDS["check"]
assert isinstance(_CHECK, VerifyIdentity)
STEP_UP = VerifyIdentity(
    **{
        **{name: getattr(_CHECK, name) for name in _CHECK.__slots__},
        "step_up": StepUp(
            identity="id_card_sign", binding="bind_choice", when=expression("tries.retry == 0")
        ),
    }
)
FLOWS = {
    "plain": lambda: flow(max_steps=1000, max_duration=3600),
    "step-up": lambda: flow({"check": STEP_UP}, max_steps=1000, max_duration=3600),
    "desk": lambda: flow_named("own/desk"),
    "ways": lambda: flow_named("own/ways"),
    "shipped": lambda: flow_named("shipped/main-inbound"),
}
LIMITS = {"max_steps", "max_duration", "same_node"}
WAITS: dict[type[Any], set[str]] = {
    Gather: {"input"},
    Hold: {"identity", "errand"},
    Transfer: {"queue", "talk"},
    HangUp: {"ended"},
}
KEYS = st.sampled_from([*"0123456789*#", "12345678", "99", "1234", "0123456789"])
CODES = tuple(f"{number:08d}" for number in range(10_000_000, 10_000_200))


def heard(closing: Closing) -> bool:
    """Something is said or sounds; afterwards the carrier listens or plays."""
    if isinstance(closing, Gather):
        return bool(closing.spoken) and closing.timeout > 0
    if isinstance(closing, Hold):
        return bool(closing.spoken) and closing.seconds <= 10
    return True


class AnyOrder(RuleBasedStateMachine):
    host: Host

    def __init__(self) -> None:
        super().__init__()
        self.routed = 0
        self.used: list[Event] = []

    @initialize(
        name=st.sampled_from(sorted(FLOWS)),
        slow=st.booleans(),
        fails=st.dictionaries(
            st.sampled_from(
                ["OpenPairing", "RedeemTicket", "ExtendPairing", "ShowOperator", "LookUp"]
            ),
            st.sampled_from(["", "risk_blocked", "full", "message_not_sent"]),
            max_size=1,
        ),
        finds=st.sampled_from(["", "", "verified"]),
        ticket=st.sampled_from(["", "matching_contract", "verified"]),
    )
    def arrive(self, name: str, slow: bool, fails: dict[str, str], finds: str, ticket: str) -> None:
        made = FLOWS[name]()
        script = Script(
            slow=("customer", "open_case") if slow else (),
            fails=fails,
            close_finds=finds,
            codes=CODES,
            tickets={"0123456789": ticket, "12345678": ticket},
            lookups={"customer": {"found": {"contract": "c-1"}}},
        )
        session = engine.begin(made, "call-1")
        self.host = Host(flow=made, session=session, now=NOW, script=script)
        self._feed(ARRIVED, from_carrier=True)

    def _feed(self, event: Event, *, from_carrier: bool) -> list[Errand]:
        before = self.host.session
        dropped = from_carrier and before.pending is not None
        if isinstance(event, TransferEnded) and before.wait in ("queue", "talk") and not dropped:
            self.routed = 0
        done = self.host.feed(event, from_carrier=from_carrier)
        self._errands(done)
        if from_carrier and isinstance(event, REQUESTS):
            assert self.host.session.n == before.n + 1, "a carrier turn ends in a document"
        return done

    def _errands(self, done: list[Errand]) -> None:
        """A proof found while closing, or just fed, is in the state when the screen is asked."""
        for errand in done:
            if isinstance(errand, WithdrawScreen):
                self.routed = 0
            if isinstance(errand, ShowOperator):
                self.routed += 1
                assert self.routed <= 1, "one routing until the call leaves it"
                if self.host.script.fails.get("ShowOperator") is not None:
                    self.routed = 0
                if errand.queue == "verified":
                    assert self.host.session.identity.proven_at
                    assert self.host.session.identity.status == "complete"
                    assert not self.host.session.identity.repudiated

    def _news(self, event: Event) -> None:
        """Twice: the second time nothing changes."""
        self._feed(event, from_carrier=False)
        once = self.host.session
        known = engine.knows(once, event)
        done = self._feed(event, from_carrier=False)
        assert self.host.session == once
        assert not (known and done), "what a hold knows asks for nothing"

    @property
    def key(self) -> str:
        check = self.host.session.check
        return check.keys[-1] if check and check.keys else "call-1:0:99"

    @rule(keys=KEYS)
    def press(self, keys: str) -> None:
        self.host.pass_time(1)
        self._feed(DigitsPressed(keys=keys), from_carrier=True)

    @rule(seconds=st.sampled_from([6, 8, 70]))
    def silence(self, seconds: int) -> None:
        self.host.pass_time(seconds)
        self._feed(TimedOut(), from_carrier=True)

    @rule(event=st.sampled_from([Resumed(), SpeechHeard(text="はい"), ARRIVED]))
    def odd_request(self, event: Event) -> None:
        self._feed(event, from_carrier=True)

    @precondition(lambda self: self.host.session.pending is not None)
    @rule()
    def fetch(self) -> None:
        self.host.fetch()

    @rule(hint=st.sampled_from([*PENDING_HINTS, "new_hint"]), item=st.sampled_from(["", "07"]))
    def progress(self, hint: str, item: str) -> None:
        self._news(PairingProgressed(hint=hint, item=item, key=self.key))

    @rule(hint=st.sampled_from(PENDING_HINTS))
    def polled_progress(self, hint: str) -> None:
        before = self.host.session.document
        self._feed(PairingProgressed(hint=hint, key=self.key), from_carrier=True)
        assert self.host.session.document is not None or before is None

    @rule(
        exit_name=st.sampled_from(COMPLETE_EXITS),
        identity=st.sampled_from(["id_card_auth", "id_card_sign"]),
    )
    def prove(self, exit_name: str, identity: str) -> None:
        event = proven(self.host.now, exit=exit_name, identity=identity, key=self.key)
        self.used.append(event)
        self._news(event)

    @rule(hint=st.sampled_from([*FAILED_EXITS, *CANCELLED_EXITS, "new_outcome"]))
    def refuse(self, hint: str) -> None:
        event: Event = IdentityRefused(hint=hint, key=self.key)
        if hint in CANCELLED_EXITS:
            event = IdentityCancelled(hint=hint, key=self.key)
        self.used.append(event)
        self._news(event)

    @precondition(lambda self: self.used)
    @rule(data=st.data())
    def old_verdict(self, data: st.DataObject) -> None:
        before = self.host.session
        self._feed(data.draw(st.sampled_from(self.used)), from_carrier=False)
        assert self.host.session == before

    @rule(
        event=st.sampled_from(
            [
                LookupAnswered(key="call-1:0:77", outcome="found"),
                ErrandDone(key="call-1:0:77"),
                ErrandFailed(key="call-1:0:77", reason="superseded"),
                PairingOpened(key="call-1:0:77", code="00000000"),
            ]
        )
    )
    def foreign_answer(self, event: Event) -> None:
        before = self.host.session
        self._feed(event, from_carrier=False)
        assert self.host.session == before

    @precondition(lambda self: self.host.late)
    @rule()
    def late_answer(self) -> None:
        errand = self.host.late.pop()
        assert isinstance(errand, LookUp)
        self._news(self.host.answer_to(errand))

    @rule()
    def repudiate(self) -> None:
        self._news(IdentityRepudiated())

    @rule(event=st.sampled_from([QueueMoved(position=1, size=2, wait=3), TalkBegan()]))
    def queue_news(self, event: Event) -> None:
        self._news(event)

    @rule()
    def operator_asks(self) -> None:
        self._news(OperatorAskedCheck(identity="id_card_auth", binding="bind_choice"))

    @rule(outcome=st.sampled_from(["connected", "abandoned", "full", "timeout", "error", "left"]))
    def transfer_ends(self, outcome: str) -> None:
        self._feed(TransferEnded(outcome=outcome), from_carrier=True)

    @rule(never=st.integers(0, 9))
    def hang_up(self, never: int) -> None:
        if never == 0:
            self._news(CallEnded())
            assert self.host.session.wait == "ended"
            self.routed = 0

    @invariant()
    def the_line_is_never_silent(self) -> None:
        session = self.host.session
        document = session.pending or session.document
        if document is None or session.wait == "ended":
            return
        assert session.wait in WAITS[type(document.closing)]
        assert heard(document.closing)

    @invariant()
    def a_rough_look_is_never_too_light(self) -> None:
        exact = json.dumps(self.host.session.to_json(), ensure_ascii=False).encode()
        assert len(exact) <= limits.at_most(self.host.session)

    @invariant()
    def only_limits_are_faults(self) -> None:
        found = {entry.fault for entry in self.host.trace if entry.fault}
        assert found <= LIMITS, found

    @invariant()
    def codes_are_not_shown(self) -> None:
        for code in CODES[: self.host.opened]:
            assert code not in repr(self.host.session)

    @invariant()
    def a_check_is_open_only_while_it_is_awaited(self) -> None:
        session = self.host.session
        if session.check is not None:
            listening = session.check.phase == "listening" and not session.check.keys
            assert session.wait in (("input",) if listening else ("identity", "errand"))
        assert (session.transfer is not None) == (session.wait in ("queue", "talk"))


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=120,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
