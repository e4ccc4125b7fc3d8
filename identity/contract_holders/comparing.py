"""What a signature certificate says of a person against what a contract says: each comparison is
a value that explains itself. Nothing here decides who anybody is; `enrolling` does.

The sex is not compared: contracts seldom hold it, and it tells nobody apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from identity.contract_holders import folding
from identity.contract_holders.folding import Way
from identity.contract_holders.model import Holder
from identity.contract_holders.variants import stands_for_another
from identity.jpki.attributes import Attributes, PartialDate, RegisteredText

# Stands in the folded text for a character that nobody can compare. No text of a card has it.
_UNTOLD: Final = "\x01"


class Attribute(StrEnum):
    NAME = "name"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"


class Finding(StrEnum):
    """`same`: character by character; `same_form`: another way of writing it; `variant`: 異体字;
    `former`: an earlier address of the contract; `untold`: a 外字 stands where nobody can tell;
    `partial`: the parts of a date that are known agree; `not_known`: one side does not say."""

    SAME = "same"
    SAME_FORM = "same_form"
    VARIANT = "variant"
    FORMER = "former"
    UNTOLD = "untold"
    PARTIAL = "partial"
    NOT_KNOWN = "not_known"
    DIFFERENT = "different"


AGREES: Final = frozenset({Finding.SAME, Finding.SAME_FORM, Finding.VARIANT, Finding.FORMER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """`ways`: how the writings differ; `untold`: places (from 0) of the card's text that stand for
    a character which is not shown. No text of either side is in here: it may be shown and kept."""

    attribute: Attribute
    finding: Finding
    ways: tuple[Way, ...] = ()
    untold: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    name: Compared
    birth_date: Compared
    address: Compared

    @property
    def contradicts(self) -> bool:
        """Another person: name or birth date are others. A moved holder has another address."""
        return Finding.DIFFERENT in (self.name.finding, self.birth_date.finding)

    @property
    def tells_nothing(self) -> bool:
        """Neither name nor birth date was there to be compared: no person can judge it either."""
        return {self.name.finding, self.birth_date.finding} == {Finding.NOT_KNOWN}

    @property
    def fits(self) -> bool:
        """Nothing is left to be judged by a person."""
        born = self.birth_date.finding is Finding.SAME
        return born and {self.name.finding, self.address.finding} <= AGREES

    def as_facts(self) -> dict[str, str]:
        """For evidence and terminals: `name: variant (space, variant)`."""
        return {
            one.attribute.value: _words(one) for one in (self.name, self.birth_date, self.address)
        }


def compare(card: Attributes, contract: Holder) -> Comparison:
    return Comparison(
        name=_text(Attribute.NAME, card.name, contract.display_name),
        birth_date=_birth_date(card.birth_date, contract.birth_date),
        address=_address(card, contract),
    )


def somebody_else(before: Holder, after: Holder) -> bool:
    """Whether name or birth date of a contract are of another person than they were: what a tie was
    made by is not there any more. Other writings of one name are no others; a birth date that is
    known now and was not is none, one that is taken away is."""
    ways = list(folding.NAME)
    was, became = (folding.folded(h.display_name, folding.NAME, ways) for h in (before, after))
    return was != became or before.birth_date not in ("", after.birth_date)


def _words(one: Compared) -> str:
    more = [way.value for way in one.ways] + [f"place {place + 1}" for place in one.untold]
    return f"{one.finding.value} ({', '.join(more)})" if more else one.finding.value


def _birth_date(card: PartialDate | None, contract: str) -> Compared:
    """`contract` is YYYY-MM-DD, "" when it does not say."""
    if card is None or not contract:
        return Compared(attribute=Attribute.BIRTH_DATE, finding=Finding.NOT_KNOWN)
    told = (card.year, card.month, card.day)
    theirs = tuple(map(int, contract.split("-")))
    if all(part is None for part in told):
        finding = Finding.NOT_KNOWN
    elif any(part not in (None, there) for part, there in zip(told, theirs, strict=True)):
        finding = Finding.DIFFERENT
    else:
        finding = Finding.PARTIAL if None in told else Finding.SAME
    return Compared(attribute=Attribute.BIRTH_DATE, finding=finding)


def _address(card: Attributes, contract: Holder) -> Compared:
    if card.lives_abroad:  # a country at most, and many share it
        return Compared(attribute=Attribute.ADDRESS, finding=Finding.NOT_KNOWN)
    now = _text(Attribute.ADDRESS, card.address, contract.address)
    if now.finding in AGREES:
        return now
    for earlier in contract.former_addresses:
        found = _text(Attribute.ADDRESS, card.address, earlier)
        if found.finding in AGREES:
            return Compared(attribute=Attribute.ADDRESS, finding=Finding.FORMER, ways=found.ways)
    return now


def _text(attribute: Attribute, card: RegisteredText | None, contract: str) -> Compared:
    if card is None or not contract:
        return Compared(attribute=attribute, finding=Finding.NOT_KNOWN)
    untold = _untold(card)
    masked = "".join(_UNTOLD if at in untold else char for at, char in enumerate(card.text))
    theirs = "".join(_UNTOLD if stands_for_another(char) else char for char in contract)
    if not _tells(masked) or not _tells(theirs):
        return Compared(attribute=attribute, finding=Finding.NOT_KNOWN, untold=untold)
    folds = folding.NAME if attribute is Attribute.NAME else folding.ADDRESS

    def same(ways: Sequence[Way]) -> bool:
        a, b = (folding.folded(writing, folds, ways) for writing in (masked, theirs))
        if Way.PREFECTURE not in ways or _alike(a, b):
            return _alike(a, b)
        shorter = folding.without_prefecture
        return _alike(shorter(a), b) or _alike(a, shorter(b))

    ways = folding.ways_between(folds, same)
    if ways is None:
        finding, ways = Finding.DIFFERENT, ()
    elif _UNTOLD in masked + theirs or card.substitutes is None:
        finding = Finding.UNTOLD
    elif not ways:
        finding = Finding.SAME
    else:
        finding = Finding.VARIANT if Way.VARIANT in ways else Finding.SAME_FORM
    return Compared(attribute=attribute, finding=finding, ways=ways, untold=untold)


def _untold(card: RegisteredText) -> tuple[int, ...]:
    """Where the register has another character than is shown."""
    flags = card.substitutes or (False,) * len(card.text)
    return tuple(
        at
        for at, (char, flag) in enumerate(zip(card.text, flags, strict=True))
        if flag or stands_for_another(char)
    )


def _tells(text: str) -> bool:
    """Whether any character of it can be compared."""
    return any(char != _UNTOLD and not char.isspace() for char in text)


def _alike(ours: str, theirs: str) -> bool:
    """Equal, where a place that cannot be told may hold any one character."""
    if _UNTOLD not in ours + theirs:
        return ours == theirs
    if len(ours) != len(theirs):
        return False
    return all(_UNTOLD in (a, b) or a == b for a, b in zip(ours, theirs, strict=True))
