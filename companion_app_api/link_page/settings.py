"""What the deployment says on the page behind a link, and which apps may open links themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """`business` and `number` are shown. `app_urls` (`ios`, `android`) say where the app is.

    `ios_apps` are application identifiers (`TEAM.bundle.id`), `android_apps` package names with the
    SHA-256 of their signing certificates (hexadecimal pairs with colons).
    """

    business: str
    number: str
    app_urls: Mapping[str, str] = field(default_factory=dict)
    ios_apps: Sequence[str] = ()
    android_apps: Mapping[str, Sequence[str]] = field(default_factory=dict)
