"""What the drawer says about each named test card: one line, Japanese and English."""

from typing import NamedTuple


class Title(NamedTuple):
    """A short name and one line on what the card does."""

    ja: str
    en: str
    ja_line: str
    en_line: str


TITLES: dict[str, Title] = {
    "valid": Title(
        "有効なカード", "Valid card", "暗証番号 1234。本人確認済になります", "PIN 1234; verified"
    ),
    "valid-sign": Title(
        "署名用カード",
        "Signature card",
        "電話で 2(変更)を押したときに。パスワード KAZASU123。氏名・住所も伝わります",
        "For a call with key 2: password KAZASU123; brings the four attributes",
    ),
    "no-contract": Title(
        "契約のない方",
        "No contract",
        "有効なカードですが、ご契約がありません",
        "Good card, no contract",
    ),
    "two-contracts": Title(
        "契約が2件の方",
        "Two contracts",
        "有効なカードで、ご契約が2件あります",
        "Good card, two contracts",
    ),
    "revoked": Title(
        "失効したカード", "Revoked card", "電子証明書が失効しています", "The certificate is revoked"
    ),
    "expired": Title(
        "期限切れのカード",
        "Expired card",
        "電子証明書の有効期間が過ぎています",
        "The certificate's validity is over",
    ),
    "suspended": Title(
        "一時停止中のカード",
        "Suspended card",
        "紛失などの届け出で一時停止されています",
        "Reported lost; the certificate is on hold",
    ),
    "wrong-pin-2-left": Title(
        "1回目を断るカード",
        "Refuses the first PIN",
        "1回目の暗証番号を誤りとして扱います(あと2回)",
        "Counts the first entry as wrong, then takes 1234",
    ),
    "pin-blocked": Title(
        "ロックされたカード",
        "Blocked PIN",
        "暗証番号がロックされています",
        "The PIN is blocked, no tries left",
    ),
    "unknown-ca": Title(
        "発行者の異なるカード",
        "Unknown issuer",
        "登録のない認証局が発行したカードです",
        "Issued by an authority nobody here trusts",
    ),
    "other-person": Title(
        "別の方のカード",
        "Another person's card",
        "電話で 3 と、別の方のお客様番号 10000001 を押したときに。ほかは有効なカードです",
        "For a call with key 3 and somebody else's number 10000001; else a good card",
    ),
    "moved-holder": Title(
        "引っ越した方",
        "Moved holder",
        "署名用証明書だけが転居で失効しています",
        "Only the signature certificate ended by a move",
    ),
    "renewed": Title(
        "更新したカード",
        "Renewed card",
        "valid の方が更新したカード。紐付け情報で同じ方と分かります",
        "The card after `valid`: linkage data say that it is the same person's",
    ),
    "revocation-down": Title(
        "失効を確かめられないカード",
        "Revocation unknown",
        "失効情報の提供元が応答しません",
        "The source of revocation data is silent",
    ),
    "slow-tap": Title(
        "ゆっくり読み取るカード",
        "Slow tap",
        "署名まで時間がかかります",
        "Answers only after a long wait",
    ),
    "replay": Title(
        "古い署名を送るカード",
        "Replayed signature",
        "以前の通話のための署名を送ります",
        "Submits a signature made for an earlier call",
    ),
    "android": Title(
        "Android スマートフォン",
        "Android phone",
        "スマホ用電子証明書。鍵は楕円曲線 P-256(想定)",
        "A phone's own certificates; keys on P-256 (assumed)",
    ),
    "iphone": Title(
        "iPhone",
        "iPhone",
        "iPhone の電子証明書。鍵は楕円曲線 P-256(想定)",
        "The certificates in an iPhone; keys on P-256 (assumed)",
    ),
    "next-card": Title(
        "次期マイナンバーカード",
        "Next card",
        "鍵は楕円曲線 P-384(発表済みの方式)",
        "The announced next card: keys on P-384",
    ),
}


def title(name: str) -> Title:
    """The catalogue's line, or the bare name for a card somebody made."""
    return TITLES.get(name) or Title(name, name, "ご自身で作ったカード", "A card of your own")
