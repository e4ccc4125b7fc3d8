"""English words of commands, `{}` for each value, and the same in Japanese, `{0}` for the first."""

from typing import Final

from kazasu.japanese.demo_words import DEMO
from kazasu.japanese.flow_words import FLOWS
from kazasu.japanese.settings_words import SETTINGS
from kazasu.japanese.usage_words import USAGE

WORDS: Final[tuple[tuple[str, str], ...]] = (
    *SETTINGS,
    *FLOWS,
    *DEMO,
    *USAGE,
    # operators, holders, keys, evidence
    (
        "this login exists; name another one",
        "このログイン名はもうあります。別の名前にしてください",
    ),
    (
        "no such operator; add it: kazasu operators add",
        "その担当者はいません。追加するには: kazasu operators add",
    ),
    ("no such login", "そのログイン名はありません"),
    (
        "must be 1 to 64 of a-z, 0-9, . _ @ and -, beginning with a letter or digit",
        "英小文字か数字で始め、a-z、0-9、. _ @ - だけで 64 文字までです",
    ),
    (
        "must be 1 to {} characters without control characters",
        "制御文字のない 1 文字から {0} 文字です",
    ),
    ("no such role; there are: {}", "その役割はありません。あるもの: {0}"),
    ("--phone and --queue are for operators", "--phone と --queue は担当者だけのものです"),
    (
        "not a telephone number; write it like +81312340001 or 03-1234-0001",
        "電話番号ではありません。+81312340001 か 03-1234-0001 のように書いてください",
    ),
    ("is missing; there are: {}", "指定がありません。あるもの: {0}"),
    (
        "no such queue in site.yaml; there are: {}",
        "そのキューは site.yaml にありません。あるもの: {0}",
    ),
    ("the two passwords differ", "二つのパスワードが違います"),
    ("nothing was imported", "何も取り込みませんでした"),
    (
        "{} rows open with none of the keys that are set: they were left alone",
        "{0} 行が設定中のどの鍵でも開かないので、そのまま残しました",
    ),
    (
        "does not open with this deployment's key (SECRET_KEY)",
        "この環境の鍵(SECRET_KEY)では開きません",
    ),
    ("no such record", "その記録はありません"),
    ("is not empty; name a new folder", "空ではありません。新しいフォルダーを指定してください"),
    (
        "row {} ({}) does not fit behind row {}",
        "{0} 行目({1})が {2} 行目につながりません",
    ),
    ("no such contract", "その契約はありません"),
    (
        "name the contract, or --phone, and not both",
        "契約か --phone のどちらか一方を指定してください",
    ),
    (
        "name the contract, or --person, and not both",
        "契約か --person のどちらか一方を指定してください",
    ),
    # evidence and its keys
    (
        "row {} ({}): the card's proof is not good as of its own time ({})",
        "{0} 行目({1}): カードの証明が、その時点で有効ではありません({2})",
    ),
    (
        "row {} ({}): its contents do not open with this deployment's keys",
        "{0} 行目({1}): 内容がこの環境の鍵では開きません",
    ),
    ("does not open with this deployment's keys", "この環境の鍵では開きません"),
    (
        "name one record, or a call with --call",
        "記録を一つ、または --call で通話を指定してください",
    ),
    ("no check in such a call", "その通話に本人確認はありません"),
    ("no such hold stands", "その保全は行われていません"),
    (
        "is no time such as 2027-03-31 or 2027-03-31T18:00+09:00",
        "2027-03-31 や 2027-03-31T18:00+09:00 のような時刻ではありません",
    ),
    (
        "nothing to go on with: all is checked from the first row on",
        "前回の続きがないので、最初の行からすべて調べます",
    ),
    (
        "warning: no time-stamp authority is set, so whoever may write the rows may write all",
        "警告: タイムスタンプ局の設定がなく、行を書ける人はすべてを書き換えられます",
    ),
    (
        "warning: there is no second place, so nobody knows of checkpoints that were removed",
        "警告: 二つ目の保管場所がなく、消されたチェックポイントに誰も気づけません",
    ),
    (
        "warning: the last time-stamp expired {} and was not renewed; it was good at its own time",
        "警告: 最後のタイムスタンプは {0} に期限が切れ、更新されていません(押された時点では有効)",
    ),
    (
        "warning: time-stamps up to checkpoint {} had expired before the next was made; each was "
        "good at its own time",
        "警告: チェックポイント {0} までのタイムスタンプは、次が押される前に期限が切れていました"
        "(押された時点ではどれも有効)",
    ),
    (
        "warning: {} rows wait for their time-stamp and could still be changed",
        "警告: {0} 行がタイムスタンプを待っていて、まだ書き換えられます",
    ),
    ("the second place cannot be reached", "二つ目の保管場所に届きません"),
    (
        "{} content keys open with none of the keys that are set",
        "記録の鍵 {0} 個が、設定中のどの鍵でも開きません",
    ),
    (
        "a checkpoint was changed: kazasu evidence verify",
        "チェックポイントが書き換えられています: kazasu evidence verify を実行してください",
    ),
    (
        "{} was dropped meanwhile: kazasu keys rewrap once more",
        "{} はその間に取り除かれました。もう一度 kazasu keys rewrap を実行してください",
    ),
    (
        "{} wraps since this began: kazasu keys rewrap once more",
        "途中で {0} に替わりました。もう一度 kazasu keys rewrap を実行してください",
    ),
    (
        "{}; kazasu keys rotate, then kazasu keys rewrap",
        "{0}; kazasu keys rotate、続けて kazasu keys rewrap",
    ),
    (
        "{} is not set: name the file that is to hold the keys",
        "{0} がありません。鍵を置くファイルを指定してください",
    ),
    ("no such key in {}", "その鍵は {0} にありません"),
    # twilio
    (
        "TWILIO_NUMBER is not set: name the number with --number",
        "TWILIO_NUMBER がありません。--number で番号を指定してください",
    ),
    (
        "is no file of `kazasu twilio setup`. Move it away",
        "`kazasu twilio setup` のファイルではありません。ほかへ移してください",
    ),
    (
        "nothing was changed: callers would meet what stands above",
        "何も変えていません。このままでは、上の問題が発信者にも起きます",
    ),
    ("the old addresses are kept in {}", "元のアドレスは {0} に取ってあります"),
    (
        "nothing to undo: there is no {}. Was another KAZASU_DATA_DIR set at set-up?",
        "元に戻すものがありません({0} がありません)。設定したときの KAZASU_DATA_DIR は別でしたか",
    ),
    (
        "what is kept is of another account or of an earlier holder of this number",
        "取ってあるのは、別のアカウントか、この番号の以前の持ち主のものです",
    ),
    (
        "somebody changed this number since its set-up: look at what would be lost",
        "設定の後で誰かがこの番号を変えています。失われるものを確かめてください",
    ),
    (
        "no answer to the change ({}); looking whether it was made",
        "変更への応答がありません({0})。変わったかどうかを調べます",
    ),
    ("nothing was changed: confirm with --yes", "何も変えていません。--yes で確認してください"),
    ("nothing was changed", "何も変えていません"),
    # the system
    ("No such file or directory", "ファイルがありません"),
    ("Permission denied", "権限がありません"),
    ("Is a directory", "フォルダーです"),
    ("Not a directory", "フォルダーではありません"),
    ("No space left on device", "ディスクに空きがありません"),
)
