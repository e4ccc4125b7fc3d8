"""O002: outcomes, hints, modes and levels are closed sets, frozen with the format number."""

from bilingual.text import Bilingual
from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="O002",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="この書式にない出口、ヒント、方法、レベル",
        en="outcome, hint, mode or level unknown to this format",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="{what}の {name} はこの書式にありません。",
                en="{what} {name} is unknown to this format.",
            ),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
    },
)
