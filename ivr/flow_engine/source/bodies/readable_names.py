"""Every dotted name that expressions and prompts of one file may read, with its type."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_engine import outcomes as words
from ivr.flow_engine.definition import Count, FlowBody
from ivr.flow_engine.expressions import LEVELS, Type
from ivr.flow_engine.outcomes import WEEKDAYS
from ivr.flow_engine.site import Site

_CATALOGUE: Final[Mapping[str, str]] = {
    "call.number": "phone",
    "call.dialled": "phone",
    "now": "timestamp",
    "today": "date",
    "identity.rank": "int",
    "identity.verified": "bool",
    "identity.age": "duration",
    "binding.rank": "int",
    "contract.count": "int",
    "contract.ref": "ref",
}


def readable_names(body: FlowBody, site: Site, languages: tuple[str, ...]) -> dict[str, Type]:
    """`answers.topic` -> its type; `languages` are the flow's, for `call.language`."""
    types = {name: Type(name=kind) for name, kind in _CATALOGUE.items()}
    types |= {f"level.{code}": Type(name="int") for code in LEVELS}
    types |= {
        "call.number_kind": Type(name="enum", values=words.NUMBER_KINDS),
        "call.language": Type(name="enum", values=languages),
        "call.pace": Type(name="enum", values=("normal", "slow")),
        "weekday": Type(name="enum", values=WEEKDAYS),
        "identity.status": Type(name="enum", values=words.STATUSES),
        "identity.hint": Type(name="enum", values=words.HINTS),
        "identity.risk": Type(name="enum", values=words.RISKS),
        "binding.mode": Type(name="enum", values=("", *words.MODES)),
        "identity.level": Type(name="enum", values=words.IDENTITY_LEVELS),
        "binding.level": Type(name="enum", values=words.BINDING_LEVELS),
        "binding.call_state": Type(name="enum", values=words.CALL_STATES),
    }
    for prefix, variables in (("answers", body.variables), ("inputs", body.inputs)):
        for name, variable in variables.items():
            types[f"{prefix}.{name}"] = Type(name=variable.type, values=variable.values)
            entry = site.lookups.get(variable.type.removeprefix("lookup."))
            if variable.type.startswith("lookup.") and entry is not None:
                for field_name, kind in entry.fields.items():
                    types[f"{prefix}.{name}.{field_name}"] = Type(name=kind)
    for node in body.nodes.values():
        if isinstance(node.kind, Count) and node.kind.name:
            types[f"tries.{node.kind.name}"] = Type(name="int")
    return types
