"""What is said of each mistake in the YAML of a file: cases of F001."""

from collections.abc import Mapping
from typing import Final

from bilingual.text import Bilingual
from ivr.flow_linter.rule import Words

CASES: Final[Mapping[str, Words]] = {
    "yaml": Words(
        message=Bilingual(
            en="not readable as YAML from here on.", ja="ここから先が YAML として読めません。"
        ),
        hint=Bilingual(
            en="Check indentation, brackets and quotes, here and in the lines above.",
            ja="この行と前の行の字下げ、かっこ、引用符を確かめてください。",
        ),
    ),
    "empty": Words(
        message=Bilingual(en="the file is empty.", ja="ファイルが空です。"),
        hint=Bilingual(
            en="Begin with schema, as the other files of the folder do.",
            ja="フォルダーのほかのファイルのように、schema から書き始めてください。",
        ),
    ),
    "unreadable": Words(
        message=Bilingual(en="cannot be read ({problem}).", ja="読み込めません ({problem})。"),
        hint=Bilingual(
            en="Check the file and its permissions; it must be UTF-8.",
            ja="ファイルと権限を確かめ、UTF-8 で保存してください。",
        ),
    ),
    "tab": Words(
        message=Bilingual(
            en="not readable as YAML: here is a tab.",
            ja="YAML として読めません: ここにタブがあります。",
        ),
        hint=Bilingual(
            en="Write spaces in its place; editors can be set to do so.",
            ja="空白に置き換えてください。エディターの設定で、いつも空白にできます。",
        ),
    ),
    "control": Words(
        message=Bilingual(
            en="here is an invisible control character ({found}).",
            ja="ここに見えない制御文字 ({found}) があります。",
        ),
        hint=Bilingual(
            en="Delete it; it often comes with text that was pasted.",
            ja="消してください。貼り付けた文に混ざることがあります。",
        ),
    ),
    "unclosed_quote": Words(
        message=Bilingual(
            en="the quote that opens here is not closed.", ja="ここで始まる引用符が閉じていません。"
        ),
        hint=Bilingual(
            en='Close it with the same sign; a " within " " is written \\".',
            ja='同じ記号で閉じてください。" " の中の " は \\" と書きます。',
        ),
    ),
    "after_quote": Words(
        message=Bilingual(
            en="text goes on after the closing quote.", ja="閉じた引用符の後に文字が続いています。"
        ),
        hint=Bilingual(
            en='Put the whole text into one pair of quotes; a " within is written \\".',
            ja='文の全体を一組の引用符で囲んでください。中の " は \\" と書きます。',
        ),
    ),
    "escape": Words(
        message=Bilingual(
            en="what follows this \\ is no sign that YAML knows.",
            ja="この \\ に続く文字は、YAML の書き方にありません。",
        ),
        hint=Bilingual(
            en="Write \\\\ for a backslash, or use single quotes.",
            ja="\\ そのものは \\\\ と書くか、' ' で囲んでください。",
        ),
    ),
    "unclosed": Words(
        message=Bilingual(
            en="the bracket {found} that opens here is not closed.",
            ja="ここで開くかっこ {found} が閉じていません。",
        ),
        hint=Bilingual(
            en="Close it before the next field, or put a text with a bracket into quotes.",
            ja="次の項目の前で閉じてください。かっこのある文なら引用符で囲みます。",
        ),
    ),
    "closes_nothing": Words(
        message=Bilingual(
            en="this {found} closes nothing.", ja="この {found} に対応する開きかっこがありません。"
        ),
        hint=Bilingual(
            en="Remove it, or put a text with a bracket into quotes.",
            ja="消してください。かっこのある文なら引用符で囲みます。",
        ),
    ),
    "no_comma": Words(
        message=Bilingual(
            en="within {found} a comma is missing before this, or a text needs quotes.",
            ja="{found} の中で、この前にコンマがないか、引用符の要る文があります。",
        ),
        hint=Bilingual(
            en='Entries have commas between; a text with : or , is written "...".',
            ja='項目の間はコンマで区切ります。: や , のある文は "…" と書きます。',
        ),
    ),
    "colon": Words(
        message=Bilingual(en="a second colon in one line.", ja="一行に二つ目のコロンがあります。"),
        hint=Bilingual(
            en="A text with a colon and a space needs quotes; of fields, each has its own line.",
            ja="コロンと空白のある文は引用符で囲みます。項目は一行に一つずつ書きます。",
        ),
    ),
    "wide_colon": Words(
        message=Bilingual(
            en="this colon is a wide one (：), which YAML does not know.",
            ja="このコロンは全角 (：) です。YAML では使えません。",
        ),
        hint=Bilingual(
            en="Write a narrow colon and a space.", ja="半角のコロンと空白を書いてください。"
        ),
    ),
    "unexpected_key": Words(
        message=Bilingual(
            en="a field cannot begin here: the line above ({line}) does not end as a field does.",
            ja="ここから項目は始められません。上の {line} 行目が項目の形で終わっていません。",
        ),
        hint=Bilingual(
            en="Look at the line above: a field is name: value, with a space after the colon, and "
            "what has a value takes no lines below it.",
            ja="上の行を確かめてください。項目は「名前: 値」(コロンの後に空白) と書き、値のある"
            "項目の下には行を続けられません。",
        ),
    ),
    "no_colon": Words(
        message=Bilingual(
            en="this line is no field: it has no colon.",
            ja="この行にはコロンがなく、項目になっていません。",
        ),
        hint=Bilingual(
            en="Write name: value with a space after the colon; a text of several lines begins "
            "with > on its field's line.",
            ja="「名前: 値」と、コロンの後に空白を入れて書きます。何行にもわたる文は、項目の行に"
            " > を書いて始めます。",
        ),
    ),
    "list_beside_key": Words(
        message=Bilingual(
            en="a list cannot begin beside its field's name.",
            ja="一覧は、項目の名前と同じ行では始められません。",
        ),
        hint=Bilingual(
            en="Begin it in the next line, or write [a, b].",
            ja="次の行から始めるか、[a, b] と書いてください。",
        ),
    ),
    "indentation": Words(
        message=Bilingual(
            en="this line begins with {count} spaces, and none that it could belong to does.",
            ja="この行は空白 {count} 個で始まりますが、揃う行が上にありません。",
        ),
        hint=Bilingual(
            en="Begin it as the lines it belongs to. Spaces that fit here: {fits}.",
            ja="同じまとまりの行と揃えてください。ここで使える空白の数: {fits}。",
        ),
    ),
    "beside_dashes": Words(
        message=Bilingual(
            en="a field cannot stand in the column of the dashes above it.",
            ja="上の - と同じ桁に項目は書けません。",
        ),
        hint=Bilingual(
            en="Begin it where the name of the list begins, or two spaces further in if it belongs "
            "to the entry.",
            ja="一覧の名前と同じ桁に戻してください。一覧の中の項目なら、空白二つ右に書きます。",
        ),
    ),
    "block_text": Words(
        message=Bilingual(
            en="this > or | is followed by something that does not belong there.",
            ja="この > や | の後に、書けないものが続いています。",
        ),
        hint=Bilingual(
            en="Write it alone, and the text in the next lines, all indented alike.",
            ja="それだけを書き、文は次の行から、字下げを揃えて書いてください。",
        ),
    ),
    "begins": Words(
        message=Bilingual(
            en="a value cannot begin with {found}.", ja="値を {found} で始めることはできません。"
        ),
        hint=Bilingual(en="Put the text into quotes.", ja="文を引用符で囲んでください。"),
    ),
}
