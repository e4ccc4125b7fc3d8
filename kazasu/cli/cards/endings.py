"""How a check ended, in plain words for whoever sits at the desk, with its code behind them."""

from typing import Final

from bilingual.text import Bilingual
from kazasu.settings.environment import terminal_is_japanese

_ENDINGS: Final[dict[str, Bilingual]] = {
    "verified": Bilingual(ja="確認できました", en="Confirmed."),
    "verified_multiple_contracts": Bilingual(ja="確認できました", en="Confirmed."),
    "verified_no_contract": Bilingual(
        ja="カードを確認できました。ご契約とは結びついていません",
        en="The card is confirmed; no contract is tied to it.",
    ),
    "level_not_reached": Bilingual(
        ja="カードを確認できましたが、この手続きには足りません",
        en="The card is confirmed, but this needs more.",
    ),
    "person_mismatch": Bilingual(
        ja="ご契約の方とは別の方のカードです", en="The card is of somebody else than the holder."
    ),
    "certificate_revoked": Bilingual(
        ja="電子証明書が失効しています。市区町村の窓口で手続きできます",
        en="The certificate has been revoked; the municipal office can help.",
    ),
    "certificate_expired": Bilingual(
        ja="電子証明書の期限が切れています。市区町村の窓口で更新できます",
        en="The certificate has expired; the municipal office renews it.",
    ),
    "certificate_unsupported": Bilingual(
        ja="このカードはご利用になれません", en="This card cannot be used."
    ),
    "signature_invalid": Bilingual(ja="確認できませんでした", en="It could not be confirmed."),
    "revocation_unavailable": Bilingual(
        ja="いま、カードの有効性を確かめられません",
        en="Whether the card is valid cannot be told now.",
    ),
    "linkage_unavailable": Bilingual(
        ja="いま、どなたのカードかを確かめられません",
        en="Whose card it is cannot be told now.",
    ),
    "risk_blocked": Bilingual(
        ja="安全のため、この確認を止めました。担当者にご相談ください",
        en="Stopped, to be safe: ask the person in charge.",
    ),
    "superseded": Bilingual(
        ja="同じカードで別の確認が行われたため、止めました",
        en="Stopped: another check used the same card.",
    ),
    "user_declined_call": Bilingual(
        ja="会社に知らせて、確認を止めました", en="The company was told, and the check has ended."
    ),
    "wrong_choice": Bilingual(
        ja="番号が合わなかったため、確認を止めました",
        en="The number did not match; the check has ended.",
    ),
    "user_cancelled": Bilingual(ja="確認をやめました", en="You stopped the check."),
    "by_operator": Bilingual(ja="担当者が確認を止めました", en="The operator stopped the check."),
    "by_system": Bilingual(ja="確認を終わりました", en="The check has ended."),
    "caller_skipped": Bilingual(
        ja="電話で別の方法が選ばれました", en="Another way was chosen on the phone."
    ),
    "no_ticket": Bilingual(ja="電話がつながりませんでした", en="The call did not come."),
    "call_ended": Bilingual(
        ja="電話が終わったため、確認も終わりました", en="The call has ended, and so has the check."
    ),
    "code_expired": Bilingual(
        ja="番号の時間が切れました。新しい番号で、はじめからお試しください",
        en="The number has expired: start again with a new one.",
    ),
    "session_expired": Bilingual(
        ja="時間が切れました。新しい番号で、はじめからお試しください",
        en="Time is over: start again with a new number.",
    ),
    "expired_or_unknown": Bilingual(
        ja="この番号は使えません。新しい番号をお受け取りください",
        en="This number cannot be used: ask for a new one.",
    ),
    "in_a_call": Bilingual(
        ja="通話中は、この確認を始められません", en="This check cannot begin during a call."
    ),
    "slow_down": Bilingual(
        ja="番号のまちがいが続いたため、10分ほどお待ちください",
        en="Too many wrong numbers: wait about ten minutes.",
    ),
    "app_unsupported": Bilingual(
        ja="このプログラムでは確認できません。新しい版をお使いください",
        en="This program cannot do the check: use a newer one.",
    ),
    "internal_error": Bilingual(
        ja="サービスの不具合で、確認できませんでした", en="Something went wrong in the service."
    ),
    "try_again": Bilingual(
        ja="いま混みあっています。もう一度お試しください", en="Busy now: please try again."
    ),
}


def ending_words(code: str) -> str:
    """With the code in brackets; the code alone when it is a new one."""
    found = _ENDINGS.get(code)
    told = found.told("ja" if terminal_is_japanese() else "en") if found else ""
    return f"{told} ({code})" if told else code
