"""What a phone company can draw and say, as a value that the carrier's room fills in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierLimits:
    """Facts of one carrier. A limit of None, and a language without voices, is not judged.

    `voices` maps a language to all voices that may speak it. `say_characters` is the most that one
    `Say` takes by language, `voice_characters` by the beginning of a voice's name.
    `document_bytes` is the most that one drawn document may have, `sip_headers` the characters of
    all headers to a SIP address. `lacks` names what it cannot do: `queue_priority`, `speech`.
    """

    name: str
    voices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    say_characters: Mapping[str, int] = field(default_factory=dict)
    voice_characters: Mapping[str, int] = field(default_factory=dict)
    document_bytes: int | None = None
    sip_headers: int | None = None
    lacks: frozenset[str] = frozenset()


ANY_CARRIER: Final = CarrierLimits(name="any")
