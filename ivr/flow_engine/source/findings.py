"""What is wrong with a text, where, and what to do about it, in English and Japanese."""

from dataclasses import dataclass, field
from typing import Final

from ivr.flow_engine.source.messages import MESSAGES

MOST: Final = 500  # findings of one reading; nobody reads more, and one is enough to refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    col: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`code` is a rule of the flow language (F001 ...); severity E blocks, W does not."""

    file: str
    line: int
    col: int
    code: str
    severity: str
    message_en: str
    message_ja: str
    hint_en: str
    hint_ja: str

    def render(self, language: str) -> str:
        """`file:line:col code E message hint`; any language but Japanese is told in English."""
        japanese = language.lower().startswith("ja")
        message = self.message_ja if japanese else self.message_en
        hint = self.hint_ja if japanese else self.hint_en
        place = f"{self.file}:{self.line}:{self.col}"
        return f"{place} {self.code} {self.severity} {message} {hint}".rstrip()


@dataclass(slots=True, kw_only=True)
class Findings:
    """Collects findings while texts are read; the same one at the same place counts once."""

    found: dict[tuple[str, int, int, str, str], Finding] = field(default_factory=dict)

    def add(self, at: At, rule: str, **facts: object) -> None:
        """`rule` is a key of MESSAGES, `<code>` or `<code>.<case>`; facts fill its texts."""
        if len(self.found) >= MOST:
            return
        code = rule.partition(".")[0]
        shown = {name: _shown(value) for name, value in facts.items()}
        message_en, message_ja, hint_en, hint_ja = (
            text.format_map(shown) for text in MESSAGES[rule]
        )
        finding = Finding(
            file=at.file,
            line=at.line,
            col=at.col,
            code=code,
            severity="E",
            message_en=message_en,
            message_ja=message_ja,
            hint_en=hint_en,
            hint_ja=hint_ja,
        )
        self.found.setdefault((at.file, at.line, at.col, code, message_en), finding)

    def sorted(self) -> tuple[Finding, ...]:
        return tuple(sorted(self.found.values(), key=lambda f: (f.file, f.line, f.col, f.code)))


def _shown(value: object) -> str:
    text = "".join(c if c.isprintable() else "?" for c in str(value))
    return text if len(text) <= 60 else text[:57] + "..."
