"""What typer says of wrong use, as `kazasu.japanese.words` writes them."""

from typing import Final

USAGE: Final[tuple[tuple[str, str], ...]] = (
    ("Missing command.", "コマンドがありません。"),
    ("No such command {}. Did you mean {}?", "{0} というコマンドはありません。{1} のことですか。"),
    ("No such command {}.", "{0} というコマンドはありません。"),
    ("No such option: {} (Possible options: {})", "{0} という指定はありません。近いもの: {1}"),
    ("No such option: {}", "{0} という指定はありません。"),
    ("Missing option {}. Choose from:{}", "{0} の指定が必要です。選べるもの: {1}"),
    ("Missing argument {}.", "{0} がありません。"),
    ("Missing option {}.", "{0} の指定が必要です。"),
    ("Option {} requires an argument.", "{0} には値が必要です。"),
    ("Option {} requires {} arguments.", "{0} には値が {1} 個必要です。"),
    ("Option {} does not take a value.", "{0} に値は付けません。"),
    ("Got unexpected extra argument(s) ({})", "余分な語句があります: {0}"),
    ("Argument {} takes {} values.", "{0} には値が {1} 個必要です。"),
    (
        "Input should be a valid number, unable to parse string as a number",
        "数を書いてください",
    ),
    ("{} {} does not exist.", "{1} がありません"),
    ("{} {} is a directory.", "{1} はフォルダーです"),
    ("{} {} is a file.", "{1} はフォルダーではありません"),
    ("{} {} is not readable.", "{1} を読む権限がありません"),
    ("live or canary", "live か canary を書いてください"),
)
