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


def may_be_rung_back(raw: str) -> bool:
    """Mobiles and landlines of Japan: what costs little and belongs to somebody."""
    number = believable(raw)
    return (
        number is not None
        and number.country_code == _JAPAN
        and phonenumbers.number_type(number) in _RUNG_BACK
    )


def believable(raw: str) -> PhoneNumber | None:
    """A number that the plan knows; None for anything that no telephone has."""
    if not raw.startswith("+"):
        return None
    try:
        parsed = phonenumbers.parse(raw)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None
