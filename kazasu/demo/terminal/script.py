"""What the caller of the guide does before and during the check, card by card and way by way."""

from dataclasses import dataclass
from typing import Final

MODES: Final = ("spoken_code", "sms_link", "app_dial", "keyed_code", "operator_started")
OTHER_WAY: Final = "2"
_OTHER_WAYS: Final = {"sms_link": 1, "keyed_code": 2}
"""How often the other-way key is pressed in the shipped flow until that way's turn has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """`keys` are pressed one entry for each question the call asks. None: somebody presses them.

    `other_ways` is how often another way to pair is asked for once the check waits.
    """

    card: str
    keys: tuple[str, ...] | None
    mode: str = "spoken_code"
    other_ways: int = 0


def script_for(card: str, mode: str = "spoken_code", *, change: bool = False) -> Script:
    """`change` asks for a change of the contract, which needs the signature certificate."""
    special = {"other-person": ("3", "10000001"), "valid-sign": ("2",)}
    keys = ("2",) if change else special.get(card, ("1",))
    if mode == "operator_started":
        keys = ("0",)
    if mode == "app_dial":
        keys = ()
    return Script(card=card, keys=keys, mode=mode, other_ways=_OTHER_WAYS.get(mode, 0))
