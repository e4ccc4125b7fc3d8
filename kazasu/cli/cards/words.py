"""What the desk says, in the language of the terminal."""

from typing import Final

from kazasu.settings import terminal_is_japanese

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "code": (
        "電話で聞こえた番号、または届いたリンクは?",
        "The number that the call speaks, or the link that came?",
    ),
    "not_a_code": ("番号が正しくありません", "That is no such number."),
    "call": (
        "{business} / {purpose} / {started}に始まった通話 / 発信番号の末尾 {line}",
        "{business} / {purpose} / call begun {started} / calling number ends in {line}",
    ),
    "withheld": ("非通知", "withheld"),
    "who": (
        "いま、この会社と電話中ですか。どちらからかけましたか。"
        "[1] 自分がかけた  [2] かかってきた  [3] 電話していない  (何も入れなければ中止)",
        "Are you on the phone with this company now, and who called? "
        "[1] I called  [2] they called  [3] no call  (nothing: stop)",
    ),
    "really": (
        "会社に知らせて止めます。よろしいですか。[y/N]",
        "The company is told, and the check ends. Sure? [y/N]",
    ),
    "pick": ("電話で聞こえた番号はどれですか。 {shown}", "Which one does the call speak? {shown}"),
    "auth": (
        "利用者証明用の暗証番号(数字4桁): ",
        "PIN of the authentication certificate (4 digits): ",
    ),
    "sign": (
        "署名用のパスワード(英数字6〜16文字): ",
        "Password of the signature certificate (6-16 letters and digits): ",
    ),
    "put": ("カードをカードリーダーに置いてください", "Put the card on the reader."),
    "away": ("カードを取ってください", "Take the card away."),
    "nothing": ("中止しました", "Stopped."),
    "pin_wrong": (
        "暗証番号が違います。あと{tries}回です",
        "Wrong PIN; {tries} tries left.",
    ),
    "pin_malformed": (
        "形が違います。カードには送っていません",
        "That is not how it looks; nothing was sent to the card.",
    ),
    "pin_last_try": (
        "あと1回です。カードを守るため、ここでは試しません。市区町村の窓口か、"
        "コンビニの端末で暗証番号を初期化できます",
        "One try left: it is not spent here, so that the card stays usable. The PIN can be reset "
        "at the municipal office or at a convenience store's terminal.",
    ),
    "pin_blocked": (
        "ロックされています。市区町村の窓口か、コンビニの端末で初期化できます",
        "The PIN is blocked. It can be reset at the municipal office or at a convenience store's "
        "terminal.",
    ),
    "card_without_pin": (
        "暗証番号のないカード(顔認証マイナンバーカード)です",
        "This card has no PIN.",
    ),
    "not_a_jpki_card": ("マイナンバーカードではありません", "This is not a My Number Card."),
    "no_face_text": ("券面の情報がないカードです", "This card has no text of its face."),
    "card_lost": ("カードが離れました。もう一度置いてください", "The card left the reader; again."),
    "card_refused": ("カードが断りました({status})", "The card refused ({status})."),
    "not_installed": (
        "カードリーダーの部品(pyscard)がありません: make reader",
        "PC/SC for Python (pyscard) is not installed: make reader",
    ),
    "no_service": ("PC/SC(pcscd)が動いていません", "PC/SC (pcscd) does not run."),
    "no_reader": ("カードリーダーがありません", "There is no card reader."),
    "other_reader": (
        "その名前のカードリーダーはありません: {names}",
        "No such reader; there are {names}",
    ),
    "no_card": ("カードが置かれませんでした", "No card was put on the reader."),
    "card_busy": (
        "ほかのプログラムがカードを使っています",
        "Another program holds the card.",
    ),
    "no_terminal": (
        "暗証番号は端末で入力します。標準入力やオプションからは受け取りません",
        "The PIN is typed at a terminal: neither standard input nor an option takes it.",
    ),
    "ended": ("{status} / {hint}", "{status} / {hint}"),
}


def words(name: str, /, **facts: object) -> str:
    """Japanese where the terminal is Japanese, else English."""
    return _WORDS[name][0 if terminal_is_japanese() else 1].format(**facts)
