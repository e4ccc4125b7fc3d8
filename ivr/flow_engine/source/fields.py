"""Take one field of a table: check its form, tell what is wrong, give the value or a default.

Every function answers with something usable, so that one reading finds all mistakes at once; a
flow with a finding is never handed out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from ivr.flow_engine.source import forms
from ivr.flow_engine.source.documents import Items, Scalar, Table, Value
from ivr.flow_engine.source.findings import At, Findings
from ivr.flow_engine.source.format_steps import ladder

EMPTY: Mapping[str, Value] = {}


def only(findings: Findings, table: Table, allowed: Iterable[str], where: str) -> None:
    """F004 for every field that is not allowed here."""
    known = tuple(allowed)
    for name, at in table.keys.items():
        if name not in known:
            findings.add(at, "F004", name=name, where=where, **forms.nearest(name, known))


def required(findings: Findings, table: Table, name: str) -> Value | None:
    value = table.entries.get(name)
    if value is None:
        findings.add(table.at, "F001.missing", name=name)
    return value


def as_table(findings: Findings, value: Value | None, name: str) -> Table | None:
    """None where it is missing or no table; an empty value is no table either."""
    if value is None or isinstance(value, Table):
        return value
    findings.add(value.at, "F001.type", name=name, wanted="a table")
    return None


def as_items(findings: Findings, value: Value | None, name: str) -> tuple[Value, ...]:
    if value is None:
        return ()
    if isinstance(value, Items):
        return value.items
    findings.add(value.at, "F001.type", name=name, wanted="a list")
    return ()


def as_text(findings: Findings, value: Value | None, name: str, *, longest: int = 1000) -> str:
    """Empty where it is missing or no text. A bare number or truth value is F003, and taken as it
    is written."""
    if value is None:
        return ""
    if not isinstance(value, Scalar) or value.value is None:
        findings.add(value.at, "F001.type", name=name, wanted="text")
        return ""
    if not isinstance(value.value, str):
        # A bare number or truth value where text belongs: the quotes are missing.
        findings.add(value.at, "F003", found=value.text)
        return value.text
    if len(value.text) > longest:
        findings.add(value.at, "F001.range", name=name, low=0, high=longest)
        return value.text[:longest]
    return value.text


def as_form(
    findings: Findings, value: Value | None, name: str, form: re.Pattern[str], wanted: str
) -> str:
    """Text of a form such as NODE_ID; empty where it is missing or has another form."""
    text = as_text(findings, value, name)
    if value is None or not text:
        return ""
    if form.match(text):
        return text
    findings.add(value.at, "F001.form", name=name, wanted=wanted, found=text)
    return ""


def as_choice(
    findings: Findings, value: Value | None, name: str, known: Iterable[str], default: str = ""
) -> str:
    text = as_text(findings, value, name)
    words = tuple(known)
    if value is None or text in words:
        return text or default
    none_of(findings, value.at, name, text, words)
    return default


def none_of(findings: Findings, at: At, name: str, found: str, words: Sequence[str]) -> None:
    facts = forms.among(found, words)
    case = "F001.near" if facts["nearest"] else "F001.choice"
    findings.add(at, case, name=name, found=found, **facts)


def as_int(
    findings: Findings, value: Value | None, name: str, *, low: int, high: int, default: int
) -> int:
    if value is None:
        return default
    if not isinstance(value, Scalar) or type(value.value) is not int:
        findings.add(value.at, "F001.type", name=name, wanted="a whole number")
        return default
    if not low <= value.value <= high:
        findings.add(value.at, "F001.range", name=name, low=low, high=high)
        return default
    return value.value


def as_bool(findings: Findings, value: Value | None, name: str, *, default: bool) -> bool:
    if value is None:
        return default
    if not isinstance(value, Scalar) or type(value.value) is not bool:
        findings.add(value.at, "F001.type", name=name, wanted="true or false")
        return default
    return value.value


def as_seconds(
    findings: Findings, value: Value | None, name: str, *, low: int, high: int, default: int
) -> int:
    """A duration in whole seconds. `0s` is a duration like any other."""
    if value is None:
        return default
    if isinstance(value, Scalar) and type(value.value) is int:
        findings.add(value.at, "F001.type", name=name, wanted="a duration such as 6s")
        return default
    text = as_text(findings, value, name)
    amount = forms.seconds(text)
    if amount is None:
        findings.add(value.at, "F001.form", name=name, wanted="a duration such as 6s", found=text)
        return default
    if not low <= amount <= high:
        findings.add(value.at, "F001.range", name=name, low=f"{low}s", high=f"{high}s")
        return default
    return amount


def texts(findings: Findings, value: Value | None, name: str) -> tuple[str, ...]:
    return tuple(as_text(findings, item, name) for item in as_items(findings, value, name))


def named(findings: Findings, value: Value | None, name: str) -> Mapping[str, Value]:
    """The entries of an optional table."""
    table = as_table(findings, value, name)
    return table.entries if table else EMPTY


def header(findings: Findings, root: Value | None, schema: str, file: str) -> Table | None:
    """The document as a table whose `schema` is the wanted one; an older one is brought up."""
    table = as_table(findings, root, file)
    if table is None:
        return None
    found = as_text(findings, required(findings, table, "schema"), "schema")
    if found and found != schema:
        at = table.entries["schema"].at
        newer = ladder.lifted(table, found, schema, ladder.STEPS)
        findings.add(at, ladder.OLDER if newer else "F001.schema", found=found, wanted=schema)
        return newer or table
    return table
