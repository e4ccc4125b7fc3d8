"""What kind of telephone a number belongs to, by the number plan: `call.number_kind`."""

from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

_JAPAN: Final = 81
_KIND: Final = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "mobile",
    PhoneNumberType.VOIP: "ip",
    PhoneNumberType.TOLL_FREE: "free",
}
_RUNG_BACK: Final = frozenset(
    {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)


def kind_of(number: PhoneNumber) -> str:
    """One of `outcomes.NUMBER_KINDS` for a number that was parsed."""
    if number.country_code != _JAPAN:
        return "foreign"
    return _KIND.get(phonenumbers.number_type(number), "landline")


def rung_back_as(raw: str) -> str:
    """E.164 of a mobile or landline of Japan, what costs little and belongs to somebody; "" for
    any other number. `raw` is E.164, or as one keys it in Japan, from its first 0."""
    number = believable(f"+{_JAPAN}{raw[1:]}" if raw.startswith("0") else raw)
    if (
        number is None
        or number.country_code != _JAPAN
        or phonenumbers.number_type(number) not in _RUNG_BACK
    ):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def believable(raw: str) -> PhoneNumber | None:
    """A number that the plan knows; None for anything that no telephone has."""
    if not raw.startswith("+"):
        return None
    try:
        parsed = phonenumbers.parse(raw)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None
