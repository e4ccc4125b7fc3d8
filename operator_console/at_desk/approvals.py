"""Enrolments that wait for a second person: look, approve, decline. Who may is identity's to say;
the page only shows to whoever began one that they may not. Whoever decides types the password of
their account with it: a colleague's unlocked screen is no second person."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints
from quart import Blueprint, Response, jsonify

from door_frame.problem_json import Problem, Refused
from door_frame.staff_login import SignedIn
from identity.contract_holders.approving import Decided
from identity.contract_holders.waiting import Wait
from identity.pairing.model import PairingId
from identity.tenants.model import TenantId
from operator_console import shown as page
from operator_console.actions import Body, body_of
from operator_console.at_desk import shown
from operator_console.at_desk.checks import NAME
from operator_console.at_desk.ports import Desks
from operator_console.guard import Guard
from operator_console.in_person import InPerson

NOT_WAITING: Final = Problem(status=404, code="not_waiting", detail="unknown, over, or decided")
_DONE: Final = frozenset({Decided.ENROLLED, Decided.ALREADY_ENROLLED, Decided.DECLINED})


class OfEnrolment(Body):
    id: Annotated[str, StringConstraints(pattern=NAME)]


class Decision(OfEnrolment):
    password: Annotated[str, Field(repr=False)]


class ApprovalActions:
    def __init__(self, desks: Desks, guard: Guard, in_person: InPerson) -> None:
        self._desks = desks
        self._guard = guard
        self._in_person = in_person

    async def look(self, enrolment: str) -> Response:
        """The comparison and the contract's holder, after its view is written."""
        signed = await self._guard.reading()
        wait = await self._waiting(signed, enrolment)
        tenant = TenantId(signed.account.tenant)
        evidence = await self._evidence(tenant, wait)
        await self._desks.trail.viewed(tenant, signed.account.id, evidence)
        holder = await self._desks.holders.by_contract(tenant, wait.contract)
        own = wait.begun_by == signed.account.login
        named = holder.display_name if holder else ""
        return jsonify(
            now=page.moment(self._desks.now()), **shown.looked_at(wait, own=own, holder=named)
        )

    async def card_attributes(self) -> Response:
        """What the certificate says, for whoever has to decide; after its evidence row."""
        signed = await self._guard.acting()
        wait = await self._waiting(signed, (await body_of(OfEnrolment)).id)
        account = signed.account
        evidence = await self._evidence(TenantId(account.tenant), wait)
        found = await self._desks.trail.card_attributes(account.tenant, account.id, evidence)
        if found is None:
            raise Refused(NOT_WAITING)
        return jsonify(page.card_attributes(found))

    async def approve(self) -> Response:
        signed, enrolment = await self._deciding()
        account, approve = signed.account, self._desks.approvals.approve
        return await self._told(signed, await approve(account.tenant, enrolment, account.login))

    async def decline(self) -> Response:
        signed, enrolment = await self._deciding()
        account, decline = signed.account, self._desks.approvals.decline
        return await self._told(signed, await decline(account.tenant, enrolment, account.login))

    async def _deciding(self) -> tuple[SignedIn, str]:
        """Who decides, and on which enrolment."""
        signed = await self._guard.acting()
        decision = await body_of(Decision)
        await self._in_person.must_be(signed, decision.password)
        return signed, decision.id

    async def _told(self, signed: SignedIn, decided: Decided) -> Response:
        """Other consoles have another list now, whatever came of it."""
        await self._desks.decided(signed.account.tenant)
        if decided is Decided.NOT_WAITING:
            raise Refused(NOT_WAITING)
        if decided not in _DONE:
            raise Refused(Problem(status=409, code=decided.value))
        return jsonify(outcome=decided.value)

    async def _waiting(self, signed: SignedIn, enrolment: str) -> Wait:
        waiting = await self._desks.approvals.waiting(signed.account.tenant)
        found = next((one for one in waiting if one.id == enrolment), None)
        if found is None:
            raise Refused(NOT_WAITING)
        return found

    async def _evidence(self, tenant: TenantId, wait: Wait) -> str:
        """The row of the tap. A wait is written with its pairing's end, in one transaction."""
        view = await self._desks.checks.view(tenant, PairingId(wait.id))
        if view is None or view.verdict is None:
            raise LookupError(f"enrolment {wait.id} waits without a verdict")
        return view.verdict.evidence_id


def add_approvals(door: Blueprint, approvals: ApprovalActions) -> None:
    door.add_url_rule("/api/approval/<enrolment>", "approval", approvals.look, methods=["GET"])
    for path, view in (
        ("approve", approvals.approve),
        ("decline", approvals.decline),
        ("card-attributes", approvals.card_attributes),
    ):
        door.add_url_rule(f"/api/approval-{path}", f"approval_{path}", view, methods=["POST"])
