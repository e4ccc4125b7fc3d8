"""The demo and its cards, as `kazasu.japanese.words` writes them."""

from typing import Final

DEMO: Final[tuple[tuple[str, str], ...]] = (
    # the demo and its cards
    ("no such test card; there are {}", "そのテストカードはありません。あるもの: {0}"),
    ("no such way; there are {}", "その方法はありません。あるもの: {0}"),
    ("there are {}", "あるもの: {0}"),
    ("https, or http on this computer", "https か、このパソコンの http を指定してください"),
    (
        "no such reason in a revocation list (RFC 5280)",
        "失効リストにその理由はありません(RFC 5280)",
    ),
    (
        "HOST:PORT of this computer, such as 127.0.0.1:35963",
        "127.0.0.1:35963 のように、このパソコンのホスト:ポートを書いてください",
    ),
    (
        "no virtual reader at {}; does pcscd run, with vpcd?",
        "{0} に仮想リーダーがありません。pcscd と vpcd は動いていますか",
    ),
    ("the reader is gone", "リーダーがなくなりました"),
    (
        "port {} is taken; name another one, or 0 for a free one: kazasu demo --port 0",
        "ポート {0} は使われています。別のポートか、空きを使う 0 を指定してください: "
        "kazasu demo --port 0",
    ),
    (
        "the console did not let {} in; `kazasu demo --fresh` starts anew",
        "担当者の画面に {0} で入れません。`kazasu demo --fresh` で最初から始めてください",
    ),
    (
        "the demo did not answer ({})",
        "デモから応答がありません({0})。動いているかを確かめてください: kazasu demo",
    ),
    (
        "the {} did not start; its messages stand above",
        "{0} が起動しませんでした。理由は上に出ています",
    ),
    ("the {} ended by itself", "{0} が自分で終わりました"),
    ("{} did not answer ({})", "{0} から応答がありません({1})"),
    (
        "a name is a-z, 0-9 and -, beginning with a letter",
        "名前は英小文字で始め、a-z、0-9、- で書いてください",
    ),
    (
        "every demo has a card of that name; name another one",
        "その名前のカードはどのデモにもあります。別の名前にしてください",
    ),
    ("no such card was issued", "そのカードは発行されていません"),
    (
        "the cards are not made yet; run: kazasu demo",
        "カードがまだありません。作るには: kazasu demo",
    ),
)
