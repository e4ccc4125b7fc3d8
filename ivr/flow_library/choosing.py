"""Which of two versions a call gets. The same call gets the same one, whoever is asked."""

import hashlib
from collections.abc import Iterable

from ivr.flow_library.model import ALL_CALLS, CANARY, LIVE, Alias


def chosen(aliases: Iterable[Alias], flow_id: str, call: str, wanted: str = LIVE) -> Alias | None:
    """The alias of this flow whose version the call gets; None when nothing is live.

    Canary, if the first 4 bytes of SHA-256(call id + flow id) as a number modulo 10,000 are below
    its share; always, if that is what the dialled number wants.
    """
    named = {alias.name: alias for alias in aliases if alias.flow_id == flow_id and alias.version}
    canary = named.get(CANARY)
    takes = wanted == CANARY or (canary is not None and _place(call, flow_id) < canary.share)
    if canary is not None and LIVE in named and takes:
        return canary
    return named.get(LIVE)


def _place(call: str, flow_id: str) -> int:
    mark = hashlib.sha256(f"{call}{flow_id}".encode()).digest()
    return int.from_bytes(mark[:4], "big") % ALL_CALLS
