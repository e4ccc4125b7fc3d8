"""What one deployment fixes for all its pairings: for whom, by which rules, clock and chance."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import Now, RandomBytes
from identity.tenants.model import Business, DeploymentKeys, Tenant, TenantId


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
