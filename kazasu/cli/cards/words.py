"""What is said where the card reader is, in the language of the terminal."""

from typing import Final

from bilingual.text import Bilingual
from kazasu.settings.environment import terminal_is_japanese

_WORDS: Final[dict[str, Bilingual]] = {
    "code": Bilingual(
        ja="電話か窓口の番号、または届いたリンクは?",
        en="The number that the call speaks or the desk shows, or the link that came?",
    ),
    "not_a_code": Bilingual(ja="番号が正しくありません", en="That is no such number."),
    "call": Bilingual(
        ja="{business} / {purpose} / {started}に始まった通話 / 発信番号の末尾 {line}",
        en="{business} / {purpose} / call begun {started} / calling number ends in {line}",
    ),
    "desk": Bilingual(
        ja="{business} / {purpose} / 窓口", en="{business} / {purpose} / at the desk"
    ),
    "withheld": Bilingual(ja="非通知", en="withheld"),
    "who": Bilingual(
        ja="いま、この会社と電話中ですか。どちらからかけましたか。"
        "[1] 自分がかけた  [2] かかってきた  [3] 電話していない  (何も入れなければ中止)",
        en="Are you on the phone with this company now, and who called? "
        "[1] I called  [2] they called  [3] no call  (nothing: stop)",
    ),
    "really": Bilingual(
        ja="会社に知らせて止めます。よろしいですか。[y/N]",
        en="The company is told, and the check ends. Sure? [y/N]",
    ),
    "pick": Bilingual(
        ja="電話で聞こえた番号はどれですか。 {shown}", en="Which one does the call speak? {shown}"
    ),
    "auth": Bilingual(
        ja="利用者証明用の暗証番号(数字4桁): ",
        en="PIN of the authentication certificate (4 digits): ",
    ),
    "sign": Bilingual(
        ja="署名用のパスワード(英数字6〜16文字): ",
        en="Password of the signature certificate (6-16 letters and digits): ",
    ),
    "put": Bilingual(ja="カードをカードリーダーに置いてください", en="Put the card on the reader."),
    "nothing": Bilingual(ja="中止しました", en="Stopped."),
    "pin_wrong": Bilingual(
        ja="暗証番号が違います。あと{tries}回です",
        en="Wrong PIN; {tries} tries left.",
    ),
    "pin_malformed": Bilingual(
        ja="形が違います。カードには送っていません",
        en="That is not how it looks; nothing was sent to the card.",
    ),
    "pin_last_try": Bilingual(
        ja="あと1回です。カードを守るため、ここでは試しません。市区町村の窓口か、"
        "コンビニの端末で暗証番号を初期化できます",
        en="One try left: it is not spent here, so that the card stays usable. The PIN can be "
        "reset at the municipal office or at a convenience store's terminal.",
    ),
    "pin_blocked": Bilingual(
        ja="ロックされています。市区町村の窓口か、コンビニの端末で初期化できます",
        en="The PIN is blocked. It can be reset at the municipal office or at a convenience "
        "store's terminal.",
    ),
    "card_without_pin": Bilingual(
        ja="暗証番号のないカード(顔認証マイナンバーカード)です",
        en="This card has no PIN.",
    ),
    "not_a_jpki_card": Bilingual(
        ja="マイナンバーカードではありません", en="This is not a My Number Card."
    ),
    "no_face_text": Bilingual(
        ja="券面の情報がないカードです", en="This card has no text of its face."
    ),
    "card_lost": Bilingual(
        ja="カードが離れました。もう一度置いてください", en="The card left the reader; again."
    ),
    "card_unsupported": Bilingual(
        ja="このカードの鍵の種類には、まだ対応していません",
        en="The card's key is of a kind that is not supported here.",
    ),
    "card_refused": Bilingual(ja="カードが断りました({status})", en="The card refused ({status})."),
    "not_installed": Bilingual(
        ja="カードリーダーの部品(pyscard)がありません: make reader",
        en="PC/SC for Python (pyscard) is not installed: make reader",
    ),
    "no_service": Bilingual(ja="PC/SC(pcscd)が動いていません", en="PC/SC (pcscd) does not run."),
    "no_reader": Bilingual(ja="カードリーダーがありません", en="There is no card reader."),
    "other_reader": Bilingual(
        ja="その名前のカードリーダーはありません: {names}",
        en="No such reader; there are {names}",
    ),
    "no_card": Bilingual(ja="カードが置かれませんでした", en="No card was put on the reader."),
    "card_busy": Bilingual(
        ja="ほかのプログラムがカードを使っています",
        en="Another program holds the card.",
    ),
    "no_terminal": Bilingual(
        ja="暗証番号は端末で入力します。標準入力やオプションからは受け取りません",
        en="The PIN is typed at a terminal: neither standard input nor an option takes it.",
    ),
    "input_support": Bilingual(
        ja="券面事項入力補助用の暗証番号(数字4桁): ",
        en="PIN of the input support application (4 digits): ",
    ),
    "shown_only": Bilingual(
        ja="券面の情報は端末の画面にだけ表示します。ファイルやパイプには出しません",
        en="The text of the face is shown on a terminal only, never written to a file or pipe.",
    ),
    "kind_card": Bilingual(ja="マイナンバーカードです", en="A My Number Card."),
    "kind_android": Bilingual(
        ja="Android スマートフォンの電子証明書です", en="The certificates in an Android phone."
    ),
    "kind_iphone": Bilingual(ja="iPhone の電子証明書です", en="The certificates in an iPhone."),
    "kind_unknown": Bilingual(
        ja="種類を名乗らないカードです", en="A card that does not say of which kind it is."
    ),
    "auth_certificate": Bilingual(ja="利用者証明用電子証明書", en="Authentication certificate"),
    "auth_ca": Bilingual(ja="利用者証明用の認証局", en="Its authority"),
    "sign_ca": Bilingual(ja="署名用の認証局", en="Authority of the signature certificate"),
    "free": Bilingual(ja="{which}: {facts}", en="{which}: {facts}"),
    "behind": Bilingual(
        ja="{which}: 暗証番号の後にだけ読めるため、ここでは読みません",
        en="{which}: given only after the PIN, not read here",
    ),
    "not_there": Bilingual(ja="{which}: このカードにはありません", en="{which}: not on this card"),
    "sign_behind": Bilingual(
        ja="署名用電子証明書: パスワードが要るため、ここでは読みません",
        en="Signature certificate: behind its password, not read here",
    ),
    "facts": Bilingual(
        ja="鍵 {key}、有効 {begin} 〜 {end}", en="key {key}, valid {begin} to {end}"
    ),
    "other_key": Bilingual(ja="(対応していない種類)", en="of a kind not supported here"),
    "unreadable": Bilingual(ja="読み取れない証明書です", en="a certificate that cannot be read"),
    "face": Bilingual(
        ja="氏名 {name}\n住所 {address}\n生年月日 {birth}\n性別 {sex}\n"
        "カードに書かれた文字です。証明されたものではありません。どこにも保存していません",
        en="Name {name}\nAddress {address}\nBorn {birth}\nSex {sex}\n"
        "This is text from the card, and nothing proves it. It is kept nowhere.",
    ),
    "sex_1": Bilingual(ja="男性", en="male"),
    "sex_2": Bilingual(ja="女性", en="female"),
    "sex_9": Bilingual(ja="適用不能", en="not applicable"),
}


def words(name: str, /, **facts: object) -> str:
    """Japanese where the terminal is Japanese, else English."""
    return _WORDS[name].told("ja" if terminal_is_japanese() else "en", **facts)
