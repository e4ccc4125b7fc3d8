"""F005: caps that keep a text readable: 256 kB, 1,000 nodes, nesting 12, no anchors, tags or second
document, Unicode NFC."""

from bilingual.text import Bilingual
from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="F005",
    severity=Severity.ERROR,
    title=Bilingual(ja="大きさ、入れ子、アンカー、タグ", en="size, nesting, anchor, tag"),
    cases={
        "size": Words(
            message=Bilingual(
                ja="ファイルが上限 {limit} を超えています。", en="the file is over {limit}."
            ),
            hint=Bilingual(
                ja="サブフローや別のプロンプトファイルに分けてください。",
                en="Move parts into sub-flows or further prompt files.",
            ),
        ),
        "nodes": Words(
            message=Bilingual(ja="ノードが上限 {limit} を超えています。", en="over {limit} nodes."),
            hint=Bilingual(ja="サブフローに分けてください。", en="Move parts into sub-flows."),
        ),
        "nesting": Words(
            message=Bilingual(
                ja="入れ子が {limit} 段を超えています。", en="nested deeper than {limit}."
            ),
            hint=Bilingual(ja="この部分を浅くしてください。", en="Flatten this part."),
        ),
        "anchor": Words(
            message=Bilingual(
                ja="アンカーとエイリアスは使えません。", en="anchors and aliases are not allowed."
            ),
            hint=Bilingual(
                ja="値をそのまま書くか、defaults を使ってください。",
                en="Write the value out, or use defaults.",
            ),
        ),
        "tag": Words(
            message=Bilingual(ja="タグは使えません。", en="tags are not allowed."),
            hint=Bilingual(ja="タグを消してください。", en="Remove the tag."),
        ),
        "documents": Words(
            message=Bilingual(
                ja="一つのファイルに文書は一つだけです。", en="a file holds exactly one document."
            ),
            hint=Bilingual(ja="--- の行を消してください。", en="Remove the line ---."),
        ),
        "nfc": Words(
            message=Bilingual(
                ja="テキストが Unicode NFC ではありません。", en="the text is not Unicode NFC."
            ),
            hint=Bilingual(ja="NFC で保存してください。", en="Save the file as NFC."),
        ),
    },
)
