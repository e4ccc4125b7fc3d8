"""Facts that are words of ours, in Japanese. The reader tells them in English; names, values and
key words of the language stay as the file has them.

A library's own words about an expression or a placeholder are never shown in Japanese.
"""

import re
from collections.abc import Mapping
from typing import Final

from ivr.flow_engine.source import forms

WORDED: Final = frozenset({"wanted", "problem", "what", "other"})
"""The facts that are words, by their names in the texts of rules."""

_OTHERWISE: Final = "書き方が違います"
_PHRASES: Final[Mapping[str, str]] = {
    # what a field must be
    "a table": "項目のまとまり",
    "a list": "一覧",
    "text": "文字列",
    "a whole number": "整数",
    "true or false": "true か false",
    "true": "true",
    "a duration such as 6s": "6s のような時間",
    forms.DATE_SAYS: '"2026-12-29" のような、暦にある日付',
    forms.DATES_SAYS: '"2026-12-29" のような、暦にある日付か初日/末日',
    forms.KEY_SAYS: '"0"から"9"、"*"、"#" のどれか一つのキー',
    'keys such as "1"': '"1" のようなキー',
    "a language such as ja-JP": "ja-JP のような言語",
    "a name": "名前",
    "a node id": "ノードの id",
    "a prompt id": "プロンプトの id",
    forms.PHONE_SAYS: '"+81312345678" のような電話番号',
    "flow-id@live": "フローの id@live",
    "flow-id@live or flow-id@canary": "フローの id@live か id@canary",
    "a weekday or range such as mon-fri": "mon-fri のような曜日か範囲",
    forms.TIMES_SAYS: '"09:00-17:30" のような時間帯(夜中の 0 時で分ける)',
    "the same key": "同じキー",
    "words without a comma": "コンマのない語句",
    # what a word is
    "level": "レベル",
    "mode": "方法",
    "hint": "ヒント",
    "outcome": "出口",
    "a private key": "秘密鍵",
    "a secret": "鍵やトークン",
    "a My Number": "個人番号",
    # expressions
    "has() takes a dotted name": "has() には点のある名前が必要です",
    "this is a whole lookup, name one of its fields": "照会の全体です。その項目を書きます",
    "a list holds values of one type, at least one": "一覧には同じ型の値が一つ以上要ります",
    "?: needs a condition and two values of one type": "?: には条件と、同じ型の値二つが要ります",
    # placeholders and tags
    "statements and comments are not allowed": "文や注記 ({% %}、{# #}) は使えません",
    "nested too deeply": "入れ子が深すぎます",
    "only placeholders are allowed": "使えるのは差し込みだけです",
    "a variable and one reading are needed": "変数と読み方を一つずつ書きます",
    "only a dotted name can be read": "読み上げられるのは変数の名前だけです",
    "a tag has a placeholder inside": "タグの中に差し込みがあります",
    "only tags are allowed": "使えるのはタグだけです",
    "the tags do not close as they open, or & is not &amp;": "タグの開きと閉じが合わないか、"
    "& が &amp; ではありません",
}
_FORMS: Final[tuple[tuple[str, str], ...]] = (
    (r"over (\d+) characters", r"\1 文字を超えています"),
    (r"nested deeper than (\d+)", r"入れ子が \1 段を超えています"),
    (r"not understood at '(.*)'", r"「\1」が分かりません"),
    (r"'(.*)' is written '(.*)'", r"「\1」は「\2」と書きます"),
    (r"expected a name instead of 'the end'", r"終わりに名前がありません"),
    (r"expected a name instead of '(.*)'", r"「\1」の所に名前が要ります"),
    (r"expected 'the end' instead of '(.*)'", r"「\1」の前で終わるはずです"),
    (r"expected '(.*)' instead of 'the end'", r"終わりに「\1」がありません"),
    (r"expected '(.*)' instead of '(.*)'", r"「\2」の所に「\1」が要ります"),
    (r"not expected: 'the end'", r"途中で終わっています"),
    (r"not expected: '(.*)'", r"「\1」はここに書けません"),
    (r"method '(.*)' is not allowed", r"メソッド \1 は使えません"),
    (r"function '(.*)' is not allowed", r"関数 \1 は使えません"),
    (r"(\w+)\(\) takes (\d+) arguments", r"\1() の引数は \2 個です"),
    (r"(\w+)\(\) takes a literal", r"\1() には値をそのまま書きます"),
    (r"(\w+)\(\) cannot read its literal", r"\1() の値が読めません"),
    (r"this is (\S+), needed is (\S+)", r"\1 ですが、必要なのは \2 です"),
    (r"a (\S+) cannot be kept", r"\1 は変数に入れられません"),
    (r"(.+) is (\S+), not (\S+)", r"\1 は \2 で、\3 ではありません"),
    (r"(.+) is (\S+), keys give (\S+)", r"\1 は \2 ですが、キーから得られるのは \3 です"),
    (r"(.+) is (\S+), only a lookup fills it", r"\1 は \2 で、照会だけが値を入れます"),
    (r"(\S+) between (\S+) and (\S+)", r"\2 と \3 の \1"),
    (r"neg between (\S+)", r"\1 に付いた -"),
    (r"(\S+) between (\S+)", r"\2 の \1"),
    (r"(size|string|int|[a-zA-Z]+|!|&&|\|\|) of (\S+)", r"\2 への \1"),
    (r"type (\S+)", r"type \1"),
    (r"(\S+) has one plain argument at most", r"\1 の引数は一つまでです"),
    (r"reading (.+) is unknown", r"\1 という読み方はありません"),
    (r"<(\w+)> is not one of (.*)", r"<\1> は使えません。使えるもの: \2"),
    (r"<(\w+)> takes no attribute", r"<\1> に属性は書けません"),
    (r"<(\w+)> takes (.*)", r"<\1> の属性は \2 です"),
    (r"(\w+) of <(\w+)> cannot be (.*)", r"<\2> の \1 に \3 は書けません"),
    (r"a break is at most (\d+) ms", r"間は \1 ミリ秒までです"),
)
_PLAIN: Final = re.compile(r"[^ ]*|\S+ (in|==|!=|<|<=|>|>=) \S+")
"""What needs no words: a name or value of the file, a comparison of two types."""


def in_japanese(name: str, fact: str) -> str:
    """`name` is the fact's in the rule's texts. What is no word of ours stays."""
    return known(fact) or (_OTHERWISE if name == "problem" else fact) if name in WORDED else fact


def known(fact: str) -> str:
    """ "" for words that have no Japanese here."""
    if fact in _PHRASES:
        return _PHRASES[fact]
    for form, words in _FORMS:
        match = re.fullmatch(form, fact, re.DOTALL)
        if match:
            return match.expand(words)
    return fact if _PLAIN.fullmatch(fact) else ""
