"""One flow file, main or sub -> BodyDraft: its nodes, variables and everything they may read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine.expressions import LEVELS, Type
from ivr.flow_engine.outcomes import BINDING_LEVELS, CALL_STATES, IDENTITY_LEVELS, NUMBER_KINDS
from ivr.flow_engine.site import Site
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.draft import BodyDraft, Exit, NodeDraft
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.nodes.kinds import FIELDS, KINDS

SCHEMA: Final = "ivr-flow/1"
MAX_NODES: Final = 1000
TYPES: Final = ("text", "digits", "int", "bool", "date", "time", "yen", "phone", "ref", "enum")
_BOTH = ("schema", "id", "title", "kind", "prompts", "start", "variables", "defaults", "nodes",
         "tests")  # fmt: skip
_MAIN = (*_BOTH, "languages", "voice", "human", "on_repudiated", "global_keys", "hours", "limits")
_SUB = (*_BOTH, "inputs", "outputs", "exits")
_TEST = ("name", "at", "call", "lookups", "callback", "steps", "expect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """What a sub-flow takes from its main flow. Exits in defaults name nodes of the main file
    and stay there; the fields are inherited."""

    site: Site
    defaults: Mapping[str, Table]
    languages: tuple[str, ...]


def read_body(
    findings: Findings, table: Table, file: str, outer: Inherited, *, sub: bool
) -> BodyDraft:
    fields.only(findings, table, _SUB if sub else _MAIN, file)
    get = table.entries.get
    flow_id = fields.as_form(
        findings, fields.required(findings, table, "id"), "id", forms.FLOW_ID, "a flow id"
    )
    if flow_id and flow_id != file.rpartition("/")[2].removesuffix(".yaml"):
        findings.add(table.entries["id"].at, "F001.file_name", found=flow_id)
    fields.as_choice(findings, get("kind"), "kind", ("sub",) if sub else ("main",), "main")
    if sub:
        fields.required(findings, table, "kind")
    title = fields.required(findings, table, "title")
    targets: list[Exit] = []
    start = _flow_target(findings, table, "start", targets, needed=True)
    human = "" if sub else _flow_target(findings, table, "human", targets, needed=True)
    repudiated = _flow_target(findings, table, "on_repudiated", targets, needed=False)
    variables = _variables(findings, get("variables"), "variables")
    inputs = _variables(findings, get("inputs"), "inputs")
    outputs = _variables(findings, get("outputs"), "outputs")
    _all_have_values(findings, outputs, get("outputs"))
    nodes = _nodes(findings, table, human, outer.defaults)
    _tests(findings, get("tests"))
    body = d.FlowBody(
        id=flow_id,
        title=fields.as_text(findings, title, "title", longest=60),
        file=file,
        start=start,
        nodes={
            name: d.Node(id=name, kind=node.kind, line=node.at.line, note=_note(node))
            for name, node in nodes.items()
            if node.kind is not None
        },
        human=human,
        on_repudiated=repudiated or human,
        variables=variables,
        inputs=inputs,
        outputs=outputs,
        exits=_exits(findings, get("exits")) if sub else (),
    )
    return BodyDraft(
        body=body,
        table=table,
        nodes=nodes,
        types=_types(body, outer),
        targets=tuple(targets),
    )


def read_defaults(findings: Findings, value: Value | None) -> dict[str, Table]:
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


def without_exits(defaults: Mapping[str, Table]) -> dict[str, Table]:
    return {
        kind: Table(
            entries={k: v for k, v in table.entries.items() if k != "outcomes"},
            keys=table.keys,
            at=table.at,
        )
        for kind, table in defaults.items()
    }


def _flow_target(
    findings: Findings, table: Table, name: str, targets: list[Exit], *, needed: bool
) -> str:
    value = fields.required(findings, table, name) if needed else table.entries.get(name)
    found = fields.as_form(findings, value, name, forms.NODE_ID, "a node id")
    if found and value is not None:
        targets.append(Exit(name=name, target=found, at=value.at))
    return found


def _nodes(
    findings: Findings, table: Table, human: str, inherited: Mapping[str, Table]
) -> dict[str, NodeDraft]:
    written = fields.as_table(findings, fields.required(findings, table, "nodes"), "nodes")
    if written is None:
        return {}
    if len(written.entries) > MAX_NODES:
        findings.add(written.at, "F005.nodes", limit=MAX_NODES)
        return {}
    own = read_defaults(findings, table.entries.get("defaults"))
    defaults = {kind: _merged(own.get(kind), inherited.get(kind)) for kind in {*own, *inherited}}
    nodes: dict[str, NodeDraft] = {}
    for name, value in written.entries.items():
        if not forms.NODE_ID.match(name) or name in forms.RESERVED:
            findings.add(written.keys[name], "F001.form", name="nodes", found=name,
                         wanted="a node id")  # fmt: skip
        entry = fields.as_table(findings, value, name)
        node = _node(findings, entry, name, human, defaults) if entry else None
        if node is not None:
            nodes[name] = node
    return nodes


def _node(
    findings: Findings, table: Table, name: str, human: str, defaults: Mapping[str, Table | None]
) -> NodeDraft | None:
    kinds = [kind for kind in table.entries if kind in KINDS]
    if len(kinds) != 1:
        found = ", ".join(kinds or table.entries) or "-"
        findings.add(table.at, "F001.kind", found=found)
        return None
    kind = kinds[0]
    read, beside = KINDS[kind]
    fields.only(findings, table, (kind, "note", *beside), name)
    default = defaults.get(kind)
    body = table.entries[kind]
    if default is not None:
        shared = Table(
            entries={k: v for k, v in default.entries.items() if k != "outcomes"},
            keys=default.keys,
            at=default.at,
        )
        body = _merged(body, shared) if isinstance(body, Table) else body
        table = _with_exits(table, default.entries.get("outcomes"))
    node = NodeDraft(
        id=name, kind_name=kind, table=table, body=body, findings=findings, human=human
    )
    node.kind = read(node)
    return node


def _merged(own: Table | None, shared: Table | None) -> Table:
    """Field by field; what is written nearer wins."""
    if own is None or shared is None:
        found = own or shared
        assert found is not None
        return found
    near = own
    entries = {**shared.entries, **near.entries}
    outcomes = [t.entries.get("outcomes") for t in (near, shared)]
    if isinstance(outcomes[0], Table) and isinstance(outcomes[1], Table):
        entries["outcomes"] = _merged(outcomes[0], outcomes[1])
    keys = {**shared.keys, **near.keys}
    return Table(entries=entries, keys={name: keys[name] for name in entries}, at=near.at)


def _with_exits(table: Table, shared: Value | None) -> Table:
    if not isinstance(shared, Table):
        return table
    own = table.entries.get("outcomes")
    merged = _merged(own, shared) if isinstance(own, Table) else own or shared
    entries = {**table.entries, "outcomes": merged}
    return Table(entries=entries, keys={**table.keys, "outcomes": table.at}, at=table.at)


def _note(node: NodeDraft) -> str:
    return fields.as_text(node.findings, node.table.entries.get("note"), "note")


def _variables(findings: Findings, value: Value | None, where: str) -> dict[str, d.Variable]:
    variables: dict[str, d.Variable] = {}
    table = fields.as_table(findings, value, where)
    for name, entry in table.entries.items() if table else ():
        if table is not None and (not forms.NODE_ID.match(name) or name in forms.RESERVED):
            findings.add(table.keys[name], "F001.form", name=where, found=name, wanted="a name")
        declared = fields.as_table(findings, entry, name)
        if declared is not None:
            variables[name] = _variable(findings, declared, name)
    return variables


def _all_have_values(
    findings: Findings, outputs: Mapping[str, d.Variable], value: Value | None
) -> None:
    """A return need not write every output, and whoever called reads all of them."""
    written = fields.as_table(findings, value, "outputs")
    for name, output in outputs.items():
        if written and output.default is None and not output.type.startswith("lookup."):
            findings.add(written.entries[name].at, "F001.missing", name="default")


def _variable(findings: Findings, table: Table, name: str) -> d.Variable:
    fields.only(findings, table, ("type", "values", "default", "personal"), name)
    get = table.entries.get
    kind = fields.as_text(findings, fields.required(findings, table, "type"), "type")
    lookup = kind.removeprefix("lookup.") if kind.startswith("lookup.") else ""
    if kind and not lookup and kind not in TYPES:
        findings.add(table.entries["type"].at, "F001.choice", name="type", found=kind,
                     known=", ".join(TYPES))  # fmt: skip
        kind = "text"
    values = fields.texts(findings, get("values"), "values")
    if (kind == "enum") != bool(values):
        findings.add(table.at, "F001.missing" if kind == "enum" else "F001.together",
                     name="values", other=f"type {kind}")  # fmt: skip
    return d.Variable(
        type=kind,
        values=values,
        default=_default(findings, get("default"), kind, values),
        personal=fields.as_bool(findings, get("personal"), "personal", default=True),
    )


def _default(
    findings: Findings, value: Value | None, kind: str, values: tuple[str, ...]
) -> str | int | bool | None:
    if value is None:
        return None
    if kind in ("int", "yen"):
        return fields.as_int(findings, value, "default", low=-(10**15), high=10**15, default=0)
    if kind == "bool":
        return fields.as_bool(findings, value, "default", default=False)
    text = fields.as_text(findings, value, "default")
    if kind.startswith("lookup."):
        findings.add(value.at, "F001.together", name="default", other=f"type {kind}")
    elif values and text not in values:
        findings.add(value.at, "F001.choice", name="default", found=text, known=", ".join(values))
    return text


def _exits(findings: Findings, value: Value | None) -> tuple[d.SubflowExit, ...]:
    exits: list[d.SubflowExit] = []
    for item in fields.as_items(findings, value, "exits"):
        verified = False
        named: Value | None = item
        if isinstance(item, Table):
            fields.only(findings, item, ("name", "verified"), "exits")
            named = fields.required(findings, item, "name")
            verified = fields.as_bool(
                findings, item.entries.get("verified"), "verified", default=False
            )
        name = fields.as_form(findings, named, "exits", forms.NODE_ID, "a name")
        if any(known.name == name for known in exits):
            findings.add(item.at, "F002", name=name, line=item.at.line)
        exits.append(d.SubflowExit(name=name, verified=verified))
    return tuple(exits)


def _tests(findings: Findings, value: Value | None) -> None:
    """Tests are run elsewhere; here only their outline is looked at."""
    for item in fields.as_items(findings, value, "tests"):
        test = fields.as_table(findings, item, "tests")
        if test is None:
            continue
        fields.only(findings, test, _TEST, "tests")
        for name in ("name", "at", "call", "steps", "expect"):
            fields.required(findings, test, name)


def _types(body: d.FlowBody, outer: Inherited) -> dict[str, Type]:
    """Every dotted name of the catalogue with its type."""
    types = {name: Type(name=kind) for name, kind in _CATALOGUE.items()}
    types |= {f"level.{code}": Type(name="int") for code in LEVELS}
    types |= {
        "call.number_kind": Type(name="enum", values=NUMBER_KINDS),
        "call.language": Type(name="enum", values=outer.languages),
        "call.pace": Type(name="enum", values=("normal", "slow")),
        "weekday": Type(name="enum", values=forms.WEEKDAYS),
        "identity.level": Type(name="enum", values=IDENTITY_LEVELS),
        "binding.level": Type(name="enum", values=BINDING_LEVELS),
        "binding.call_state": Type(name="enum", values=CALL_STATES),
    }
    for prefix, variables in (("answers", body.variables), ("inputs", body.inputs)):
        for name, variable in variables.items():
            types[f"{prefix}.{name}"] = Type(name=variable.type, values=variable.values)
            entry = outer.site.lookups.get(variable.type.removeprefix("lookup."))
            if variable.type.startswith("lookup.") and entry is not None:
                for field_name, kind in entry.fields.items():
                    types[f"{prefix}.{name}.{field_name}"] = Type(name=kind)
    for node in body.nodes.values():
        if isinstance(node.kind, d.Count) and node.kind.name:
            types[f"tries.{node.kind.name}"] = Type(name="int")
    return types


_CATALOGUE: Final[Mapping[str, str]] = {
    "call.number": "phone",
    "call.dialled": "phone",
    "now": "timestamp",
    "today": "date",
    "identity.status": "enum",
    "identity.hint": "enum",
    "identity.risk": "enum",
    "identity.rank": "int",
    "identity.verified": "bool",
    "identity.age": "duration",
    "binding.mode": "enum",
    "binding.rank": "int",
    "contract.count": "int",
    "contract.ref": "ref",
}
