"""A finding as it is shown: place, code, severity, message and hint, English and Japanese."""

from dataclasses import dataclass
from typing import Final

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found
from ivr.flow_linter.japanese_facts import in_japanese
from ivr.flow_linter.rule import Rule, Severity

_LONGEST: Final = 120  # characters of a fact; the value of a file cannot flood a report


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Line and column count from 1. Severity E blocks, W does not."""

    file: str
    line: int
    col: int
    code: str
    severity: str
    message: Bilingual
    hint: Bilingual

    @property
    def blocks(self) -> bool:
        return self.severity == Severity.ERROR.value

    def render(self, language: str) -> str:
        """`file:line:col code E message hint`."""
        place = f"{self.file}:{self.line}:{self.col}"
        message, hint = self.message.of(language), self.hint.of(language)
        apart = "" if message.endswith("。") else " "  # a full stop of Japanese takes its own room
        return f"{place} {self.code} {self.severity} {message}{apart}{hint}".rstrip()


def worded(found: Found, rule: Rule) -> Finding:
    words = rule.cases[found.case]
    facts = {name: _shown(value) for name, value in found.facts.items()}
    english = {**facts, "nearest": _did_you_mean(facts)}
    japanese = {name: in_japanese(name, fact) for name, fact in facts.items()}
    japanese["nearest"] = _did_you_mean_ja(facts)
    return Finding(
        file=found.at.file,
        line=found.at.line,
        col=found.at.col,
        code=found.code,
        severity=rule.severity.value,
        message=words.message.filled(ja=japanese, en=english),
        hint=words.hint.filled(ja=japanese, en=english),
    )


def _did_you_mean(facts: dict[str, str]) -> str:
    if facts.get("nearest"):
        return f"Did you mean {facts['nearest']}?"
    return f"Known: {facts['known']}." if facts.get("known") else "Remove it."


def _did_you_mean_ja(facts: dict[str, str]) -> str:
    if facts.get("nearest"):
        return f"{facts['nearest']} のことですか。"
    return f"使えるもの: {facts['known']}。" if facts.get("known") else "消してください。"


def _shown(value: str) -> str:
    """One line, whatever the file holds."""
    text = "".join(c if c.isprintable() else "?" for c in value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
