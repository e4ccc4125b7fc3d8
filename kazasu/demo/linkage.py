"""What the authority would say of the test cards: which certificates are one person's.

Both of a card (証明書紐付け情報), and those of a renewed one (証明書新旧紐付け情報).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from kazasu.demo.place import Place
from stand_ins.jpki.card_file import Linkable, read_card
from stand_ins.whole_files import write_whole

RENEWED: Final = {"valid": "renewed"}


def write(place: Place, now: datetime) -> None:
    """As the service reads it (docs/holders.md), of all cards that there are."""
    lines = [f"as_of,{now.isoformat()}", "issuer,serial,other_issuer,other_serial"]
    lines += [f"{_known_by(one)},{_known_by(other)}" for one, other in _pairs(place)]
    place.linkage.mkdir(exist_ok=True)
    write_whole(place.linkage / "cards.csv", "".join(f"{line}\n" for line in lines).encode())


def _pairs(place: Place) -> Iterator[tuple[Linkable, Linkable]]:
    cards = {path.stem: read_card(path).linkables() for path in sorted(place.cards.glob("*.json"))}
    yield from cards.values()
    for old, new in RENEWED.items():
        if {old, new} <= cards.keys():
            yield cards[old][1], cards[new][1]


def _known_by(one: Linkable) -> str:
    return f"{one.issuer_key_sha256.hex()},{one.serial:x}"
