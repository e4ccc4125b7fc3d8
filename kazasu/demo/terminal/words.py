"""What the terminal says, in the language of the terminal. What the call speaks stays as it is."""

from typing import Final

from bilingual.text import Bilingual
from kazasu.settings.environment import terminal_is_japanese

_WORDS: Final[dict[str, Bilingual]] = {
    "keys": Bilingual(
        ja="0-9 * #: 電話のボタン   t: カードをかざす   h: 電話を切る",
        en="0-9 * #: telephone keys   t: tap the card   h: hang up",
    ),
    "guide": Bilingual(
        ja="(このカードの案内どおりなら {keys} を押します)",
        en="(as the guide of this card tells, press {keys})",
    ),
    "heard": Bilingual(ja="電話: {text}", en="call: {text}"),
    "pressed": Bilingual(ja="電話のボタン: {digits}", en="key: {digits}"),
    "dialled": Bilingual(ja="電話をかける: {number}", en="dials: {number}"),
    "call": Bilingual(
        ja="アプリ: {business} {purpose} → 自分がかけた", en="app: {business} {purpose} → I called"
    ),
    "desk": Bilingual(
        ja="アプリ: {business} {purpose} → 窓口にいる", en="app: {business} {purpose} → at the desk"
    ),
    "choice": Bilingual(ja="アプリ: {shown} → {picked}", en="app: {shown} → {picked}"),
    "shown": Bilingual(ja="アプリ: {text}", en="app: {text}"),
    "tries": Bilingual(
        ja="アプリ: カードに断られました(あと{tries}回)", en="app: refused, {tries} tries left"
    ),
    "again": Bilingual(
        ja="アプリ: もう一度、カードをかざしてください", en="app: hold the card again"
    ),
    "tap": Bilingual(ja="カードをかざす: {card}", en="card: {card}"),
    "code": Bilingual(
        ja="アプリ: 電話か窓口の番号、または届いたリンクは?",
        en="app: the number that the call speaks or the desk shows, or the link that came?",
    ),
    "pick": Bilingual(
        ja="アプリ: 電話で聞こえた番号は? {shown}",
        en="app: which number does the call speak? {shown}",
    ),
    "not_a_code": Bilingual(ja="アプリ: 番号が正しくありません", en="app: that is no such number"),
    "ended": Bilingual(ja="アプリ: {how}", en="app: {how}"),
    "asks": Bilingual(
        ja="アプリ: {business} {words} を選ぶ", en="app: chooses {business}, {words}"
    ),
    "ticket": Bilingual(ja="アプリ: 電話をかけます", en="app: places the call"),
    "code_shown": Bilingual(
        ja="アプリ: 電話のボタンで {code} を押す", en="app: key {code} into the call"
    ),
    "message": Bilingual(
        ja="ショートメッセージ({sender}): {body}", en="text message ({sender}): {body}"
    ),
    "no_business": Bilingual(
        ja="アプリ: この会社にはアプリからかけられません",
        en="app: this company cannot be called from the app",
    ),
    "starts": Bilingual(
        ja="係員: 本人確認を始める({reason})", en="operator: starts a check ({reason})"
    ),
    "reads": Bilingual(ja="係員: 「{words}」", en="operator: “{words}”"),
}


def words(name: str, **facts: object) -> str:
    """Japanese where the terminal is Japanese, else English."""
    return _WORDS[name].told("ja" if terminal_is_japanese() else "en", **facts)
