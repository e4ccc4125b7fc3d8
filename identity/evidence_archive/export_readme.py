"""The words beside an exported row, in English and Japanese: what it is, how to check it."""

from typing import Final

from identity.evidence_archive.model import EvidenceRow
from identity.jpki.signed_attributes import StatementType, content_type

_COMMAND: Final = """```
openssl cms -verify -cades -binary -inform DER -in signature.p7s -content statement.json \\
  -CAfile roots.pem -no-CApath -no-CAstore -purpose any -attime {epoch} -out /dev/null
```"""
_CONTENT_TYPE: Final = """```
openssl asn1parse -inform DER -in signature.p7s | grep -cF '{dotted}'
```"""

_EN_SIGNED: Final = """
## Check it

OpenSSL 3.0 or later, in this folder:

{command}

It says `CAdES Verification successful`. The time is that of the verdict, so the answer stays the
same after the certificate has expired. Change one byte of `statement.json` and it fails.

Two things that OpenSSL does not check, and you should: the content type `{dotted}` must stand in
the record twice, once for the content and once inside what was signed. This prints `2`:

{look}

and `roots.pem` must be a root that you know from elsewhere: compare its SHA-256 fingerprint
(`openssl x509 -in roots.pem -noout -fingerprint -sha256`) with the published one.
"""
_EN_UNSIGNED: Final = """
There is no `signature.p7s` here: either no card was proven in this event, or nothing of the card
may be kept by this business (role `relying`). `record.json` says what happened.
"""
_EN: Final = """# Evidence {id}

{kind} of {at} for `{tenant}`, place {seq} in its chain.

- `record.json`: what was recorded, and its place in the hash chain
- `statement.json`: the text the card holder saw and the card signed, if the event had one
- `result.json`: what was found out, and against what, if the event had a proof
- `signature.p7s`, `roots.pem`: the signature as a CAdES-BES record and the issuing root, if proven
{check}
A signature proves who tapped, what was shown, and that it was for this call. How sure it is that
this person was on the line is the binding level in `record.json`. A record with an authentication
certificate (`"certificate":"auth"`) is a record of user authentication, not an electronic
signature, and not the statutory identification of the Act on Prevention of Transfer of Criminal
Proceeds.
"""

_JA_SIGNED: Final = """
## 確かめかた

OpenSSL 3.0 以降を使い、このフォルダーで次を実行します。

{command}

`CAdES Verification successful` と出れば一致しています。時刻は判定の時刻なので、期限が切れた後も
結果は変わりません。`statement.json` を1バイトでも変えると失敗します。

OpenSSL が確かめないことが二つあります。一つは、内容の種類 `{dotted}` が記録に2回
(内容と、署名された属性の中)現れることです。次のコマンドは `2` を返します。

{look}

もう一つは、`roots.pem` が信頼できるルート証明書であることです。フィンガープリント
(`openssl x509 -in roots.pem -noout -fingerprint -sha256`)を、公表されている値と比べてください。
"""
_JA_UNSIGNED: Final = """
`signature.p7s` はありません。この出来事ではカードの確認が成立していないか、この事業者の立場
(`relying`)ではカードの情報を保存できないためです。何が起きたかは `record.json` にあります。
"""
_JA: Final = """# 証跡 {id}

`{tenant}` の {at} の記録({kind})、連鎖の {seq} 番目です。

- `record.json`: 記録の内容と、ハッシュの連鎖での位置
- `statement.json`: 利用者に示され、カードが署名した文(ある場合)
- `result.json`: 確認の結果と、何に照らして確認したか(ある場合)
- `signature.p7s`、`roots.pem`: CAdES-BES 形式の署名と、発行者のルート証明書(成立した場合)
{check}
署名が示すのは、誰がカードをかざしたか、何が画面に示されたか、そしてこの電話のためのものであることです。
その人が電話口にいる確かさは `record.json` の binding に示されています。電子利用者証明の記録
(`"certificate":"auth"`)は電子署名ではなく、犯罪収益移転防止法の取引時確認でもありません。
"""


def readme_en(row: EvidenceRow, *, signed: bool) -> str:
    return _text(row, _EN, _EN_SIGNED if signed else _EN_UNSIGNED)


def readme_ja(row: EvidenceRow, *, signed: bool) -> str:
    return _text(row, _JA, _JA_SIGNED if signed else _JA_UNSIGNED)


def _text(row: EvidenceRow, whole: str, check: str) -> str:
    record = row.record
    kind = record.header.get("statement_type", "call").upper()
    dotted = content_type(StatementType[kind])
    # Certificates are compared at whole seconds: the epoch is the second of the verdict.
    command = _COMMAND.format(epoch=int(record.at.timestamp()))
    return whole.format(
        id=record.id,
        kind=record.kind.value,
        at=record.at.isoformat(),
        tenant=record.tenant,
        seq=row.seq,
        check=check.format(
            command=command, dotted=dotted, look=_CONTENT_TYPE.format(dotted=dotted)
        ),
    )
