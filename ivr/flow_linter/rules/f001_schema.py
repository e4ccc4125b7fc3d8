"""F001: the form of every file: schema, types, required fields, ranges. Told by the
reader; arguments of lookups and inputs of sub-flows are compared here, once all files are read."""

from collections.abc import Iterator

from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            for name in _missing(flow, node):
                yield found(node.body.at, "F001.missing", name=name)


def _missing(flow: Subject, node: NodeDraft) -> Iterator[str]:
    kind = node.kind
    if isinstance(kind, d.Lookup) and kind.name in flow.whole.site.lookups:
        wanted = flow.whole.site.lookups[kind.name].args
        yield from (f"args.{name}" for name in wanted if name not in kind.args)
    if isinstance(kind, d.Subflow) and kind.id in flow.whole.bodies:
        for name, variable in flow.whole.bodies[kind.id].body.inputs.items():
            if name not in kind.inputs and variable.default is None:
                yield f"with.{name}"


RULE = Rule(
    code="F001",
    severity=Severity.ERROR,
    title_en="schema, type, missing field",
    title_ja="schema、型、足りない項目",
    cases={
        "yaml": Words(
            message_en="not readable as YAML: {problem}.",
            message_ja="YAML として読めません: {problem}。",
            hint_en="Check indentation, brackets and quotes; a text with : or , needs quotes.",
            hint_ja="字下げ、かっこ、引用符を確かめてください。: や , のある文は引用符で囲みます。",
        ),
        "tab": Words(
            message_en="not readable as YAML: here is a tab.",
            message_ja="YAML として読めません: ここにタブがあります。",
            hint_en="Write spaces in its place; editors can be set to do so.",
            hint_ja="空白に置き換えてください。エディターの設定で、いつも空白にできます。",
        ),
        "schema": Words(
            message_en="schema is {found}, this file needs {wanted}.",
            message_ja="schema が {found} です。このファイルには {wanted} が必要です。",
            hint_en="Write schema: {wanted}.",
            hint_ja="schema: {wanted} と書いてください。",
        ),
        "missing": Words(
            message_en="field {name} is missing.",
            message_ja="項目 {name} がありません。",
            hint_en="Add {name}.",
            hint_ja="{name} を書き足してください。",
        ),
        "type": Words(
            message_en="{name} must be {wanted}.",
            message_ja="{name} は {wanted} でなければなりません。",
            hint_en="Write {wanted} here.",
            hint_ja="ここには {wanted} を書いてください。",
        ),
        "form": Words(
            message_en="{name} has not the form of {wanted}: {found}.",
            message_ja="{name} が {wanted} の形ではありません: {found}。",
            hint_en='Names are of a-z, 0-9 and _; quote keys, times, dates: "1", "17:00".',
            hint_ja='名前は a-z、0-9、_ で、キー、時刻、日付は "1"、"17:00" のように書きます。',
        ),
        "comma": Words(
            message_en="{name} goes on with {found}, which is not a language such as ja-JP.",
            message_ja="{name} に {found} が続きますが、ja-JP のような言語ではありません。",
            hint_en="A text with a comma needs quotes.",
            hint_ja="コンマのある文には引用符が要ります。",
        ),
        "range": Words(
            message_en="{name} must be {low} to {high}.",
            message_ja="{name} は {low} から {high} までです。",
            hint_en="Choose a value in this range.",
            hint_ja="この範囲の値にしてください。",
        ),
        "choice": Words(
            message_en="{name} is {found}, known are: {known}.",
            message_ja="{name} の {found} は使えません。使えるもの: {known}。",
            hint_en="Choose one of them.",
            hint_ja="そのうちの一つを選んでください。",
        ),
        "kind": Words(
            message_en="a node needs exactly one kind, here: {found}.",
            message_ja="ノードの種類はちょうど一つです。ここでは: {found}。",
            hint_en="Keep one of say, gather, branch, verify_identity, route ...",
            hint_ja="say、gather、branch、verify_identity、route などから一つだけ残してください。",
        ),
        "together": Words(
            message_en="{name} cannot stand together with {other}.",
            message_ja="{name} は {other} と一緒には書けません。",
            hint_en="Keep one of the two.",
            hint_ja="どちらか一つにしてください。",
        ),
        "file": Words(
            message_en="file {name} is missing.",
            message_ja="ファイル {name} がありません。",
            hint_en="Add the file or correct the name.",
            hint_ja="ファイルを置くか、名前を直してください。",
        ),
        "file_name": Words(
            message_en="id {found} does not match the file name.",
            message_ja="id の {found} がファイル名と違います。",
            hint_en="Give both the same name.",
            hint_ja="同じ名前にしてください。",
        ),
        "fallback": Words(
            message_en="exactly one queue must be the last resort, here: {count}.",
            message_ja="最後の受け皿になるキューはちょうど一つです。ここでは: {count}。",
            hint_en="Write fallback: true at one queue.",
            hint_ja="一つのキューだけに fallback: true と書いてください。",
        ),
    },
    checks={Needs.PARTS: check},
)
