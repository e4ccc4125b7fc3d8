"""One function per node kind: the table of a node -> its frozen value, with its fields, defaults
and exits; `verify_identity` has a file of its own."""

from collections.abc import Callable, Mapping
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine import outcomes as words
from ivr.flow_engine.nodes.kinds_and_exits import KIND_NAMES
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.draft import NameUse, NodeDraft
from ivr.flow_engine.source.nodes import take
from ivr.flow_engine.source.nodes.verify_identity import FIELDS as VERIFY_FIELDS
from ivr.flow_engine.source.nodes.verify_identity import read_verify_identity


def _say(node: NodeDraft) -> d.Kind:
    if isinstance(node.body, Table):  # as other kinds are written: {say: {prompt: ..., next: ...}}
        node.findings.add(node.body.at, "F001.say_table")
        below = "next" in node.body.entries
        return d.Say(prompts=(), next="" if below else take.target(node, "next"))
    written = take.one_or_list(node.body)
    if not 1 <= len(written) <= 3:
        node.findings.add(node.body.at, "F001.range", name="say", low=1, high=3)
    prompts = tuple(take.prompt(node, item, "say", "say") for item in written)
    return d.Say(prompts=prompts, next=take.target(node, "next"))


# What stands under the kind key; what is not here has no fields of its own.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "gather": ("prompt", "digits", "min_digits", "max_digits", "finish_on", "timeout",
               "max_attempts", "barge_in", "input", "hints", "store", "accept", "no_input",
               "no_match", "sensitive"),
    "count": ("name", "max"),
    "lookup": ("name", "args", "store", "timeout", "hold"),
    "verify_identity": VERIFY_FIELDS,
    "route": ("queue", "priority", "attributes", "announce", "announce_every", "hold_sound",
              "max_wait", "leave_key"),
    "callback": ("queue", "to", "hours", "keep_result"),
    "subflow": ("id", "with", "store"),
    "return": ("exit", "outputs"),
    "hangup": ("prompt",),
}  # fmt: skip


def _gather(node: NodeDraft) -> d.Kind:
    f = node.findings
    table = take.body_table(node, FIELDS["gather"])
    get = table.entries.get
    low, high = _digits(node, table.entries)
    finish = fields.as_form(f, get("finish_on"), "finish_on", forms.KEY, forms.KEY_SAYS)
    if finish and low == high and "digits" in table.entries:
        f.add(table.entries["finish_on"].at, "F001.together", name="finish_on", other="digits")
    ways = fields.texts(f, get("input"), "input")
    if any(way not in ("keys", "speech") for way in ways) or (ways and "keys" not in ways):
        f.add(table.entries["input"].at, "F001.choice", name="input", found=", ".join(ways),
              known="[keys], [keys, speech]")  # fmt: skip
    fields.required(f, table, "prompt")
    store = take.named(node, get("store"), "store")
    value_type = "text" if "speech" in ways else "digits"
    keys, after = _keys_or_next(node, store)
    _only_entries_hear(node, table.entries, ways)
    return d.Gather(
        prompt=take.prompt(node, get("prompt"), "prompt", "gather"),
        min_digits=low,
        max_digits=high,
        finish_on=finish or "#",
        timeout=fields.as_seconds(f, get("timeout"), "timeout", low=2, high=30, default=6),
        max_attempts=fields.as_int(
            f, get("max_attempts"), "max_attempts", low=1, high=5, default=3
        ),
        barge_in=fields.as_bool(f, get("barge_in"), "barge_in", default=True),
        speech="speech" in ways,
        hints=_hints(node, get("hints")),
        store=store,
        accept=take.expression(node, get("accept"), "accept", want="bool", value_type=value_type),
        no_input=take.prompt_list(node, get("no_input"), "no_input", "retry"),
        no_match=take.prompt_list(node, get("no_match"), "no_match", "retry"),
        sensitive=fields.as_bool(f, get("sensitive"), "sensitive", default=False),
        keys=keys,
        next=after,
        exhausted=_exhausted(node),
    )


def _digits(node: NodeDraft, entries: Mapping[str, Value]) -> tuple[int, int]:
    f = node.findings
    if "digits" in entries:
        for name in ("min_digits", "max_digits"):
            if name in entries:
                f.add(entries[name].at, "F001.together", name=name, other="digits")
        count = fields.as_int(f, entries["digits"], "digits", low=1, high=20, default=1)
        return count, count
    if "max_digits" not in entries:
        f.add(node.body.at, "F001.missing", name="digits")
        return 1, 1
    high = fields.as_int(f, entries["max_digits"], "max_digits", low=1, high=20, default=20)
    low = fields.as_int(f, entries.get("min_digits"), "min_digits", low=1, high=high, default=1)
    return low, high


def _keys_or_next(node: NodeDraft, store: str) -> tuple[Mapping[str, str], str]:
    """A menu has keys, an entry has store and next; a node is one of the two."""
    entries = node.table.entries
    if "keys" not in entries:
        if not store:
            node.findings.add(node.body.at, "F001.missing", name="store")
        return {}, take.target(node, "next")
    for name, of in (("next", entries), ("store", _inside(node))):
        if name in of:
            node.findings.add(of[name].at, "F001.together", name=name, other="keys")
    table = fields.as_table(node.findings, entries["keys"], "keys")
    keys: dict[str, str] = {}
    for key, value in table.entries.items() if table else ():
        if not forms.KEY.match(key):
            node.findings.add(
                value.at,
                "F001.form",
                name="keys",
                found=key,
                wanted=forms.KEY_SAYS,
            )
        keys[key] = take.exit_to(node, key, value)
    return keys, ""


def _inside(node: NodeDraft) -> Mapping[str, Value]:
    return node.body.entries if isinstance(node.body, Table) else fields.EMPTY


def _only_entries_hear(
    node: NodeDraft, entries: Mapping[str, Value], ways: tuple[str, ...]
) -> None:
    """What is said goes into a variable; it chooses no key. Hints help to hear it."""
    if "speech" in ways and "keys" in node.table.entries:
        node.findings.add(entries["input"].at, "F001.together", name="speech", other="keys")
    if "hints" in entries and "speech" not in ways:
        node.findings.add(entries["hints"].at, "F001.missing", name="input: [keys, speech]")


def _hints(node: NodeDraft, value: Value | None) -> tuple[str, ...]:
    """Carriers take them as one list with commas between."""
    found = []
    for item in fields.as_items(node.findings, value, "hints"):
        text = fields.as_text(node.findings, item, "hints", longest=100)
        if "," in text or not text.strip():
            node.findings.add(item.at, "F001.form", name="hints", found=text,
                              wanted="words without a comma")  # fmt: skip
        found.append(text)
    return tuple(found)


def _exhausted(node: NodeDraft) -> str:
    return take.outcomes(node, (), {"exhausted": node.human})["exhausted"]


def _branch(node: NodeDraft) -> d.Kind:
    arms: list[tuple[d.Expression, str]] = []
    for item in fields.as_items(node.findings, node.body, "branch"):
        arm = fields.as_table(node.findings, item, "branch")
        if arm is None:
            continue
        fields.only(node.findings, arm, ("when", "next"), "branch")
        when = take.expression(
            node, fields.required(node.findings, arm, "when"), "when", want="bool"
        )
        after = fields.required(node.findings, arm, "next")
        if when is not None and after is not None:
            arms.append((when, take.exit_to(node, f"when {len(arms) + 1}", after, when)))
    if not arms:
        node.findings.add(node.body.at, "F001.missing", name="when")
    return d.Branch(arms=tuple(arms), otherwise=take.target(node, "else"))


def _hours(node: NodeDraft) -> d.Kind:
    name = take.named(node, node.body, "hours")
    found = take.outcomes(node, words.HOURS_EXITS, {words.HOLIDAY: ""})
    if not found[words.HOLIDAY]:
        found[words.HOLIDAY] = found.get("closed", "")
    return d.HoursCheck(name=name, outcomes=found)


def _count(node: NodeDraft) -> d.Kind:
    table = take.body_table(node, FIELDS["count"])
    f = node.findings
    name = fields.required(f, table, "name")
    most = fields.required(f, table, "max")
    return d.Count(
        name=fields.as_form(f, name, "name", forms.NODE_ID, "a name"),
        max=fields.as_int(f, most, "max", low=1, high=9, default=1),
        outcomes=take.outcomes(node, words.COUNT_EXITS),
    )


def _set(node: NodeDraft) -> d.Kind:
    table = fields.as_table(node.findings, node.body, "set")
    entries = table.entries if table else fields.EMPTY
    assign: dict[str, d.Expression] = {}
    for name, value in entries.items():
        if name in ("language", "pace") or table is None:
            continue
        node.names.append(NameUse(what="store", name=name, at=table.keys[name]))
        made = take.expression(node, value, name, want=f"variable:{name}")
        if made:
            assign[name] = made
    return d.Set(
        assign=assign,
        next=take.target(node, "next"),
        language=take.expression(node, entries.get("language"), "language", want="text"),
        pace=take.expression(
            node, entries.get("pace"), "pace", want="enum", values=("normal", "slow")
        ),
    )


def _lookup(node: NodeDraft) -> d.Kind:
    table = take.body_table(node, FIELDS["lookup"])
    get, f = table.entries.get, node.findings
    name = take.required_name(node, table, "name", "lookup")
    args = {}
    for arg, value in fields.named(f, get("args"), "args").items():
        made = take.expression(node, value, arg, want=f"arg:{name}:{arg}")
        if made:
            args[arg] = made
    return d.Lookup(
        name=name,
        args=args,
        outcomes=take.outcomes(node, words.LOOKUP_EXITS),
        store=take.named(node, get("store"), "store"),
        timeout=fields.as_seconds(f, get("timeout"), "timeout", low=1, high=10, default=3),
        hold=take.prompt(node, get("hold"), "hold", "waiting"),
    )


def _route(node: NodeDraft) -> d.Kind:
    table = take.body_table(node, FIELDS["route"])
    get, f = table.entries.get, node.findings
    leave = fields.as_form(f, get("leave_key"), "leave_key", forms.KEY, forms.KEY_SAYS)
    exits = (*words.ROUTE_EXITS, words.LEFT) if leave else words.ROUTE_EXITS
    attributes = fields.as_items(f, get("attributes"), "attributes")
    return d.Route(
        queue=take.required_name(node, table, "queue", "queue"),
        outcomes=take.outcomes(node, exits),
        priority=fields.as_int(f, get("priority"), "priority", low=0, high=9, default=0),
        attributes=tuple(take.named(node, item, "attribute") for item in attributes),
        announce=take.prompt(node, get("announce"), "announce", "announce"),
        announce_every=fields.as_seconds(
            f, get("announce_every"), "announce_every", low=15, high=120, default=30
        ),
        hold_sound=take.sounds(node, get("hold_sound"), "hold_sound"),
        max_wait=fields.as_seconds(f, get("max_wait"), "max_wait", low=10, high=3600, default=600),
        leave_key=leave,
    )


def _callback(node: NodeDraft) -> d.Kind:
    table = take.body_table(node, FIELDS["callback"])
    get, f = table.entries.get, node.findings
    to = get("to")
    caller = to is None or fields.as_text(f, to, "to") == "caller"
    return d.Callback(
        queue=take.required_name(node, table, "queue", "queue"),
        outcomes=take.outcomes(node, words.CALLBACK_EXITS),
        to=None if caller else take.expression(node, to, "to", want="phone"),
        hours=take.named(node, get("hours"), "hours"),
        keep_result=fields.as_seconds(
            f, get("keep_result"), "keep_result", low=0, high=1800, default=0
        ),
    )


def _subflow(node: NodeDraft) -> d.Kind:
    """Exits and inputs are those of the sub-flow: compared once all files are read."""
    table = take.body_table(node, FIELDS["subflow"])
    f = node.findings
    name = take.required_name(node, table, "id", "subflow")
    inputs = {}
    for given, value in fields.named(f, table.entries.get("with"), "with").items():
        made = take.expression(node, value, given, want=f"input:{name}:{given}")
        if made:
            inputs[given] = made
    store = {}
    for variable, value in fields.named(f, table.entries.get("store"), "store").items():
        node.names.append(NameUse(what="store", name=variable, at=value.at))
        store[variable] = fields.as_form(f, value, variable, forms.NODE_ID, "an output's name")
    exits = {
        name: take.exit_to(node, name, value)
        for name, value in fields.named(f, node.table.entries.get("outcomes"), "outcomes").items()
    }
    if "error" not in exits:
        exits["error"] = take.human(node, "error")
    return d.Subflow(id=name, inputs=inputs, store=store, outcomes=exits)


def _return(node: NodeDraft) -> d.Kind:
    table = take.body_table(node, FIELDS["return"])
    outputs = {}
    for name, value in fields.named(node.findings, table.entries.get("outputs"), "outputs").items():
        made = take.expression(node, value, name, want=f"output:{name}")
        if made:
            outputs[name] = made
    return d.Return(exit=take.required_name(node, table, "exit", "exit"), outputs=outputs)


def _goto(node: NodeDraft) -> d.Kind:
    return d.Goto(target=take.exit_to(node, "goto", node.body))


def _hangup(node: NodeDraft) -> d.Kind:
    table = take.body_table(node, FIELDS["hangup"])
    return d.HangUp(prompt=take.prompt(node, table.entries.get("prompt"), "prompt", "say"))


# How each kind is read, and what may stand beside its key.
_READERS: Final[Mapping[type, tuple[Callable[[NodeDraft], d.Kind], tuple[str, ...]]]] = {
    d.Say: (_say, ("next",)),
    d.Gather: (_gather, ("keys", "next", "outcomes")),
    d.Branch: (_branch, ("else",)),
    d.HoursCheck: (_hours, ("outcomes",)),
    d.Count: (_count, ("outcomes",)),
    d.Set: (_set, ("next",)),
    d.Lookup: (_lookup, ("outcomes",)),
    d.VerifyIdentity: (read_verify_identity, ("outcomes",)),
    d.Route: (_route, ("outcomes",)),
    d.Callback: (_callback, ("outcomes",)),
    d.Subflow: (_subflow, ("outcomes",)),
    d.Return: (_return, ()),
    d.Goto: (_goto, ()),
    d.HangUp: (_hangup, ()),
}
KINDS: Final = {KIND_NAMES[kind]: reader for kind, reader in _READERS.items()}
