"""One flow file, main or sub -> BodyDraft: its nodes, variables and everything they may read."""

from dataclasses import dataclass, field
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine.site import Site
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.bodies.defaults import Defaults, filled, nearer_first, read_defaults
from ivr.flow_engine.source.bodies.readable_names import readable_names
from ivr.flow_engine.source.bodies.variables import all_have_values, read_variables
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.draft import BodyDraft, Exit, NodeDraft
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.nodes.kinds import KINDS

SCHEMA: Final = "ivr-flow/1"
MAX_NODES: Final = 1000
_BOTH = ("schema", "id", "title", "kind", "prompts", "start", "variables", "defaults", "nodes",
         "tests")  # fmt: skip
_MAIN = (*_BOTH, "languages", "voice", "human", "on_repudiated", "global_keys", "hours", "limits")
_SUB = (*_BOTH, "inputs", "outputs", "exits")
NEEDED_OF_TEST: Final = ("name", "at", "call", "steps", "expect")
TEST_FIELDS: Final = (*NEEDED_OF_TEST, "lookups", "callback")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """What stands outside of a file and counts in it: of a sub-flow, what its main flow says."""

    site: Site
    languages: tuple[str, ...]
    defaults: Defaults = field(default_factory=dict)


def read_body(findings: Findings, table: Table, file: str, outer: Outer, *, sub: bool) -> BodyDraft:
    """`file` is its path below `flows/`; what is wrong in it goes to `findings`, and what could be
    read is in the draft: a node with a mistake in its kind is left out."""
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
    fields.required(findings, table, "nodes")
    own = read_defaults(findings, get("defaults"))
    defaults = nearer_first(own, outer.defaults)
    targets: list[Exit] = []
    start = _flow_target(findings, table, "start", targets, needed=True)
    human = "" if sub else _flow_target(findings, table, "human", targets, needed=True)
    repudiated = _flow_target(findings, table, "on_repudiated", targets, needed=False)
    variables = read_variables(findings, get("variables"), "variables")
    inputs = read_variables(findings, get("inputs"), "inputs")
    outputs = read_variables(findings, get("outputs"), "outputs")
    all_have_values(findings, outputs, get("outputs"))
    nodes = _nodes(findings, get("nodes"), human, defaults)
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
        defaults=own,
        types=readable_names(body, outer.site, outer.languages),
        targets=tuple(targets),
    )


def _flow_target(
    findings: Findings, table: Table, name: str, targets: list[Exit], *, needed: bool
) -> str:
    value = fields.required(findings, table, name) if needed else table.entries.get(name)
    found = fields.as_form(findings, value, name, forms.NODE_ID, "a node id")
    if found and value is not None:
        targets.append(Exit(name=name, target=found, at=value.at))
    return found


def _nodes(
    findings: Findings, value: Value | None, human: str, defaults: Defaults
) -> dict[str, NodeDraft]:
    written = fields.as_table(findings, value, "nodes")
    if written is None:
        return {}
    if len(written.entries) > MAX_NODES:
        findings.add(written.at, "F005.nodes", limit=MAX_NODES)
        return {}
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
    findings: Findings, table: Table, name: str, human: str, defaults: Defaults
) -> NodeDraft | None:
    kinds = [kind for kind in table.entries if kind in KINDS]
    if len(kinds) != 1:
        found = ", ".join(kinds or table.entries) or "-"
        findings.add(table.at, "F001.kind", found=found)
        return None
    kind = kinds[0]
    read, beside = KINDS[kind]
    fields.only(findings, table, (kind, "note", *beside), name)
    whole = filled(table, kind, defaults)
    node = NodeDraft(
        id=name,
        kind_name=kind,
        table=whole,
        body=whole.entries[kind],
        findings=findings,
        human=human,
    )
    node.kind = read(node)
    return node


def _note(node: NodeDraft) -> str:
    return fields.as_text(node.findings, node.table.entries.get("note"), "note")


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
        fields.only(findings, test, TEST_FIELDS, "tests")
        for name in NEEDED_OF_TEST:
            fields.required(findings, test, name)
