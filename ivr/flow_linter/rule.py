"""What a rule is: code, severity, words, and the check that finds its mistakes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from bilingual.text import Bilingual
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.source.findings import Found
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_linter.analysis.expression_uses import Judged
from ivr.flow_linter.analysis.guard import FactsByNode
from ivr.flow_linter.carrier_limits import CarrierLimits
from ivr.flow_tests.result import Result


class Severity(Enum):
    """An error blocks: the flow is not handed out. A warning never does."""

    ERROR = "E"
    WARNING = "W"


class Needs(Enum):
    """When a check is asked, so that one mistake is not told three times.

    PARTS: always · FILES: every file of the flow could be read · PATHS: and all names, exits and
    prompts lead somewhere · FLOW: and no error at all was found · TESTS: and its tests were played.
    """

    PARTS = 1
    FILES = 2
    PATHS = 3
    FLOW = 4
    TESTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a check looks at: one main flow with its sub-flows and prompts.

    `audio` maps a path below `flows/` to its SHA-256, `unfit` one to how it is coded where the line
    does not have it so ("" for no recording at all); `judged` is every expression with what is
    wrong in it. `facts` (what holds on every path, by flow and node) is filled for checks that
    need PATHS, `flow` for those that need FLOW, `played` for those that need TESTS.
    """

    whole: WholeFlow
    audio: Mapping[str, str]
    unfit: Mapping[str, str] = field(default_factory=dict)
    carrier: CarrierLimits
    judged: tuple[Judged, ...] = ()
    facts: FactsByNode = field(default_factory=dict)
    flow: Flow | None = None
    played: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`{name}` is filled with a fact. A hint `{nearest}` names the closest known word."""

    message: Bilingual
    hint: Bilingual


Check: TypeAlias = Callable[[Subject], Iterator[Found]]
FolderCheck: TypeAlias = Callable[[Sequence[Subject]], Iterator[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`title` is its line in the table of rules. `cases` maps a case to its words; the only case
    of a rule is "". What the reader tells has no check: without it there is no flow to look at.
    `check_folder` looks at all flows of a folder, which share prompt files."""

    code: str
    severity: Severity
    title: Bilingual
    cases: Mapping[str, Words]
    checks: Mapping[Needs, Check] = field(default_factory=dict)
    check_folder: FolderCheck | None = None
