"""Any order of requests again, with taps before calls, keyed codes, links beside codes, reports and
operators: the invariants of `test_history` hold, and some of their own."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from identity.evidence_archive.model import Kind
from identity.pairing.levels import BindingLevel
from identity.pairing.model import NO_CALL, CallRef, CallReport, CallState, Mode, Pairing, PairingId
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import PairingView, standing_alarm
from tests.identity.jpki.synthetic import leaf
from tests.identity.pairing.modes.from_the_app import AppWorld, dial_tap
from tests.identity.pairing.test_history import (
    APPS,
    CALLS,
    POLICY,
    SERIALS,
    History,
)
from tests.identity.pairing.world import tap_of

MODES = st.sampled_from([Mode.APP_DIAL, Mode.APP_DIAL, Mode.KEYED_CODE])
SECONDS = st.sampled_from([0, 1, 4, 9, 30])
STATES = st.sampled_from([CallState.OUTGOING] * 5 + list(CallState))


class AppHistory(History):
    world: AppWorld

    def make_world(self) -> AppWorld:
        policy = replace(POLICY, wrong_entries_per_address=10_000, keyed_code=True)
        return AppWorld(policy=policy, revocation=self.register)

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[str, Mode] = {}
        self.links: list[str] = []
        self.complete: set[PairingId] = set()
        self.alarmed: set[str] = set()

    def waiting(self, app: str) -> Pairing | None:
        """What an app has begun last, in whatever state."""
        rows = [row for row in self.world.pairings.rows.values() if row.claimed_by == app]
        begun = [row for row in rows if row.mode in (Mode.APP_DIAL, Mode.KEYED_CODE)]
        return begun[-1] if begun else None

    @rule(app=APPS, mode=MODES, state=STATES, purpose=st.sampled_from(["check", "address"]))
    def begin(self, app: str, mode: Mode, state: CallState, purpose: str) -> None:
        state = CallState.NONE if mode is Mode.APP_DIAL and state is CallState.OUTGOING else state
        view = self.run(self.world.begun(app, purpose=purpose, mode=mode, state=state))
        if not isinstance(view, Refusal) and view.code:
            self.tickets[view.code] = mode

    @rule(app=APPS, serial=SERIALS, good=st.sampled_from([True] * 4 + [False]))
    def tap(self, app: str, serial: int, good: bool) -> None:
        row = self.waiting(app)
        if row is None or row.statement is None:
            return
        early = row.mode is Mode.APP_DIAL
        made = dial_tap(row.statement, serial) if early else tap_of(row.statement, _leaf(serial))
        made = made if good else replace(made, signature=bytes(256))
        view = self.run(self.world.proving.prove(self.world.app(app), row.id, made))
        if not isinstance(view, Refusal) and view.ticket:
            self.tickets[view.ticket] = Mode.APP_DIAL

    @precondition(lambda self: self.tickets)
    @rule(data=st.data(), call=CALLS, fresh=st.booleans())
    def arrive(self, data: st.DataObject, call: str, fresh: bool) -> None:
        if call in self.over:
            return
        digits = data.draw(st.sampled_from(list(self.tickets)))
        self.errands += fresh
        request = self.world.arrival(
            digits, call, key=f"{call}:{self.errands}:0", mode=self.tickets[digits]
        )
        self.run(self.world.arriving.arrive(request))

    @rule(app=APPS, state=STATES, begun=SECONDS, connected=SECONDS, ringing=st.booleans())
    def report(self, app: str, state: CallState, begun: int, connected: int, ringing: bool) -> None:
        row = self.waiting(app)
        if row is None:
            return
        report = CallReport(
            call_state=state,
            begun_ago=timedelta(seconds=begun),
            connected_ago=None if ringing else timedelta(seconds=connected),
            other_calls=False,
        )
        self.run(self.world.dialling.report(self.world.app(app), row.id, report))

    @rule(app=APPS, serial=SERIALS, call=CALLS, fits=st.booleans())
    def dial_well(self, app: str, serial: int, call: str, fits: bool) -> None:
        """The next right steps of a tap before its call, so that histories get far."""
        self.begin(app, Mode.APP_DIAL, CallState.NONE, "check")
        self.tap(app, serial, True)
        row = self.waiting(app)
        if row is None or row.hint is not Hint.AWAITING_DIAL or call in self.over:
            return
        self.errands += 1
        view = self.run(self.world.watching.status(self.world.app(app), row.id))
        assert not isinstance(view, Refusal)
        request = self.world.arrival(view.ticket, call, key=f"{call}:{self.errands}:0")
        self.run(self.world.arriving.arrive(request))
        self.report(app, CallState.OUTGOING if fits else CallState.UNKNOWN, 0, 0, False)
        row = self.waiting(app)
        if row is not None and row.hint is Hint.AWAITING_CHOICE:
            self.choose(call, app, True, 0)

    @rule(app=APPS, serial=SERIALS)
    def key_well(self, app: str, serial: int) -> None:
        """As far as it goes with the code that the app shows."""
        row = self.waiting(app)
        if row is not None and row.mode is Mode.KEYED_CODE and row.call_ref != NO_CALL:
            self.run(self.world.claiming.confirm(self.world.app(app), row.id, Answer.I_CALLED))
            self.tap(app, serial, True)

    @rule(call=CALLS, mode=st.sampled_from([Mode.SMS_LINK, Mode.SPOKEN_CODE]))
    def beside(self, call: str, mode: Mode) -> None:
        if call in self.over:
            return
        self.errands += 1
        request = self.world.request(call, key=f"{call}:{self.errands}:0", mode=mode, beside=True)
        self.opened(self.run(self.world.opening.open(request)))

    def opened(self, view: PairingView | Refusal) -> None:
        """The newest code, and every link."""
        if not isinstance(view, Refusal) and view.code:
            self.codes[view.pairing] = view.code
        if not isinstance(view, Refusal) and view.link:
            self.links.append(view.link)

    @precondition(lambda self: self.links)
    @rule(data=st.data(), app=APPS, state=STATES)
    def claim_link(self, data: st.DataObject, app: str, state: CallState) -> None:
        link = data.draw(st.sampled_from(self.links))
        self.run(self.world.claiming.claim(self.world.app(app), link, state, address="192.0.2.1"))

    @rule(call=CALLS)
    def operator_asks(self, call: str) -> None:
        if call in self.over:
            return
        self.errands += 1
        request = self.world.request(call, key=f"{call}:{self.errands}:0")
        asked = replace(request, started_by_operator=True, reason="聞き直した")
        self.opened(self.run(self.world.opening.open(asked)))

    @invariant()
    def no_verdict_without_its_call(self) -> None:
        """I2: what completed met its call, and what is kept for a call goes with the end."""
        for row in self.world.pairings.rows.values():
            if row.status is Status.COMPLETE:
                assert row.call_ref != NO_CALL
                early = row.mode in (Mode.APP_DIAL, Mode.KEYED_CODE)
                assert (row.arrived_at is not None) is early
            if row.status is not Status.PENDING:
                assert row.tap is None
                assert row.step_by is None

    @invariant()
    def the_device_binds_only_by_its_own_fitting_call(self) -> None:
        for row in self.world.pairings.rows.values():
            if row.verdict is None or row.verdict.binding is not BindingLevel.BIND_DEVICE:
                continue
            assert row.mode is Mode.APP_DIAL
            assert row.match is None
            report = row.report
            assert report is not None
            assert report.call_state is CallState.OUTGOING
            assert row.ticket_at is not None
            assert report.begun_at >= row.ticket_at
            assert report.connected_at is not None

    @invariant()
    def an_alarm_stands_until_an_operator_lifts_it(self) -> None:
        """I5: on a call with a standing alarm nothing becomes verified."""
        rows = self.world.pairings.rows.values()
        complete = {row.id: row for row in rows if row.status is Status.COMPLETE}
        for new in complete.keys() - self.complete:
            assert complete[new].call_ref not in self.alarmed
        self.complete = set(complete)
        self.alarmed = {call for call in ("call-1", "call-2", "call-3") if self._alarm(call)}

    def _alarm(self, call: str) -> Hint | None:
        of_call = self.world.pairings.by_call(self.world.tenant.id, CallRef(call))
        return standing_alarm(self.run(of_call))

    @invariant()
    def an_installation_waits_for_one_call(self) -> None:
        waiting = [
            row.claimed_by
            for row in self.world.pairings.rows.values()
            if row.call_ref == NO_CALL and row.status is Status.PENDING
        ]
        assert len(waiting) == len(set(waiting))

    @invariant()
    def every_operators_check_has_its_reason_in_evidence(self) -> None:
        """I7: what lifts an alarm is on record."""
        begun = {
            row.record.header["pairing"]
            for row in self.world.evidence.rows
            if row.record.kind is Kind.OPERATOR_CHECK
        }
        rows = self.world.pairings.rows.values()
        assert begun == {row.id for row in rows if row.started_by_operator}


def _leaf(serial: int) -> bytes:
    return leaf("auth", serial=serial)


TestAppHistory = AppHistory.TestCase
TestAppHistory.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
