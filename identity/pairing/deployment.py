"""What one deployment fixes for all its pairings: for whom, by which rules, clock and chance."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from identity.pairing.model import PairingId
from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import Now, RandomBytes
from identity.tenants.model import Business, DeploymentKeys, Tenant, TenantId

_PAIRING_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`origin` is the public origin of the app's door (`https://host`): the statement's `aud`.

    `businesses` are the numbers (E.164) that an app may call with a ticket or a code of its own.
    """

    tenants: Mapping[TenantId, Tenant]
    keys: DeploymentKeys
    policy: PairingPolicy
    origin: str
    now: Now
    random: RandomBytes
    businesses: Mapping[str, Business] = field(default_factory=dict)

    def new_pairing_id(self) -> PairingId:
        """128 random bits, base64url."""
        drawn = base64.urlsafe_b64encode(self.random(_PAIRING_ID_BYTES))
        return PairingId(drawn.rstrip(b"=").decode())
