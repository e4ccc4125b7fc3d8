"""The operators' door."""

import secrets
from dataclasses import dataclass

from quart import Blueprint

from door_frame.staff_login import StaffBooks, StaffLogin
from identity.pairing.refusals import Refusal
from ivr.live_calls.operator_checks.saying import SaidChecks
from ivr.live_calls.operator_checks.starting import OperatorChecks
from ivr.queues.ports import QueueNews
from kazasu.settings.model import Settings
from kazasu.wiring.console.asked_again import AskedAgain
from kazasu.wiring.console.at_desk import desks
from kazasu.wiring.console.trail import trail_of_calls
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.side import PhoneSide
from kazasu.wiring.stores import Stores
from operator_console import door as operators
from operator_console.workspace import ConsoleSettings, OperatorWorkspace, WorkspaceCallbacks


def console(
    settings: Settings, identity: IdentitySide, phone: PhoneSide, stores: Stores, news: QueueNews
) -> Blueprint:
    now = identity.deployment.now
    login = StaffLogin(
        StaffBooks(accounts=stores.staff, sessions=stores.staff_sessions, tries=stores.counters),
        tenant=settings.tenant,
        now=now,
        random=secrets.token_bytes,
    )
    return operators.create(
        OperatorWorkspace(
            waiting=stores.waiting,
            operators=stores.operators,
            pops=phone.pop,
            answering=phone.answering,
            presence=phone.presence,
            checks=_Checks(phone.checks, phone.said),
            certificates=AskedAgain(
                waiting=stores.waiting,
                rechecking=identity.rechecking,
                background=phone.background,
            ),
            callbacks=WorkspaceCallbacks(
                rows=stores.callbacks,
                book=phone.callbacks.book,
                ringing=phone.callbacks.ringing,
                kept=phone.callbacks.kept,
            ),
            desks=desks(identity, stores, news),
            now=now,
        ),
        login,
        trail_of_calls(identity, phone, stores),
        stores.feed,
        ConsoleSettings(
            tenant=settings.tenant,
            origin=settings.public_base_url,
            business=identity.tenant.name,
            frame_ancestor=settings.frame_ancestor,
            trusted_proxies=settings.trusted_proxies,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Checks:
    """The console knows codes, not refusals of the identity side."""

    checks: OperatorChecks
    said: SaidChecks

    async def start(
        self, tenant: str, operator: str, call_ref: str, *, mode: str, reason: str
    ) -> str:
        answer = await self.checks.start(tenant, operator, call_ref, mode=mode, reason=reason)
        return answer.code if isinstance(answer, Refusal) else ""

    async def say(self, tenant: str, call_ref: str) -> str:
        refused = await self.said.say(tenant, call_ref)
        return refused.code if refused is not None else ""

    async def stop(self, tenant: str, call_ref: str) -> bool:
        return await self.checks.stop(tenant, call_ref)
