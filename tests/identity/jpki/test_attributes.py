"""The four attributes: clean ones read, odd ones flagged, none ever fatal."""

from collections.abc import Callable

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from identity.jpki import certificate
from identity.jpki.attributes import Attributes, Era, PartialDate, Problem, Sex, read_attributes
from identity.jpki.refusals import Refusal
from stand_ins.jpki import names
from stand_ins.jpki.certificates import Extensions, other_name
from stand_ins.jpki.people import PEOPLE, Person
from tests.identity.jpki.synthetic import leaf, replacing


def _read(person: Person, change: Callable[[Extensions], Extensions] | None = None) -> Attributes:
    parsed = certificate.read(leaf("sign", person=person, change=change or (lambda e: e)))
    assert not isinstance(parsed, Refusal)
    return read_attributes(parsed)


def _with(**texts: str) -> Attributes:
    """Attributes of a certificate whose otherNames are only these, by `t1`.. `t6`."""
    listed = [other_name(int(tail[1:]), text) for tail, text in texts.items()]
    value = x509.SubjectAlternativeName(listed or [x509.DNSName("nobody.invalid")])
    return _read(PEOPLE["hanako"], replacing(value, critical=False))


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_invented_reads_without_a_problem(who: str) -> None:
    person = PEOPLE[who]
    found = _read(person)
    assert found.problems == ()
    assert found.name is not None
    assert found.name.text == person.name
    assert found.address is not None
    assert found.address.text == person.address


def test_attributes_are_found_by_oid_whatever_their_order() -> None:
    found = _with(t6="0", t5="霞", t4="520190501", t3="9", t2="0000", t1="空　そら")
    assert found.problems == ()
    assert found.sex is Sex.NOT_APPLICABLE
    assert found.birth_date == PartialDate(year=2019, month=5, day=1, era=Era.REIWA)


def test_who_has_moved_abroad_has_no_address_to_compare() -> None:
    assert {who for who in PEOPLE if _read(PEOPLE[who]).lives_abroad} == {"maria"}


def test_a_substitute_character_is_marked() -> None:
    found = _read(PEOPLE["ken"])
    assert found.name is not None
    assert found.name.substitutes == (True, False, False, False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("319560412", PartialDate(year=1956, month=4, day=12, era=Era.SHOWA)),
        ("319360000", PartialDate(year=1936, month=None, day=None, era=Era.SHOWA)),
        ("000000000", PartialDate(year=None, month=None, day=None)),
        ("000000229", PartialDate(year=None, month=2, day=29)),
        ("319800230", None),
        ("420010229", None),
        ("319890107", PartialDate(year=1989, month=1, day=7, era=Era.SHOWA)),
        ("319890108", None),
        ("419890107", None),
        ("419890108", PartialDate(year=1989, month=1, day=8, era=Era.HEISEI)),
        ("420190430", PartialDate(year=2019, month=4, day=30, era=Era.HEISEI)),
        ("420190501", None),
        ("520190501", PartialDate(year=2019, month=5, day=1, era=Era.REIWA)),
        ("319890000", PartialDate(year=1989, month=None, day=None, era=Era.SHOWA)),
        ("419890100", PartialDate(year=1989, month=1, day=None, era=Era.HEISEI)),
        ("319900000", None),
        ("119120730", PartialDate(year=1912, month=7, day=30, era=Era.MEIJI)),
        ("219120730", PartialDate(year=1912, month=7, day=30, era=Era.TAISHO)),
        ("219261225", PartialDate(year=1926, month=12, day=25, era=Era.TAISHO)),
        ("019890108", PartialDate(year=1989, month=1, day=8)),
        ("300000229", PartialDate(year=None, month=2, day=29, era=Era.SHOWA)),
        ("399991231", None),
        ("619800101", None),
        ("31980010", None),
        ("3198001011", None),
        ("\uff13\uff11\uff19\uff15\uff16\uff10\uff14\uff11\uff12", None),
        ("3 9560412", None),
    ],
)
def test_birth_dates_are_partial_or_invalid_never_a_crash(
    text: str, expected: PartialDate | None
) -> None:
    found = _with(t1="名", t2="0", t3="1", t4=text, t5="所", t6="0")
    assert found.birth_date == expected
    assert found.problems == (() if expected else (Problem.BIRTH_DATE_INVALID,))


@pytest.mark.parametrize(
    "name", ["\ufeff風道", "風\x00道", "カザミチ".replace("カ", "\uff76"), "Kaze", "風\u202e道"]
)
def test_odd_characters_in_a_name_are_flagged_and_never_shown(name: str) -> None:
    found = _with(t1=name, t2="0" * len(name), t3="1", t4="000000000", t5="所", t6="0")
    assert found.problems == (Problem.NAME_CHARACTERS,)
    assert found.name is not None
    assert not set(found.name.text) & {"\ufeff", "\x00", "\u202e"}


@pytest.mark.parametrize("flags", ["", "0", "000", "02", "0０"])
def test_flags_that_do_not_fit_make_substitutes_unknown(flags: str) -> None:
    found = _with(t1="風道", t2=flags, t3="1", t4="000000000", t5="所", t6="0")
    assert found.problems == (Problem.NAME_FLAGS,)
    assert found.name is not None
    assert found.name.substitutes is None


@pytest.mark.parametrize("digit", ["3", "", "12", "x"])
def test_any_other_sex_is_unknown(digit: str) -> None:
    assert _with(t1="名", t2="0", t3=digit, t4="000000000", t5="所", t6="0").sex is Sex.UNKNOWN


def test_a_certificate_without_attributes_names_what_is_missing() -> None:
    assert set(_with().problems) == {
        Problem.NAME_MISSING,
        Problem.SEX_MISSING,
        Problem.BIRTH_DATE_MISSING,
        Problem.ADDRESS_MISSING,
    }


def test_what_is_no_utf8_string_counts_as_missing() -> None:
    oid = x509.ObjectIdentifier(f"{names.ATTRIBUTE_ARC}.1")
    value = x509.SubjectAlternativeName([x509.OtherName(oid, b"\x13\x02Ka")])
    found = _read(PEOPLE["hanako"], replacing(value, critical=False))
    assert Problem.NAME_MISSING in found.problems


@settings(max_examples=60, deadline=None)
@given(texts=st.dictionaries(st.sampled_from(["t1", "t2", "t3", "t4", "t5", "t6"]), st.text()))
def test_no_text_is_fatal(texts: dict[str, str]) -> None:
    found = _with(**texts)
    assert found.name is None or not any(ord(char) < 32 for char in found.name.text)


def test_a_person_does_not_show_in_text_form() -> None:
    found = _read(PEOPLE["hanako"])
    assert PEOPLE["hanako"].name not in repr(found)
    assert "1956" not in repr(found)
