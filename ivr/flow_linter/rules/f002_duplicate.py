"""F002: a name or key written twice, `"0"` beside `0` too; the second would silently win."""

from bilingual.text import Bilingual
from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="F002",
    severity=Severity.ERROR,
    title=Bilingual(
        ja='id やキーの重複 (`"0"` と `0` も)', en='duplicate id or key, also `"0"` beside `0`'
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="{name} が二度書かれています (最初は {line} 行目)。",
                en="{name} is written twice (first in line {line}).",
            ),
            hint=Bilingual(
                ja="どちらかを消すか、名前を変えてください。", en="Remove or rename one of them."
            ),
        ),
    },
)
