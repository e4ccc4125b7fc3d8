"""English words of commands, `{}` for each value, and the same in Japanese, `{0}` for the first."""

from typing import Final

WORDS: Final[tuple[tuple[str, str], ...]] = (
    # settings
    (
        "is not set (docs/settings.md says what it is)",
        "設定されていません(docs/settings.md に説明)",
    ),
    ("{} is not a folder that can be read", "{0} は読めるフォルダーではありません"),
    ("a file is not UTF-8", "UTF-8 でないファイルがあります"),
    (
        "must be 32 random bytes in base64: openssl rand -base64 32",
        "32 バイトの乱数を base64 で書いてください: openssl rand -base64 32",
    ),
    (
        "is not random. Make one: openssl rand -base64 32",
        "乱数ではありません。作るには: openssl rand -base64 32",
    ),
    ("at most two keys at once", "鍵は同時に二つまでです"),
    (
        "must be whsec_ and random base64: whsec_$(openssl rand -base64 32)",
        "whsec_ と base64 の乱数で書いてください: whsec_$(openssl rand -base64 32)",
    ),
    (
        "must be scheme://host[:port] in lower case, without path or user",
        "scheme://host[:port] の形で、小文字で、パスやユーザーなしで書いてください",
    ),
    (
        "must be an http or https address without user, query or fragment",
        "http か https のアドレスを、ユーザー、クエリ、フラグメントなしで書いてください",
    ),
    (
        "must be address:port, such as 127.0.0.1:9464",
        "127.0.0.1:9464 のように、アドレス:ポートで書いてください",
    ),
    ("must be like {}", "{0} のように書いてください"),
    ("must be a number like +81312345678", "+81312345678 のような番号を書いてください"),
    (
        "must be id=secret, or two of them with a comma between",
        "id=secret か、コンマで区切った二つを書いてください",
    ),
    (
        "must be object identifiers such as 1.2.3.4, with commas between",
        "1.2.3.4 のようなオブジェクト識別子を、コンマで区切って書いてください",
    ),
    (
        "must be redis://, rediss:// or unix:// and where the server is",
        "redis://、rediss://、unix:// のどれかとサーバーの場所を書いてください",
    ),
    (
        "must be sqlite:////path/to/file or postgresql://user:password@host/name",
        "sqlite:////path/to/file か postgresql://user:password@host/name を書いてください",
    ),
    (
        "must name edge and region, or neither: https://api.EDGE.REGION.twilio.com",
        "edge と region の両方を書くか、どちらも書かないでください: "
        "https://api.EDGE.REGION.twilio.com",
    ),
    (
        "must begin with a-z and hold only a-z, 0-9 and -, 40 at most",
        "a-z で始め、a-z、0-9、- だけで 40 文字までです",
    ),
    ("must be {} and 32 hexadecimal digits", "{0} と 32 桁の 16 進数です"),
    ("has {} characters at least", "{0} 文字以上です"),
    ("{} and {}: both, or neither", "{0} と {1}: 両方設定するか、どちらも設定しないでください"),
    ("{} must be https in the production profile", "{0} は本番のプロファイルでは https です"),
    ("{} must be https", "{0} は https です"),
    (
        "{} must be a host of twilio.com in production",
        "{0} は本番では twilio.com のホストでなければなりません",
    ),
    ("{} is for the demo profile only", "{0} は demo プロファイルだけのものです"),
    (
        "the demo profile listens on loopback only ({})",
        "demo プロファイルはループバックだけで待ち受けます({0})",
    ),
    ("{} needs {}", "{0} には {1} も要ります"),
    ("Input should be less than or equal to {}", "{0} 以下にしてください"),
    ("Input should be greater than or equal to {}", "{0} 以上にしてください"),
    (
        "Input should be a valid integer, unable to parse string as an integer",
        "整数を書いてください",
    ),
    (
        "Input should be a valid boolean, unable to interpret input",
        "true か false を書いてください",
    ),
    ("Input should be {} or {}", "{0} か {1} を書いてください"),
    ("Input should be {}", "使える値: {0}"),
    ("no root (*.pem, *.cer) in {}", "{0} にルート証明書(*.pem、*.cer)がありません"),
    ("{} is no certificate", "{0} は証明書ではありません"),
    ("{} is open to others: chmod 600", "{0} をほかの人も読めます: chmod 600"),
    ("holds no key", "鍵がありません"),
    (
        "{}, line {}: is not an id of its own and a key",
        "{0} の {1} 行目が、重複のない id と鍵になっていません",
    ),
    ("is not there. Make it: kazasu keys rotate", "ありません。作るには: kazasu keys rotate"),
    (
        "OpenTelemetry is not installed. Run in kazasu's own folder: {}",
        "OpenTelemetry が入っていません。kazasu のフォルダーで実行してください: {0}",
    ),
    ("{} cannot be listened on ({})", "{0} で待ち受けられません({1})"),
    ("cannot be listened on ({})", "ここでは待ち受けられません({0})"),
    ("is not UTF-8. Save it as UTF-8", "UTF-8 ではありません。UTF-8 で保存してください"),
    ("cannot be read ({})", "読めません({0})"),
    # database, Redis, roots
    (
        "the database has no tables yet, this version needs {}. Run: kazasu migrate",
        "データベースにまだ表がありません。このバージョンに要るのは {0} です。実行してください: "
        "kazasu migrate",
    ),
    (
        "the database is at {}, this version needs {}. Run: kazasu migrate",
        "データベースは {0} で、このバージョンに要るのは {1} です。実行してください: "
        "kazasu migrate",
    ),
    (
        "the database cannot be used ({}). Does it run?",
        "データベースを使えません({0})。動いていますか。調べるには: kazasu doctor",
    ),
    (
        "the database is of a newer version of kazasu; run that one",
        "データベースは新しいバージョンの kazasu のものです。そちらを使ってください",
    ),
    (
        "another process serves this deployment already{}. Without REDIS_URL one process serves "
        "alone: stop that one, or set REDIS_URL for all of them",
        "別のプロセスが動いています{0}。REDIS_URL がなければ動けるのは一つだけです。"
        "そちらを止めるか、すべてに REDIS_URL を設定してください",
    ),
    (
        "a process without REDIS_URL serves this deployment already{}. Stop it and start it again "
        "with REDIS_URL",
        "REDIS_URL のないプロセスが動いています{0}。止めて、REDIS_URL を付けて起動してください",
    ),
    (
        "the processes that serve this deployment are at another Redis, and calls that wander "
        "between the two would lose their sessions. Give all of them the same REDIS_URL",
        "動いているプロセスは別の Redis を使っていて、このままでは通話の状態が失われます。"
        "すべてに同じ REDIS_URL を設定してください",
    ),
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
    # evidence and its keys
    (
        "row {} ({}): the card's proof is not good as of its own time ({})",
        "{0} 行目({1}): カードの証明が、その時点で有効ではありません({2})",
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
    # flows
    ("a time such as {}", "{0} のような時刻を書いてください"),
    (
        "0.01 to 100, with --alias canary and only there",
        "0.01 から 100 までで、--alias canary のときだけ使えます",
    ),
    (
        "its version {} is not kept or no longer readable",
        "その版 {0} は残っていないか、もう読めません",
    ),
    ("name one flow of this folder", "このフォルダーのフローを一つ指定してください"),
    (
        "neither a flow below a folder with {}, nor such a folder",
        "{0} のあるフォルダーのフローでも、そのようなフォルダーでもありません",
    ),
    ("no file below a folder with {}", "{0} のあるフォルダーの中のファイルではありません"),
    ("no folder with {}", "{0} のあるフォルダーではありません"),
    (
        "no file of a main flow, and no version such as main@live, 3f2a…",
        "メインのフローのファイルでも、main@live や 3f2a… のような版でもありません",
    ),
    (
        "no such call is kept; a call is when it has ended, for 90 days",
        "その通話の記録はありません。記録は通話の終わりから 90 日残ります",
    ),
    ("no such schema; there are: {}", "その schema はありません。あるもの: {0}"),
    ("no main flow of {} (known: {})", "{0} にメインのフローがありません(あるもの: {1})"),
    ("no version of that name", "その名前の版はありません"),
    ("several versions of that name", "その名前の版がいくつもあります"),
    # the demo and its cards
    ("no such test card; there are {}", "そのテストカードはありません。あるもの: {0}"),
    ("no such way; there are {}", "その方法はありません。あるもの: {0}"),
    ("there are {}", "あるもの: {0}"),
    ("https, or http on this computer", "https か、このパソコンの http を指定してください"),
    (
        "no such reason in a revocation list (RFC 5280)",
        "失効リストにその理由はありません(RFC 5280)",
    ),
    (
        "HOST:PORT of this computer, such as 127.0.0.1:35963",
        "127.0.0.1:35963 のように、このパソコンのホスト:ポートを書いてください",
    ),
    (
        "no virtual reader at {}; does pcscd run, with vpcd?",
        "{0} に仮想リーダーがありません。pcscd と vpcd は動いていますか",
    ),
    ("the reader is gone", "リーダーがなくなりました"),
    (
        "port {} is taken; name another one, or 0 for a free one: kazasu demo --port 0",
        "ポート {0} は使われています。別のポートか、空きを使う 0 を指定してください: "
        "kazasu demo --port 0",
    ),
    (
        "the console did not let {} in; `kazasu demo --fresh` starts anew",
        "担当者の画面に {0} で入れません。`kazasu demo --fresh` で最初から始めてください",
    ),
    (
        "the demo did not answer ({})",
        "デモから応答がありません({0})。動いているかを確かめてください: kazasu demo",
    ),
    (
        "the {} did not start; its messages stand above",
        "{0} が起動しませんでした。理由は上に出ています",
    ),
    ("the {} ended by itself", "{0} が自分で終わりました"),
    ("{} did not answer ({})", "{0} から応答がありません({1})"),
    (
        "a name is a-z, 0-9 and -, beginning with a letter",
        "名前は英小文字で始め、a-z、0-9、- で書いてください",
    ),
    (
        "every demo has a card of that name; name another one",
        "その名前のカードはどのデモにもあります。別の名前にしてください",
    ),
    ("no such card was issued", "そのカードは発行されていません"),
    (
        "the cards are not made yet; run: kazasu demo",
        "カードがまだありません。作るには: kazasu demo",
    ),
    # the system
    ("No such file or directory", "ファイルがありません"),
    ("Permission denied", "権限がありません"),
    ("Is a directory", "フォルダーです"),
    ("Not a directory", "フォルダーではありません"),
    ("No space left on device", "ディスクに空きがありません"),
    # lookup tables
    ("the columns must be {}", "列は {0} でなければなりません"),
    ("{} values for {} columns", "値が {0} 個、列は {1} 個です"),
    ("column {} is no {}", "列 {0} が {1} ではありません"),
    ("there is no table", "表がありません"),
)
