"""What the desk says about an enrolment, in the language of the terminal."""

from typing import Final

from kazasu.settings import terminal_is_japanese

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "operator": ("担当者のログイン名: ", "Operator's login: "),
    "second": (
        "確認する2人目のログイン名(何も入れなければ中止): ",
        "Login of the second person who approves (nothing: stop): ",
    ),
    "password": ("{login} のパスワード: ", "Password of {login}: "),
    "not_signed_in": (
        "ログイン名かパスワードが違うか、担当者ではありません",
        "Wrong login or password, or not an operator.",
    ),
    "same_person": ("1人目と同じ人は承認できません", "The second person has to be another one."),
    "stopped": ("中止しました", "Stopped."),
    "compared": ("照合: {name} / {facts}", "compared: {name} / {facts}"),
    "refused": ("カードを確認できません: {code}", "The card was refused: {code}"),
    "enrolled": ("登録しました: {contract}", "Enrolled: {contract}"),
    "already_enrolled": ("登録済みです: {contract}", "Enrolled before: {contract}"),
    "needs_approval": (
        "文字だけでは決められません。券面と契約を見て、2人で確認してください",
        "The texts do not decide it: two people look at the card and the contract.",
    ),
    "wrong_holder": ("契約者と別の方のカードです", "The card is of somebody else than the holder."),
    "someone_elses_card": (
        "別のご契約者として登録されているカードです",
        "This card is enrolled as another person's.",
    ),
    "two_candidates": (
        "該当するご契約が複数あります。お客様番号で指定してください",
        "Several contracts are possible: name one by its number.",
    ),
    "nobody": ("該当するご契約がありません", "There is no such contract, or no such person."),
    "no_attributes": ("署名用電子証明書が必要です", "The signature certificate is needed."),
    "linkage_unavailable": (
        "紐付け情報を確認できません。時間をおいて、もう一度お試しください",
        "The linkage data cannot be had: try again later.",
    ),
    "given": ("{contract} を {person} に結び付けました", "{contract} is tied to {person}"),
    "others_contract": ("別の方に結び付いた契約です", "The contract is tied to somebody else."),
    "name": ("氏名", "name"),
    "birth_date": ("生年月日", "birth date"),
    "address": ("住所", "address"),
}


def words(name: str, /, **facts: object) -> str:
    """Japanese where the terminal is Japanese, else English."""
    return _WORDS[name][0 if terminal_is_japanese() else 1].format(**facts)
