"""What the desk says about an enrolment, in the language of the terminal."""

from typing import Final

from bilingual.text import Bilingual
from kazasu.settings.environment import terminal_is_japanese

_WORDS: Final[dict[str, Bilingual]] = {
    "operator": Bilingual(ja="担当者のログイン名: ", en="Operator's login: "),
    "second": Bilingual(
        ja="確認する2人目のログイン名(何も入れなければ中止): ",
        en="Login of the second person who approves (nothing: stop): ",
    ),
    "password": Bilingual(ja="{login} のパスワード: ", en="Password of {login}: "),
    "not_signed_in": Bilingual(
        ja="ログイン名かパスワードが違うか、担当者ではありません",
        en="Wrong login or password, or not an operator.",
    ),
    "same_person": Bilingual(
        ja="1人目と同じ人は承認できません", en="The second person has to be another one."
    ),
    "stopped": Bilingual(ja="中止しました", en="Stopped."),
    "compared": Bilingual(ja="照合: {name} / {facts}", en="compared: {name} / {facts}"),
    "refused": Bilingual(ja="カードを確認できません: {code}", en="The card was refused: {code}"),
    "enrolled": Bilingual(ja="登録しました: {contract}", en="Enrolled: {contract}"),
    "already_enrolled": Bilingual(ja="登録済みです: {contract}", en="Enrolled before: {contract}"),
    "needs_approval": Bilingual(
        ja="文字だけでは決められません。券面と契約を見て、2人で確認してください",
        en="The texts do not decide it: two people look at the card and the contract.",
    ),
    "wrong_holder": Bilingual(
        ja="契約者と別の方のカードです", en="The card is of somebody else than the holder."
    ),
    "someone_elses_card": Bilingual(
        ja="別のご契約者として登録されているカードです",
        en="This card is enrolled as another person's.",
    ),
    "two_candidates": Bilingual(
        ja="該当するご契約が複数あります。お客様番号で指定してください",
        en="Several contracts are possible: name one by its number.",
    ),
    "nobody": Bilingual(
        ja="該当するご契約がありません", en="There is no such contract, or no such person."
    ),
    "no_attributes": Bilingual(
        ja="署名用電子証明書が必要です", en="The signature certificate is needed."
    ),
    "linkage_unavailable": Bilingual(
        ja="紐付け情報を確認できません。時間をおいて、もう一度お試しください",
        en="The linkage data cannot be had: try again later.",
    ),
    "given": Bilingual(
        ja="{contract} を {person} に結び付けました", en="{contract} is tied to {person}"
    ),
    "others_contract": Bilingual(
        ja="別の方に結び付いた契約です", en="The contract is tied to somebody else."
    ),
    "name": Bilingual(ja="氏名", en="name"),
    "birth_date": Bilingual(ja="生年月日", en="birth date"),
    "address": Bilingual(ja="住所", en="address"),
}


def words(name: str, /, **facts: object) -> str:
    """Japanese where the terminal is Japanese, else English."""
    return _WORDS[name].told("ja" if terminal_is_japanese() else "en", **facts)
