"""A001: a warning is accepted on its line, with a reason; an error never is."""

from bilingual.text import Bilingual
from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="A001",
    severity=Severity.WARNING,
    title=Bilingual(
        ja="何も許可しない、理由のない、またはエラーを許可しようとする `# allow`",
        en="an `# allow` that allows nothing, has no reason, or names an error",
    ),
    cases={
        "unused": Words(
            message=Bilingual(
                ja="この行に {code} の指摘はありません。",
                en="nothing of {code} is found on this line.",
            ),
            hint=Bilingual(ja="コメントを消してください。", en="Remove the comment."),
        ),
        "reason": Words(
            message=Bilingual(
                ja="# allow {code} に理由がありません。", en="# allow {code} has no reason."
            ),
            hint=Bilingual(
                ja="コードの後に理由を書いてください。", en="Write the reason behind the code."
            ),
        ),
        "error": Words(
            message=Bilingual(
                ja="{code} はエラーです。エラーは許可できません。",
                en="{code} is an error, and an error is never accepted.",
            ),
            hint=Bilingual(ja="指摘の内容を直してください。", en="Correct what it says."),
        ),
        "unknown": Words(
            message=Bilingual(ja="{code} という規則はありません。", en="there is no rule {code}."),
            hint=Bilingual(
                ja="docs/lint-rules.ja.md を見てください。", en="See docs/lint-rules.md."
            ),
        ),
    },
)
