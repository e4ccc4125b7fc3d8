"""What the service said, as plain values. Unknown fields and hints are tolerated: both may grow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A problem of the service by its stable code. `retry_after` is in seconds."""

    code: str
    http_status: int
    retry_after: int | None = None
    update_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallShown:
    """What the holder compares with the call in hand. `line_last4` empty: 非通知.

    `direction` is who placed the call as the service knows it: another answer declines.
    """

    business_name: str
    business_logo: str
    business_number: str
    dialled: str
    line_last4: str
    call_started_at: str
    direction: str
    purpose: str
    require: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskShown:
    """What the holder compares with the desk they are at. `kind` is the statement's type."""

    business_name: str
    business_logo: str
    business_number: str
    kind: str
    purpose: str
    require: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceOfThree:
    round: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeShown:
    """`name` is what is asked for, `words` what stands on the screen and in the statement."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessShown:
    """One that can be called from the app. `dialled` (E.164) is the number that gets the call."""

    dialled: str
    name: str
    logo: str
    number: str
    purposes: tuple[PurposeShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingState:
    """`statement` is present from the right choice on. `interval` is in seconds.

    `tel` (RFC 3966, pauses and ticket behind the number) is there while the call is to be placed,
    `code` while the caller is to key it into the call, `call` once it is known whose call it is.
    `desk` is there in place of `call` when a claimed code was a desk's.
    """

    pairing: str
    status: str
    hint: str
    expires_at: str
    interval: int
    choice: ChoiceOfThree | None = None
    statement: str | None = field(default=None, repr=False)
    tel: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    call: CallShown | None = None
    desk: DeskShown | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCheck:
    """`purpose` and `hint` are empty for a check that another installation made."""

    pairing: str
    business_name: str
    at: str
    own: bool
    purpose: str
    hint: str
    repudiable_until: str


Answered: TypeAlias = PairingState | Refusal


def pairing_state(body: Mapping[str, Any]) -> PairingState:
    """KeyError when the service left out what it promises, as in the others."""
    choice, call, desk = body.get("choice"), body.get("call"), body.get("desk")
    return PairingState(
        pairing=body["pairing"],
        status=body["status"],
        hint=body["hint"],
        expires_at=body["expires_at"],
        interval=body["interval"],
        choice=ChoiceOfThree(round=choice["round"], choices=tuple(choice["choices"]))
        if choice
        else None,
        statement=body.get("statement"),
        tel=body.get("tel", ""),
        code=body.get("code", ""),
        call=_call_shown(call) if call else None,
        desk=_desk_shown(desk) if desk else None,
    )


def business_shown(entry: Mapping[str, Any]) -> BusinessShown:
    return BusinessShown(
        dialled=entry["dialled"],
        name=entry["business"]["name"],
        logo=entry["business"]["logo"],
        number=entry["business"]["number"],
        purposes=tuple(
            PurposeShown(name=purpose["name"], words=purpose["words"])
            for purpose in entry["purposes"]
        ),
    )


def _call_shown(call: Mapping[str, Any]) -> CallShown:
    return CallShown(
        business_name=call["business"]["name"],
        business_logo=call["business"]["logo"],
        business_number=call["business"]["number"],
        dialled=call["dialled"],
        line_last4=call.get("line_last4", ""),
        call_started_at=call["started_at"],
        direction=call["direction"],
        purpose=call["purpose"],
        require=call["require"],
    )


def _desk_shown(desk: Mapping[str, Any]) -> DeskShown:
    return DeskShown(
        business_name=desk["business"]["name"],
        business_logo=desk["business"]["logo"],
        business_number=desk["business"]["number"],
        kind=desk["kind"],
        purpose=desk["purpose"],
        require=desk["require"],
    )


def past_check(entry: Mapping[str, Any]) -> PastCheck:
    return PastCheck(
        pairing=entry["pairing"],
        business_name=entry["business"],
        at=entry["at"],
        own=entry["own"],
        purpose=entry.get("purpose", ""),
        hint=entry.get("hint", ""),
        repudiable_until=entry.get("repudiable_until", ""),
    )
