"""What goes to the process apart and comes back: one JSON object a line, closed words only.

Never pickles: whoever takes that process over by a certificate must not get further than it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from identity.jpki import anchors as pinned
from identity.jpki.anchors import Environment, Purpose, TrustAnchors
from identity.jpki.attributes import Attributes, Era, PartialDate, Problem, RegisteredText, Sex
from identity.jpki.checklist import CardProof, Denied, Judged
from identity.jpki.profile import CardKind
from identity.jpki.refusals import Code, Refusal
from identity.jpki.signed_attributes import StatementType

NOT_AN_ANSWER: Final = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What `read_answer` raises for anything that it does not understand."""


def roots(anchors: TrustAnchors) -> bytes:
    """The first line: what the process pins."""
    listed = {p.value: [_text(a.certificate.der) for a in anchors.of(p)] for p in Purpose}
    return _line({"environment": anchors.environment, **listed})


def read_roots(line: bytes) -> TrustAnchors:
    said = json.loads(line)
    return pinned.load(
        Environment(said["environment"]),
        auth=[b64decode(one) for one in said["auth"]],
        sign=[b64decode(one) for one in said["sign"]],
    )


def question(proof: CardProof, at: datetime) -> bytes:
    return _line(
        {
            "certificate": _text(proof.certificate),
            "signature": _text(proof.signature),
            "statement": _text(proof.statement),
            "statement_type": proof.statement_type.value,
            "card_kind": proof.card_kind,
            "at": at.isoformat(),
        }
    )


def read_question(line: bytes) -> tuple[CardProof, datetime]:
    said = json.loads(line)
    proof = CardProof(
        certificate=b64decode(said["certificate"]),
        signature=b64decode(said["signature"]),
        statement=b64decode(said["statement"]),
        statement_type=StatementType(said["statement_type"]),
        card_kind=CardKind(said["card_kind"]),
    )
    return proof, datetime.fromisoformat(said["at"])


def answer(found: Judged | Denied) -> bytes:
    if isinstance(found, Denied):
        refusal = found.refusal
        return _line(
            {"denied": refusal.code, "facts": dict(refusal.facts), "purpose": found.purpose}
        )
    return _line(
        {
            "purpose": found.purpose,
            "issuer": _text(found.issuer_key_sha256),
            "serial": str(found.serial),
            "points": sorted(_text(point) for point in found.distribution_points),
            "signed_attributes": _text(found.signed_attributes),
            "attributes": None if found.attributes is None else _attributes(found.attributes),
        }
    )


def read_answer(line: bytes) -> Judged | Denied:
    """One of NOT_AN_ANSWER when it is none."""
    said = json.loads(line)
    if "denied" in said:
        purpose = said["purpose"]
        facts = {str(name): str(fact) for name, fact in said["facts"].items()}
        return Denied(
            refusal=Refusal(code=Code(said["denied"]), facts=facts),
            purpose=None if purpose is None else Purpose(purpose),
        )
    attributes = said["attributes"]
    return Judged(
        purpose=Purpose(said["purpose"]),
        issuer_key_sha256=b64decode(said["issuer"]),
        serial=int(said["serial"]),
        distribution_points=frozenset(b64decode(point) for point in said["points"]),
        signed_attributes=b64decode(said["signed_attributes"]),
        attributes=None if attributes is None else _read_attributes(attributes),
    )


def _attributes(found: Attributes) -> dict[str, Any]:
    born = found.birth_date
    return {
        "name": _registered(found.name),
        "sex": found.sex,
        "birth_date": None if born is None else [born.year, born.month, born.day, born.era],
        "address": _registered(found.address),
        "problems": list(found.problems),
    }


def _read_attributes(said: Mapping[str, Any]) -> Attributes:
    born = said["birth_date"]
    return Attributes(
        name=_read_registered(said["name"]),
        sex=Sex(said["sex"]),
        birth_date=None if born is None else _read_date(*born),
        address=_read_registered(said["address"]),
        problems=tuple(Problem(word) for word in said["problems"]),
    )


def _read_date(
    year: int | None, month: int | None, day: int | None, era: str | None
) -> PartialDate:
    return PartialDate(year=year, month=month, day=day, era=None if era is None else Era(era))


def _registered(found: RegisteredText | None) -> list[Any] | None:
    if found is None:
        return None
    return [found.text, None if found.substitutes is None else list(found.substitutes)]


def _read_registered(said: list[Any] | None) -> RegisteredText | None:
    if said is None:
        return None
    text, flags = said
    return RegisteredText(
        text=str(text), substitutes=None if flags is None else tuple(bool(flag) for flag in flags)
    )


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said).encode("ascii") + b"\n"


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
