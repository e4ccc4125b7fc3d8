"""How digits are grouped when they are spoken, in any language; a pause lies between groups."""

from typing import Final

import phonenumbers

KEYS: Final = "0123456789*#"


def digit_groups(digits: str, size: int = 0) -> tuple[str, ...]:
    """Groups of `size`; without one, up to four digits stay together and longer ones are split
    into groups as even as can be, of at most five: 8 digits 4-4, 10 digits 5-5, 6 digits 3-3."""
    if size:
        return tuple(digits[i : i + size] for i in range(0, len(digits), size))
    if len(digits) <= 4:
        return (digits,) if digits else ()
    count = 2 if len(digits) <= 8 or len(digits) == 10 else -(-len(digits) // 4)
    base, longer = divmod(len(digits), count)
    sizes = [base + (i >= count - longer) for i in range(count)]
    starts = [sum(sizes[:i]) for i in range(count)]
    return tuple(digits[start : start + n] for start, n in zip(starts, sizes, strict=True))


def phone_groups(number: str) -> tuple[str, ...]:
    """By the number plan: +81120444113 and 0120-444-113 give 0120, 444, 113.

    A number from abroad begins with the group `+` and its country code.
    """
    try:
        parsed = phonenumbers.parse(number, "JP")
    except phonenumbers.NumberParseException:
        return digit_groups("".join(c for c in number if c in KEYS))
    form = phonenumbers.PhoneNumberFormat
    if parsed.country_code == 81:
        written = phonenumbers.format_number(parsed, form.NATIONAL)
    else:
        written = phonenumbers.format_number(parsed, form.INTERNATIONAL)
    separated = "".join(c if c in KEYS or c == "+" else " " for c in written)
    return tuple(separated.split())


def plain_text(text: str, longest: int = 60) -> str:
    """Control and formatting characters removed, then at most `longest` characters."""
    return "".join(c for c in text if c.isprintable())[:longest]
