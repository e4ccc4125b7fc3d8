"""Persons and the contracts they hold, as the tenant imported or enrolled them."""

from dataclasses import dataclass, field

from identity.tenants.model import TenantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One contract's holder. `person` is empty while enrolment is awaited. `to_confirm`: the
    contract became somebody else's by an import after it was tied, and nobody has confirmed the tie
    since.

    `display_name`, `phones` (E.164), `birth_date` (YYYY-MM-DD, "" when not known) and the addresses
    are kept sealed; `phones` also as HMAC for comparing. Enrolment compares name, birth date and
    addresses with a signature certificate.
    """

    tenant: TenantId
    contract_ref: str
    display_name: str = field(repr=False)
    phones: tuple[str, ...] = field(repr=False)
    person: str = ""
    birth_date: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    former_addresses: tuple[str, ...] = field(default=(), repr=False)
    to_confirm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who a proven card belongs to.

    `enrolled` is False when no linkage row knows the card; the id is then provisional: the same
    for the same card, of no use outside this tenant, and never the id of an enrolled person.
    """

    id: str
    enrolled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which contract is meant: by its number, or by a telephone number (E.164) that is on it; an
    enrolment names exactly one of the two, another check may name none."""

    contract: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.contract and self.phone:
            raise ValueError("a contract is named by its number or by a telephone number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What an enrolment writes: the card is this person's, and so is the contract.

    `contract_mark` is how the contract was when it was compared (`waiting.mark_of_texts`):
    another one is not tied.
    """

    card_hash: bytes = field(repr=False)
    contract_ref: str
    person: str
    contract_mark: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contracts:
    """What a person holds. `mismatch`: another contract was expected than any of these."""

    held: tuple[Holder, ...]
    mismatch: bool = False

    def line_known(self, line: str) -> bool:
        """Whether the reported number (E.164, "" when withheld) is on one of the contracts."""
        return bool(line) and any(line in holder.phones for holder in self.held)
