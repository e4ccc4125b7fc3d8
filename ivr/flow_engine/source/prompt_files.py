"""`flows/prompts/*.yaml` -> prompt texts and readings, merged over the files a flow lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.flow_engine.definition import PromptText
from ivr.flow_engine.source import fields, forms, prompt_forms
from ivr.flow_engine.source.documents import Scalar, Table, Value
from ivr.flow_engine.source.findings import At, Findings

SCHEMA = "ivr-prompts/1"
LONGEST = 500  # characters of one text: what a carrier takes in one Say


@dataclass(slots=True, kw_only=True)
class Prompts:
    """`places` is where each text was written, by (prompt id, language)."""

    texts: dict[str, dict[str, PromptText]] = field(default_factory=dict)
    readings: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[tuple[str, str], At] = field(default_factory=dict)
    first: dict[str, At] = field(default_factory=dict)


def read_prompt_file(findings: Findings, root: Value | None, file: str, into: Prompts) -> None:
    """Adds what the file `root` holds to `into`: a prompt id that is there twice is a finding."""
    table = fields.header(findings, root, SCHEMA, file)
    if table is None:
        return
    fields.only(findings, table, ("schema", "readings", "prompts"), file)
    for language, entry in fields.named(
        findings, table.entries.get("readings"), "readings"
    ).items():
        known = into.readings.setdefault(language, {})
        for written, spoken in fields.named(findings, entry, language).items():
            known[written] = fields.as_text(findings, spoken, written, longest=100)
    prompts = fields.as_table(findings, fields.required(findings, table, "prompts"), "prompts")
    for name, entry in prompts.entries.items() if prompts else ():
        assert prompts is not None
        at = prompts.keys[name]
        if not forms.PROMPT_ID.match(name):
            findings.add(at, "F001.form", name="prompts", wanted="a prompt id", found=name)
        if name in into.first:
            findings.add(at, "F002", name=name, line=into.first[name].line)
        into.first[name] = at
        by_language = fields.as_table(findings, entry, name)
        if by_language is not None:
            _languages(findings, name, by_language, into)


def _languages(findings: Findings, name: str, table: Table, into: Prompts) -> None:
    texts = into.texts.setdefault(name, {})
    for language, value in table.entries.items():
        if not forms.LANGUAGE.match(language):
            findings.add(table.keys[language], "F001.comma", name=name, found=language)
            continue
        texts[language] = _text(findings, value, name, language)
        into.places[name, language] = value.at


def _text(findings: Findings, value: Value, name: str, language: str) -> PromptText:
    if isinstance(value, Scalar):
        text = PromptText(say=fields.as_text(findings, value, name, longest=LONGEST))
        prompt_forms.check(findings, value.at, name, language, text)
        return text
    table = fields.as_table(findings, value, name)
    if table is None:
        return PromptText()
    fields.only(findings, table, ("say", "play", "text", "slow", "kana", "voice", "ssml"), name)
    get = table.entries.get
    if "say" in table.entries and "play" in table.entries:
        findings.add(table.entries["say"].at, "F001.together", name="say", other="play")
    if "say" not in table.entries and "play" not in table.entries:
        findings.add(table.at, "F001.missing", name="say")
    text = PromptText(
        ssml=fields.as_bool(findings, get("ssml"), "ssml", default=False),
        **{
            part: fields.as_text(findings, get(part), part, longest=LONGEST)
            for part in ("say", "play", "text", "slow", "kana", "voice")
        },
    )
    prompt_forms.check(findings, table.at, name, language, text)
    return text


def used_files(findings: Findings, tables: Mapping[str, Table]) -> dict[str, At]:
    """Prompt files in the order listed by the main flow, then by its sub-flows."""
    files: dict[str, At] = {}
    for table in tables.values():
        for item in fields.as_items(findings, table.entries.get("prompts"), "prompts"):
            path = fields.as_form(findings, item, "prompts", forms.SUBPATH, "a path")
            if path:
                files.setdefault(path, item.at)
    return files
