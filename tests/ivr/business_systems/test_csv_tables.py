"""CSV lookups: found, none, multiple; typed columns; problems with their row; files that change."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ivr.business_systems.csv_tables import (
    BadTable,
    CsvLookups,
    folder_tables,
    read_table,
)
from ivr.flow_engine.events import Scalar
from ivr.flow_engine.reader import read_site
from ivr.flow_engine.site import LookupEntry
from ivr.live_calls.ports import LookupAnswer, Lookups

CASE = LookupEntry(args={"contract": "ref"}, fields={"due": "date", "fee": "yen", "open": "bool"})
TABLE = (
    "contract,due,fee,open\n"
    "c-1,2026-12-10,0,true\n"
    "c-2,2026-12-11,1200,false\n"
    "c-2,2027-01-05,5,true\n"
)
NOTICE = LookupEntry(args={}, fields={"notice": "text"})
DEMO = Path(__file__).parents[3] / "kazasu" / "demo" / "data" / "lookups"


def test_found_none_and_multiple() -> None:
    table = read_table(TABLE, CASE)
    assert table.answer({"contract": "c-1"}) == LookupAnswer(
        outcome="found", fields={"due": "2026-12-10", "fee": 0, "open": True}
    )
    assert table.answer({"contract": "c-9"}) == LookupAnswer(outcome="none")
    assert table.answer({"contract": "c-2"}) == LookupAnswer(outcome="multiple")
    assert table.answer({}) == LookupAnswer(outcome="none")


def test_column_order_byte_order_mark_and_line_ends_do_not_matter() -> None:
    other = "\ufefffee,contract,open,due\r\n7,c-1,true,2026-12-10\r\n\r\n"
    assert read_table(other, CASE).answer({"contract": "c-1"}).fields["fee"] == 7


def test_a_lookup_without_arguments_is_found_while_there_is_a_row() -> None:
    assert read_table("notice\n", NOTICE).answer({}).outcome == "none"
    assert read_table("notice\n点検\n", NOTICE).answer({}).fields == {"notice": "点検"}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["row 1: the columns must be contract, due, fee, open"]),
        ("contract,due,fee\n", ["row 1: the columns must be contract, due, fee, open"]),
        (TABLE.replace("2026-12-10", "10.12.2026"), ["row 2: column due is no date"]),
        (TABLE.replace("2026-12-10", "2026-02-30"), ["row 2: column due is no date"]),
        (TABLE.replace("1200", "1,200"), ["row 3: 5 values for 4 columns"]),
        (
            TABLE.replace("1200", "12e2").replace(",true", ",yes"),
            [
                "row 2: column open is no bool",
                "row 3: column fee is no yen",
                "row 4: column open is no bool",
            ],
        ),
        ('contract,due,fee,open\n"c-1', ["row 2: unexpected end of data"]),
    ],
)
def test_problems_name_their_row_and_no_value(text: str, problems: list[str]) -> None:
    with pytest.raises(BadTable) as raised:
        read_table(text, CASE)
    assert list(raised.value.problems) == problems


class Files:
    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)
        self.mark = 0
        self.reads = 0

    def read(self, name: str) -> str | None:
        self.reads += 1
        return self.texts.get(name)

    def changed(self, name: str) -> object:
        return self.mark


def lookups(files: Files) -> CsvLookups:
    entries = {"case": CASE, "notice": NOTICE}
    return CsvLookups(entries=lambda: entries, read=files.read, changed=files.changed)


async def ask(port: Lookups, name: str, **args: Scalar) -> LookupAnswer:
    return await port.look_up("kazasu", name, args)


async def test_a_table_is_read_again_only_after_a_change() -> None:
    files = Files({"case": TABLE})
    port = lookups(files)
    assert (await ask(port, "case", contract="c-1")).outcome == "found"
    assert (await ask(port, "case", contract="c-1")).outcome == "found"
    assert files.reads == 1
    files.texts["case"] = "contract,due,fee,open\n"
    files.mark += 1
    assert (await ask(port, "case", contract="c-1")).outcome == "none"


async def test_a_table_that_breaks_stays_as_it_was_read() -> None:
    files = Files({"case": TABLE})
    port = lookups(files)
    await ask(port, "case", contract="c-1")
    files.texts["case"] = "broken"
    files.mark += 1
    assert (await ask(port, "case", contract="c-1")).outcome == "found"
    assert port.problems()["case"] == ("row 1: the columns must be contract, due, fee, open",)


@pytest.mark.parametrize("name", ["case", "nothing", "notice"])
async def test_an_unknown_missing_or_bad_table_is_an_error(name: str) -> None:
    assert (await ask(lookups(Files({"case": "broken"})), name)).outcome == "error"


async def test_the_demo_tables_agree_with_the_shipped_site() -> None:
    text = (Path(__file__).parents[3] / "flows" / "site.yaml").read_text(encoding="utf-8")
    site, _ = read_site(text, file="site.yaml")
    assert site is not None
    read, changed = folder_tables(DEMO)
    port = CsvLookups(entries=lambda: site.lookups, read=read, changed=changed)
    assert port.problems() == {}
    for number in range(1, 12):
        answer = await ask(port, "customer", number=f"{10_000_000 + number}")
        assert answer.fields == {"contract": f"c-{number:04d}"}
    assert (await ask(port, "open_case", contract="c-0001")).fields["due"] == "2027-03-31"
    assert (await ask(port, "open_case", contract="c-0002")).outcome == "none"
    assert (await ask(port, "service_notice")).outcome == "none"


def test_a_missing_file_is_no_table(tmp_path: Path) -> None:
    read, changed = folder_tables(tmp_path)
    assert read("case") is None
    assert changed("case") is None
