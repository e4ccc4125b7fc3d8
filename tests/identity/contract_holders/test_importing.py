"""Holders from CSV: all rows or none, every error with its row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.contract_holders.importing import HolderImport, Imported, RowError, e164, read_csv
from tests.identity.contract_holders.memory_holders import MemoryHolders
from tests.identity.pairing.world import TENANT

HEADER = "contract_ref,display_name,phones,person_id\n"
GOOD = HEADER + (
    "K-1,風道 花子,090-1234-5678;03-1234-5678,person-hanako\n"
    'K-2,"月野, 太郎",,\n'
    "K-3,星岡 梅,０９０ー１２３４ー５６７９,\n"
)


async def _imported(text: str | bytes) -> tuple[MemoryHolders, object]:
    holders = MemoryHolders(TENANT)
    data = text if isinstance(text, bytes) else text.encode()
    return holders, await HolderImport(holders).csv(TENANT.id, data)


async def test_a_good_file() -> None:
    holders, answer = await _imported(GOOD)
    assert answer == Imported(holders=3)
    first, second, third = (holders.rows[TENANT.id, f"K-{n}"] for n in (1, 2, 3))
    assert first.phones == ("+819012345678", "+81312345678")
    assert first.person == "person-hanako"
    assert (second.display_name, second.phones, second.person) == ("月野, 太郎", (), "")
    assert third.phones == ("+819012345679",)


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n")])
async def test_as_spreadsheets_write_it(text: str | bytes) -> None:
    _, answer = await _imported(text)
    assert answer == Imported(holders=3)


async def test_the_person_column_may_be_missing() -> None:
    holders, answer = await _imported("contract_ref,display_name,phones\nK-1,花子,\n")
    assert answer == Imported(holders=1)
    assert holders.rows[TENANT.id, "K-1"].person == ""


WIDE = "contract_ref,display_name,phones,birth_date,address,former_addresses\n"


async def test_what_cards_are_compared_with() -> None:
    holders, answer = await _imported(
        WIDE + "K-1,高\ue000　花子,,1956-04-12,霞県　風道市1,茜県1; 茜県2 ;\nK-2,太郎,,,,\n"
    )
    assert answer == Imported(holders=2)
    first, second = (holders.rows[TENANT.id, f"K-{n}"] for n in (1, 2))
    assert (first.birth_date, first.address) == ("1956-04-12", "霞県　風道市1")
    assert first.former_addresses == ("茜県1", "茜県2")
    assert (second.birth_date, second.address, second.former_addresses) == ("", "", ())
    assert "風道市" not in repr(first)
    assert "1956" not in repr(first)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("K-1,花子,,1956-4-12,,", "birth_date", "birth_date"),
        ("K-1,花子,,1956-02-30,,", "birth_date", "birth_date"),
        ("K-1,花子,,19560412,,", "birth_date", "birth_date"),
        ("K-1,花子,,,霞県\u202e1,", "address", "address"),
        (f"K-1,花子,,,{'霞' * 401},", "address", "address"),
        ("K-1,花子,,,,霞県1;\u200b霞県", "former_addresses", "address"),
    ],
)
async def test_what_cannot_be_compared_is_refused(row: str, column: str, code: str) -> None:
    holders, answer = await _imported(WIDE + row + "\n")
    assert answer == (RowError(row=2, column=column, code=code),)
    assert not holders.rows


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("", [(1, "", "header_missing")]),
        ("contract_ref,phones\n", [(1, "display_name", "column_missing")]),
        (HEADER.replace("\n", ",mail\n"), [(1, "mail", "column_unknown")]),
        (HEADER.replace("person_id", "phones"), [(1, "phones", "column_repeated")]),
        (HEADER + "K-1,花子,,,extra\n", [(2, "", "too_many_cells")]),
        (HEADER + ",花子,,\n", [(2, "contract_ref", "contract_ref")]),
        (HEADER + "K 1,花子,,\n", [(2, "contract_ref", "contract_ref")]),
        (HEADER + "K-1,,,\n", [(2, "display_name", "display_name")]),
        (HEADER + "K-1,花\u202e子,,\n", [(2, "display_name", "display_name")]),
        (HEADER + "K-1,花子,12345,\n", [(2, "phones", "phone")]),
        (HEADER + "K-1,花子,090-1234-5678;110,\n", [(2, "phones", "phone")]),
        (HEADER + "K-1,花子,,a b\n", [(2, "person_id", "person_id")]),
        (HEADER + "K-1,花子,,u-forged\n", [(2, "person_id", "person_id")]),
        (HEADER + "K-1,花子,,\nK-1,太郎,,\n", [(3, "contract_ref", "contract_ref_repeated")]),
        (
            HEADER + "K-1,花子,x,\nK-2,太郎,,\n,,,\n",
            [
                (2, "phones", "phone"),
                (4, "contract_ref", "contract_ref"),
                (4, "display_name", "display_name"),
            ],
        ),
        (HEADER + 'K-1,"花子,,\n', [(2, "", "csv")]),
        ((HEADER + "K-1,花子,,\n").encode("cp932"), [(2, "", "encoding")]),
    ],
)
async def test_errors_name_their_row_and_nothing_is_imported(
    text: str | bytes, errors: list[tuple[int, str, str]]
) -> None:
    holders, answer = await _imported(text)
    assert answer == tuple(RowError(row=r, column=c, code=k) for r, c, k in errors)
    assert holders.rows == {}


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: (HEADER + t).encode()))
)
def test_garbage_never_raises_and_never_half_reads(data: bytes) -> None:
    holders, errors = read_csv(TENANT.id, data)
    assert not (holders and errors) or all(error.row > 1 for error in errors)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("090-1234-5678", "+819012345678"),
        ("+81 90 1234 5678", "+819012345678"),
        ("０３（１２３４）５６７８", "+81312345678"),
        ("050-1234-5678", "+815012345678"),
        ("0120-123-456", "+81120123456"),
        ("+1 202 456 1111", "+12024561111"),
        ("110", ""),
        ("090-1234-567", ""),
        ("090-1234-5678 内線 5", ""),
        ("風道", ""),
        ("", ""),
    ],
)
def test_numbers_as_people_write_them(written: str, number: str) -> None:
    assert e164(written) == number
