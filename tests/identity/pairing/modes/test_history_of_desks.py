"""Any order of requests once more, with desks beside the calls: the invariants of `test_history`
hold, neither touches the other, and no desk turns green."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from identity.pairing.levels import Badge
from identity.pairing.model import CallState, DeskKind, Mode, Pairing, PairingId, Tap
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.views import desk_view
from tests.identity.jpki import synthetic
from tests.identity.pairing.desk_world import TYPES, wanted
from tests.identity.pairing.test_history import APPS, SERIALS, History
from tests.identity.pairing.world import TENANT

NAMED = st.sampled_from([{}, {"contract": "K-1"}, {"contract": "K-7"}, {"contract": "K-0"}])

GOOD = st.sampled_from([True] * 5 + [False])


class DeskHistory(History):
    def __init__(self) -> None:
        super().__init__()
        self.begun: list[PairingId] = []

    def rows(self) -> list[Pairing]:
        return [row for row in self.world.pairings.rows.values() if row.mode is Mode.DESK]

    @rule(named=NAMED, key=st.sampled_from(["1", "2", "3"]), by=st.sampled_from(["sato", "suzuki"]))
    def begin(self, named: dict[str, str], key: str, by: str) -> None:
        what = wanted(key=key, by=by, contract=named.get("contract", ""))
        view = self.run(self.world.at_desk.begin(TENANT.id, what))
        if isinstance(view, Refusal):
            assert named == {"contract": "K-0"}
            return
        self.begun.append(view.pairing)
        if view.code:
            assert self.codes.setdefault(view.pairing, view.code) == view.code

    @precondition(lambda self: self.begun)
    @rule(data=st.data(), app=APPS, serial=SERIALS, good=GOOD)
    def tap(self, data: st.DataObject, app: str, serial: int, good: bool) -> None:
        self.proven(self.world.row(data.draw(st.sampled_from(self.begun))), app, serial, good=good)

    def proven(self, row: Pairing, app: str, serial: int, *, good: bool) -> None:
        if row.statement is None:
            return
        certificate = synthetic.leaf("auth", serial=serial)
        signature = synthetic.tap(row.statement, certificate, TYPES[DeskKind.BUSINESS])
        made = Tap(certificate=certificate, signature=signature if good else bytes(256))
        self.run(self.world.proving.prove(self.world.app(app), row.id, made))

    @rule(app=APPS, serial=SERIALS, named=NAMED, steps=st.integers(2, 4), good=GOOD)
    def visit(self, app: str, serial: int, named: dict[str, str], steps: int, good: bool) -> None:
        """The next right steps of somebody at a desk, so that histories get far."""
        self.errands += 1
        self.begin(named, f"visit-{self.errands}", "sato")
        for _ in range(steps):
            row = self.world.row(self.begun[-1]) if self.begun else None
            if row is None or row.status is not Status.PENDING:
                return
            if row.claimed_by is None:
                code, own = self.codes[row.id], self.world.app(app)
                self.run(self.world.claiming.claim(own, code, CallState.NONE, address="192.0.2.1"))
            else:
                self.proven(row, app, serial, good=good)

    @precondition(lambda self: self.begun)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        pairing = data.draw(st.sampled_from(self.begun))
        self.run(self.world.at_desk.stop(TENANT.id, pairing))
        assert self.world.row(pairing).status is not Status.PENDING

    @precondition(lambda self: self.begun)
    @rule(data=st.data(), app=APPS)
    def disown(self, data: st.DataObject, app: str) -> None:
        pairing = data.draw(st.sampled_from(self.begun))
        self.run(self.world.repudiating.repudiate(self.world.app(app), pairing))

    @invariant()
    def no_desk_turns_green_or_shows_its_code_for_long(self) -> None:
        for row in self.rows():
            code = self.codes.get(row.id, "")
            view = desk_view(row, now=self.world.clock.at, policy=self.world.policy, code=code)
            assert view.badge is not Badge.GREEN
            assert row.claimed_by is None or not view.code
            assert (row.statement is None) is (row.claimed_by is None)

    @invariant()
    def neither_ends_the_other(self) -> None:
        """A desk is never superseded, never lives, and its expected contract is the one found."""
        desks = {row.id: row for row in self.rows()}
        assert not desks.keys() & {live[0] for live in self.world.pairings.live.values()}
        for row in desks.values():
            assert row.hint not in (Hint.SUPERSEDED, Hint.CALL_ENDED, Hint.WRONG_CHOICE)
            if row.expect is not None and row.status is Status.COMPLETE:
                assert row.verdict is not None
                assert row.expect in row.verdict.contracts

    @invariant()
    def an_installation_has_one_open_without_a_call(self) -> None:
        pending = [row for row in self.rows() if row.status is Status.PENDING and row.claimed_by]
        assert len(pending) == len({row.claimed_by for row in pending})


TestDeskHistory = DeskHistory.TestCase
TestDeskHistory.settings = settings(
    max_examples=25,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
