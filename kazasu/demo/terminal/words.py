"""What the terminal says, in the language of the terminal. What the call speaks stays as it is."""

from typing import Final

from kazasu.settings import terminal_is_japanese

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "keys": (
        "0-9 * #: 電話のボタン   t: カードをかざす   h: 電話を切る",
        "0-9 * #: telephone keys   t: tap the card   h: hang up",
    ),
    "guide": (
        "(このカードの案内どおりなら {keys} を押します)",
        "(as the guide of this card tells, press {keys})",
    ),
    "heard": ("電話: {text}", "call: {text}"),
    "pressed": ("電話のボタン: {digits}", "key: {digits}"),
    "dialled": ("電話をかける: {number}", "dials: {number}"),
    "call": ("アプリ: {business} {purpose} → 自分がかけた", "app: {business} {purpose} → I called"),
    "choice": ("アプリ: {shown} → {picked}", "app: {shown} → {picked}"),
    "shown": ("アプリ: {text}", "app: {text}"),
    "tries": ("アプリ: カードに断られました(あと{tries}回)", "app: refused, {tries} tries left"),
    "again": ("アプリ: もう一度、カードをかざしてください", "app: hold the card again"),
    "tap": ("カードをかざす: {card}", "card: {card}"),
    "not_a_code": ("アプリ: 番号が正しくありません", "app: that is no such number"),
    "ended": ("アプリ: {how}", "app: {how}"),
    "asks": ("アプリ: {business} {words} を選ぶ", "app: chooses {business}, {words}"),
    "ticket": ("アプリ: 電話をかけます", "app: places the call"),
    "code_shown": ("アプリ: 電話のボタンで {code} を押す", "app: key {code} into the call"),
    "message": ("ショートメッセージ({sender}): {body}", "text message ({sender}): {body}"),
    "no_business": (
        "アプリ: この会社にはアプリからかけられません",
        "app: this company cannot be called from the app",
    ),
    "starts": ("係員: 本人確認を始める({reason})", "operator: starts a check ({reason})"),
    "reads": ("係員: 「{words}」", "operator: “{words}”"),
}


def words(name: str, **facts: object) -> str:
    """Japanese where the terminal is Japanese, else English."""
    return _WORDS[name][0 if terminal_is_japanese() else 1].format(**facts)
