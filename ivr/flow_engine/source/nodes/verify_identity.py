"""Read a `verify_identity` node: every exit filled."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine import outcomes as words
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Scalar, Table, Value
from ivr.flow_engine.source.draft import Exit, NodeDraft
from ivr.flow_engine.source.nodes import take

FIELDS: Final = ("require", "step_up", "purpose", "modes", "expect", "wait", "extend", "hold",
                  "keys")  # fmt: skip
# mode -> (its options, seconds of `for`: default and most)
_OPTIONS: Final[Mapping[str, tuple[tuple[str, ...], int, int]]] = {
    "app_dial": (("cover", "listen"), 60, 60),
    "sms_link": (("prompt", "for"), 90, 300),
    "spoken_code": (("prompt", "for"), 120, 300),
    "keyed_code": (("prompt", "for", "accessibility"), 60, 300),
    "operator_started": (("via",), 120, 300),
}
_VIA: Final = tuple(mode for mode in words.MODES if mode != "operator_started")


def read_verify_identity(node: NodeDraft) -> d.VerifyIdentity:
    table = take.body_table(node, FIELDS)
    get, f = table.entries.get, node.findings
    require = _require(node, fields.required(f, table, "require"))
    modes = _modes(node, fields.required(f, table, "modes"))
    step_up = _step_up(node, get("step_up"))
    beside = bool(modes) and _beside_only(modes)  # nothing is spoken then
    return d.VerifyIdentity(
        require=require,
        purpose=take.required_name(node, table, "purpose", "purpose"),
        modes=modes,
        hold=_hold(node, get("hold") if beside else fields.required(f, table, "hold")),
        outcomes=_exits(node, only_beside=beside),
        step_up=step_up,
        expect=take.expression(node, get("expect"), "expect", want="ref", may_be_unset=True),
        wait=fields.as_seconds(f, get("wait"), "wait", low=60, high=300, default=300),
        extend=fields.as_seconds(f, get("extend"), "extend", low=0, high=120, default=120),
        keys=_keys(node, get("keys")),
    )


def _level(
    node: NodeDraft, value: Value | None, what: str, known: tuple[str, ...], default: str
) -> str:
    text = fields.as_text(node.findings, value, what)
    if value is None or text in known:
        return text or default
    node.findings.add(value.at, "O002", what="level", name=text, **forms.among(text, known))
    return default


def _pair(node: NodeDraft, table: Table) -> tuple[str, str]:
    f = node.findings
    identity = _level(node, fields.required(f, table, "identity"), "identity",
                      words.REQUIRABLE_IDENTITY, "id_card_auth")  # fmt: skip
    binding = _level(node, fields.required(f, table, "binding"), "binding",
                     words.BINDING_LEVELS, "bind_choice")  # fmt: skip
    return identity, binding


def _require(node: NodeDraft, value: Value | None) -> d.Require:
    table = fields.as_table(node.findings, value, "require")
    if table is None:
        return d.Require(identity="id_card_auth", binding="bind_choice")
    fields.only(node.findings, table, ("identity", "binding"), "require")
    identity, binding = _pair(node, table)
    return d.Require(identity=identity, binding=binding)


def _step_up(node: NodeDraft, value: Value | None) -> d.StepUp | None:
    table = fields.as_table(node.findings, value, "step_up")
    if table is None:
        return None
    fields.only(node.findings, table, ("identity", "binding", "when", "action"), "step_up")
    identity, binding = _pair(node, table)
    return d.StepUp(
        identity=identity,
        binding=binding,
        when=take.expression(node, table.entries.get("when"), "when", want="bool"),
        action=take.named(node, table.entries.get("action"), "action"),
    )


def _modes(node: NodeDraft, value: Value | None) -> tuple[d.Mode, ...]:
    modes: list[d.Mode] = []
    for item in fields.as_items(node.findings, value, "modes"):
        name, options = _mode_name(node, item)
        if not name:
            continue
        if any(mode.name == name for mode in modes):
            node.findings.add(item.at, "F002", name=name, line=item.at.line)
        modes.append(_mode(node, name, options))
    if value is not None and not modes:
        node.findings.add(value.at, "F001.missing", name="modes")
    return tuple(modes)


def _mode_name(node: NodeDraft, item: Value) -> tuple[str, Table]:
    """A mode is written `name` or `{name: options}`."""
    if isinstance(item, Table) and len(item.entries) == 1:
        ((name, value),) = item.entries.items()
        empty = isinstance(value, Scalar) and value.value is None
        options = None if empty else fields.as_table(node.findings, value, name)
        return _known_mode(node, item, name), options or Table(entries={}, keys={}, at=item.at)
    name = fields.as_text(node.findings, item, "modes")
    return _known_mode(node, item, name), Table(entries={}, keys={}, at=item.at)


def _known_mode(node: NodeDraft, item: Value, name: str) -> str:
    if name in words.MODES:
        return name
    facts = forms.among(name, words.MODES)
    node.findings.add(item.at, "O002", what="mode", name=name, **facts)
    return ""


def _mode(node: NodeDraft, name: str, options: Table) -> d.Mode:
    allowed, default, most = _OPTIONS[name]
    fields.only(node.findings, options, allowed, name)
    get, f = options.entries.get, node.findings
    if "prompt" in allowed:
        fields.required(f, options, "prompt")
    via = fields.texts(f, fields.required(f, options, "via"), "via") if "via" in allowed else ()
    for mode in via:
        if mode not in _VIA:
            f.add(options.at, "O002", what="mode", name=mode, **forms.among(mode, _VIA))
    accessible = fields.as_bool(f, get("accessibility"), "accessibility", default=False)
    if name == "keyed_code" and not accessible:
        f.add(options.at, "F001.missing", name="accessibility: true")
    return d.Mode(
        name=name,
        prompt=take.prompt(node, get("prompt"), "prompt", f"mode:{name}"),
        within=fields.as_seconds(f, get("for"), "for", low=10, high=most, default=default),
        cover=take.prompt(node, get("cover"), "cover", "say"),
        listen=fields.as_seconds(f, get("listen"), "listen", low=1, high=2, default=2),
        accessibility=accessible,
        via=via,
    )


def _beside_only(modes: tuple[d.Mode, ...]) -> bool:
    return all(mode.name == "operator_started" for mode in modes)


def _hold(node: NodeDraft, value: Value | None) -> d.HoldPrompts:
    table = fields.as_table(node.findings, value, "hold")
    if table is None:
        return d.HoldPrompts(prompts={})
    fields.only(node.findings, table, ("every", "sound", "prompts"), "hold")
    get, f = table.entries.get, node.findings
    written = fields.as_table(f, fields.required(f, table, "prompts"), "prompts")
    prompts: dict[str, str] = {}
    if written is not None:
        fields.required(f, written, "default")
        for hint, entry in written.entries.items():
            if hint not in ("default", *words.PENDING_HINTS):
                f.add(written.keys[hint], "O002", what="hint", name=hint,
                      **forms.among(hint, words.PENDING_HINTS))  # fmt: skip
            prompts[hint] = take.prompt(node, entry, hint, f"hold:{hint}")
    return d.HoldPrompts(
        prompts=prompts,
        every=fields.as_seconds(f, get("every"), "every", low=8, high=10, default=8),
        sound=take.sounds(node, get("sound"), "sound"),
    )


def _exits(node: NodeDraft, *, only_beside: bool) -> dict[str, str]:
    known = (*words.VERIFY_EXITS, words.OTHER)
    table = fields.as_table(node.findings, node.table.entries.get("outcomes"), "outcomes")
    written: dict[str, str] = {}
    for name, value in table.entries.items() if table else ():
        if name in known:
            written[name] = take.exit_to(node, name, value)
        else:
            node.findings.add(value.at, "O002", what="outcome", name=name,
                              **forms.nearest(name, known))  # fmt: skip
    if only_beside and not written:
        # Runs beside the talk: no exit of it is ever followed.
        return dict.fromkeys(words.VERIFY_EXITS, node.human)
    return {name: _filled(node, written, name) for name in words.VERIFY_EXITS}


def _filled(node: NodeDraft, written: Mapping[str, str], name: str) -> str:
    if name in written:
        return written[name]
    complete = name in words.COMPLETE_EXITS
    at = node.at
    if words.OTHER in written and not complete:
        target = written[words.OTHER]
        at = next((leaving.at for leaving in node.exits if leaving.name == words.OTHER), at)
    elif name == "call_ended":
        target = node.human
    else:
        node.findings.add(node.at, "O001", name=name, where="outcomes")
        return ""
    node.exits.append(Exit(name=name, target=target, at=at))
    return target


def _keys(node: NodeDraft, value: Value | None) -> d.VerifyKeys:
    table = fields.as_table(node.findings, value, "keys")
    if table is None:
        return d.VerifyKeys()
    names = ("repeat", "more_time", "other_way", "skip")
    fields.only(node.findings, table, names, "keys")
    default = d.VerifyKeys()
    found = {
        name: fields.as_form(
            node.findings,
            table.entries.get(name),
            name,
            forms.KEY,
            forms.KEY_SAYS,
        )
        or getattr(default, name)
        for name in names
    }
    if len(set(found.values())) < len(names):
        node.findings.add(table.at, "F001.together", name="keys", other="the same key")
    return d.VerifyKeys(**found)
