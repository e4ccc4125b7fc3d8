"""Identity and binding levels, and the badge that is the lower of the two."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from identity.pairing.outcomes import ALARMS, COMPLETE, Hint, Status


class IdentityLevel(IntEnum):
    ID_NONE = 0
    ID_NUMBER = 1
    ID_KNOWLEDGE = 2
    ID_CARD_AUTH = 3
    ID_CARD_SIGN = 4

    @property
    def code(self) -> str:
        return self.name.lower()


class BindingLevel(IntEnum):
    BIND_NONE = 0
    BIND_CODE = 1
    BIND_CHOICE = 2
    BIND_DEVICE = 3

    @property
    def code(self) -> str:
        return self.name.lower()


class Badge(Enum):
    GREEN = "green"
    AMBER = "amber"
    CHECKING = "checking"
    GREY = "grey"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known about line and device, and which policy asks for it."""

    line_known: bool = False
    """The reported number is on a contract of the proven person."""
    device_known: bool = False
    """The installation proved this person on an earlier day."""
    line_or_device_required: bool = True


def badge(
    *,
    status: Status,
    hint: Hint,
    identity: IdentityLevel,
    binding: BindingLevel,
    knowledge: Knowledge,
    repudiated: bool = False,
    revoked: bool = False,
) -> Badge:
    """One of five, exactly by the table of the pairing design.

    `revoked` is about the time since: a verdict other than `good` never has a complete hint.
    """
    if repudiated or hint in ALARMS:
        return Badge.RED
    if status is Status.PENDING:
        return Badge.CHECKING
    if revoked:
        return Badge.GREY
    card = identity >= IdentityLevel.ID_CARD_AUTH
    if hint in COMPLETE:
        if hint is Hint.VERIFIED_NO_CONTRACT or not card:
            return Badge.AMBER if card else Badge.GREY
        known = not knowledge.line_or_device_required or knowledge.line_known
        by_choice = binding is BindingLevel.BIND_CHOICE and known
        by_device = binding is BindingLevel.BIND_DEVICE and (known or knowledge.device_known)
        return Badge.GREEN if by_choice or by_device else Badge.AMBER
    return Badge.AMBER if hint is Hint.LEVEL_NOT_REACHED and card else Badge.GREY
