"""X001 and X002: a flow's own tests are played, those of `flows/tests/` with them."""

from collections.abc import Sequence

from ivr.flow_linter.carrier_limits import ANY_CARRIER
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.whole_folder import FlowFolder, lint_folder
from tests.ivr.flow_engine.small_flow import AUDIO, site
from tests.ivr.flow_linter.changed import Change, files, place

END = "  end: {hangup: {}}\n"
CALL = 'at: "2026-11-24T10:00:00+09:00", call: {from: "+81312345679", to: "+81312345678"}'
VERIFIED = (
    f"{{name: verified, {CALL}, steps: [{{identity: verified}}, {{queue: connected}}], expect: "
)
FAILED = (
    f"{{name: failed, {CALL}, steps: [{{identity: pin_blocked}}, {{queue: connected}}], expect: "
)
OTHERS = [
    f"{{name: {ends} and {how}, {CALL}, "
    f"steps: [{{identity: {ends}}}, {{queue: {how}}}], expect: {{}}}}"
    for how, ends in [
        ("abandoned", "verified_no_contract"),
        ("full", "verified_multiple_contracts"),
        ("timeout", "wrong_choice"),
        ("error", "risk_blocked"),
        ("connected", "superseded"),
        ("error", "user_declined_call"),
    ]
]
ALL = [f"{VERIFIED}{{queue: general}}}}", f"{FAILED}{{said: [hello, hello]}}}}", *OTHERS]


def with_tests(*written: str) -> Change:
    return END, END + "tests:\n" + "".join(f"  - {one}\n" for one in written)


def linted(*changes: Change, further: str = "") -> Sequence[Finding]:
    tests = {"tests/more.yaml": further} if further else {}
    folder = FlowFolder(files=files(*changes), site=site(), audio_hashes=AUDIO, tests=tests)
    return lint_folder(folder, ["bad"], carrier=ANY_CARRIER).findings


def test_a_flow_tested_to_every_exit_is_clean() -> None:
    assert [f.render("en") for f in linted(with_tests(*ALL))] == []


def test_a_test_that_fails_is_an_error_at_what_it_expects() -> None:
    wrong = with_tests(f"{VERIFIED}{{queue: verified}}}}", *ALL[1:])
    (finding,) = linted(wrong)
    assert (finding.code, finding.severity) == ("X001", "E")
    assert (finding.file, finding.line, finding.col) == place(files(wrong), "verified}}")
    assert "verified" in finding.message.en
    assert "general" in finding.message.en
    assert "general" in finding.message.ja


def test_an_exit_that_no_test_takes_is_told_where_it_is_written() -> None:
    changed = with_tests(*ALL[:-1])
    (finding,) = linted(changed)
    assert (finding.code, finding.severity) == ("X002", "W")
    declined = place(files(changed), "user_declined_call: desk")
    assert (finding.file, finding.line) == declined[:2]
    assert finding.col == declined[2] + len("user_declined_call: ")


def test_it_is_accepted_on_its_line() -> None:
    accepted = ("superseded: desk}\n", "superseded: desk}  # allow X002 heard on the telephone\n")
    assert [f.render("en") for f in linted(with_tests(*ALL[:-1]), accepted)] == []


def test_files_of_tests_count_as_those_in_the_flow() -> None:
    written = "".join(f"  - {one}\n" for one in ALL)
    more = f"schema: ivr-tests/1\nflow: bad\ntests:\n{written}"
    assert [f.render("en") for f in linted(further=more)] == []
    broken = more.replace("{said: [hello, hello]}", "{said: [wait, wait, wait]}")
    (finding,) = linted(further=broken)
    assert (finding.code, finding.file, finding.line) == ("X001", "tests/more.yaml", 5)


def test_a_flow_without_tests_is_told_once() -> None:
    (finding,) = linted()
    assert (finding.code, finding.line) == ("X002", 2)


def test_a_mistake_in_a_test_has_its_place_and_nothing_is_played_of_it() -> None:
    wrong = with_tests(*ALL, f"{{name: wrong, {CALL}, steps: [{{prss: a}}], expect: {{}}}}")
    (finding,) = linted(wrong)
    assert finding.blocks
    assert finding.code.startswith("F")
    assert (finding.file, finding.line, finding.col) == place(files(wrong), "prss: a")


def test_a_broken_flow_is_not_played() -> None:
    found = linted(with_tests(*ALL), ("next: desk", "next: dekk"))
    assert {finding.code for finding in found} == {"G001"}


def test_what_only_a_fault_takes_needs_no_test() -> None:
    handled = ("outcomes: {done: check}", "outcomes: {done: check, error: hi}")
    assert [f.render("en") for f in linted(with_tests(*ALL), handled)] == []
