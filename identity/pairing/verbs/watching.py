"""Looking at a pairing without moving it."""

from identity.installations.model import Installation
from identity.pairing import locators
from identity.pairing.deployment import Deployment
from identity.pairing.model import CallRef, InstallationId, Pairing, PairingId
from identity.pairing.outcomes import Hint
from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import Pairings
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.views import AppView, PairingView, app_view, phone_view, standing_alarm
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
            alarm=standing_alarm(found),
        )

    async def status(self, installation: Installation, pairing: PairingId) -> AppView | Refusal:
        """For the claimer, also after the end. Refusal: `expired_or_unknown`."""
        found = await self._pairings.claimed(InstallationId(installation.id), pairing)
        if found is None:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        return app_view(found, self._deployment.policy)


def code_lengths(policy: PairingPolicy) -> tuple[int, int]:
    """The numbers of random digits that codes may have."""
    return (policy.code_random_digits, policy.code_random_digits_alarmed)


def spoken_code(deployment: Deployment, pairing: Pairing) -> str:
    """The code of a pairing that can still be claimed, else ""."""
    if pairing.hint is not Hint.AWAITING_APP:
        return ""
    return locators.find_code(
        code_key=deployment.keys.code,
        locator_key=deployment.keys.locator,
        pairing=pairing.id,
        stored=pairing.locator_hash,
        lengths=code_lengths(deployment.policy),
    )
