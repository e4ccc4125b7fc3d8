"""What a flow is, after reading: frozen values with the line of every node.

Field names and defaults are those of the flow language; durations are whole seconds unless the
name says otherwise. Expressions are CEL sources that the reader has already parsed and checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from ivr.flow_engine.site import Site

Target: TypeAlias = str
PromptId: TypeAlias = str
Outcomes: TypeAlias = Mapping[str, Target]
Sounds: TypeAlias = Mapping[str, str]
"""Language -> audio path; under "" what every other language hears. Empty without a sound."""


def sound_for(sounds: Sounds, language: str) -> str:
    return sounds.get(language) or sounds.get("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    prompts: tuple[PromptId, ...]
    next: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """A menu has `keys`; an entry has `store` and `next`.

    In a sub-flow an empty `exhausted` leaves it for the main flow's `human`; so does any other
    exit whose target the reader had to fill with `human`.
    """

    prompt: PromptId
    min_digits: int = 1
    max_digits: int = 1
    finish_on: str = "#"
    timeout: int = 6
    max_attempts: int = 3
    barge_in: bool = True
    speech: bool = False
    hints: tuple[str, ...] = ()
    store: str = ""
    accept: Expression | None = None
    no_input: tuple[PromptId, ...] = ()
    no_match: tuple[PromptId, ...] = ()
    sensitive: bool = False
    keys: Mapping[str, Target] = field(default_factory=dict)
    next: Target = ""
    exhausted: Target = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    arms: tuple[tuple[Expression, Target], ...]
    otherwise: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursCheck:
    """Exits open, closed, holiday (already filled with `closed` where not written)."""

    name: str
    outcomes: Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Exits again, exhausted."""

    name: str
    max: int
    outcomes: Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    assign: Mapping[str, Expression]
    next: Target
    language: Expression | None = None
    pace: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Exits found, none, multiple, error."""

    name: str
    args: Mapping[str, Expression]
    outcomes: Outcomes
    store: str = ""
    timeout: int = 3
    hold: PromptId = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Require:
    identity: str
    binding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    identity: str
    binding: str
    when: Expression | None = None
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way to pair. Only the options of its kind are set; `within` is the `for` of the YAML."""

    name: str
    prompt: PromptId = ""
    within: int = 120
    cover: PromptId = ""
    listen: int = 2
    accessibility: bool = False
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPrompts:
    """`prompts` maps `default` and any pending hint to a prompt."""

    prompts: Mapping[str, PromptId]
    every: int = 8
    sound: Sounds = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyKeys:
    repeat: str = "*"
    more_time: str = "1"
    other_way: str = "2"
    skip: str = "9"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyIdentity:
    """Every exit of `outcomes.VERIFY_EXITS` is in `outcomes`, filled from `other`."""

    require: Require
    purpose: str
    modes: tuple[Mode, ...]
    hold: HoldPrompts
    outcomes: Outcomes
    step_up: StepUp | None = None
    expect: Expression | None = None
    wait: int = 300
    extend: int = 120
    keys: VerifyKeys = VerifyKeys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Exits connected, abandoned, full, timeout, error, and left with a leave key."""

    queue: str
    outcomes: Outcomes
    priority: int = 0
    attributes: tuple[str, ...] = ()
    announce: PromptId = ""
    announce_every: int = 30
    hold_sound: Sounds = field(default_factory=dict)
    max_wait: int = 600
    leave_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Exits accepted, unavailable, error. `to` is None for the caller's own number."""

    queue: str
    outcomes: Outcomes
    to: Expression | None = None
    hours: str = ""
    keep_result: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subflow:
    id: str
    inputs: Mapping[str, Expression]
    store: Mapping[str, str]
    outcomes: Outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    exit: str
    outputs: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goto:
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    prompt: PromptId = ""


Kind: TypeAlias = (
    Say
    | Gather
    | Branch
    | HoursCheck
    | Count
    | Set
    | Lookup
    | VerifyIdentity
    | Route
    | Callback
    | Subflow
    | Return
    | Goto
    | HangUp
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`line` counts from 1 in the file of its flow."""

    id: str
    kind: Kind
    line: int
    note: str = ""


class GlobalAction(Enum):
    REPEAT = "repeat"
    SLOWER = "slower"
    LANGUAGE = "language"
    GOTO = "goto"


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalKey:
    action: GlobalAction
    target: Target = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Opening hours. Ranges are minutes of the day [start, end); weekday 0 is Monday.

    Order of decision: `open_on`, `closed_on`, `holidays`, `weekly`. Dates are ISO strings;
    `closed_on` holds inclusive (first, last) pairs.
    """

    timezone: str
    weekly: Mapping[int, tuple[tuple[int, int], ...]]
    holidays: str = "none"
    closed_on: tuple[tuple[str, str], ...] = ()
    open_on: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """`type` as in the flow language (`text`, `digits`, `lookup.<name>`, ...).

    `default` is in the engine's JSON form (text, whole number or truth value), None when unset.
    """

    type: str
    values: tuple[str, ...] = ()
    default: str | int | bool | None = None
    personal: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SubflowExit:
    name: str
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptText:
    """One prompt in one language. `play` is an audio path, then `text` is its caption.

    `slow` is said in place of `say` or `play` at slow pace. `kana` reads `say` in full. `ssml`: the
    texts that are said have tags.
    """

    say: str = ""
    play: str = ""
    text: str = ""
    slow: str = ""
    kana: str = ""
    voice: str = ""
    ssml: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    max_steps: int = 60
    max_duration: int = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBody:
    """One file: a main flow or a sub-flow."""

    id: str
    title: str
    file: str
    start: Target
    nodes: Mapping[str, Node]
    human: Target = ""
    on_repudiated: Target = ""
    variables: Mapping[str, Variable] = field(default_factory=dict)
    inputs: Mapping[str, Variable] = field(default_factory=dict)
    outputs: Mapping[str, Variable] = field(default_factory=dict)
    exits: tuple[SubflowExit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A main flow with everything a call needs: sub-flows, prompts, hours, site entries used.

    `version` is the SHA-256 (hex) of the canonical JSON of what was read; a session pins it.
    `prompts` maps prompt id -> language -> text; `readings` language -> written -> spoken.
    """

    main: FlowBody
    subflows: Mapping[str, FlowBody]
    languages: tuple[str, ...]
    voice: Mapping[str, str]
    prompts: Mapping[PromptId, Mapping[str, PromptText]]
    readings: Mapping[str, Mapping[str, str]]
    hours: Mapping[str, Hours]
    global_keys: Mapping[str, GlobalKey]
    limits: Limits
    site: Site
    version: str
