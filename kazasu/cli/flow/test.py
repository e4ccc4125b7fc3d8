"""`kazasu flow test`: embedded tests and `flows/tests/*.yaml`, played on the real engine."""

import json
from dataclasses import dataclass
from typing import Any

from bilingual.text import Bilingual
from ivr.flow_tests.coverage import Coverage, coverage
from ivr.flow_tests.player import play
from ivr.flow_tests.result import Failure, Result
from ivr.flow_tests.words import told, told_where
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import NamedFlow, NoFlows, named_flows
from kazasu.error_lines import complain_of_settings, say

_WORDS = {
    "ok": Bilingual(ja="合格", en="ok  "),
    "fail": Bilingual(ja="失敗", en="FAIL"),
    "sum": Bilingual(
        ja="合格 {passed}、失敗 {failed}、"
        "通ったノード {nodes_taken}/{nodes}、出口 {exits_taken}/{exits}",
        en="{passed} passed, {failed} failed; "
        "nodes {nodes_taken} of {nodes}, exits {exits_taken} of {exits}",
    ),
    "none": Bilingual(
        ja="テストがありません。tests: に書きます", en="no tests: write some under `tests:`"
    ),
    "node": Bilingual(ja="どのテストも {node} に入りません", en="no test enters {node}"),
    "exit": Bilingual(
        ja="{node} の出口 {exit} を通るテストがありません",
        en="no test takes the exit {exit} of {node}",
    ),
    "broken": Bilingual(
        ja="フローに誤りがあるため、テストしません", en="not played: the flow has errors"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played:
    of: NamedFlow
    results: tuple[Result, ...]
    coverage: Coverage | None

    @property
    def good(self) -> bool:
        return not self.of.findings and all(result.passed for result in self.results)


def test(*, paths: list[str], show_coverage: bool, as_json: bool, lang: str) -> int:
    """0 all passed, 1 a test fails or was not understood, 2 a path that names no flow."""
    spoken = language(lang)
    played: list[_Played] = []
    with complain_of_settings():
        for given in paths:
            try:
                played += [_play(flow) for flow in named_flows(given)]
            except NoFlows as none:
                say(str(none))
                return 2
        if as_json:
            rows = [_row(one, show_coverage=show_coverage) for one in played]
            print(json.dumps({"flows": rows}, ensure_ascii=False, indent=2))
        else:
            for one in played:
                _print(one, spoken, show_coverage=show_coverage)
        return 0 if all(one.good for one in played) else 1
    return 2


def _play(of: NamedFlow) -> _Played:
    flow, whole = of.draft.flow, of.draft.whole
    if flow is None or whole is None:
        return _Played(of=of, results=(), coverage=None)
    results = tuple(play(flow, one) for one in of.tests)
    return _Played(of=of, results=results, coverage=coverage(whole, results))


def _print(played: _Played, spoken: str, *, show_coverage: bool) -> None:
    of, folder = played.of, played.of.draft.folder
    print(of.path)
    for finding in of.findings:
        print(f"  {folder}/{finding.render(spoken)}")
    if played.coverage is None:
        print(f"  {_WORDS['broken'].of(spoken)}")
        return
    for result in played.results:
        print(f"  {_WORDS['ok' if result.passed else 'fail'].of(spoken)}  {result.test.name}")
        for failure in result.failures:
            at = failure.at
            print(f"        {folder}/{at.file}:{at.line}:{at.col} {told(failure, spoken)}")
            print(f"          {told_where(failure, spoken)}")
    if show_coverage:
        for entry in played.coverage.untaken:
            node = entry.node if entry.flow == of.draft.flow_id else f"{entry.flow}/{entry.node}"
            words = _WORDS["exit" if entry.exit else "node"]
            place = f"{folder}/{entry.at.file}:{entry.at.line}:{entry.at.col}"
            print(f"  {place} {words.told(spoken, node=node, exit=entry.exit)}")
    _print_sum(played, played.coverage, spoken)


def _print_sum(played: _Played, covered: Coverage, spoken: str) -> None:
    if not played.results and not played.of.findings:
        print(f"  {_WORDS['none'].of(spoken)}")
        return
    passed = sum(result.passed for result in played.results)
    line = _WORDS["sum"].told(
        spoken,
        passed=passed,
        failed=len(played.results) - passed,
        nodes=covered.nodes,
        nodes_taken=covered.nodes_taken,
        exits=covered.exits,
        exits_taken=covered.exits_taken,
    )
    print(f"  {line}")


def _row(played: _Played, *, show_coverage: bool) -> dict[str, Any]:
    covered = played.coverage
    row: dict[str, Any] = {
        "file": str(played.of.path),
        "passed": played.good,
        "findings": [finding.render("en") for finding in played.of.findings],
        "tests": [
            {
                "name": result.test.name,
                "file": result.test.at.file,
                "line": result.test.at.line,
                "passed": result.passed,
                "path": list(result.path),
                "failures": [_failure(failure) for failure in result.failures],
            }
            for result in played.results
        ],
    }
    if covered is not None:
        row["coverage"] = {
            "nodes": covered.nodes,
            "nodes_taken": covered.nodes_taken,
            "exits": covered.exits,
            "exits_taken": covered.exits_taken,
        }
    if covered is not None and show_coverage:
        row["coverage"]["untaken"] = [
            {
                "file": entry.at.file,
                "line": entry.at.line,
                "col": entry.at.col,
                "flow": entry.flow,
                "node": entry.node,
                "exit": entry.exit,
            }
            for entry in covered.untaken
        ]
    return row


def _failure(failure: Failure) -> dict[str, Any]:
    last = failure.where.last
    return {
        "file": failure.at.file,
        "line": failure.at.line,
        "col": failure.at.col,
        "code": failure.code,
        "message": told(failure, "en"),
        "expected": failure.expected,
        "found": failure.found,
        "node": failure.where.node,
        "node_file": failure.where.file,
        "node_line": failure.where.line,
        "last_said": last.prompt if last else "",
    }
