"""An enrolment that the texts leave open: it waits until two people of the business decide it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import rfc8785

from identity.contract_holders.model import Holder
from identity.verification.ports import RevocationSubject

_MARKED: Final = "kazasu contract as compared v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """`id` is the pairing's in which the card was tapped; `begun_by` the login of who began it.

    `person` is whose card and contract would be. `other_card`: the contract has a person already,
    and nothing says that this card is theirs (renewed, and no linkage data). `compared` are
    `Comparison.as_facts`. `contract_mark` is how the contract was then (`mark_of`), `certificate`
    what revocation is asked about again.
    """

    id: str
    contract: str
    card_hash: bytes = field(repr=False)
    person: str
    other_card: bool
    compared: Mapping[str, str]
    contract_mark: bytes = field(repr=False)
    certificate: RevocationSubject = field(repr=False)
    begun_by: str
    at: datetime
    until: datetime


def mark_of(holder: Holder) -> bytes:
    """SHA-256 over what an enrolment goes by: another mark is another contract than was compared.

    Kept sealed only: whoever knows a name could guess it.
    """
    return _mark(holder, holder.person)


def mark_of_texts(holder: Holder) -> bytes:
    """The same, whosever the contract is."""
    return _mark(holder, "")


def _mark(holder: Holder, person: str) -> bytes:
    facts = [
        _MARKED,
        holder.contract_ref,
        holder.display_name,
        holder.birth_date,
        holder.address,
        list(holder.former_addresses),
        person,
    ]
    return hashlib.sha256(rfc8785.dumps(facts)).digest()
