"""F005: caps that keep a text readable: 256 kB, 1,000 nodes, nesting 12, no anchors, tags or second
document, Unicode NFC."""

from ivr.flow_linter.rule import Rule, Severity, Words

RULE = Rule(
    code="F005",
    severity=Severity.ERROR,
    title_en="size, nesting, anchor, tag",
    title_ja="大きさ、入れ子、アンカー、タグ",
    cases={
        "size": Words(
            message_en="the file is over {limit}.",
            message_ja="ファイルが上限 {limit} を超えています。",
            hint_en="Move parts into sub-flows or further prompt files.",
            hint_ja="サブフローや別のプロンプトファイルに分けてください。",
        ),
        "nodes": Words(
            message_en="over {limit} nodes.",
            message_ja="ノードが上限 {limit} を超えています。",
            hint_en="Move parts into sub-flows.",
            hint_ja="サブフローに分けてください。",
        ),
        "nesting": Words(
            message_en="nested deeper than {limit}.",
            message_ja="入れ子が {limit} 段を超えています。",
            hint_en="Flatten this part.",
            hint_ja="この部分を浅くしてください。",
        ),
        "anchor": Words(
            message_en="anchors and aliases are not allowed.",
            message_ja="アンカーとエイリアスは使えません。",
            hint_en="Write the value out, or use defaults.",
            hint_ja="値をそのまま書くか、defaults を使ってください。",
        ),
        "tag": Words(
            message_en="tags are not allowed.",
            message_ja="タグは使えません。",
            hint_en="Remove the tag.",
            hint_ja="タグを消してください。",
        ),
        "documents": Words(
            message_en="a file holds exactly one document.",
            message_ja="一つのファイルに文書は一つだけです。",
            hint_en="Remove the line ---.",
            hint_ja="--- の行を消してください。",
        ),
        "nfc": Words(
            message_en="the text is not Unicode NFC.",
            message_ja="テキストが Unicode NFC ではありません。",
            hint_en="Save the file as NFC.",
            hint_ja="NFC で保存してください。",
        ),
    },
)
