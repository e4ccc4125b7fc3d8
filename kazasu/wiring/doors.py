"""Build the doors of the app and of the operators."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from quart import Blueprint

from companion_app_api.link_page import door as link_page
from companion_app_api.link_page.settings import LinkSettings
from companion_app_api.v1 import blueprint as companion_app_api
from companion_app_api.v1.changes import Changes
from companion_app_api.v1.settings import CallableNumber, DoorSettings
from door_frame.staff_login import StaffBooks, StaffLogin
from identity.evidence_archive.model import Kind
from identity.evidence_archive.reading import Revealing
from identity.installations.limits import InstallationLimits
from identity.installations.service import RequestProofs
from identity.jpki.attributes import Attributes
from identity.pairing.refusals import Refusal
from ivr.live_calls.operator_checks.saying import SaidChecks
from ivr.live_calls.operator_checks.starting import OperatorChecks
from ivr.live_calls.screen_pop import Pop
from kazasu.settings.model import Settings
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.side import PhoneSide
from kazasu.wiring.stores import Stores
from operator_console import door as operators
from operator_console.workspace import ConsoleSettings, OperatorWorkspace, Trail, WorkspaceCallbacks


def companion(
    settings: Settings, identity: IdentitySide, stores: Stores, changes: Changes
) -> Blueprint:
    now = identity.deployment.now
    return companion_app_api.create(
        identity.verbs,
        RequestProofs(
            stores.installations, stores.seen_proofs, InstallationLimits(stores.counters), now
        ),
        changes,
        DoorSettings(
            origin=settings.public_base_url,
            trusted_proxies=settings.trusted_proxies,
            oldest_versions=settings.oldest_app_versions,
            update_urls=settings.app_update_urls,
            businesses=[
                CallableNumber(
                    dialled=number,
                    tenant=identity.deployment.tenants[business.tenant],
                    purposes=business.purposes,
                )
                for number, business in identity.deployment.businesses.items()
            ],
            keyed_codes=identity.deployment.policy.keyed_code,
        ),
    )


def links(settings: Settings, identity: IdentitySide) -> Blueprint:
    return link_page.create(
        LinkSettings(
            business=identity.tenant.name,
            number=identity.tenant.shown_number,
            app_urls=settings.app_update_urls,
            ios_apps=settings.ios_apps,
            android_apps=settings.android_apps,
        )
    )


def console(
    settings: Settings, identity: IdentitySide, phone: PhoneSide, stores: Stores
) -> Blueprint:
    now: Callable[[], datetime] = identity.deployment.now
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
            callbacks=WorkspaceCallbacks(
                rows=stores.callbacks,
                book=phone.callbacks.book,
                ringing=phone.callbacks.ringing,
                kept=phone.callbacks.kept,
            ),
            now=now,
        ),
        login,
        trail(identity, phone, stores),
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


def trail(identity: IdentitySide, phone: PhoneSide, stores: Stores) -> Trail:
    """Who looked is evidence, written before anything is shown."""

    async def note(kind: Kind, staff: str, of: str) -> None:
        await stores.evidence.append(
            identity.recorder.access(
                identity.tenant,
                kind,
                at=identity.deployment.now(),
                actor=staff,
                reason="screen_pop",
                of=of,
            )
        )

    async def viewed(_tenant: str, staff: str, pop: Pop) -> None:
        await note(Kind.VIEW, staff, pop.verdict.evidence_id if pop.verdict else pop.call_ref)

    async def reveal(tenant: str, staff: str, token: str) -> str | None:
        waiting = await stores.waiting.by_token(tenant, token)
        if waiting is None or waiting.state.value == "gone":
            return None
        row = await stores.call_rows.by_ref(tenant, waiting.call_ref)
        if row is None:
            return None
        await note(Kind.REVEAL, staff, waiting.call_ref)
        return row.number

    revealing = Revealing(stores.evidence, identity.recorder, identity.deployment.now)

    async def card_attributes(tenant: str, staff: str, token: str) -> Attributes | None:
        pop = await phone.pop.by_token(tenant, token)
        if pop is None or pop.verdict is None or not pop.card_attributes:
            return None
        return await revealing.attributes(
            identity.tenant, pop.verdict.evidence_id, actor=staff, reason="screen_pop"
        )

    async def kept_viewed(_tenant: str, staff: str, evidence: str) -> None:
        await note(Kind.VIEW, staff, evidence)

    return Trail(
        viewed=viewed, reveal=reveal, card_attributes=card_attributes, kept_viewed=kept_viewed
    )
