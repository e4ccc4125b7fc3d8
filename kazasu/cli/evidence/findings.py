"""What a check of the archive found, in words: which row is the first, and why."""

from collections.abc import Mapping
from typing import Final

from bilingual.text import Bilingual
from identity.evidence_archive.checking.model import Fault, Finding

SAYS: Final[Mapping[Fault, Bilingual]] = {
    Fault.CHAIN: Bilingual(
        en="does not fit behind the row before, or was changed",
        ja="前の行につながらないか、書き換えられています",
    ),
    Fault.ROWS_GONE: Bilingual(
        en="and all that follow were time-stamped and are gone",
        ja="ここから後の行にはタイムスタンプがあったのに、なくなっています",
    ),
    Fault.NOT_AS_STAMPED: Bilingual(
        en="is not what was time-stamped: the chain was written anew",
        ja="タイムスタンプを受けたものと違います。連鎖が書き直されています",
    ),
    Fault.NOT_AS_COPIED: Bilingual(
        en="is not what the second place has: the archive was written anew",
        ja="二つ目の保管場所にあるものと違います。書庫が書き直されています",
    ),
    Fault.CHECKPOINT: Bilingual(
        en="is the first that its checkpoint does not prove: that was changed",
        ja="ここからチェックポイントで証明できません。チェックポイントが書き換えられています",
    ),
    Fault.CHECKPOINTS_GONE: Bilingual(
        en="is the first whose checkpoint only the second place has",
        ja="ここからチェックポイントが二つ目の保管場所にしかありません",
    ),
    Fault.STAMP: Bilingual(
        en="is the first without a good time-stamp",
        ja="ここから正しいタイムスタンプがありません",
    ),
    Fault.COPY: Bilingual(
        en="is the first whose copy at the second place was changed or cannot be read",
        ja="ここから二つ目の保管場所の写しが書き換えられているか、読めません",
    ),
    Fault.COPY_GONE: Bilingual(
        en="is the first whose copy is gone from the second place, which has later ones",
        ja="ここの写しが二つ目の保管場所からなくなっています。後の写しはあります",
    ),
    Fault.HEAD: Bilingual(
        en="and all that follow are gone: the database itself knows that they were there",
        ja="ここから後の行がなくなっています。あったことはデータベース自身に残っています",
    ),
    Fault.HOLD_BROKEN: Bilingual(
        en="erases what a hold was to keep that nobody had released",
        ja="は、解除されていない保全の対象を消去しています",
    ),
    Fault.CONTENT_GONE: Bilingual(
        en="has lost a content, and no row says that it was erased",
        ja="記録の内容が失われています。消去したという行はありません",
    ),
}


def said_of(finding: Finding) -> Bilingual:
    """With the row's id, the checkpoint's number and the detail, where there are any."""
    row = f" ({finding.row})" if finding.row else ""
    detail = f" ({finding.detail})" if finding.detail else ""
    number, says = finding.checkpoint, SAYS[finding.fault]
    en = f"row {finding.seq}{row}" + (f", checkpoint {number}" if number else "")
    ja = f"{finding.seq} 行目{row}" + (f"、チェックポイント {number}" if number else "")
    return Bilingual(en=f"{en}: {says.en}{detail}", ja=f"{ja}: {says.ja}{detail}")
