"""The word of every node kind, and the exits of a node whatever its kind."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_engine import definition as d

KIND_NAMES: Final[Mapping[type, str]] = {
    d.Say: "say",
    d.Gather: "gather",
    d.Branch: "branch",
    d.HoursCheck: "hours",
    d.Count: "count",
    d.Set: "set",
    d.Lookup: "lookup",
    d.VerifyIdentity: "verify_identity",
    d.Route: "route",
    d.Callback: "callback",
    d.Subflow: "subflow",
    d.Return: "return",
    d.Goto: "goto",
    d.HangUp: "hangup",
}
# Fields of `definition` that lead somewhere.
EXIT_FIELDS: Final = ("next", "exhausted", "otherwise", "target", "keys", "outcomes", "arms")


def exits_of(kind: d.Kind) -> dict[str, str]:
    """Exit → target, in the order of the language; those that the reader filled too."""
    if isinstance(kind, d.Branch):
        arms = {f"when {when.source}": target for when, target in kind.arms}
        return {**arms, "else": kind.otherwise}
    found: dict[str, str] = {}
    for name in EXIT_FIELDS:
        value = getattr(kind, name, None)
        if isinstance(value, str) and value:
            found["goto" if name == "target" else name] = value
        elif isinstance(value, Mapping):
            found |= {str(key): target for key, target in value.items()}
    return found
