"""The statement as the app sees it: taken apart, rebuilt and compared before anybody signs.

The service makes it; the app trusts none of it. A statement whose canonical form (RFC 8785) is
not byte for byte what came, that names another origin or another installation, or that has a
field too many or too few, is refused.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias

import rfc8785

from companion_app.card.signed_attributes import StatementType, card_input

Flat: TypeAlias = dict[str, str | int]

VERSION: Final = 1
_REQUIRED: Final = frozenset(
    {
        "type", "aud", "tenant", "rp_name", "purpose", "shown", "direction", "mode", "require",
        "pairing", "dialled", "installation", "call_state", "nonce", "issued_at", "expires_at",
    }
)  # fmt: skip
_OF_A_CALL: Final = frozenset({"call_ref", "call_started_at"})
# A caller who keys the code into the call is not asked for a number that the call speaks.
_WITHOUT_CHOICE: Final = frozenset({"keyed_code"})
_AT_A_DESK: Final = ("enrolment", "business")
_TYPES: Final[dict[str, StatementType]] = {
    "call": "call", "dial": "dial", "enrolment": "enrolment", "business": "business"
}  # fmt: skip


class StatementRefused(Exception):
    """The app does not sign this. `code` says which rule it broke."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStatement:
    """`shown` is the very sentence for the screen; `canonical` is what gets hashed."""

    type: StatementType
    shown: str
    require: str
    fields: Flat = field(repr=False)
    canonical: bytes = field(repr=False)

    def card_input(self, certificate: bytes) -> bytes:
        return card_input(
            statement=self.canonical, statement_type=self.type, certificate=certificate
        )


def checked(
    text: str, *, audience: str, installation: str, agreed: Mapping[str, str | None]
) -> CheckedStatement:
    """Every rule of the app's step 5, or `StatementRefused`.

    `audience` is the origin the app talks to and was built with, `installation` the thumbprint
    of its own key. `agreed` is what was on the screen before (business, number, choice, ...): a
    statement that says something else is refused; None is a field that must be absent.
    """
    fields = _flat(text)
    canonical = rfc8785.dumps(fields)
    if canonical != text.encode("utf-8"):
        raise StatementRefused("not_canonical")
    kind = _TYPES.get(str(fields["type"]))
    if kind is None:
        raise StatementRefused("unknown_type")
    _must_have_fields(fields, kind)
    expected = {
        "aud": audience,
        "installation": _pseudonym(installation, str(fields["tenant"])),
        **agreed,
    }
    for name, value in expected.items():
        if fields.get(name) != value:
            raise StatementRefused(f"other_{name}")
    return CheckedStatement(
        type=kind,
        shown=str(fields["shown"]),
        require=str(fields["require"]),
        fields=fields,
        canonical=canonical,
    )


def _flat(text: str) -> Flat:
    """One JSON object of strings and integers, each name once."""
    try:
        parsed: object = json.loads(text, object_pairs_hook=_unique)
    except ValueError:
        raise StatementRefused("not_canonical") from None
    if not isinstance(parsed, dict) or "type" not in parsed:
        raise StatementRefused("not_canonical")
    for value in parsed.values():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise StatementRefused("not_flat")
    return parsed


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise StatementRefused("not_canonical")
    return dict(pairs)


def _must_have_fields(fields: Flat, kind: StatementType) -> None:
    if fields.get("v") != VERSION:
        raise StatementRefused("unknown_version")
    required, optional = _REQUIRED | {"v"}, frozenset({"action"})
    if kind == "call":
        required |= _OF_A_CALL
        optional |= {"line_last4"}
        if fields.get("mode") not in _WITHOUT_CHOICE:
            required |= {"match"}
    if (fields.get("mode") == "desk") is not (kind in _AT_A_DESK):
        raise StatementRefused("other_mode")
    if missing := required - fields.keys():
        raise StatementRefused(f"missing_{min(missing)}")
    if fields.keys() - required - optional:
        raise StatementRefused("unknown_field")


def _pseudonym(thumbprint: str, tenant: str) -> str:
    """The installation as one tenant knows it: first 16 bytes of a SHA-256, base64url."""
    digest = sha256(b"kazasu" + thumbprint.encode("ascii") + tenant.encode("utf-8")).digest()
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")
