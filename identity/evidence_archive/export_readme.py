"""The words beside an exported row, in English and Japanese: what it is, how to check it.

Each block is one check that a shell with OpenSSL runs as it stands; a number behind `# says` is
what it prints when all is well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from identity.evidence_archive import export_words as words
from identity.evidence_archive.model import EvidenceRow
from identity.jpki.signed_attributes import StatementType, content_type

_VERIFY: Final = """openssl cms -verify -cades -binary -inform DER -in signature.p7s \\
  -content statement.json -CAfile roots.pem -no-CApath -no-CAstore -purpose any \\
  -attime {epoch} -out /dev/null -certsout certificate.pem"""
_CONTENT_TYPE: Final = """openssl asn1parse -inform DER -in signature.p7s | grep -cF '{dotted}'"""
_SAME_CARD: Final = (
    "openssl x509 -in certificate.pem -outform DER | openssl base64 -A | grep -cFf - card.json",
    "tail -c {octets} signature.p7s | openssl base64 -A | grep -cFf - card.json",
)
_COMMITTED: Final = (
    "cat {name}.salt {name}.json | openssl dgst -sha256 -r | cut -c1-64 | grep -cFf - record.json"
)
_LEAF: Final = """{ printf '\\000'; openssl dgst -sha256 -binary record.json; } |
  openssl dgst -sha256 -binary > at.bin"""
_LEFT: Final = "{{ printf '\\001'; cat {file} at.bin; }} | openssl dgst -sha256 -binary > up.bin"
_RIGHT: Final = "{{ printf '\\001'; cat at.bin {file}; }} | openssl dgst -sha256 -binary > up.bin"
_ROOT: Final = "od -An -v -tx1 at.bin | tr -d ' \\n' | grep -cFf - checkpoint.json"
_STAMP: Final = """openssl ts -verify -data checkpoint.json -in stamp-{n}.tsr \\
  -CAfile time-stamp-roots.pem -attime {epoch}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What of a row is in the folder. `stamps` are the times they say, in their order."""

    files: frozenset[str]
    committed: Sequence[str]
    destroyed: Sequence[str]
    signature_octets: int
    path: Sequence[str]
    stamps: Sequence[datetime | None]


def english(row: EvidenceRow, shown: Shown) -> str:
    return _text(row, shown, words.ENGLISH)


def japanese(row: EvidenceRow, shown: Shown) -> str:
    return _text(row, shown, words.JAPANESE)


def _text(row: EvidenceRow, shown: Shown, said: words.Words) -> str:
    record = row.record
    filled = {
        "id": record.id,
        "kind": record.kind.value,
        "at": record.at.isoformat(),
        "tenant": record.tenant,
        "seq": row.seq,
        "dotted": _dotted(row),
    }
    parts = [said.begin.format(**filled), said.files]
    parts += [said.destroyed.format(names=", ".join(shown.destroyed))] if shown.destroyed else []
    parts += [said.check]
    parts += _signature(row, shown, said) if "signature.p7s" in shown.files else [said.unsigned]
    if shown.committed:
        parts += [said.committed, _block([_COMMITTED.format(name=n) for n in shown.committed])]
    stamped = "checkpoint.json" in shown.files
    parts += list(_stamps(shown, said)) if stamped else [said.unstamped]
    parts += [said.end]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _signature(row: EvidenceRow, shown: Shown, said: words.Words) -> list[str]:
    dotted = _dotted(row)
    # Certificates are compared at whole seconds: the epoch is the second of the verdict.
    verify = _VERIFY.format(epoch=int(row.record.at.timestamp()))
    same = "\n".join(_SAME_CARD).format(octets=shown.signature_octets)
    return [
        said.signature,
        _block([verify]),
        said.content_type.format(dotted=dotted),
        _block([_CONTENT_TYPE.format(dotted=dotted)]),
        said.same_card,
        _block([same]),
        said.roots,
    ]


def _stamps(shown: Shown, said: words.Words) -> Iterator[str]:
    steps = [(_LEFT if "-left" in f else _RIGHT).format(file=f) for f in shown.path]
    climb = [line for step in steps for line in (step, "mv up.bin at.bin")]
    yield said.path
    yield _block([_LEAF, *climb, _ROOT])
    for n, at in enumerate(shown.stamps, start=1):
        if at is not None:
            yield said.stamp.format(at=at.isoformat())
            yield _block([_STAMP.format(n=n, epoch=int(at.timestamp()))])
    yield said.stamp_roots


def _block(lines: Sequence[str]) -> str:
    return "\n".join(("```", *lines, "```"))


def _dotted(row: EvidenceRow) -> str:
    kind = row.record.header.get("statement_type", "call").upper()
    return content_type(StatementType[kind])
