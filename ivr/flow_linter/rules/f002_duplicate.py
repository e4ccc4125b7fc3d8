"""F002: a name or key written twice, `"0"` beside `0` too; the second would silently win."""

from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="F002",
    severity=Severity.ERROR,
    title_en='duplicate id or key, also `"0"` beside `0`',
    title_ja='id やキーの重複 (`"0"` と `0` も)',
    cases={
        "": Words(
            message_en="{name} is written twice (first in line {line}).",
            message_ja="{name} が二度書かれています (最初は {line} 行目)。",
            hint_en="Remove or rename one of them.",
            hint_ja="どちらかを消すか、名前を変えてください。",
        ),
    },
)
