"""Looking at a pairing without moving it."""

from identity.installations.model import Installation
from identity.pairing import locators
from identity.pairing.deployment import Deployment
from identity.pairing.model import (
    NO_CALL,
    CallRef,
    InstallationId,
    Locator,
    Mode,
    Pairing,
    PairingId,
)
from identity.pairing.outcomes import Hint
from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import Marks, Pairings
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.views import (
    AppView,
    ClaimView,
    PairingView,
    app_view,
    claim_view,
    phone_view,
    standing_alarm,
)
from identity.tenants.model import TenantId


class Watching:
    def __init__(self, deployment: Deployment, pairings: Pairings) -> None:
        self._deployment = deployment
        self._pairings = pairings

    async def latest(self, tenant: TenantId, call_ref: CallRef) -> PairingView | None:
        """The newest pairing of a call, None when there was none. For polls and screens."""
        found = await self._pairings.by_call(tenant, call_ref)
        if not found:
            return None
        newest = found[-1]
        return phone_view(
            newest,
            now=self._deployment.now(),
            policy=self._deployment.policy,
            code=spoken_code(self._deployment, newest),
            link=link_token(self._deployment, newest),
            alarm=standing_alarm(found),
        )

    async def marks(self, tenant: TenantId, call_ref: CallRef) -> Marks:
        """What differs as soon as anything but the time may make `latest` differ."""
        return await self._pairings.marks(tenant, call_ref)

    async def busy_card(self, tenant: TenantId, view: PairingView) -> bool:
        """Whether the person proven here was proven from several numbers around the same time.

        For the eyes of operators: a stolen card with its PIN is used quickly (threat T11).
        """
        if view.person is None or view.verdict is None:
            return False
        policy, at = self._deployment.policy, view.verdict.at
        since = at - policy.busy_card_window
        around = await self._pairings.proven_before(tenant, view.person, since=since)
        until = at + policy.busy_card_window
        calls = [one for one in around if one.mode.of_a_call]
        lines = {one.call.line for one in calls if one.ended_at and one.ended_at <= until}
        return len(lines) >= policy.busy_card_lines

    async def status(self, installation: Installation, pairing: PairingId) -> AppView | Refusal:
        """For the claimer, also after the end. Refusal: `expired_or_unknown`."""
        found = await self._pairings.claimed(InstallationId(installation.id), pairing)
        if found is None:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        return shown_to_app(self._deployment, found)

    async def call_of(self, installation: Installation, pairing: PairingId) -> ClaimView | Refusal:
        """Whose call it is, for the claimer. Refusal: `expired_or_unknown`."""
        found = await self._pairings.claimed(InstallationId(installation.id), pairing)
        if found is None or found.call_ref == NO_CALL:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        tenant = self._deployment.tenants[found.tenant]
        return claim_view(found, tenant, self._deployment.policy)


def code_lengths(policy: PairingPolicy) -> tuple[int, int]:
    """The numbers of random digits that codes may have."""
    return (policy.code_random_digits, policy.code_random_digits_alarmed)


def spoken_code(deployment: Deployment, pairing: Pairing) -> str:
    """The spoken code of a pairing that can still be claimed by it, else ""."""
    if pairing.hint is not Hint.AWAITING_APP:
        return ""
    return given_code(deployment, pairing, Mode.SPOKEN_CODE)


def link_token(deployment: Deployment, pairing: Pairing) -> str:
    """The link token of a pairing that can still be claimed by it, else ""."""
    if pairing.hint is not Hint.AWAITING_APP or not _open(deployment, pairing, Mode.SMS_LINK):
        return ""
    return locators.link_token(deployment.keys.code, pairing.id)


def given_code(deployment: Deployment, pairing: Pairing, mode: Mode) -> str:
    """The digits of the last locator of a mode, "" without one or after its time."""
    locator = _open(deployment, pairing, mode)
    if locator is None:
        return ""
    policy = deployment.policy
    ticket = mode is Mode.APP_DIAL
    return locators.find_code(
        code_key=deployment.keys.code,
        locator_key=deployment.keys.locator,
        pairing=pairing.id,
        stored=locator.hash,
        lengths=(policy.ticket_random_digits,) if ticket else code_lengths(policy),
        mode=mode,
    )


def shown_to_app(deployment: Deployment, pairing: Pairing) -> AppView:
    """With the ticket or code that the app itself was given."""
    given = ""
    if pairing.hint in (Hint.AWAITING_DIAL, Hint.AWAITING_APP):
        given = given_code(deployment, pairing, pairing.mode)
    return app_view(pairing, deployment.policy, ticket=given, code=given)


def _open(deployment: Deployment, pairing: Pairing, mode: Mode) -> Locator | None:
    locator = pairing.locator(mode)
    return locator if locator is not None and deployment.now() < locator.claim_by else None
