"""Whose site files say how many people a move takes. Nobody lowers that for their own change."""

from collections.abc import Sequence

from ivr.flow_library.model import LIVE, Move


def deciding(live: str, moves: Sequence[Move]) -> frozenset[str]:
    """Versions that have a say. `live` is that of the alias, "" without one; `moves` of the flow,
    the newest first.

    A roll-back takes one person. So the version that people last agreed on goes on having its say
    when the calls went back behind it, or one person could go back to a time of fewer approvers.
    """
    agreed = next((one.went_to for one in moves if one.alias == LIVE and not one.back), "")
    return frozenset({live, agreed} - {""})
