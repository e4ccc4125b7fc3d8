"""From the heart's views to what goes over the wire."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import MISSING

from companion_app_api.v1.problems import INVALID_REQUEST, problem
from companion_app_api.v1.replies import (
    Business,
    Businesses,
    Call,
    CallableBusiness,
    Choice,
    Desk,
    HistoryEntry,
    PairingState,
    Purpose,
)
from companion_app_api.v1.requests import OwnCall
from companion_app_api.v1.settings import CallableNumber
from door_frame.problem_json import Refused
from identity.pairing.levels import IdentityLevel
from identity.pairing.model import CallReport, CallState
from identity.pairing.views import AppView, ClaimView, DeskClaim
from identity.pairing.views import HistoryEntry as PastVerdict

PAUSES = ",,"
"""Two pauses (of about 2 s each on handsets) between the answer and the ticket: RFC 3966 leaves
post-dial digits to the handset."""


def moment(at: datetime) -> str:
    """RFC 3339, UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def state(
    view: AppView, call: Call | MISSING = MISSING, desk: Desk | MISSING = MISSING
) -> PairingState:
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
        ticket=view.ticket or MISSING,
        tel=f"tel:{view.dial}{PAUSES}{view.ticket}" if view.ticket else MISSING,
        ticket_by=MISSING if view.ticket_by is None else moment(view.ticket_by),
        code=view.code or MISSING,
        call=call,
        desk=desk,
    )


def claimed(view: ClaimView | DeskClaim) -> PairingState:
    """The state, and whose call or desk this is."""
    if isinstance(view, DeskClaim):
        return state(view.view, desk=_desk_of(view))
    return state(view.view, call_of(view))


def call_of(view: ClaimView) -> Call:
    return Call(
        business=Business(name=view.business, logo=view.logo, number=view.shown_number),
        dialled=view.dialled,
        line_last4=view.line_last4 or MISSING,
        started_at=moment(view.call_started_at),
        direction=view.direction.value,
        purpose=view.purpose,
        require=_required(view.require),
    )


def _desk_of(view: DeskClaim) -> Desk:
    return Desk(
        business=Business(name=view.business, logo=view.logo, number=view.shown_number),
        kind=view.kind.value,
        purpose=view.purpose,
        require=_required(view.require),
    )


def _required(level: IdentityLevel) -> Literal["id_card_auth", "id_card_sign"]:
    return "id_card_sign" if level is IdentityLevel.ID_CARD_SIGN else "id_card_auth"


def businesses(numbers: Sequence[CallableNumber], *, keyed_codes: bool) -> Businesses:
    return Businesses(
        keyed_codes=keyed_codes,
        businesses=[
            CallableBusiness(
                dialled=number.dialled,
                business=Business(
                    name=number.tenant.name,
                    logo=number.tenant.logo,
                    number=number.tenant.shown_number,
                ),
                purposes=[
                    Purpose(name=name, words=words) for name, words in number.purposes.items()
                ],
            )
            for number in numbers
        ],
    )


def reported(said: OwnCall) -> CallReport:
    connected = said.connected_ms_ago
    return CallReport(
        call_state=CallState(said.call_state),
        begun_ago=timedelta(milliseconds=said.begun_ms_ago),
        connected_ago=None if connected is MISSING else timedelta(milliseconds=connected),
        other_calls=said.other_calls,
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
