"""What the deployment fixes for this door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from identity.tenants.model import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class CallableNumber:
    """A number (E.164) that apps may call, whose it is, and for what: purpose name -> words."""

    dialled: str
    tenant: Tenant
    purposes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorSettings:
    """`origin` is the public `https://host[:port]` without a path: request proofs name it.

    `trusted_proxies` is how many proxies of ours stand in front. `oldest_versions` (platform ->
    `1.4`) are the app versions still served, `update_urls` (platform -> address) where newer are.
    `businesses` can be called from the app; `keyed_codes` says whether codes to key are offered.
    """

    origin: str
    trusted_proxies: int = 0
    oldest_versions: Mapping[str, str] = field(default_factory=dict)
    update_urls: Mapping[str, str] = field(default_factory=dict)
    businesses: Sequence[CallableNumber] = ()
    keyed_codes: bool = False

    def supported(self, platform: str, version: str) -> bool:
        oldest = self.oldest_versions.get(platform)
        return oldest is None or _numbers(version) >= _numbers(oldest)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
