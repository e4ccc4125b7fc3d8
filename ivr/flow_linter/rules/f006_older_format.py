"""F006: a file of an older format number is migrated in memory as long as it is not rewritten."""

from bilingual.text import Bilingual
from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="F006",
    severity=Severity.WARNING,
    title=Bilingual(ja="古い書式番号", en="older format number"),
    cases={
        "": Words(
            message=Bilingual(
                ja="{found} は古い書式です。今は {wanted} です。",
                en="{found} is an older format, this is {wanted}.",
            ),
            hint=Bilingual(
                ja="書き直すまで {wanted} として読みます。変更履歴を見てください。",
                en="It is read as {wanted} until you rewrite it: see the change log.",
            ),
        ),
    },
)
