"""Take what nodes are made of: exits, prompts, expressions and names, noting where they stand."""

from collections.abc import Iterable, Mapping

from ivr.flow_engine.definition import Expression, Sounds
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Items, Scalar, Table, Value
from ivr.flow_engine.source.draft import Exit, ExpressionUse, NameUse, NodeDraft, PromptUse


def body_table(node: NodeDraft, allowed: Iterable[str]) -> Table:
    """The table under the kind key, its unknown fields reported."""
    if isinstance(node.body, Scalar) and node.body.value is None:
        node.findings.add(node.body.at, "F001.type", name=node.kind_name, wanted="a table")
        return Table(entries={}, keys={}, at=node.at)
    table = fields.as_table(node.findings, node.body, node.kind_name)
    if table is None:
        return Table(entries={}, keys={}, at=node.at)
    fields.only(node.findings, table, allowed, node.kind_name)
    return table


def target(node: NodeDraft, name: str) -> str:
    """A required exit beside the kind key, such as `next`."""
    value = node.table.entries.get(name)
    if value is None:
        node.findings.add(node.at, "O001", name=name, where=node.id)
        return ""
    return exit_to(node, name, value)


def exit_to(node: NodeDraft, name: str, value: Value, when: Expression | None = None) -> str:
    found = fields.as_form(node.findings, value, name, forms.NODE_ID, "a node id")
    if found:
        node.exits.append(Exit(name=name, target=found, at=value.at, when=when))
    return found


def outcomes(
    node: NodeDraft, wanted: Iterable[str], optional: Mapping[str, str] | None = None
) -> dict[str, str]:
    """All exits of a closed set; `optional` gives those that need not be written their target."""
    names = tuple(wanted)
    known = (*names, *(optional or {}))
    table = fields.as_table(node.findings, node.table.entries.get("outcomes"), "outcomes")
    found: dict[str, str] = {}
    for name, value in table.entries.items() if table else ():
        if name not in known:
            node.findings.add(
                table.keys[name] if table else node.at,
                "O002",
                what="outcome",
                name=name,
                **forms.among(name, known),
            )
            continue
        found[name] = exit_to(node, name, value)
    for name in names:
        if name not in found:
            node.findings.add(node.at, "O001", name=name, where="outcomes")
    for name, fallback in (optional or {}).items():
        if name not in found:
            found[name] = fallback
            if fallback:
                node.exits.append(Exit(name=name, target=fallback, at=node.at))
    return found


def human(node: NodeDraft, name: str) -> str:
    """The target of an exit that leads to a person when not written; empty in sub-flows."""
    node.exits.append(Exit(name=name, target=node.human, at=node.at))
    return node.human


def prompt(node: NodeDraft, value: Value | None, name: str, role: str) -> str:
    found = fields.as_form(node.findings, value, name, forms.PROMPT_ID, "a prompt id")
    if found and value is not None:
        node.prompts.append(PromptUse(prompt=found, role=role, at=value.at))
    return found


def prompt_list(node: NodeDraft, value: Value | None, name: str, role: str) -> tuple[str, ...]:
    return tuple(
        prompt(node, item, name, role) for item in fields.as_items(node.findings, value, name)
    )


def expression(
    node: NodeDraft,
    value: Value | None,
    name: str,
    *,
    want: str = "",
    value_type: str = "",
    may_be_unset: bool = False,
    values: tuple[str, ...] = (),
) -> Expression | None:
    source = fields.as_text(node.findings, value, name)
    if value is None:
        return None
    made = Expression(source=source)
    node.expressions.append(
        ExpressionUse(
            expression=made,
            want=want,
            at=value.at,
            may_be_unset=may_be_unset,
            values=values,
            value=value_type,
        )
    )
    return made


def named(node: NodeDraft, value: Value | None, what: str) -> str:
    """A name of the site file, a variable or an audio path."""
    found = fields.as_text(node.findings, value, what, longest=100)
    if found and value is not None:
        node.names.append(NameUse(what=what, name=found, at=value.at))
    return found


def sounds(node: NodeDraft, value: Value | None, name: str) -> Sounds:
    """One path for every language, or language -> path."""
    if not isinstance(value, Table):
        path = named(node, value, "audio")
        return {"": path} if path else {}
    found: dict[str, str] = {}
    for language, entry in value.entries.items():
        if not forms.LANGUAGE.match(language):
            node.findings.add(value.keys[language], "F001.form", name=name, found=language,
                              wanted="a language such as ja-JP")  # fmt: skip
        path = named(node, entry, "audio")
        if path:
            found[language] = path
    return found


def required_name(node: NodeDraft, table: Table, name: str, what: str) -> str:
    return named(node, fields.required(node.findings, table, name), what)


def one_or_list(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, Items) else (value,)
