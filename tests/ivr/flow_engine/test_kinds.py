"""A node kind of the definition can be named, read, entered and described, or it is none."""

from typing import get_args

from ivr.flow_engine.definition import Kind
from ivr.flow_engine.nodes.kinds_and_exits import KIND_NAMES
from ivr.flow_engine.nodes.table import BEHAVIOURS
from ivr.flow_engine.source.nodes.kinds import KINDS
from ivr.flow_schemas.described import Names
from ivr.flow_schemas.nodes import kinds


def test_no_kind_is_forgotten() -> None:
    assert set(KIND_NAMES) == set(BEHAVIOURS) == set(get_args(Kind))
    assert set(KIND_NAMES.values()) == set(KINDS) == set(kinds(Names()))
