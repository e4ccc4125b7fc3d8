"""What changed between two versions of a flow, by meaning: nodes, exits, prompts, levels. Pure.

Lines, comments and the order of keys are no change; a version's hash does not count them either.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from ivr.flow_engine import definition as d
from ivr.flow_engine.nodes.kinds_and_exits import EXIT_FIELDS, KIND_NAMES, exits_of
from ivr.flow_engine.outcomes import BINDING_LEVELS, IDENTITY_LEVELS

_RANKS: Final[Mapping[str, tuple[str, ...]]] = {
    f"{part}.{what}": levels
    for part in ("require", "step_up")
    for what, levels in (("identity", IDENTITY_LEVELS), ("binding", BINDING_LEVELS))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`what`: node, exit, level, field, prompt or setting. `before` or `after` is "" where it was,
    or is, not there.

    `place` is a node (in a sub-flow `sub-flow/node`) or a prompt id; `names` the exits, the field,
    or the language that changed. `step` is -1 where a level got lower, 1 where it got higher.
    `file` and `line` are those of the node, in the later version where it is there.
    """

    what: str
    place: str = ""
    names: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    file: str = ""
    line: int = 0
    step: int = 0


def differences(before: d.Flow, after: d.Flow) -> tuple[Change, ...]:
    """Empty exactly when both read the same; first what concerns the whole flow, then bodies."""
    found = [*_settings(before, after)]
    bodies = ({"": flow.main, **flow.subflows} for flow in (before, after))
    old, new = bodies
    for name in dict.fromkeys((*old, *new)):
        found += _body(name, old.get(name), new.get(name))
    return (*found, *_prompts(before, after))


def _settings(before: d.Flow, after: d.Flow) -> Iterator[Change]:
    """All that is beside nodes and prompts."""
    old, new = _whole(before), _whole(after)
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield Change(
                what="setting",
                names=(name,),
                before=_shown(old.get(name)),
                after=_shown(new.get(name)),
                file=after.main.file,
            )


def _whole(flow: d.Flow) -> dict[str, Any]:
    site = asdict(flow.site)
    parts = {
        "languages": list(flow.languages),
        "voice": dict(flow.voice),
        "readings": {key: dict(words) for key, words in flow.readings.items()},
        "hours": {name: asdict(one) for name, one in flow.hours.items()},
        "global_keys": {key: _key(one) for key, one in flow.global_keys.items()},
        "limits": asdict(flow.limits),
        "site": {name: site[name] for name in ("business", "queues", "lookups", "purposes",
                                               "actions", "calendars")},
    }  # fmt: skip
    for name, body in {"": flow.main, **flow.subflows}.items():
        for field in ("title", "start", "human", "on_repudiated"):
            parts[f"{name}.{field}" if name else field] = getattr(body, field)
        for field in ("variables", "inputs", "outputs"):
            values = {key: asdict(one) for key, one in getattr(body, field).items()}
            parts[f"{name}.{field}" if name else field] = values
        if name:
            parts[f"{name}.exits"] = {one.name: one.verified for one in body.exits}
    return dict(_flat(parts, ""))


def _key(key: d.GlobalKey) -> str:
    return f"goto {key.target}" if key.target else key.action.value


def _body(name: str, old: d.FlowBody | None, new: d.FlowBody | None) -> Iterator[Change]:
    before = old.nodes if old else {}
    after = new.nodes if new else {}
    for node in dict.fromkeys((*before, *after)):
        place = f"{name}/{node}" if name else node
        was, now = before.get(node), after.get(node)
        body, known = (new, now) if now and new else (old, was)
        assert body is not None
        assert known is not None
        file, line = body.file, known.line
        kinds = [KIND_NAMES[type(one.kind)] if one else "" for one in (was, now)]
        if was is None or now is None or kinds[0] != kinds[1]:
            yield Change(
                what="node", place=place, before=kinds[0], after=kinds[1], file=file, line=line
            )
        else:
            yield from _node(place, was, now, file)


def _node(place: str, was: d.Node, now: d.Node, file: str) -> Iterator[Change]:
    yield from _exits(place, exits_of(was.kind), exits_of(now.kind), file, now.line)
    old, new = _fields(was), _fields(now)
    for name in dict.fromkeys((*old, *new)):
        before, after = _shown(old.get(name)), _shown(new.get(name))
        if before == after:
            continue
        levels = _RANKS.get(name)
        yield Change(
            what="level" if levels else "field",
            place=place,
            names=(name,),
            before=before,
            after=after,
            file=file,
            line=now.line,
            step=_step(levels, before, after) if levels else 0,
        )


def _exits(
    place: str, old: Mapping[str, str], new: Mapping[str, str], file: str, line: int
) -> Iterator[Change]:
    """Exits that went one way together and go another together are one change."""
    moved: dict[tuple[str, str], list[str]] = {}
    for name in dict.fromkeys((*old, *new)):
        way = (old.get(name, ""), new.get(name, ""))
        if way[0] != way[1]:
            moved.setdefault(way, []).append(name)
    for (before, after), names in moved.items():
        yield Change(
            what="exit",
            place=place,
            names=tuple(names),
            before=before,
            after=after,
            file=file,
            line=line,
        )


def _fields(node: d.Node) -> dict[str, Any]:
    kind = {name: value for name, value in asdict(node.kind).items() if name not in EXIT_FIELDS}
    if isinstance(node.kind, d.VerifyIdentity):
        kind["modes"] = [mode.name for mode in node.kind.modes]
        kind["mode"] = {mode.name: asdict(mode) for mode in node.kind.modes}
    if isinstance(node.kind, d.Branch):
        kind["order"] = [when.source for when, _ in node.kind.arms]
    return dict(_flat({**kind, "note": node.note}, ""))


def _step(levels: tuple[str, ...], before: str, after: str) -> int:
    """A step up that is gone is lower than any."""
    old, new = (levels.index(one) if one in levels else -1 for one in (before, after))
    return (new > old) - (new < old)


def _prompts(before: d.Flow, after: d.Flow) -> Iterator[Change]:
    for name in dict.fromkeys((*before.prompts, *after.prompts)):
        old, new = before.prompts.get(name, {}), after.prompts.get(name, {})
        for language in dict.fromkeys((*old, *new)):
            was, now = (_text(texts.get(language)) for texts in (old, new))
            for part in dict.fromkeys((*was, *now)):
                if was.get(part, "") != now.get(part, ""):
                    yield Change(
                        what="prompt",
                        place=name,
                        names=(language,) if part in ("say", "text") else (language, part),
                        before=was.get(part, ""),
                        after=now.get(part, ""),
                    )


def _text(text: d.PromptText | None) -> dict[str, str]:
    return {name: value for name, value in asdict(text).items() if value} if text else {}


def _flat(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Every leaf by its dotted path; an expression is its source, a list one leaf."""
    if isinstance(value, Mapping):
        if set(value) == {"source"}:
            yield at, value["source"]
            return
        for key, entry in value.items():
            yield from _flat(entry, f"{at}.{key}" if at else str(key))
    else:
        yield at, value


def _shown(value: Any) -> str:
    if value is None or value == "" or value == () or value == []:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_shown(entry)}" for key, entry in value.items())
    return str(value)
