"""Tests in YAML -> FlowTests: the list `tests` of a flow, and the files of `flows/tests/`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from ivr.flow_engine import outcomes as words
from ivr.flow_engine.site import Site
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.bodies.body import NEEDED_OF_TEST, TEST_FIELDS
from ivr.flow_engine.source.documents import Scalar, Table, Value, plain, read_document
from ivr.flow_engine.source.findings import At, Findings, Found
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_tests.expecting import read_expected
from ivr.flow_tests.model import (
    QUEUE_OUTCOMES,
    TICKETS,
    FlowTest,
    LookupAnswer,
    Step,
)

SCHEMA: Final = "ivr-tests/1"
_LONGEST_WAIT: Final = 3600


def read_embedded(whole: WholeFlow) -> tuple[tuple[FlowTest, ...], tuple[Found, ...]]:
    """Those of the flow's file and of its sub-flows' files: each is a call to the main flow."""
    findings = Findings()
    tests: list[FlowTest] = []
    for draft in whole.bodies.values():
        tests += _tests(findings, draft.table.entries.get("tests"), whole.site)
    return tuple(tests), findings.sorted()


def read_file(
    text: str, file: str, site: Site
) -> tuple[str, tuple[FlowTest, ...], tuple[Found, ...]]:
    """One file of `flows/tests/`: `schema: ivr-tests/1`, `flow` (the id they call), `tests`."""
    findings = Findings()
    table = fields.header(findings, read_document(text, file, findings), SCHEMA, file)
    if table is None:
        return "", (), findings.sorted()
    fields.only(findings, table, ("schema", "flow", "tests"), file)
    flow_id = fields.as_form(
        findings, fields.required(findings, table, "flow"), "flow", forms.FLOW_ID, "a flow id"
    )
    tests = _tests(findings, fields.required(findings, table, "tests"), site)
    return flow_id, tuple(tests), findings.sorted()


def _tests(findings: Findings, value: Value | None, site: Site) -> list[FlowTest]:
    tests: list[FlowTest] = []
    names: dict[str, At] = {}
    for item in fields.as_items(findings, value, "tests"):
        table = fields.as_table(findings, item, "tests")
        test = _test(findings, table, site) if table else None
        if test is None:
            continue
        if test.name in names:
            findings.add(test.at, "F002", name=test.name, line=names[test.name].line)
        names[test.name] = test.at
        tests.append(test)
    return tests


def _test(findings: Findings, table: Table, site: Site) -> FlowTest | None:
    """None where something is missing or wrong: a test that was not understood is not played."""
    before = len(findings.found)
    fields.only(findings, table, TEST_FIELDS, "tests")
    needed = {name: fields.required(findings, table, name) for name in NEEDED_OF_TEST}
    name = fields.as_text(findings, needed["name"], "name", longest=120)
    starts = _starts(findings, needed["at"])
    caller, dialled = _call(findings, needed["call"])
    lookups = _lookups(findings, table.entries.get("lookups"), site)
    callback = fields.as_choice(
        findings, table.entries.get("callback"), "callback", words.CALLBACK_EXITS, "accepted"
    )
    steps = tuple(
        step
        for item in fields.as_items(findings, needed["steps"], "steps")
        if (step := _step(findings, item)) is not None
    )
    expect = read_expected(findings, fields.as_table(findings, needed["expect"], "expect"))
    if len(findings.found) != before or starts is None:
        return None
    return FlowTest(
        name=name,
        at=table.at,
        starts=starts,
        caller=caller,
        dialled=dialled,
        lookups=lookups,
        callback=callback,
        steps=steps,
        expect=expect,
    )


def _starts(findings: Findings, value: Value | None) -> datetime | None:
    text = fields.as_text(findings, value, "at")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment
    if value is not None and text:
        wanted = "a time such as 2026-11-24T10:00:00+09:00"
        findings.add(value.at, "F001.form", name="at", wanted=wanted, found=text)
    return None


def _call(findings: Findings, value: Value | None) -> tuple[str, str]:
    table = fields.as_table(findings, value, "call")
    if table is None:
        return "", ""
    fields.only(findings, table, ("from", "to"), "call")
    caller = fields.required(findings, table, "from")
    to = fields.required(findings, table, "to")
    withheld = isinstance(caller, Scalar) and caller.value == ""
    from_number = (
        ""
        if withheld
        else fields.as_form(findings, caller, "from", forms.PHONE, 'a number such as "+8190…"')
    )
    dialled = fields.as_form(findings, to, "to", forms.PHONE, 'a number such as "+813…"')
    return from_number, dialled


def _lookups(findings: Findings, value: Value | None, site: Site) -> dict[str, LookupAnswer]:
    answers: dict[str, LookupAnswer] = {}
    table = fields.as_table(findings, value, "lookups")
    for name, entry in table.entries.items() if table else ():
        if table is not None and name not in site.lookups:
            known = forms.nearest(name, site.lookups)
            findings.add(table.keys[name], "F004", name=name, where="lookups", **known)
            continue
        answers[name] = _answer(findings, entry, name, site)
    return answers


def _answer(findings: Findings, value: Value, name: str, site: Site) -> LookupAnswer:
    if not isinstance(value, Table):
        outcome = fields.as_choice(findings, value, name, words.LOOKUP_EXITS, "none")
        return LookupAnswer(outcome=outcome)
    fields.only(findings, value, ("found",), name)
    found = fields.as_table(findings, fields.required(findings, value, "found"), "found")
    if found is None:
        return LookupAnswer(outcome="found")
    fields.only(findings, found, site.lookups[name].fields, f"{name}.found")
    scalars = {
        field: entry.value
        for field, entry in found.entries.items()
        if isinstance(entry, Scalar) and entry.value is not None
    }
    for field, entry in found.entries.items():
        if field not in scalars:
            findings.add(entry.at, "F001.type", name=field, wanted="text")
    return LookupAnswer(outcome="found", fields=scalars)


def _step(findings: Findings, item: Value) -> Step | None:
    table = fields.as_table(findings, item, "steps")
    if table is None:
        return None
    fields.only(findings, table, _STEPS, "steps")
    if len(table.entries) != 1:
        findings.add(table.at, "F001.missing", name=" | ".join(_STEPS))
        return None
    ((kind, value),) = table.entries.items()
    return _STEPS[kind](findings, kind, value) if kind in _STEPS else None


def _pressed(findings: Findings, kind: str, value: Value) -> Step:
    text = fields.as_text(findings, value, kind, longest=32)
    if text and not all(forms.KEY.match(key) for key in text):
        findings.add(value.at, "F001.form", name=kind, wanted='keys such as "1"', found=text)
    return Step(kind=kind, text=text, at=value.at)


def _waited(findings: Findings, kind: str, value: Value) -> Step:
    seconds = fields.as_seconds(findings, value, kind, low=1, high=_LONGEST_WAIT, default=1)
    return Step(kind=kind, seconds=seconds, at=value.at)


def _spoken(findings: Findings, kind: str, value: Value) -> Step:
    return Step(kind=kind, text=fields.as_text(findings, value, kind, longest=200), at=value.at)


def _one_of(*known: str) -> Callable[[Findings, str, Value], Step]:
    def read(findings: Findings, kind: str, value: Value) -> Step:
        return Step(kind=kind, text=fields.as_choice(findings, value, kind, known), at=value.at)

    return read


def _identity(findings: Findings, kind: str, value: Value) -> Step:
    """An exit, or `{exit, identity, binding}` for levels that are not those required."""
    if not isinstance(value, Table):
        return _one_of(*words.VERIFY_EXITS)(findings, kind, value)
    fields.only(findings, value, ("exit", "identity", "binding"), kind)
    get = value.entries.get
    needed = fields.required(findings, value, "exit")
    return Step(
        kind=kind,
        at=value.at,
        text=fields.as_choice(findings, needed, "exit", words.VERIFY_EXITS),
        identity=fields.as_choice(findings, get("identity"), "identity", words.IDENTITY_LEVELS),
        binding=fields.as_choice(findings, get("binding"), "binding", words.BINDING_LEVELS),
    )


def _flag(findings: Findings, kind: str, value: Value) -> Step:
    if plain(value) is not True:
        findings.add(value.at, "F001.type", name=kind, wanted="true")
    return Step(kind=kind, at=value.at)


_STEPS: Final[Mapping[str, Callable[[Findings, str, Value], Step]]] = {
    "press": _pressed,
    "wait": _waited,
    "speech": _spoken,
    "ticket": _one_of(*TICKETS),
    "hint": _one_of(*words.PENDING_HINTS),
    "identity": _identity,
    "queue": _one_of(*QUEUE_OUTCOMES),
    "repudiate": _flag,
    "hang_up": _flag,
}
