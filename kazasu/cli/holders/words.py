"""What only a terminal says about holders, in its language; the rest is the console's."""

from typing import Final

from bilingual.text import Bilingual
from kazasu.settings.environment import terminal_is_japanese

_WORDS: Final[dict[str, Bilingual]] = {
    "operator": Bilingual(ja="担当者のログイン名: ", en="Operator's login: "),
    "second": Bilingual(
        ja="券面と契約を見て承認する2人目のログイン名(何も入れなければ中止): ",
        en="Login of the second person, who has looked at card and contract (nothing: stop): ",
    ),
    "password": Bilingual(ja="{login} のパスワード: ", en="Password of {login}: "),
    "not_signed_in": Bilingual(
        ja="ログイン名かパスワードが違うか、担当者ではありません",
        en="Wrong login or password, or not an operator.",
    ),
    "stopped": Bilingual(ja="中止しました", en="Stopped."),
    "no_terminal": Bilingual(
        ja="パスワードは端末で入力します。標準入力やオプションからは受け取りません",
        en="Passwords are typed at a terminal: neither standard input nor an option takes them.",
    ),
    "code": Bilingual(ja="番号({by}まで):", en="Code, until {by}:"),
    "where": Bilingual(
        ja="お客様のスマートフォンのアプリに入れるか、カードリーダーのある端末で: "
        "kazasu card tap --base-url {origin}",
        en="Type it into the app on the customer's phone, or where the card reader is: "
        "kazasu card tap --base-url {origin}",
    ),
    "signature": Bilingual(
        ja="署名用電子証明書のパスワード(英数字6〜16文字)を、お客様が入力します",
        en="The customer types the password of the signature certificate (6-16 letters, digits).",
    ),
    "no_service": Bilingual(
        ja="時間が過ぎても終わりません。サービスは動いていますか",
        en="Its time is over and nobody has ended it. Does the service run?",
    ),
    "compared": Bilingual(ja="{finding}({ways})", en="{finding} ({ways})"),
    "revocation": Bilingual(
        ja="失効の確認: {state} / {source} / {at}", en="revocation: {state} / {source} / {at}"
    ),
    "evidence": Bilingual(ja="証跡: {evidence}", en="evidence: {evidence}"),
    "waits": Bilingual(
        ja="2人目の承認を待ちます: kazasu holders approve {enrolment}",
        en="It waits for a second person: kazasu holders approve {enrolment}",
    ),
    "waiting": Bilingual(
        ja="{enrolment} / 契約 {contract} / {by} が {at} に開始 / {until} まで",
        en="{enrolment} / contract {contract} / begun by {by} at {at} / until {until}",
    ),
    "none_waiting": Bilingual(ja="承認を待つ登録はありません", en="No enrolment waits."),
    "another": Bilingual(
        ja="1人目と同じ人は承認できません", en="The second person has to be another one."
    ),
    "lifted": Bilingual(
        ja="カードの停止を解除しました", en="The card is held no more: it proves again."
    ),
    "not_held": Bilingual(ja="停止中のカードはありません", en="No card of theirs is held."),
    "no_person": Bilingual(
        ja="契約に登録された方がいません。--person で指定してください",
        en="Nobody is enrolled for that contract; name the person by --person.",
    ),
    "to_confirm": Bilingual(
        ja="登録済みの契約のうち、この取り込みで氏名・生年月日・人が変わった契約: {count} 件。"
        "結び付きはそのままです。どなたの契約かを確かめ、kazasu holders link で確定してください: "
        "{contracts}",
        en="Contracts of enrolled people with another name, birth date or person since this "
        "import: {count}. They stay tied. Make sure whose they are, then kazasu holders link: "
        "{contracts}",
    ),
    "untied": Bilingual(
        ja="{contract} と {person} の結び付きを解きました。その方のカードは、その方のままです",
        en="{contract} is no longer tied to {person}, whose cards stay theirs",
    ),
    "not_tied": Bilingual(
        ja="{contract}: どなたとも結び付いていないか、ない契約です",
        en="{contract}: tied to nobody, or no such contract",
    ),
    "given": Bilingual(
        ja="{contract} を {person} に結び付けました", en="{contract} is tied to {person}"
    ),
}


def language() -> str:
    return "ja" if terminal_is_japanese() else "en"


def words(name: str, /, **facts: object) -> str:
    """Japanese where the terminal is Japanese, else English."""
    return _WORDS[name].told(language(), **facts)
