"""`defaults`: by kind, fields and exits that its nodes need not write.

What is written nearer wins: the node, then its file, then the main file (its fields; its exits name
nodes of that file alone).
"""

from collections.abc import Mapping
from typing import TypeAlias

from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.nodes.kinds import FIELDS, KINDS

Defaults: TypeAlias = Mapping[str, Table]
"""Kind -> its table."""


def read_defaults(findings: Findings, value: Value | None) -> Defaults:
    """`value` is the table `defaults` of a file."""
    defaults: dict[str, Table] = {}
    table = fields.as_table(findings, value, "defaults")
    for kind, entry in table.entries.items() if table else ():
        if table is not None and kind not in KINDS:
            findings.add(table.keys[kind], "F004", name=kind, where="defaults",
                         **forms.nearest(kind, KINDS))  # fmt: skip
            continue
        found = fields.as_table(findings, entry, kind)
        if found is not None:
            defaults[kind] = _known_fields(findings, found, kind)
    return defaults


def _known_fields(findings: Findings, table: Table, kind: str) -> Table:
    """Without those that the kind does not have: told here once, not at every node of the kind."""
    if kind == "set":  # its fields are the flow's own variables
        return table
    known = (*FIELDS.get(kind, ()), "outcomes")
    fields.only(findings, table, known, kind)
    kept = {name: value for name, value in table.entries.items() if name in known}
    return Table(entries=kept, keys={name: table.keys[name] for name in kept}, at=table.at)


def fields_alone(defaults: Defaults) -> Defaults:
    return {kind: _without_exits(table) for kind, table in defaults.items()}


def nearer_first(near: Defaults, far: Defaults) -> Defaults:
    """Field by field, exit by exit."""
    both = {kind: _merged(near[kind], far[kind]) for kind in near.keys() & far.keys()}
    return {**far, **near, **both}


def filled(node: Table, kind: str, defaults: Defaults) -> Table:
    """A node as if it had written what it leaves to the defaults of its kind."""
    shared = defaults.get(kind)
    if shared is None:
        return node
    entries, keys = dict(node.entries), dict(node.keys)
    body = entries[kind]
    if isinstance(body, Table):
        entries[kind] = _merged(body, _without_exits(shared))
    exits, own = shared.entries.get("outcomes"), entries.get("outcomes")
    if isinstance(exits, Table):
        entries["outcomes"] = _merged(own, exits) if isinstance(own, Table) else own or exits
        keys["outcomes"] = node.at
    return Table(entries=entries, keys=keys, at=node.at)


def _without_exits(table: Table) -> Table:
    entries = {name: value for name, value in table.entries.items() if name != "outcomes"}
    return Table(entries=entries, keys=table.keys, at=table.at)


def _merged(near: Table, far: Table) -> Table:
    entries = {**far.entries, **near.entries}
    outcomes = [table.entries.get("outcomes") for table in (near, far)]
    if isinstance(outcomes[0], Table) and isinstance(outcomes[1], Table):
        entries["outcomes"] = _merged(outcomes[0], outcomes[1])
    keys = {**far.keys, **near.keys}
    return Table(entries=entries, keys={name: keys[name] for name in entries}, at=near.at)
