"""What reads bytes from outside, one entry each: seeds that it should like, and what must hold.

An entry gets any bytes. It may refuse them as a value; whatever it raises is a fault, and so is
anything that it believes and should not. New doors for bytes belong on this list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from identity.jpki import attributes, cades, certificate, der
from identity.jpki.anchors import Purpose
from identity.jpki.crl import RevocationList, read_crl
from identity.jpki.refusals import Refusal
from identity.jpki.signed_attributes import StatementType
from identity.verification import wire
from stand_ins.jpki.certificates import RevokedEntry, make_crl, other_name
from stand_ins.jpki.people import KAZEMICHI, PEOPLE
from tests.identity.jpki.bad_certificates import BAD
from tests.identity.jpki.gates import judge
from tests.identity.jpki.synthetic import (
    NOW,
    authority,
    curve_key,
    leaf,
    tap,
    trust,
)

STATEMENT = b'{"v":1}'


class Believed(AssertionError):
    """Something was accepted that nobody made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`seeds` are good and bad inputs of our own making, the same kinds in every run."""

    name: str
    seeds: Callable[[], list[bytes]]
    run: Callable[[bytes], object]


@cache
def _leaves() -> tuple[bytes, ...]:
    people = (leaf("sign", person=PEOPLE[who]) for who in ("hanako", "ken", "midori", "maria"))
    curves = (leaf(public_key=curve_key(bits).public_key()) for bits in (256, 384))
    return (leaf(), *people, *curves)


def _certificates() -> list[bytes]:
    return [*_leaves(), *(make() for _, make in BAD.values())]


def _certificate(data: bytes) -> None:
    """Both gates: only the very bytes that an authority signed are accepted."""
    if isinstance(judge(data), Purpose) and data not in _leaves():
        raise Believed("a certificate that no authority made")


def _prescan(data: bytes) -> None:
    """What passes is one value that ends where the bytes end, however it is walked."""
    try:
        der.check(data, cap=certificate.MAX_OCTETS)
    except der.MalformedDer:
        return
    stack = [der.whole(data)]
    while stack:
        for element in der.children(data, stack.pop()):
            if element.tag & 0x20:
                stack.append(element)


@cache
def _lists() -> tuple[bytes, ...]:
    valid = (NOW, NOW.replace(day=NOW.day + 1))
    entries = [RevokedEntry(serial=n, at=NOW, reason=r) for n, r in ((5, None), (9, "superseded"))]
    one = make_crl(authority("auth"), KAZEMICHI, entries, valid=valid)
    return (one, make_crl(authority("auth"), None, [], valid=valid))


def _list(data: bytes) -> None:
    if isinstance(read_crl(data, trust().auth), RevocationList) and data not in _lists():
        raise Believed("a list that no authority made")


@cache
def _records() -> tuple[bytes, ...]:
    made = []
    for data, signer in ((leaf("sign"), None), (_leaves()[-1], curve_key(384))):
        parsed = certificate.read(data)
        assert not isinstance(parsed, Refusal)
        signature = tap(STATEMENT, data, signer=signer)
        made.append(
            cades.signed_data(
                statement=STATEMENT,
                statement_type=StatementType.CALL,
                certificate=parsed,
                signature=signature,
            )
        )
    return tuple(made)


def _record(data: bytes) -> None:
    """Only the one way of writing a tap down is read; what is read says the same again."""
    found = cades.read(data, STATEMENT)
    if isinstance(found, Refusal):
        return
    parsed = certificate.read(found.certificate)
    assert not isinstance(parsed, Refusal)
    again = cades.signed_data(
        statement=STATEMENT,
        statement_type=found.statement_type,
        certificate=parsed,
        signature=found.signature,
    )
    if again != data:
        raise Believed("a record that we would not write")


def _attribute_seeds() -> list[bytes]:
    people = PEOPLE.values()
    texts = [t for p in people for t in (p.name, p.birth_date, p.address, p.flags_of_name())]
    return [other_name(1, text).value for text in texts]


def _attribute(data: bytes) -> None:
    """The same bytes as each of the six attributes: nothing invisible is ever shown."""
    for tail in "123456":
        found = attributes.attributes_of({tail: data})
        for shown in (found.name, found.address):
            if shown is not None and any(char in shown.text for char in "\x00\u202e\ufeff"):
                raise Believed("an invisible character")


def _answers() -> list[bytes]:
    """What the process apart said, as it would come over the pipe."""
    return [
        b'{"denied": "key_usage", "facts": {}, "purpose": null}\n',
        b'{"purpose": "auth", "issuer": "AAAA", "serial": "5", "points": [], '
        b'"signed_attributes": "AAAA", "attributes": null}\n',
    ]


def _answer(data: bytes) -> None:
    try:
        wire.read_answer(data)
    except wire.NOT_AN_ANSWER:
        return


ENTRIES: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry(name="prescan", seeds=_certificates, run=_prescan),
        Entry(name="certificate", seeds=_certificates, run=_certificate),
        Entry(name="revocation_list", seeds=lambda: list(_lists()), run=_list),
        Entry(name="record", seeds=lambda: list(_records()), run=_record),
        Entry(name="attributes", seeds=_attribute_seeds, run=_attribute),
        Entry(name="answer", seeds=_answers, run=_answer),
    )
}
