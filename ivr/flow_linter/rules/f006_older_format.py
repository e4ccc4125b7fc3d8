"""F006: a file of an older format number is migrated in memory as long as it is not rewritten."""

from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="F006",
    severity=Severity.WARNING,
    title_en="older format number",
    title_ja="古い書式番号",
    cases={
        "": Words(
            message_en="{found} is an older format, this is {wanted}.",
            message_ja="{found} は古い書式です。今は {wanted} です。",
            hint_en="It is read as {wanted} until you rewrite it: see the change log.",
            hint_ja="書き直すまで {wanted} として読みます。変更履歴を見てください。",
        ),
    },
)
