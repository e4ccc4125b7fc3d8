"""Any order of requests, with clocks, hang-ups and repetitions: the invariants hold.

A seed picks the history; every step awaits to its end, so a store race is a version race.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from identity.evidence_archive import chain
from identity.evidence_archive.model import Kind
from identity.pairing.levels import Badge
from identity.pairing.model import (
    NO_CALL,
    CallRef,
    CallState,
    Mode,
    Pairing,
    PairingId,
    PersonId,
    Tap,
)
from identity.pairing.outcomes import PENDING, Hint, Status, status_of
from identity.pairing.refusals import Refusal
from identity.pairing.rules import PATHS
from identity.pairing.verbs.afterwards.rechecking import Occasion
from identity.pairing.verbs.claiming import Answer
from identity.pairing.verbs.ending import APP_REASONS
from identity.pairing.views import phone_view
from tests.identity.jpki.synthetic import leaf
from tests.identity.pairing.world import (
    CARD,
    OTHER_CARD,
    PERSON,
    STRANGER_CARD,
    TENANT,
    World,
    tap_of,
)
from tests.identity.verification.sources import Register

T = TypeVar("T")
CALLS = st.sampled_from(["call-1", "call-2", "call-3"])
APPS = st.sampled_from(["app-1", "app-2"])
SERIALS = st.sampled_from([CARD, OTHER_CARD, STRANGER_CARD])
POLICY = replace(World().policy, wrong_entries_per_installation=10_000)


class History(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.register = Register()
        self.world = self.make_world()
        self.run(self.world.hold(CARD, PERSON, "K-1"))
        self.run(self.world.hold(OTHER_CARD, "person-taro", "K-7", "K-8"))
        self.codes: dict[PairingId, str] = {}
        self.before: dict[PairingId, Pairing] = {}
        self.told: dict[PairingId, Pairing] = {}
        self.errands = 0
        self.over: set[str] = set()

    def make_world(self) -> World:
        return World(
            policy=replace(POLICY, wrong_entries_per_address=10_000), revocation=self.register
        )

    def teardown(self) -> None:
        self.loop.close()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def newest(self, call: str) -> Pairing | None:
        found = self.run(self.world.pairings.by_call(TENANT.id, CallRef(call)))
        return found[-1] if found else None

    @rule(call=CALLS, fresh=st.booleans())
    def open(self, call: str, fresh: bool) -> None:
        if call in self.over:
            return
        self.errands += fresh
        request = self.world.request(call, key=f"{call}:{self.errands}:0")
        view = self.run(self.world.opening.open(request))
        if not isinstance(view, Refusal) and view.code:
            assert self.codes.setdefault(view.pairing, view.code) == view.code

    @precondition(lambda self: self.codes)
    @rule(data=st.data(), app=APPS, state=st.sampled_from(CallState))
    def claim(self, data: st.DataObject, app: str, state: CallState) -> None:
        code = data.draw(st.sampled_from(list(self.codes.values())))
        self.run(self.world.claiming.claim(self.world.app(app), code, state, address="192.0.2.1"))

    @rule(call=CALLS, app=APPS, answer=st.sampled_from([Answer.I_CALLED] * 3 + list(Answer)))
    def confirm(self, call: str, app: str, answer: Answer) -> None:
        if (row := self.newest(call)) is not None:
            self.run(self.world.claiming.confirm(self.world.app(app), row.id, answer))

    @rule(
        call=CALLS, app=APPS, right=st.sampled_from([True, True, False]), number=st.integers(0, 3)
    )
    def choose(self, call: str, app: str, right: bool, number: int) -> None:
        row = self.newest(call)
        if row is None or row.match is None:
            return
        picked = next(n for n in row.match.offered if (n == row.match.right) is right)
        self.run(
            self.world.claiming.choose(
                self.world.app(app), row.id, number or row.match.number, picked
            )
        )

    @rule(call=CALLS, app=APPS, hint=st.sampled_from([Hint.AWAITING_PIN, Hint.AWAITING_CARD]))
    def progress(self, call: str, app: str, hint: Hint) -> None:
        if (row := self.newest(call)) is not None:
            self.run(self.world.claiming.progress(self.world.app(app), row.id, hint))

    @rule(
        call=CALLS, of=CALLS, app=APPS, serial=SERIALS, good=st.sampled_from([True] * 4 + [False])
    )
    def prove(self, call: str, of: str, app: str, serial: int, good: bool) -> None:
        """Also with another call's signature, by another app, and again and again."""
        row, other = self.newest(call), self.newest(of if not good else call)
        if row is None or other is None or other.statement is None:
            return
        tap = tap_of(other.statement, leaf("auth", serial=serial))
        if not good and call == of:
            tap = Tap(certificate=tap.certificate, signature=bytes(256))
        self.run(self.world.proving.prove(self.world.app(app), row.id, tap))

    @rule(call=CALLS, app=APPS, serial=SERIALS, steps=st.integers(1, 6))
    def go_on(self, call: str, app: str, serial: int, steps: int) -> None:
        """The next right steps, so that histories get far."""
        for _ in range(steps):
            row = self.newest(call)
            if row is None or row.status is not Status.PENDING:
                self.open(call, True)
            elif row.hint is Hint.AWAITING_APP:
                code = self.codes.get(row.id, "")
                self.run(
                    self.world.claiming.claim(
                        self.world.app(app), code, CallState.OUTGOING, address="192.0.2.1"
                    )
                )
            elif row.claimed_by is not None and row.hint is Hint.AWAITING_CALL_CONFIRM:
                self.confirm(call, row.claimed_by, Answer.I_CALLED)
            elif row.claimed_by is not None and row.hint is Hint.AWAITING_CHOICE:
                self.choose(call, row.claimed_by, True, 0)
            elif row.claimed_by is not None and row.mode is not Mode.APP_DIAL:
                self.prove(call, call, row.claimed_by, serial, True)

    @rule(call=CALLS, app=APPS, reason=st.sampled_from(sorted(APP_REASONS, key=str)))
    def cancel(self, call: str, app: str, reason: Hint) -> None:
        if (row := self.newest(call)) is not None:
            self.run(self.world.ending.by_app(self.world.app(app), row.id, reason))

    @rule(call=CALLS)
    def hang_up(self, call: str) -> None:
        self.over.add(call)
        self.run(self.world.ending.call_ended(TENANT.id, CallRef(call)))

    @rule(call=CALLS)
    def skip(self, call: str) -> None:
        self.run(self.world.ending.by_phone_side(TENANT.id, CallRef(call), Hint.CALLER_SKIPPED))

    @rule(call=CALLS)
    def extend(self, call: str) -> None:
        minute = timedelta(seconds=60)
        self.run(self.world.opening.extend(TENANT.id, CallRef(call), minute))

    @rule(call=CALLS, app=APPS)
    def repudiate(self, call: str, app: str) -> None:
        if (row := self.newest(call)) is not None:
            self.run(self.world.repudiating.repudiate(self.world.app(app), row.id))

    @rule(serial=SERIALS, away=st.booleans())
    def revoke(self, serial: int, away: bool) -> None:
        """In the register; nobody here has heard of it yet."""
        self.register.away = away
        if not away:
            self.register.revoked.add(serial)

    @rule(call=CALLS, occasion=st.sampled_from([Occasion.HAND_OVER, Occasion.REVEAL]))
    def ask_again(self, call: str, occasion: Occasion) -> None:
        self.run(self.world.rechecking.of_call(TENANT.id, CallRef(call), occasion))

    @rule()
    def news_of_the_register(self) -> None:
        """After it, no result counts whose certificate is revoked (T12)."""
        self.register.away = False
        self.world.edition += 1
        self.run(self.world.rechecking.look())
        for live in self.run(self.world.live.after(TENANT.id, PersonId(""), at_most=99)):
            assert live.certificate is not None
            listed = live.certificate.certificate.serial in self.register.revoked
            assert self.world.row(live.pairing).revoked_since is listed

    @rule(seconds=st.sampled_from([1, 30, 121, 301, 2000]), expire=st.booleans())
    def time_passes(self, seconds: int, expire: bool) -> None:
        self.world.clock.pass_by(seconds=seconds)
        if expire:
            self.run(self.world.overdue.settle(100))

    @invariant()
    def states_only_move_forward(self) -> None:
        """I1, I4: one claim, one direction; an end is an end."""
        for row in self.world.pairings.rows.values():
            old = self.before.get(row.id)
            if old is not None and old.hint is not row.hint:
                path = PATHS[row.mode]
                if row.status is Status.PENDING:
                    assert path.reached(row.hint, old.hint)
                elif old.status is not Status.PENDING:
                    assert old.hint in path.ends[row.hint]
            if old is not None:
                assert old.claimed_by in (None, row.claimed_by)
                assert row.version >= old.version
            assert row.status is status_of(row.hint)
            assert (row.ended_at is None) is (row.status is Status.PENDING)
            self.before[row.id] = row

    @invariant()
    def what_is_asked_afterwards_changes_no_verdict(self) -> None:
        """And what was revoked once is neither good again nor shown as if it were."""
        for row in self.world.pairings.rows.values():
            old = self.told.get(row.id)
            if old is not None and row.status is Status.COMPLETE:
                assert replace(old, recheck=row.recheck, repudiated_at=row.repudiated_at) == (
                    replace(row, version=old.version)
                )
                assert row.revoked_since or not old.revoked_since
            if row.status is Status.COMPLETE:
                self.told[row.id] = row
            if row.revoked_since:
                shown = phone_view(row, now=self.world.clock.at, policy=self.world.policy)
                assert shown.badge in (Badge.GREY, Badge.RED)

    @invariant()
    def at_most_one_is_open_per_call(self) -> None:
        rows = self.world.pairings.rows.values()
        open_now = [row for row in rows if row.hint in PENDING]
        pending = [row.call_ref for row in open_now if row.call_ref != NO_CALL]
        assert len(pending) == len(set(pending))

    @invariant()
    def a_verdict_has_its_evidence_and_its_proof(self) -> None:
        """I2, I3: complete means claimed, chosen, signed, recorded, nonce consumed."""
        verdicts = {
            row.record.header["pairing"]: row.record.id
            for row in self.world.evidence.rows
            if row.record.kind is Kind.VERDICT
        }
        complete = [
            row for row in self.world.pairings.rows.values() if row.status is Status.COMPLETE
        ]
        for row in complete:
            assert row.verdict is not None
            assert row.statement is not None
            assert row.claimed_by is not None
            assert verdicts[row.id] == row.verdict.evidence_id
            assert row.verdict.at < row.expires_at
        assert len(self.world.pairings.nonces) == len(verdicts)

    @invariant()
    def no_person_is_live_twice(self) -> None:
        """T37: of two calls with one person, at most one has a verdict that stands."""
        live = list(self.world.pairings.live.items())
        standing = [key for key, (pairing, _, _) in live if self._stands(pairing)]
        assert len(standing) == len(set(standing))
        for _, (pairing, _, _) in live:
            assert self._stands(pairing)

    def _stands(self, pairing: PairingId) -> bool:
        return self.world.pairings.rows[pairing].status is Status.COMPLETE

    @invariant()
    def the_chain_holds(self) -> None:
        assert chain.first_bad(self.world.evidence.rows) is None


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=60,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
