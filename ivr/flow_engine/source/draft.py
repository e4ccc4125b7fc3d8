"""A flow while it is being read: its values, and where each name in them was written.

The frozen values of `definition` know no columns; checks need them. So every use of a target,
prompt, expression or site name is noted here with its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.flow_engine.definition import Expression, FlowBody, Kind
from ivr.flow_engine.expressions import Type
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.findings import At, Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """`when` is the condition of a branch's arm. An empty target means the main flow's human."""

    name: str
    target: str
    at: At
    when: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptUse:
    """`role`: say, gather, retry, mode, hold:<hint>, announce, or waiting (lookup's hold)."""

    prompt: str
    role: str
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionUse:
    """`want` is a type name, empty for any; `value` is the type of `value` where it exists."""

    expression: Expression
    want: str
    at: At
    may_be_unset: bool = False
    values: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameUse:
    """`what`: queue, lookup, purpose, action, attribute, audio, store, subflow or hours."""

    what: str
    name: str
    at: At


@dataclass(slots=True, kw_only=True)
class NodeDraft:
    """`table` is the node as written with the kind's defaults merged in."""

    id: str
    kind_name: str
    table: Table
    body: Value
    findings: Findings
    human: str
    kind: Kind | None = None
    exits: list[Exit] = field(default_factory=list)
    prompts: list[PromptUse] = field(default_factory=list)
    expressions: list[ExpressionUse] = field(default_factory=list)
    names: list[NameUse] = field(default_factory=list)

    @property
    def at(self) -> At:
        return self.table.at


@dataclass(slots=True, kw_only=True)
class BodyDraft:
    """One file, main or sub. `defaults` are its own; `types` maps every dotted name it may read to
    its type."""

    body: FlowBody
    table: Table
    nodes: Mapping[str, NodeDraft]
    types: Mapping[str, Type]
    defaults: Mapping[str, Table] = field(default_factory=dict)
    targets: tuple[Exit, ...] = ()

    @property
    def is_sub(self) -> bool:
        return self.body.human == ""
