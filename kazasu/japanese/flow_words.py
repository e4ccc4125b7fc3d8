"""Flows and the tables they look things up in, as `kazasu.japanese.words` writes them."""

from typing import Final

FLOWS: Final[tuple[tuple[str, str], ...]] = (
    # flows
    ("a time such as {}", "{0} のような時刻を書いてください"),
    (
        "0.01 to 100, with --alias canary and only there",
        "0.01 から 100 までで、--alias canary のときだけ使えます",
    ),
    (
        "its version {} is not kept or no longer readable",
        "その版 {0} は残っていないか、もう読めません",
    ),
    ("name one flow of this folder", "このフォルダーのフローを一つ指定してください"),
    (
        "neither a flow below a folder with {}, nor such a folder",
        "{0} のあるフォルダーのフローでも、そのようなフォルダーでもありません",
    ),
    ("no file below a folder with {}", "{0} のあるフォルダーの中のファイルではありません"),
    ("no folder with {}", "{0} のあるフォルダーではありません"),
    (
        "no file of a main flow, and no version such as main@live, 3f2a…",
        "メインのフローのファイルでも、main@live や 3f2a… のような版でもありません",
    ),
    (
        "no such call is kept; a call is when it has ended, for 90 days",
        "その通話の記録はありません。記録は通話の終わりから 90 日残ります",
    ),
    ("no such schema; there are: {}", "その schema はありません。あるもの: {0}"),
    ("no main flow of {} (known: {})", "{0} にメインのフローがありません(あるもの: {1})"),
    ("no version of that name", "その名前の版はありません"),
    ("several versions of that name", "その名前の版がいくつもあります"),
    # lookup tables
    ("the columns must be {}", "列は {0} でなければなりません"),
    ("{} values for {} columns", "値が {0} 個、列は {1} 個です"),
    ("column {} is no {}", "列 {0} が {1} ではありません"),
    ("there is no table", "表がありません"),
)
