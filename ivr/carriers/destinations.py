"""Which numbers may be rung or sent a message: toll fraud dials dear ones (threats T28, T29).

Ordinary Japanese numbers only: no other country, no emergency or service number, nothing that costs
by what is heard (0990, 0570, 0180) or is not one telephone.
"""

from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

_JAPAN: Final = 81
_RUNG: Final = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.TOLL_FREE,
    }
)
_RUNG_BACK: Final = _RUNG - {PhoneNumberType.VOIP, PhoneNumberType.TOLL_FREE}


def may_ring(number: str) -> bool:
    """`number` is E.164: a Japanese landline, mobile, IP telephone (050) or free number."""
    return _kind(number) in _RUNG


def may_ring_back(number: str) -> bool:
    """`number` is E.164: a Japanese landline or mobile, as anybody may ask to be rung at."""
    return _kind(number) in _RUNG_BACK


def may_text(number: str) -> bool:
    """`number` is E.164: a Japanese mobile, and nothing else."""
    return _kind(number) == PhoneNumberType.MOBILE


def _kind(number: str) -> int:
    """The kind of a plain, valid Japanese number; UNKNOWN for everything else."""
    unknown: int = PhoneNumberType.UNKNOWN
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return unknown
    plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    # As it is sent: an extension or a vanity spelling would be read otherwise by the carrier.
    if plain != number or parsed.country_code != _JAPAN:
        return unknown
    if not phonenumbers.is_valid_number(parsed):
        return unknown
    kind: int = phonenumbers.number_type(parsed)
    return kind
