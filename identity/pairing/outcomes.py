"""Status and hint of a pairing. Hints may grow; never merge two."""

from enum import Enum
from typing import Final


class Status(Enum):
    PENDING = "pending"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Hint(Enum):
    AWAITING_APP = "awaiting_app"
    APP_OPENED = "app_opened"
    AWAITING_CALL_CONFIRM = "awaiting_call_confirm"
    AWAITING_CHOICE = "awaiting_choice"
    AWAITING_PIN = "awaiting_pin"
    AWAITING_CARD = "awaiting_card"
    VERIFYING = "verifying"
    MATCHING_CONTRACT = "matching_contract"
    AWAITING_DIAL = "awaiting_dial"

    VERIFIED = "verified"
    VERIFIED_NO_CONTRACT = "verified_no_contract"
    VERIFIED_MULTIPLE_CONTRACTS = "verified_multiple_contracts"

    USER_DECLINED_CALL = "user_declined_call"
    WRONG_CHOICE = "wrong_choice"
    RISK_BLOCKED = "risk_blocked"
    SUPERSEDED = "superseded"
    USER_CANCELLED = "user_cancelled"
    CODE_EXPIRED = "code_expired"
    SESSION_EXPIRED = "session_expired"
    CALL_ENDED = "call_ended"
    PIN_BLOCKED = "pin_blocked"
    PIN_LAST_TRY = "pin_last_try"
    CARD_WITHOUT_PIN = "card_without_pin"
    CERTIFICATE_REVOKED = "certificate_revoked"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_UNSUPPORTED = "certificate_unsupported"
    SIGNATURE_INVALID = "signature_invalid"
    PERSON_MISMATCH = "person_mismatch"
    LEVEL_NOT_REACHED = "level_not_reached"
    APP_UNSUPPORTED = "app_unsupported"
    REVOCATION_UNAVAILABLE = "revocation_unavailable"
    LINKAGE_UNAVAILABLE = "linkage_unavailable"
    INTERNAL_ERROR = "internal_error"

    BY_OPERATOR = "by_operator"
    BY_SYSTEM = "by_system"
    CALLER_SKIPPED = "caller_skipped"
    NO_TICKET = "no_ticket"

    REPUDIATED = "repudiated"
    """Afterwards: "that wasn't me". The status of the pairing stays what it was."""
    REVOKED_SINCE = "revoked_since"
    """Afterwards, while the call goes on: the certificate behind the verdict has been revoked."""


PENDING: Final = frozenset(
    {
        Hint.AWAITING_APP,
        Hint.APP_OPENED,
        Hint.AWAITING_CALL_CONFIRM,
        Hint.AWAITING_CHOICE,
        Hint.AWAITING_PIN,
        Hint.AWAITING_CARD,
        Hint.VERIFYING,
        Hint.MATCHING_CONTRACT,
        Hint.AWAITING_DIAL,
    }
)
COMPLETE: Final = frozenset(
    {Hint.VERIFIED, Hint.VERIFIED_NO_CONTRACT, Hint.VERIFIED_MULTIPLE_CONTRACTS}
)
CANCELLED: Final = frozenset(
    {Hint.BY_OPERATOR, Hint.BY_SYSTEM, Hint.CALLER_SKIPPED, Hint.NO_TICKET}
)
ALARMS: Final = frozenset(
    {Hint.USER_DECLINED_CALL, Hint.WRONG_CHOICE, Hint.RISK_BLOCKED, Hint.SUPERSEDED}
)
AFTERWARDS: Final = frozenset({Hint.REPUDIATED, Hint.REVOKED_SINCE})
"""What becomes of a verdict, whose status stays."""


def status_of(hint: Hint) -> Status:
    """The status a hint belongs to. What comes afterwards has none of its own: ValueError."""
    if hint in AFTERWARDS:
        raise ValueError(f"{hint.value} keeps the status of the verdict it touches")
    if hint in PENDING:
        return Status.PENDING
    if hint in COMPLETE:
        return Status.COMPLETE
    return Status.CANCELLED if hint in CANCELLED else Status.FAILED
