"""O002: outcomes, hints, modes and levels are closed sets, frozen with the format number."""

from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="O002",
    severity=Severity.ERROR,
    title_en="outcome, hint, mode or level unknown to this format",
    title_ja="この書式にない出口、ヒント、方法、レベル",
    cases={
        "": Words(
            message_en="{what} {name} is unknown to this format.",
            message_ja="{what} の {name} はこの書式にありません。",
            hint_en="Known are: {known}.",
            hint_ja="使えるもの: {known}。",
        ),
        "nearest": Words(
            message_en="{what} {name} is unknown to this format.",
            message_ja="{what} の {name} はこの書式にありません。",
            hint_en="{nearest}",
            hint_ja="{nearest}",
        ),
    },
)
