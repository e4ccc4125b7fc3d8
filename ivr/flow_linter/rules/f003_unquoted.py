"""F003: text that YAML readers turn into numbers, dates or something else again must be quoted."""

from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="F003",
    severity=Severity.ERROR,
    title_en="unquoted digits: number-like key, time, date, phone",
    title_ja="引用符のない数字: 数のようなキー、時刻、日付、電話番号",
    cases={
        "": Words(
            message_en="{found} needs quotes.",
            message_ja="{found} には引用符が必要です。",
            hint_en='Write "{found}".',
            hint_ja='"{found}" と書いてください。',
        ),
    },
)
