"""The four attributes inside a signature certificate: name, sex, birth date, address.

Found by OID (1.2.392.200149.8.5.5.x), never by position. A bad attribute does not undo a proof: it
is left out or cleaned, and named in `problems`, so that nobody sees it as plain fact.
"""

import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from cryptography import x509

from identity.jpki import der
from identity.jpki.certificate import Certificate, extension

_ARC: Final = "1.2.392.200149.8.5.5."
_NAME, _NAME_FLAGS, _SEX, _BIRTH, _ADDRESS, _ADDRESS_FLAGS = "1", "2", "3", "4", "5", "6"
_MAX_OCTETS: Final = 2048
# A year in which every day of the calendar exists, for dates whose year is unknown.
_LEAP_YEAR: Final = 2000


class Problem(StrEnum):
    NAME_MISSING = "name_missing"
    NAME_CHARACTERS = "name_characters"
    NAME_FLAGS = "name_flags"
    SEX_MISSING = "sex_missing"
    BIRTH_DATE_MISSING = "birth_date_missing"
    BIRTH_DATE_INVALID = "birth_date_invalid"
    ADDRESS_MISSING = "address_missing"
    ADDRESS_CHARACTERS = "address_characters"
    ADDRESS_FLAGS = "address_flags"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class Era(StrEnum):
    MEIJI = "meiji"
    TAISHO = "taisho"
    SHOWA = "showa"
    HEISEI = "heisei"
    REIWA = "reiwa"


_SEXES: Final = {"1": Sex.MALE, "2": Sex.FEMALE, "9": Sex.NOT_APPLICABLE}
_ERAS: Final = dict(zip("12345", Era, strict=True))
# First day of each era; it ends with the first day of the next (both names were in use that day,
# but for the last two changes, which began at midnight).
_BEGINS: Final[Mapping[Era, date]] = {
    Era.MEIJI: date(1868, 1, 25),
    Era.TAISHO: date(1912, 7, 30),
    Era.SHOWA: date(1926, 12, 25),
    Era.HEISEI: date(1989, 1, 8),
    Era.REIWA: date(2019, 5, 1),
}
_ENDS: Final[Mapping[Era, date]] = {
    Era.MEIJI: date(1912, 7, 30),
    Era.TAISHO: date(1926, 12, 25),
    Era.SHOWA: date(1989, 1, 7),
    Era.HEISEI: date(2019, 4, 30),
    Era.REIWA: date.max,
}
# What the register has in place of an address for who has moved abroad (国外転出者).
_ABROAD: Final = "国外転出"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A Gregorian date of which any part may be unknown (None)."""

    year: int | None
    month: int | None
    day: int | None
    era: Era | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredText:
    """`substitutes[i]` says that `text[i]` stands for a character the code set lacks (外字): what
    is shown there is not what the register says, and must not count as equal. None: not known."""

    text: str
    substitutes: tuple[bool, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    name: RegisteredText | None = field(repr=False)
    sex: Sex = field(repr=False)
    birth_date: PartialDate | None = field(repr=False)
    address: RegisteredText | None = field(repr=False)
    problems: tuple[Problem, ...]

    @property
    def lives_abroad(self) -> bool:
        """The address is none in Japan: it says that its holder has moved out of the country, and
        is not to be compared with a contract's."""
        return self.address is not None and _ABROAD in self.address.text


def read_attributes(certificate: Certificate) -> Attributes:
    """The attributes of a signature certificate. Never raises for what a certificate holds."""
    names = extension(certificate, x509.SubjectAlternativeName)
    return attributes_of(
        {
            dotted.removeprefix(_ARC): item.value
            for item in (names.value if names is not None else ())
            if isinstance(item, x509.OtherName)
            and (dotted := item.type_id.dotted_string).startswith(_ARC)
        }
    )


def attributes_of(values: Mapping[str, bytes]) -> Attributes:
    """From the encoded values by the last arc of their OID. Never raises for what they hold."""
    texts = _texts(values)
    problems: list[Problem] = []
    name = _registered(
        texts,
        (_NAME, _NAME_FLAGS),
        (Problem.NAME_MISSING, Problem.NAME_CHARACTERS, Problem.NAME_FLAGS),
        problems,
        full_width=True,
    )
    if _SEX not in texts:
        problems.append(Problem.SEX_MISSING)
    birth_date = _birth_date(texts.get(_BIRTH), problems)
    address = _registered(
        texts,
        (_ADDRESS, _ADDRESS_FLAGS),
        (Problem.ADDRESS_MISSING, Problem.ADDRESS_CHARACTERS, Problem.ADDRESS_FLAGS),
        problems,
        full_width=False,
    )
    return Attributes(
        name=name,
        sex=_SEXES.get(texts.get(_SEX, ""), Sex.UNKNOWN),
        birth_date=birth_date,
        address=address,
        problems=tuple(problems),
    )


def _texts(values: Mapping[str, bytes]) -> dict[str, str]:
    """What is no UTF8String is left out."""
    found: dict[str, str] = {}
    for tail, value in values.items():
        try:
            der.check(value, cap=_MAX_OCTETS)
            found[tail] = der.utf8_string(value)
        except der.MalformedDer:
            continue
    return found


def _registered(
    texts: dict[str, str],
    tails: tuple[str, str],
    names: tuple[Problem, Problem, Problem],
    problems: list[Problem],
    *,
    full_width: bool,
) -> RegisteredText | None:
    missing, characters, flags_problem = names
    raw = texts.get(tails[0], "")
    if not raw:
        problems.append(missing)
        return None
    shown = "".join("\ufffd" if _is_invisible(char) else char for char in raw)
    if shown != raw or (full_width and any(_is_half_width(char) for char in raw)):
        problems.append(characters)
    flags = texts.get(tails[1], "")
    if len(flags) != len(raw) or set(flags) - {"0", "1"}:
        problems.append(flags_problem)
        return RegisteredText(text=shown, substitutes=None)
    return RegisteredText(text=shown, substitutes=tuple(flag == "1" for flag in flags))


def _is_invisible(char: str) -> bool:
    """Controls, byte order marks, direction overrides, line separators, unassigned."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def _is_half_width(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"Na", "H"}


def _birth_date(text: str | None, problems: list[Problem]) -> PartialDate | None:
    """`EYYYYMMDD`: an era digit and a Gregorian date, zeros where unknown. An era that the date
    does not lie in makes both worthless."""
    if not text:
        problems.append(Problem.BIRTH_DATE_MISSING)
        return None
    if len(text) != 9 or not (text.isascii() and text.isdigit()) or text[0] not in "012345":
        problems.append(Problem.BIRTH_DATE_INVALID)
        return None
    year, month, day = int(text[1:5]), int(text[5:7]), int(text[7:9])
    try:
        date(year or _LEAP_YEAR, month or 1, day or 1)
    except ValueError:
        problems.append(Problem.BIRTH_DATE_INVALID)
        return None
    era = _ERAS.get(text[0])
    if era is not None and year and not _lies_in(era, year, month, day):
        problems.append(Problem.BIRTH_DATE_INVALID)
        return None
    return PartialDate(year=year or None, month=month or None, day=day or None, era=era)


def _lies_in(era: Era, year: int, month: int, day: int) -> bool:
    """Whether some day that the date may be lies in the era."""
    first = date(year, month or 1, day or 1)
    last = date(year, month or 12, day or monthrange(year, month or 12)[1])
    return first <= _ENDS[era] and last >= _BEGINS[era]
