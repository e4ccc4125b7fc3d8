"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from ivr.flow_linter.catalogue import RULES
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.rule import Rule

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVEL: Final = {"E": "error", "W": "warning"}


def sarif(
    findings: Sequence[Finding], language: str, version: str, uri: Callable[[str], str]
) -> dict[str, Any]:
    """`uri` gives the address of a file of a finding; columns count characters."""
    index = {rule.code: place for place, rule in enumerate(RULES)}
    driver = {
        "name": "kazasu flow lint",
        "version": version,
        "rules": [_rule(rule, language) for rule in RULES],
    }
    results = [
        {
            "ruleId": finding.code,
            "ruleIndex": index[finding.code],
            "level": _LEVEL[finding.severity],
            "message": {"text": f"{finding.message.of(language)} {finding.hint.of(language)}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": uri(finding.file)},
                        "region": {"startLine": finding.line, "startColumn": finding.col},
                    }
                }
            ],
        }
        for finding in findings
    ]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule, language: str) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title.of(language).replace("**", "")},
        "defaultConfiguration": {"level": _LEVEL[rule.severity.value]},
    }
