"""A001: a warning is accepted on its line, with a reason; an error never is."""

from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="A001",
    severity=Severity.WARNING,
    title_en="an `# allow` that allows nothing, has no reason, or names an error",
    title_ja="何も許可しない、理由のない、またはエラーを許可しようとする `# allow`",
    cases={
        "unused": Words(
            message_en="nothing of {code} is found on this line.",
            message_ja="この行に {code} の指摘はありません。",
            hint_en="Remove the comment.",
            hint_ja="コメントを消してください。",
        ),
        "reason": Words(
            message_en="# allow {code} has no reason.",
            message_ja="# allow {code} に理由がありません。",
            hint_en="Write the reason behind the code.",
            hint_ja="コードの後に理由を書いてください。",
        ),
        "error": Words(
            message_en="{code} is an error, and an error is never accepted.",
            message_ja="{code} はエラーです。エラーは許可できません。",
            hint_en="Correct what it says.",
            hint_ja="指摘の内容を直してください。",
        ),
        "unknown": Words(
            message_en="there is no rule {code}.",
            message_ja="{code} という規則はありません。",
            hint_en="See docs/lint-rules.md.",
            hint_ja="docs/lint-rules.ja.md を見てください。",
        ),
    },
)
