"""A certificate's attributes against a contract: what agrees, how, and what cannot be told."""

import pytest

from identity.contract_holders.comparing import Comparison, Finding, compare
from identity.contract_holders.folding import Way
from identity.contract_holders.model import Holder
from identity.contract_holders.variants import _GROUPS, plain
from identity.jpki.attributes import Attributes, PartialDate, RegisteredText, Sex
from identity.tenants.model import TenantId

BORN = PartialDate(year=1956, month=4, day=12)


def text(value: str, *untold: int, flags: bool = True) -> RegisteredText:
    marks = tuple(at in untold for at in range(len(value)))
    return RegisteredText(text=value, substitutes=marks if flags else None)


def compared(
    name: RegisteredText | None = None,
    display_name: str = "風道　花子",
    *,
    born: PartialDate | None = BORN,
    birth_date: str = "1956-04-12",
    address: RegisteredText | None = None,
    on_contract: str = "霞県風道市港町一丁目2番3号",
    former: tuple[str, ...] = (),
) -> Comparison:
    card = Attributes(
        name=name or text("風道　花子"),
        sex=Sex.FEMALE,
        birth_date=born,
        address=address or text("霞県風道市港町一丁目2番3号"),
        problems=(),
    )
    holder = Holder(
        tenant=TenantId("t"),
        contract_ref="K-1",
        display_name=display_name,
        phones=(),
        birth_date=birth_date,
        address=on_contract,
        former_addresses=former,
    )
    return compare(card, holder)


@pytest.mark.parametrize(
    ("card", "contract", "finding", "ways"),
    [
        ("風道　花子", "風道　花子", "same", ""),
        ("風道　花子", "風道 花子", "same_form", "space"),
        ("風道　花子", "風道花子", "same_form", "space"),
        ("緑川　みどり", "緑川　ミドリ", "same_form", "kana"),
        ("緑川　みどり", "緑川 ﾐﾄﾞﾘ", "same_form", "width kana"),
        ("星岡　ちゑ", "星岡　ちえ", "same_form", "kana"),
        ("星岡　ヰト", "星岡　いと", "same_form", "kana"),
        ("三ッ谷　ﾕｷ", "三ツ谷　ユキ", "same_form", "width kana"),
        ("髙浜　健", "高浜　健", "variant", "variant"),
        ("髙濵　健", "高浜健", "variant", "space variant"),
        ("渡邉　一", "渡邊　一", "variant", "variant"),
        ("𠮷田　神", "吉田　神", "variant", "variant"),
        ("葛\U000e0100城　誠", "葛城　誠", "variant", "variant"),
        ("斉藤　誠", "斎藤　誠", "different", ""),
        ("齊藤　誠", "斉藤　誠", "variant", "variant"),
        ("風道　花子", "風道　花", "different", ""),
        ("風道　花子", "花子　風道", "different", ""),
        ("大田　誠", "太田　誠", "different", ""),
        ("風道　花子", "", "not_known", ""),
        ("緑川　みどり", "緑川　碧", "different", ""),
    ],
)
def test_name(card: str, contract: str, finding: str, ways: str) -> None:
    found = compared(text(card), contract).name
    assert found.finding is Finding(finding)
    assert [way.value for way in found.ways] == ways.split()


@pytest.mark.parametrize(
    ("card", "contract", "finding", "places"),
    [
        (text("髙浜　健", 0), "髙浜　健", "untold", (0,)),  # it looks the same, and may not be
        (text("髙浜　健", 0), "浜浜　健", "untold", (0,)),
        (text("髙浜　健", 0), "髙田　健", "different", (0,)),
        (text("髙浜　健", 0), "浜　健", "different", (0,)),
        (text("●浜　健"), "高浜　健", "untold", (0,)),
        (text("高浜　健"), "〓浜　健", "untold", ()),
        (text("高浜　健"), "\ue000浜　健", "untold", ()),
        (text("高浜　健"), "〓田　健", "different", ()),
        (text("高浜　健", flags=False), "高浜　健", "untold", ()),
        # Nothing of either side is left to be compared: that agrees with everybody.
        (text("高浜　健"), "〓〓　〓", "not_known", ()),
        (text("高浜　健", 0, 1, 3), "高浜　健", "not_known", (0, 1, 3)),
    ],
)
def test_characters_that_are_not_shown_are_never_equal(
    card: RegisteredText, contract: str, finding: str, places: tuple[int, ...]
) -> None:
    found = compared(card, contract).name
    assert (found.finding, found.untold) == (Finding(finding), places)


@pytest.mark.parametrize(
    ("card", "contract", "finding", "ways"),
    [
        ("霞県風道市港町一丁目2番3号", "霞県風道市港町一丁目2番3号", "same", ""),
        (
            "霞県風道市港町一丁目2番3号",
            "霞県風道市港町１丁目２番３号",
            "same_form",
            "width numbers",
        ),
        ("霞県風道市港町一丁目2番3号", "霞県風道市港町1-2-3", "same_form", "numbers signs"),
        (
            "霞県風道市港町一丁目2番3号",
            "霞県風道市港町１−２−３",
            "same_form",
            "width numbers signs",
        ),
        ("霞県風道市港町一丁目2番3号", "風道市港町1-2-3", "same_form", "numbers signs prefecture"),
        ("霞県月野町大字上月野123番地4", "霞県月野町上月野123-4", "same_form", "signs area_words"),
        ("霞県月野町大字上月野123番地4", "霞県月野町上月野123の4", "same_form", "signs area_words"),
        ("霞県風道市浜通り七丁目15番12-405号", "風道市濱通り7-15-12-405", "variant", None),
        ("霞県関ヶ原市二十五番地", "霞県関ケ原市25番地", "same_form", "numbers kana"),
        ("霞県関が原市25", "霞県関ケ原市25", "same_form", "area_words"),
        ("霞県風道市港町一丁目2番3号", "霞県風道市港町1-2-4", "different", ""),
        ("霞県風道市港町一丁目2番3号", "霞県風道市港町12-3", "different", ""),
        ("霞県風道市港町一丁目2番3号", "茜県風道市港町1-2-3", "different", ""),
        ("霞県風道市港町一丁目2番3号", "", "not_known", ""),
        ("アメリカ合衆国(国外転出者)", "アメリカ合衆国(国外転出者)", "not_known", ""),
    ],
)
def test_address(card: str, contract: str, finding: str, ways: str | None) -> None:
    found = compared(address=text(card), on_contract=contract).address
    assert found.finding is Finding(finding)
    if ways is not None:
        assert [way.value for way in found.ways] == ways.split()


def test_an_earlier_address_of_the_contract() -> None:
    found = compared(
        on_contract="茜県星岡市1", former=("茜県星岡市2", "霞県風道市港町1-2-3")
    ).address
    assert (found.finding, found.ways) == (Finding.FORMER, (Way.NUMBERS, Way.SIGNS))


@pytest.mark.parametrize(
    ("card", "contract", "finding"),
    [
        (BORN, "1956-04-12", "same"),
        (BORN, "1956-04-13", "different"),
        (BORN, "1957-04-12", "different"),
        (PartialDate(year=1936, month=None, day=None), "1936-05-01", "partial"),
        (PartialDate(year=1936, month=None, day=None), "1937-05-01", "different"),
        (PartialDate(year=None, month=None, day=None), "1937-05-01", "not_known"),
        (None, "1956-04-12", "not_known"),
        (BORN, "", "not_known"),
    ],
)
def test_birth_date(card: PartialDate | None, contract: str, finding: str) -> None:
    assert compared(born=card, birth_date=contract).birth_date.finding is Finding(finding)


@pytest.mark.parametrize(
    ("changes", "fits", "contradicts"),
    [
        ({"display_name": "〓〓 〓〓"}, False, False),
        ({}, True, False),
        ({"display_name": "風道花子"}, True, False),
        ({"former": ("霞県風道市港町1-2-3",), "on_contract": "茜県"}, True, False),
        ({"on_contract": "茜県星岡市1"}, False, False),  # moved: somebody has to look
        ({"on_contract": ""}, False, False),
        ({"birth_date": ""}, False, False),
        ({"born": PartialDate(year=1956, month=None, day=None)}, False, False),
        ({"name": text("風道　花子", 3)}, False, False),
        ({"birth_date": "1956-04-13"}, False, True),
        ({"display_name": "波多野　三郎"}, False, True),
    ],
)
def test_what_it_comes_to(changes: dict[str, object], fits: bool, contradicts: bool) -> None:
    found = compared(**changes)  # type: ignore[arg-type]  # each is of its parameter's type
    assert (found.fits, found.contradicts) == (fits, contradicts)


@pytest.mark.parametrize(
    ("changes", "nothing"),
    [
        ({"display_name": "", "birth_date": ""}, True),
        ({"display_name": "〓〓　〓〓", "birth_date": ""}, True),
        ({"name": text("風道　花子", 0, 1, 3, 4), "born": None}, True),
        ({"display_name": "〓〓　〓子", "birth_date": ""}, False),
        ({"display_name": ""}, False),
        ({"birth_date": ""}, False),
        ({"display_name": "", "born": PartialDate(year=1956, month=None, day=None)}, False),
    ],
)
def test_neither_name_nor_birth_date(changes: dict[str, object], nothing: bool) -> None:
    assert compared(**changes).tells_nothing is nothing  # type: ignore[arg-type]  # as above


def test_it_explains_itself_without_a_word_of_either_side() -> None:
    found = compared(text("髙浜　健", 0), "高浜健", on_contract="風道市港町1-2-3")
    assert found.as_facts() == {
        "name": "untold (space, place 1)",
        "birth_date": "same",
        "address": "same_form (numbers, signs, prefecture)",
    }


def test_no_character_is_in_two_groups() -> None:
    """Else two names would be one by way of a third."""
    seen: dict[str, str] = {}
    for group in dict.fromkeys(_GROUPS.split()):
        for shape in dict.fromkeys(group):
            assert seen.setdefault(shape, group) == group, shape
            assert plain(shape) == group[0]
