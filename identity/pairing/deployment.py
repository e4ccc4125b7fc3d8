"""What one deployment fixes for all its pairings: for whom, by which rules, clock and chance."""

from collections.abc import Mapping
from dataclasses import dataclass

from identity.pairing.policy import PairingPolicy
from identity.pairing.ports import Now, RandomBytes
from identity.tenants.model import DeploymentKeys, Tenant, TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`origin` is the public origin of the app's door (`https://host`): the statement's `aud`."""

    tenants: Mapping[TenantId, Tenant]
    keys: DeploymentKeys
    policy: PairingPolicy
    origin: str
    now: Now
    random: RandomBytes
