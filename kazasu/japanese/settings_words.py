"""What is wrong with settings, databases and roots, as `kazasu.japanese.words` writes them."""

from typing import Final

SETTINGS: Final[tuple[tuple[str, str], ...]] = (
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
)
