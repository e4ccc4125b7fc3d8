"""What flows may name: the business, and the entries of its site file."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    name: str
    logo: str
    published_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    name: str
    fallback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupEntry:
    args: Mapping[str, str]
    fields: Mapping[str, str]
    public: tuple[str, ...] = ()
    verified_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`flows/site.yaml`: one tenant's business and the names its flows may use.

    `numbers` maps a dialled E.164 number to a flow id. `canary_numbers` are those that stand there
    as `flow@canary`: all their calls get the canary, while there is one.
    `sms_texts` are what a text message with a link may say, by language, the fullest first.
    `calendars` are days on which the business is closed: ISO dates, or `first/last` inclusive.
    `approvers` is how many people a published version needs, who publishes it included.
    """

    business: Business
    sms_sender: str
    numbers: Mapping[str, str]
    queues: Mapping[str, QueueEntry]
    lookups: Mapping[str, LookupEntry]
    purposes: Mapping[str, str]
    actions: Mapping[str, str]
    calendars: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    approvers: int = 1
    sms_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    canary_numbers: frozenset[str] = frozenset()

    @property
    def fallback_queue(self) -> str:
        return next(name for name, entry in self.queues.items() if entry.fallback)
