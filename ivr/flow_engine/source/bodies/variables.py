"""`variables`, `inputs` and `outputs` -> Variables by their name."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_engine.definition import Variable
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.findings import Findings

TYPES: Final = ("text", "digits", "int", "bool", "date", "time", "yen", "phone", "ref", "enum")


def read_variables(findings: Findings, value: Value | None, where: str) -> dict[str, Variable]:
    """`where` is the word that findings show: variables, inputs or outputs."""
    variables: dict[str, Variable] = {}
    table = fields.as_table(findings, value, where)
    for name, entry in table.entries.items() if table else ():
        if table is not None and (not forms.NODE_ID.match(name) or name in forms.RESERVED):
            findings.add(table.keys[name], "F001.form", name=where, found=name, wanted="a name")
        declared = fields.as_table(findings, entry, name)
        if declared is not None:
            variables[name] = _variable(findings, declared, name)
    return variables


def all_have_values(
    findings: Findings, outputs: Mapping[str, Variable], value: Value | None
) -> None:
    """A return need not write every output, and whoever called reads all of them."""
    written = fields.as_table(findings, value, "outputs")
    for name, output in outputs.items():
        if written and output.default is None and not output.type.startswith("lookup."):
            findings.add(written.entries[name].at, "F001.missing", name="default")


def _variable(findings: Findings, table: Table, name: str) -> Variable:
    fields.only(findings, table, ("type", "values", "default", "personal"), name)
    get = table.entries.get
    kind = fields.as_text(findings, fields.required(findings, table, "type"), "type")
    lookup = kind.removeprefix("lookup.") if kind.startswith("lookup.") else ""
    if kind and not lookup and kind not in TYPES:
        fields.none_of(findings, table.entries["type"].at, "type", kind, tuple(TYPES))
        kind = "text"
    values = fields.texts(findings, get("values"), "values")
    if (kind == "enum") != bool(values):
        findings.add(table.at, "F001.missing" if kind == "enum" else "F001.together",
                     name="values", other=f"type {kind}")  # fmt: skip
    return Variable(
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
        fields.none_of(findings, value.at, "default", text, values)
    return text
