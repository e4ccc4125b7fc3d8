"""F001: the form of every file: schema, types, required fields, ranges. Told by the
reader; arguments of lookups and inputs of sub-flows are compared here, once all files are read."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.draft import NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter import yaml_words
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
    title=Bilingual(ja="schema、型、足りない項目", en="schema, type, missing field"),
    cases={
        **yaml_words.CASES,
        "schema": Words(
            message=Bilingual(
                ja="schema が {found} です。このファイルには {wanted} が必要です。",
                en="schema is {found}, this file needs {wanted}.",
            ),
            hint=Bilingual(ja="schema: {wanted} と書いてください。", en="Write schema: {wanted}."),
        ),
        "missing": Words(
            message=Bilingual(ja="項目 {name} がありません。", en="field {name} is missing."),
            hint=Bilingual(ja="{name} を書き足してください。", en="Add {name}."),
        ),
        "type": Words(
            message=Bilingual(
                ja="{name} は {wanted} でなければなりません。", en="{name} must be {wanted}."
            ),
            hint=Bilingual(ja="ここには {wanted} を書いてください。", en="Write {wanted} here."),
        ),
        "form": Words(
            message=Bilingual(
                ja="{name} が {wanted} の形ではありません: {found}。",
                en="{name} has not the form of {wanted}: {found}.",
            ),
            hint=Bilingual(
                ja='その形で書いてください。名前は a-z、0-9、_ で、キー、時刻、日付は "1"、"17:00" '
                "のように書きます。",
                en="Write it in that form. Names are of a-z, 0-9 and _; quote keys, times, dates: "
                '"1", "17:00".',
            ),
        ),
        "comma": Words(
            message=Bilingual(
                ja="{name} に {found} が続きますが、ja-JP のような言語ではありません。",
                en="{name} goes on with {found}, which is not a language such as ja-JP.",
            ),
            hint=Bilingual(
                ja="コンマのある文には引用符が要ります。", en="A text with a comma needs quotes."
            ),
        ),
        "range": Words(
            message=Bilingual(
                ja="{name} は {low} から {high} までです。", en="{name} must be {low} to {high}."
            ),
            hint=Bilingual(ja="この範囲の値にしてください。", en="Choose a value in this range."),
        ),
        "choice": Words(
            message=Bilingual(
                ja="{name} の {found} は使えません。使えるもの: {known}。",
                en="{name} is {found}, known are: {known}.",
            ),
            hint=Bilingual(ja="そのうちの一つを選んでください。", en="Choose one of them."),
        ),
        "near": Words(
            message=Bilingual(
                ja="{name} の {found} は使えません。使えるもの: {known}。",
                en="{name} is {found}, known are: {known}.",
            ),
            hint=Bilingual(ja="{nearest}", en="{nearest}"),
        ),
        "say_table": Words(
            message=Bilingual(
                ja="say に書くのはプロンプトの名前です。その下に項目は置けません。",
                en="say takes the name of a prompt, nothing stands below it.",
            ),
            hint=Bilingual(
                ja="say: NAME と next: NODE を横に並べて書いてください。",
                en="Write say: NAME and next: NODE side by side.",
            ),
        ),
        "kind": Words(
            message=Bilingual(
                ja="ノードの種類はちょうど一つです。ここでは: {found}。",
                en="a node needs exactly one kind, here: {found}.",
            ),
            hint=Bilingual(
                ja="say、gather、branch、verify_identity、route などから一つだけ残してください。",
                en="Keep one of say, gather, branch, verify_identity, route ...",
            ),
        ),
        "together": Words(
            message=Bilingual(
                ja="{name} は {other} と一緒には書けません。",
                en="{name} cannot stand together with {other}.",
            ),
            hint=Bilingual(ja="どちらか一つにしてください。", en="Keep one of the two."),
        ),
        "tags": Words(
            message=Bilingual(
                ja="プロンプト {name} にタグがあり、そのまま文字として読まれます。",
                en="prompt {name} has tags, and the caller would hear their letters.",
            ),
            hint=Bilingual(
                ja="say の横に ssml: true と書くか、タグを消してください。",
                en="Write ssml: true beside say, or leave the tags out.",
            ),
        ),
        "ssml": Words(
            message=Bilingual(
                ja="プロンプト {name} のタグは読み上げられません: {problem}。",
                en="the tags of prompt {name} cannot be spoken: {problem}.",
            ),
            hint=Bilingual(
                ja='<break time="500ms"/>、<sub alias="…">、<prosody rate="80%"> などが使えます。',
                en='Such as <break time="500ms"/>, <sub alias="...">, <prosody rate="80%">.',
            ),
        ),
        "kana": Words(
            message=Bilingual(
                ja="プロンプト {name} の kana に漢字、英字、数字があります。",
                en="kana of prompt {name} has kanji, letters or digits.",
            ),
            hint=Bilingual(
                ja="文の全体を、読むとおりにかなで書いてください。",
                en="Write the whole sentence as it is read, in kana.",
            ),
        ),
        "kana_values": Words(
            message=Bilingual(
                ja="プロンプト {name} の kana の差し込みが say と違います。",
                en="kana of prompt {name} has other placeholders than say.",
            ),
            hint=Bilingual(
                ja="同じ差し込みを同じ順に書いてください。",
                en="Write the same placeholders in the same order.",
            ),
        ),
        "file": Words(
            message=Bilingual(ja="ファイル {name} がありません。", en="file {name} is missing."),
            hint=Bilingual(
                ja="ファイルを置くか、名前を直してください。",
                en="Add the file or correct the name.",
            ),
        ),
        "file_name": Words(
            message=Bilingual(
                ja="id の {found} がファイル名と違います。",
                en="id {found} does not match the file name.",
            ),
            hint=Bilingual(ja="同じ名前にしてください。", en="Give both the same name."),
        ),
        "fallback": Words(
            message=Bilingual(
                ja="最後の受け皿になるキューはちょうど一つです。ここでは: {count}。",
                en="exactly one queue must be the last resort, here: {count}.",
            ),
            hint=Bilingual(
                ja="一つのキューだけに fallback: true と書いてください。",
                en="Write fallback: true at one queue.",
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
