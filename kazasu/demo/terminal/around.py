"""What is around a call in the terminal."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from companion_app.device_key import DeviceKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Addresses, tokens, and where lines go. `tap` waits until the card may touch the phone."""

    base: str
    cards: str
    card_token: str = field(repr=False)
    device_key: DeviceKey
    say: Callable[[str], None]
    tap: Callable[[], Awaitable[None]]
