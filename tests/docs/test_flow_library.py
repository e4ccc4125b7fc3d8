"""The library of flows keeps what its page promises: no finding, every exit tested, no number
that leads nowhere, and every file on the page."""

from pathlib import Path

import pytest

from ivr.flow_engine.reader import read_site
from kazasu.wiring.flow_files.opened_folder import open_folder

FOLDER = Path(__file__).parents[2] / "docs" / "flow-library"
PAGES = ("README.md", "README.ja.md")


def test_no_rule_finds_anything() -> None:
    """Tests that fail, and exits that no test takes, are findings as well."""
    found = open_folder(FOLDER).linted().findings
    assert [one.render("en") for one in found] == []


def test_numbers_lead_to_flows_of_the_library() -> None:
    opened = open_folder(FOLDER)
    site, _ = read_site((FOLDER / "site.yaml").read_text(encoding="utf-8"), file="site.yaml")
    assert site is not None
    assert set(site.numbers.values()) == set(opened.flow_ids) - {"address-reminder"}


@pytest.mark.parametrize("page", PAGES)
def test_the_page_names_every_flow(page: str) -> None:
    text = (FOLDER / page).read_text(encoding="utf-8")
    names = [path.name for path in FOLDER.glob("*.yaml") if path.name != "site.yaml"]
    assert [name for name in names if f"[{name}]({name})" not in text] == []
    subflows = [f"sub/{path.name}" for path in (FOLDER / "sub").iterdir()]
    assert [name for name in subflows if f"`{name}`" not in text] == []
