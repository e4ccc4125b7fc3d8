"""What the README beside an exported row says, in both languages, piece by piece."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    begin: str
    files: str
    destroyed: str
    check: str
    signature: str
    content_type: str
    same_card: str
    roots: str
    unsigned: str
    committed: str
    path: str
    stamp: str
    stamp_roots: str
    unstamped: str
    end: str


ENGLISH: Final = Words(
    begin="""# Evidence {id}

{kind} of {at} for `{tenant}`, place {seq} in its chain.
""",
    files="""- `record.json`: what was recorded, and its place in the hash chain
- `statement.json`: the text the card holder saw and the card signed, if the event had one
- `card.json`: what the card sent, and the root it leads to
- `result.json`: what was found out, and against what, if the event had a proof
- `*.salt`: tie these contents to `record.json`, which commits to each of them
- `signature.p7s`, `roots.pem`: the signature as a CAdES-BES record and the issuing root, if proven
- `checkpoint.json`, `path-*.bin`, `stamp-*.tsr`, `time-stamp-roots.pem`: when this was told to
  somebody outside, if it was by the time of this export
""",
    destroyed="Not here any more, because their keys were destroyed: {names}. A later row of the "
    "archive, of the kind `erasure`, says when, and by which rule or at whose word.",
    check="""## Check it

OpenSSL 3.0 or later, in a shell, in this folder. A command that counts prints `1` on each line
where all is well, unless another number is named.
""",
    signature="""The card's signature over the statement. This says `CAdES Verification successful`:
""",
    content_type="""The time in it is that of the verdict, so the answer stays the same after the
certificate has expired. Change one byte of `statement.json` and it fails.

Two things that OpenSSL does not check, and you should: the content type `{dotted}` must stand in
the record twice, once for the content and once inside what was signed. This prints `2`:
""",
    same_card="""and the certificate and the signature are those that the card sent:
""",
    roots="""`roots.pem` must be a root that you know from elsewhere: compare its fingerprint
(`openssl x509 -in roots.pem -noout -fingerprint -sha256`) with the published one.
""",
    unsigned="""There is no `signature.p7s` here: either no card was proven in this event, or
nothing of the card may be kept by this business (role `relying`). `record.json` says what happened.
""",
    committed="""The contents are those that the record commits to:
""",
    path="""The record is one of those that were time-stamped: its hash leads to the root that
stands in `checkpoint.json` (hashing as in RFC 6962, 2.1).
""",
    stamp="""The time-stamp, of {at}. This says `Verification: OK`:
""",
    stamp_roots="""`time-stamp-roots.pem` must be roots of authorities that you know from elsewhere.
""",
    unstamped="""There is no time-stamp here: at the time of this export none had been asked for, or
the row still waited for it (a minute at most). Export it again later.
""",
    end="""## What it says

A signature proves who tapped, what was shown, and that it was for this call. How sure it is that
this person was on the line is the binding level in `record.json`. A record with an authentication
certificate (`"certificate":"auth"`) is a record of user authentication, not an electronic
signature, and not the statutory identification of the Act on Prevention of Transfer of Criminal
Proceeds.
""",
)

JAPANESE: Final = Words(
    begin="""# 証跡 {id}

`{tenant}` の {at} の記録({kind})、連鎖の {seq} 番目です。
""",
    files="""- `record.json`: 記録の内容と、ハッシュの連鎖での位置
- `statement.json`: 利用者に示され、カードが署名した文(ある場合)
- `card.json`: カードが送ったものと、発行者のルート証明書
- `result.json`: 確認の結果と、何に照らして確認したか(ある場合)
- `*.salt`: 上の内容を `record.json` に結び付けるための値
- `signature.p7s`、`roots.pem`: CAdES-BES 形式の署名と、発行者のルート証明書(成立した場合)
- `checkpoint.json`、`path-*.bin`、`stamp-*.tsr`、`time-stamp-roots.pem`: 外部の時刻認証局による
  タイムスタンプ(書き出しの時点で付いていた場合)
""",
    destroyed="鍵を破棄したため、次の内容はもうありません: {names}。"
    "いつ、どの規則またはだれの指示によるかは、書庫の後の行(`erasure`)にあります。",
    check="""## 確かめかた

OpenSSL 3.0 以降を使い、このフォルダーで次を実行します。数を数えるコマンドは、特に書いていなければ、
各行で `1` を返せば一致しています。
""",
    signature="""文に対するカードの署名です。`CAdES Verification successful` と出ます。
""",
    content_type="""時刻は判定の時刻なので、期限が切れた後も結果は変わりません。`statement.json` を
1バイトでも変えると失敗します。

OpenSSL が確かめないことが二つあります。一つは、内容の種類 `{dotted}` が記録に2回
(内容と、署名された属性の中)現れることです。次のコマンドは `2` を返します。
""",
    same_card="""証明書と署名は、カードが送ったものと同じです。
""",
    roots="""もう一つは、`roots.pem` が信頼できるルート証明書であることです。フィンガープリント
(`openssl x509 -in roots.pem -noout -fingerprint -sha256`)を、公表されている値と比べてください。
""",
    unsigned="""`signature.p7s` はありません。この出来事ではカードの確認が成立していないか、
この事業者の立場(`relying`)ではカードの情報を保存できないためです。何が起きたかは
`record.json` にあります。
""",
    committed="""内容は、記録が約束したものと同じです。
""",
    path="""この記録は、タイムスタンプが付いた記録の一つです。ハッシュをたどると
`checkpoint.json` の root に着きます(計算は RFC 6962 の 2.1 のとおり)。
""",
    stamp="""{at} のタイムスタンプです。`Verification: OK` と出ます。
""",
    stamp_roots="""`time-stamp-roots.pem` が、信頼できる時刻認証局のルート証明書であることも
確かめてください。
""",
    unstamped="""タイムスタンプはありません。書き出しの時点で、時刻認証局が設定されていないか、
まだ付いていませんでした(待つのは最長で1分です)。後でもう一度書き出してください。
""",
    end="""## 分かること

署名が示すのは、誰がカードをかざしたか、何が画面に示されたか、そしてこの電話のためのものであることです。
その人が電話口にいる確かさは `record.json` の binding に示されています。電子利用者証明の記録
(`"certificate":"auth"`)は電子署名ではなく、犯罪収益移転防止法の取引時確認でもありません。
""",
)
