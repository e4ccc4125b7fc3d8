"""The part `expect` of a test."""

from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Table, Value, plain
from ivr.flow_engine.source.findings import At, Findings
from ivr.flow_tests.model import Expected, Word

_EXPECT = ("queue", "priority", "said", "path", "not_said", "vars", "end", "fault")


def read_expected(findings: Findings, table: Table | None) -> Expected:
    if table is None:
        return Expected()
    fields.only(findings, table, _EXPECT, "expect")
    get = table.entries.get
    written = fields.as_table(findings, get("vars"), "vars")
    return Expected(
        queue=_word(findings, get("queue"), "queue"),
        priority=_priority(findings, get("priority")),
        said=_prompts(findings, get("said"), "said"),
        path=_words(findings, get("path"), "path"),
        not_said=_prompts(findings, get("not_said"), "not_said"),
        vars={
            name: (plain(value), value.at)
            for name, value in (written.entries.items() if written else ())
        },
        end=_word(findings, get("end"), "end"),
        fault=_word(findings, get("fault"), "fault"),
    )


def _word(findings: Findings, value: Value | None, name: str) -> Word | None:
    text = fields.as_text(findings, value, name, longest=100)
    return Word(text=text, at=value.at) if value is not None and text else None


def _words(findings: Findings, value: Value | None, name: str) -> tuple[Word, ...]:
    found = (_word(findings, item, name) for item in fields.as_items(findings, value, name))
    return tuple(word for word in found if word is not None)


def _prompts(findings: Findings, value: Value | None, name: str) -> tuple[Word, ...]:
    for item in fields.as_items(findings, value, name):
        fields.as_form(findings, item, name, forms.PROMPT_ID, "a prompt id")
    return _words(findings, value, name)


def _priority(findings: Findings, value: Value | None) -> tuple[int, At] | None:
    if value is None:
        return None
    found = fields.as_int(findings, value, "priority", low=0, high=9, default=0)
    return found, value.at
