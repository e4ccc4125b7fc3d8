"""F003: text that YAML readers turn into numbers, dates or something else again must be quoted."""

from bilingual.text import Bilingual
from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="F003",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="引用符のない数字: 数のようなキー、時刻、日付、電話番号",
        en="unquoted digits: number-like key, time, date, phone",
    ),
    cases={
        "": Words(
            message=Bilingual(ja="{found} には引用符が必要です。", en="{found} needs quotes."),
            hint=Bilingual(ja='"{found}" と書いてください。', en='Write "{found}".'),
        ),
    },
)
