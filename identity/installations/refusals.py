"""What is answered instead of doing: a stable code and facts, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Facts are short public words or numbers, never text from outside."""

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


class Code(Enum):
    REQUEST_PROOF_INVALID = "request_proof_invalid"
    """Fact `rule`: form, key, signature, method, url, body, time or repeated."""
    UNKNOWN_INSTALLATION = "unknown_installation"
    SLOW_DOWN = "slow_down"
    """Fact `retry_after`: seconds."""
