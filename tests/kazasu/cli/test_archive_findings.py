"""Everything that a check of the archive can find is said in both languages."""

import re

import pytest

from identity.evidence_archive.checking.model import Fault, Finding
from kazasu.cli.evidence.findings import said_of

JAPANESE = re.compile(r"[぀-ヿ一-鿿]{4}")


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_words(fault: Fault) -> None:
    said = said_of(Finding(fault=fault, seq=7, row="ev_7", checkpoint=2, detail="weak"))
    assert said.en.startswith("row 7 (ev_7), checkpoint 2: ")
    assert said.ja.startswith("7 行目 (ev_7)、チェックポイント 2: ")
    assert said.en.endswith("(weak)")
    assert said.ja.endswith("(weak)")
    assert JAPANESE.search(said.ja)
    assert said_of(Finding(fault=fault, seq=7)).en.startswith("row 7: ")
