"""What only a main flow says and its sub-flows inherit: languages, voices, keys and limits."""

from collections.abc import Mapping

from ivr.flow_engine.definition import GlobalAction, GlobalKey, Limits
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.draft import Exit
from ivr.flow_engine.source.findings import Findings


def read_languages(findings: Findings, table: Table) -> tuple[str, ...]:
    """The first is the default."""
    value = fields.required(findings, table, "languages")
    languages = tuple(
        fields.as_form(findings, item, "languages", forms.LANGUAGE, "a language such as ja-JP")
        for item in fields.as_items(findings, value, "languages")
    )
    if value is not None and (not languages or len(set(languages)) < len(languages)):
        findings.add(value.at, "F001.range", name="languages", low=1, high="each language once")
    return tuple(language for language in languages if language)


def read_voices(findings: Findings, table: Table, languages: tuple[str, ...]) -> Mapping[str, str]:
    """Language -> voice of the carrier; one for each of `languages`."""
    value = fields.required(findings, table, "voice")
    voices = {
        language: fields.as_text(findings, entry, language, longest=60)
        for language, entry in fields.named(findings, value, "voice").items()
    }
    if value is not None:
        for language in languages:
            if not voices.get(language):
                findings.add(value.at, "F001.missing", name=f"voice of {language}")
    return voices


def read_global_keys(
    findings: Findings, value: Value | None
) -> tuple[Mapping[str, GlobalKey], tuple[Exit, ...]]:
    """Key -> what it does, and the targets of those that go somewhere."""
    keys: dict[str, GlobalKey] = {}
    targets: list[Exit] = []
    table = fields.as_table(findings, value, "global_keys")
    for key, entry in table.entries.items() if table else ():
        if table is not None and not forms.KEY.match(key):
            findings.add(table.keys[key], "F001.form", name="global_keys", found=key,
                         wanted=forms.KEY_SAYS)  # fmt: skip
        if isinstance(entry, Table):
            fields.only(findings, entry, ("goto",), key)
            place = fields.required(findings, entry, "goto")
            target = fields.as_form(findings, place, "goto", forms.NODE_ID, "a node id")
            keys[key] = GlobalKey(action=GlobalAction.GOTO, target=target)
            if target and place is not None:
                targets.append(Exit(name=f"key {key}", target=target, at=place.at))
            continue
        action = fields.as_choice(findings, entry, key, ("repeat", "slower", "language"), "repeat")
        keys[key] = GlobalKey(action=GlobalAction(action or "repeat"))
    return keys, tuple(targets)


def read_limits(findings: Findings, value: Value | None) -> Limits:
    """Nodes and seconds; the usual ones where none are written."""
    table = fields.as_table(findings, value, "limits")
    if table is None:
        return Limits()
    fields.only(findings, table, ("max_steps", "max_duration"), "limits")
    get = table.entries.get
    return Limits(
        max_steps=fields.as_int(
            findings, get("max_steps"), "max_steps", low=1, high=1000, default=60
        ),
        max_duration=fields.as_seconds(
            findings, get("max_duration"), "max_duration", low=60, high=3600, default=900
        ),
    )
