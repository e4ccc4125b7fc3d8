"""From the heart's views to what goes over the wire."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime

from pydantic import MISSING

from companion_app_api.v1.problems import INVALID_REQUEST, problem
from companion_app_api.v1.replies import (
    Business,
    Call,
    Choice,
    Claimed,
    HistoryEntry,
    PairingState,
)
from door_frame.problem_json import Refused
from identity.pairing.levels import IdentityLevel
from identity.pairing.views import AppView, ClaimView
from identity.pairing.views import HistoryEntry as PastVerdict


def moment(at: datetime) -> str:
    """RFC 3339, UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def state(view: AppView) -> PairingState:
    return PairingState(
        pairing=view.pairing,
        status=view.status.value,
        hint=view.hint.value,
        expires_at=moment(view.expires_at),
        interval=view.interval,
        choice=MISSING
        if view.choice is None
        else Choice(round=view.choice.round, choices=list(view.choice.offered)),
        statement=MISSING if view.statement is None else view.statement.decode("utf-8"),
    )


def claimed(view: ClaimView) -> Claimed:
    return Claimed(
        **dict(state(view.view)),
        call=Call(
            business=Business(name=view.business, logo=view.logo, number=view.shown_number),
            dialled=view.dialled,
            line_last4=view.line_last4 or MISSING,
            started_at=moment(view.call_started_at),
            direction=view.direction.value,
            purpose=view.purpose,
            require="id_card_sign"
            if view.require is IdentityLevel.ID_CARD_SIGN
            else "id_card_auth",
        ),
    )


def history_entry(past: PastVerdict) -> HistoryEntry:
    return HistoryEntry(
        pairing=past.pairing,
        business=past.business,
        at=moment(past.at),
        own=past.own,
        purpose=past.purpose if past.own else MISSING,
        hint=past.hint.value if past.own else MISSING,
        repudiable_until=MISSING
        if past.repudiable_until is None
        else moment(past.repudiable_until),
    )


def unpacked(text: str, *, field: str) -> bytes:
    """Strict base64url without padding: one text for one value, or `Refused` with 400."""
    try:
        value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        raise Refused(problem(INVALID_REQUEST, field=field)) from None
    if packed(value) != text:
        raise Refused(problem(INVALID_REQUEST, field=field))
    return value


def packed(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
