"""What the card signs: canonical JSON (RFC 8785) with exactly the fields of the pairing design.

An absent field is absent, never null. Only the service builds a statement; `parse` reads one back
strictly, so that evidence and apps agree on every byte.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Final

import rfc8785

from identity.pairing.levels import IdentityLevel
from identity.pairing.model import (
    NO_CALL,
    NOT_IN_A_CALL,
    CallState,
    DeskKind,
    Direction,
    InstallationId,
    Mode,
    Pairing,
)
from identity.tenants.model import Tenant, TenantId

VERSION: Final = 1
NONCE_BYTES: Final = 32
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


class StatementKind(Enum):
    CALL = "call"
    DIAL = "dial"
    ENROLMENT = "enrolment"
    BUSINESS = "business"


PURPOSES_AT_A_DESK: Final = {
    DeskKind.BUSINESS: "窓口での本人確認",
    DeskKind.ENROLMENT: "ご契約者の登録",
}
_DONE_AT_A_DESK: Final = {
    DeskKind.BUSINESS: "本人確認をします",
    DeskKind.ENROLMENT: "あなたをご契約者として登録します",
}
_REQUIRED: Final = (
    "type",
    "aud",
    "tenant",
    "rp_name",
    "purpose",
    "shown",
    "direction",
    "mode",
    "require",
    "pairing",
    "dialled",
    "installation",
    "call_state",
    "nonce",
    "issued_at",
    "expires_at",
)
_OPTIONAL: Final = ("action", "call_ref", "line_last4", "call_started_at", "match")
_OF_A_CALL: Final = ("call_ref", "call_started_at")
_BEFORE_A_CALL: Final = (*_OF_A_CALL, "line_last4", "match")
_AT_A_DESK: Final = frozenset(kind.value for kind in DeskKind)
_OF_NO_CALL: Final = frozenset(
    kind.value for kind in StatementKind if kind is not StatementKind.CALL
)


class NotAStatement(ValueError):
    """The bytes are not a canonical statement. The argument says which rule failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The fields as text, as they stand in the JSON; an optional one that is absent is ""."""

    type: str
    aud: str
    tenant: str
    rp_name: str
    purpose: str
    shown: str
    direction: str
    mode: str
    require: str
    pairing: str
    dialled: str
    installation: str
    call_state: str
    nonce: str = field(repr=False)
    issued_at: str
    expires_at: str
    action: str = ""
    call_ref: str = ""
    line_last4: str = field(default="", repr=False)
    call_started_at: str = ""
    match: str = field(default="", repr=False)


def shown(tenant: Tenant, direction: Direction, *, called: bool = True) -> str:
    """The very sentence on the app's screen. `called`: the call is there."""
    who = f"{tenant.name}({tenant.shown_number})"
    if direction is Direction.BUSINESS:
        call = f"{who}から、あなたにかかってきた電話で"
    elif called:
        call = f"{who}に、あなたがかけた電話で"
    else:
        call = f"{who}に、これからあなたがかける電話で"
    return f"{call}、本人確認をします。契約や送金への同意ではありません。"


def shown_at_desk(tenant: Tenant, kind: DeskKind) -> str:
    """The same where there is no call."""
    who = f"{tenant.name}({tenant.shown_number})"
    return f"{who}の窓口で、{_DONE_AT_A_DESK[kind]}。契約や送金への同意ではありません。"


def installation_mark(installation: InstallationId, tenant: TenantId) -> str:
    """First 16 bytes of SHA-256("kazasu" ‖ thumbprint ‖ tenant), base64url: differs per tenant."""
    return _base64url(
        hashlib.sha256(b"kazasu" + installation.encode() + tenant.encode()).digest()[:16]
    )


def for_call(
    pairing: Pairing, tenant: Tenant, *, aud: str, nonce: bytes, now: datetime, latest: datetime
) -> bytes:
    """The statement of a claimed pairing whose match item was chosen rightly; a keyed code has
    no item.

    `latest` is the last moment at which it can count. ValueError when the pairing is not so far.
    """
    if (pairing.match is None) is not (pairing.mode is Mode.KEYED_CODE):
        raise ValueError("a statement needs the match item that its mode has")
    if pairing.call_ref == NO_CALL:
        raise ValueError("a statement of a call needs the call")
    common = _common(pairing, tenant, aud=aud, nonce=nonce, now=now, latest=latest)
    return build(
        replace(
            common,
            type=StatementKind.CALL.value,
            call_ref=pairing.call_ref,
            line_last4=pairing.call.line[-4:],
            call_started_at=_time(pairing.call.started_at),
            match=pairing.match.right if pairing.match else "",
        )
    )


def for_dial(
    pairing: Pairing, tenant: Tenant, *, aud: str, nonce: bytes, now: datetime, latest: datetime
) -> bytes:
    """The statement of a tap that comes before its call."""
    return build(_common(pairing, tenant, aud=aud, nonce=nonce, now=now, latest=latest))


def for_desk(pairing: Pairing, tenant: Tenant, *, aud: str, nonce: bytes, now: datetime) -> bytes:
    """The statement of a check at a desk, once it is claimed. It counts until the check is over."""
    if pairing.desk is None:
        raise ValueError("not begun at a desk")
    kind = pairing.desk.kind
    common = _common(pairing, tenant, aud=aud, nonce=nonce, now=now, latest=pairing.expires_at)
    return build(replace(common, type=kind.value, shown=shown_at_desk(tenant, kind)))


def _common(
    pairing: Pairing, tenant: Tenant, *, aud: str, nonce: bytes, now: datetime, latest: datetime
) -> Statement:
    if pairing.claimed_by is None:
        raise ValueError("a statement needs a claim")
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a nonce has 32 bytes")
    called = pairing.call_ref != NO_CALL
    return Statement(
        type=StatementKind.DIAL.value,
        aud=aud,
        tenant=tenant.id,
        rp_name=tenant.name,
        purpose=pairing.purpose,
        action=pairing.action,
        shown=shown(tenant, pairing.call.direction, called=called),
        direction=pairing.call.direction.value,
        mode=pairing.mode.value,
        require=pairing.require.identity.code,
        pairing=pairing.id,
        dialled=pairing.call.dialled,
        installation=installation_mark(pairing.claimed_by, tenant.id),
        call_state=pairing.call_state.value,
        nonce=_base64url(nonce),
        issued_at=_time(now),
        expires_at=_time(latest),
    )


def build(statement: Statement) -> bytes:
    """Canonical bytes. NotAStatement when a field is missing that its type must have."""
    values = {name: str(getattr(statement, name)) for name in (*_REQUIRED, *_OPTIONAL)}
    present = {name: value for name, value in values.items() if value}
    _check(present)
    return rfc8785.dumps({"v": VERSION, **present})


def parse(data: bytes) -> Statement:
    """Reads canonical bytes back. NotAStatement for anything else, however small the difference."""
    try:
        fields = json.loads(data)
    except ValueError as wrong:
        raise NotAStatement("json") from wrong
    if not isinstance(fields, dict) or type(fields.get("v")) is not int or fields["v"] != VERSION:
        raise NotAStatement("version")
    del fields["v"]
    if not all(isinstance(value, str) and value for value in fields.values()):
        raise NotAStatement("value")
    _check(fields)
    if rfc8785.dumps({"v": VERSION, **fields}) != data:
        raise NotAStatement("canonical")
    return Statement(**fields)


def _check(fields: dict[str, str]) -> None:
    missing = [name for name in _REQUIRED if name not in fields]
    kind, keyed = fields.get("type"), fields.get("mode") == Mode.KEYED_CODE.value
    if kind == StatementKind.CALL.value:
        needed = _OF_A_CALL if keyed else (*_OF_A_CALL, "match")
        missing += [name for name in needed if name not in fields]
    if missing:
        raise NotAStatement(f"missing {missing[0]}")
    of_no_call = kind in _OF_NO_CALL
    if of_no_call or keyed:
        early = _BEFORE_A_CALL if of_no_call else ("match",)
        if any(name in fields for name in early):
            raise NotAStatement("field of a call")
    if set(fields) - {*_REQUIRED, *_OPTIONAL}:
        raise NotAStatement("unknown field")
    if fields["type"] not in {kind.value for kind in StatementKind}:
        raise NotAStatement("type")
    _check_words(fields, at_a_desk=kind in _AT_A_DESK)


def _check_words(fields: dict[str, str], *, at_a_desk: bool) -> None:
    """A desk has a mode of its own, the business asks there, and nobody is on the phone."""
    directions = {Direction.BUSINESS} if at_a_desk else set(Direction)
    if fields["direction"] not in {direction.value for direction in directions}:
        raise NotAStatement("direction")
    if fields["mode"] not in {mode.value for mode in Mode if mode.of_a_call is not at_a_desk}:
        raise NotAStatement("mode")
    states = NOT_IN_A_CALL if at_a_desk else set(CallState)
    if fields["call_state"] not in {state.value for state in states}:
        raise NotAStatement("call_state")
    enrols = fields["type"] == StatementKind.ENROLMENT.value
    if enrols and fields["require"] != IdentityLevel.ID_CARD_SIGN.code:
        raise NotAStatement("require")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime(_TIME)
