"""`ivr-flow/1` described: a main flow or a sub-flow, and its nodes by kind."""

from ivr.flow_engine.outcomes import WEEKDAYS
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.bodies.variables import TYPES
from ivr.flow_schemas.described import (
    DATE,
    DATES,
    KEY,
    RANGE,
    TARGET,
    Names,
    Schema,
    by_language,
    choice,
    duration,
    either,
    hover,
    inside,
    like,
    listed,
    named,
    table,
    text,
    truth,
    whole,
)
from ivr.flow_schemas.nodes import kinds
from ivr.flow_schemas.tests import tests

NOTE = hover(text(1000), "覚え書き。", "A note for people.")


def flow(names: Names) -> Schema:
    """Main and sub in one, so that an editor offers everything; the linter tells them apart."""
    variables = table({}, others=_variable(names))
    fields = {
        "schema": hover(choice(("ivr-flow/1",)), "この書式の番号。", "The number of this format."),
        "id": hover(named(form=forms.FLOW_ID), "ファイル名と同じ。", "The same as the file name."),
        "title": hover(text(60), "人のための題。", "A title for people."),
        "kind": hover(choice(("main", "sub"), "main"), "sub はサブフロー。", "sub: a sub-flow."),
        "languages": hover(listed(like(forms.LANGUAGE), low=1),
                           "最初が既定の言語。", "The first is the default."),
        "voice": hover(by_language(text(60)), "言語 → 声。", "Language → voice of the carrier."),
        "prompts": hover(listed(named(form=forms.SUBPATH)), "プロンプトのファイル。",
                         "Prompt files."),
        "start": hover(TARGET, "最初のノード。", "The first node."),
        "human": hover(TARGET, "人につながるノード。困ったときの行き先。",
                       "Leads to a person: where faults and limits go."),
        "on_repudiated": hover(TARGET, "「私ではない」のとき(なければ human)。",
                               "When the holder says it was not them; else human."),
        "inputs": hover(variables, "サブフローの入力。", "Inputs of a sub-flow."),
        "outputs": hover(variables, "サブフローの出力。", "Outputs of a sub-flow."),
        "exits": hover(listed(either(named(), table({
            "name": named(),
            "verified": hover(truth(default=False), "確認済みだけがここを通る。",
                              "Only the verified leave here."),
        }, ("name",)))), "サブフローの出口。", "Exits of a sub-flow."),
        "variables": hover(variables, "answers.名前 で読む変数。", "Read as answers.<name>."),
        "global_keys": hover(_global_keys(), "いつでも使えるキー。", "Keys live at every gather."),
        "hours": hover(table({}, others=_hours(names)), "営業時間。", "Opening hours by name."),
        "defaults": hover(_defaults(names), "種類ごとの既定。", "Fields and outcomes by kind."),
        "limits": hover(table({
            "max_steps": hover(whole(1, 1000, 60), "通るノードの数。", "Nodes entered."),
            "max_duration": hover(duration("15m"), "60 分まで。", "At most 60 minutes."),
        }), "歯止め。", "Fuses."),
        "nodes": hover({"type": "object", "propertyNames": TARGET,
                        "additionalProperties": node(names)}, "ノード。", "Nodes."),
        "tests": tests(names),
    }  # fmt: skip
    return table(fields, ("schema", "id", "title", "start", "nodes"))


def node(names: Names) -> Schema:
    """Exactly one kind; with it known, only what belongs to it is allowed and offered."""
    known = kinds(names)
    bodies = {name: hover(_without_needs(kind.body), kind.ja, kind.en)
              for name, kind in known.items()}  # fmt: skip
    beside: dict[str, Schema] = {"note": NOTE}
    for kind in known.values():
        beside |= {name: {} for name in kind.beside if name not in beside}
    chosen = []
    for name, kind in known.items():
        then = table({name: {}, "note": {}, **kind.beside}, kind.required)
        chosen.append({"if": {"required": [name]}, "then": then})
    return {
        **table({**bodies, **beside}),
        "minProperties": 1,
        "allOf": chosen,
        "anyOf": [{"required": [name]} for name in known],
    }


def _without_needs(body: Schema) -> Schema:
    """What a node leaves out may stand in `defaults`: the linter knows what is missing."""
    return {name: value for name, value in body.items() if name != "required"}


def _defaults(names: Names) -> Schema:
    """Nothing is required here: the node adds the rest."""
    bodies = {}
    for name, kind in kinds(names).items():
        properties = {**kind.body.get("properties", {})}
        if "outcomes" in kind.beside:
            properties["outcomes"] = kind.beside["outcomes"]
        bodies[name] = hover(table(properties), kind.ja, kind.en)
    return table(bodies)


def _global_keys() -> Schema:
    action = choice(("repeat", "slower", "language"))
    return {
        "type": "object",
        "propertyNames": KEY,
        "additionalProperties": either(action, table({"goto": TARGET}, ("goto",))),
    }


def _variable(names: Names) -> Schema:
    types = [*TYPES, *(f"lookup.{name}" for name in names.lookups)]
    kind = either(
        choice(types), {"type": "string", "pattern": f"^lookup\\.{inside(forms.NODE_ID)}$"}
    )
    return table({
        "type": hover(kind, "型。", "Its type."),
        "values": hover(listed(text(100)), "enum の値。", "The values of an enum."),
        "default": hover({}, "はじめの値。", "Its value at the start."),
        "personal": hover(truth(default=True), "個人情報(確認の後だけ言える)。",
                          "Personal: spoken only behind a complete check."),
    }, ("type",))  # fmt: skip


def _hours(names: Names) -> Schema:
    days = f"({'|'.join(WEEKDAYS)})"
    weekly = {
        "type": "object",
        "propertyNames": {"pattern": f"^{days}(-{days})?$"},
        "additionalProperties": listed(RANGE),
    }
    return table({
        "timezone": hover(choice(("Asia/Tokyo",), "Asia/Tokyo"), "時間帯。", "Time zone."),
        "weekly": hover(weekly, 'mon-fri: ["09:00-17:30"]。', 'mon-fri: ["09:00-17:30"].'),
        "holidays": hover(named(("jp", "none", *names.calendars)), "jp: 日本の祝日。",
                          "jp: Japanese holidays; none; or a calendar of site.yaml."),
        "closed_on": hover(listed(DATES), '休む日: "2026-12-29/2027-01-03"。', "Closed on these."),
        "open_on": hover({"type": "object", "propertyNames": DATE,
                          "additionalProperties": listed(RANGE)}, "開ける日。", "Open on these."),
    }, ("weekly",))  # fmt: skip
