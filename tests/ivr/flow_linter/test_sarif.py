"""The SARIF document has what SARIF 2.1.0 requires, and says what the findings say."""

from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft7Validator

from ivr.flow_linter.catalogue import RULES
from ivr.flow_linter.sarif import sarif
from tests.ivr.flow_linter.changed import files, found

# The parts of the OASIS schema that this document uses, with its required members and its types.
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "shortDescription": MESSAGE,
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}},
    },
}
PLACE = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "properties": {
        "artifactLocation": {
            "type": "object",
            "properties": {"uri": {"type": "string", "format": "uri-reference"}},
        },
        "region": {
            "type": "object",
            "properties": {
                "startLine": {"type": "integer", "minimum": 1},
                "startColumn": {"type": "integer", "minimum": 1},
            },
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": -1},
        "level": LEVEL,
        "message": MESSAGE,
        "locations": {
            "type": "array",
            "items": {"type": "object", "properties": {"physicalLocation": PLACE}},
        },
    },
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "version": {"type": "string"},
        "rules": {"type": "array", "uniqueItems": True, "items": RULE},
    },
}
RUN = {
    "type": "object",
    "required": ["tool"],
    "additionalProperties": False,
    "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {"driver": DRIVER}},
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": RESULT},
    },
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"enum": ["2.1.0"]},
        "runs": {"type": "array", "items": RUN},
    },
}


def document(language: str) -> dict[str, Any]:
    findings = found(
        files(("other: hi,", "other: hii,"), ("superseded: desk}", "code_expired: hi}"))
    )
    assert {finding.severity for finding in findings} == {"E", "W"}
    return sarif(findings, language, "1.2.3", lambda file: quote(f"flows here/{file}"))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_it_has_what_the_schema_requires(language: str) -> None:
    Draft7Validator(SARIF).validate(document(language))


def test_it_says_what_the_findings_say() -> None:
    (run,) = document("ja")["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    dangling = next(one for one in run["results"] if one["ruleId"] == "G001")
    assert rules[dangling["ruleIndex"]]["id"] == "G001"
    assert dangling["level"] == "error"
    assert "飛び先" in dangling["message"]["text"]
    place = dangling["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "flows%20here/bad.yaml"
    assert place["region"]["startLine"] == 18
    assert {one["level"] for one in run["results"]} == {"error", "warning"}


def test_nothing_found_is_a_document_too() -> None:
    empty = sarif((), "en", "1.2.3", quote)
    Draft7Validator(SARIF).validate(empty)
    assert empty["runs"][0]["results"] == []
