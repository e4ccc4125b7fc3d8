"""`flows/site.yaml` -> Site: the business, and the names its flows may use."""

from ivr.flow_engine.site import Business, LookupEntry, QueueEntry, Site
from ivr.flow_engine.source import fields, forms
from ivr.flow_engine.source.documents import Table, Value
from ivr.flow_engine.source.findings import Findings

SCHEMA = "ivr-site/1"
FIELD_TYPES = ("text", "digits", "int", "bool", "date", "time", "yen", "phone", "ref", "enum")


def read_site_table(findings: Findings, root: Value | None, file: str) -> Site | None:
    """None where it is no site file at all. It may be used only where nothing was found."""
    table = fields.header(findings, root, SCHEMA, file)
    if table is None:
        return None
    allowed = ("schema", "business", "sms", "numbers", "queues", "lookups", "purposes", "actions",
               "policy", "calendars")  # fmt: skip
    fields.only(findings, table, allowed, file)
    entries = table.entries
    sms = fields.as_table(findings, entries.get("sms"), "sms")
    if sms:
        fields.only(findings, sms, ("sender", "texts"), "sms")
    numbers = _numbers(findings, table)
    return Site(
        business=_business(findings, table),
        sms_sender=fields.as_text(
            findings, sms.entries.get("sender") if sms else None, "sender", longest=11
        ),
        sms_texts=_sms_texts(findings, sms.entries.get("texts") if sms else None),
        numbers={number: flow for number, (flow, _) in numbers.items()},
        canary_numbers=frozenset(n for n, (_, alias) in numbers.items() if alias == "canary"),
        queues=_queues(findings, table),
        lookups=_lookups(findings, table),
        purposes=_titles(findings, entries.get("purposes"), "purposes"),
        actions=_titles(findings, entries.get("actions"), "actions"),
        calendars=_calendars(findings, entries.get("calendars")),
        approvers=_approvers(findings, entries.get("policy")),
    )


def _business(findings: Findings, table: Table) -> Business:
    value = fields.as_table(findings, fields.required(findings, table, "business"), "business")
    if value is None:
        return Business(name="", logo="", published_number="")
    fields.only(findings, value, ("name", "logo", "published_number"), "business")
    name = fields.as_text(findings, fields.required(findings, value, "name"), "name", longest=60)
    logo = fields.as_form(findings, value.entries.get("logo"), "logo", forms.SUBPATH, "a path")
    number = fields.required(findings, value, "published_number")
    return Business(
        name=name,
        logo=logo,
        published_number=fields.as_form(
            findings,
            number,
            "published_number",
            forms.PHONE,
            forms.PHONE_SAYS,
        ),
    )


def _sms_texts(findings: Findings, value: Value | None) -> dict[str, tuple[str, ...]]:
    """By language, the fullest first: the first that fits one part of a message is sent."""
    table = fields.as_table(findings, value, "texts")
    found: dict[str, tuple[str, ...]] = {}
    for language, entry in table.entries.items() if table else ():
        assert table is not None
        if not forms.LANGUAGE.match(language):
            findings.add(table.keys[language], "F001.form", name="texts", found=language,
                         wanted="a language such as ja-JP")  # fmt: skip
        items = fields.as_items(findings, entry, language)
        found[language] = tuple(
            fields.as_form(findings, item, language, forms.LINK_MESSAGE, forms.LINK_MESSAGE_SAYS)
            for item in items
        )
    return {language: texts for language, texts in found.items() if texts}


def _approvers(findings: Findings, value: Value | None) -> int:
    policy = fields.as_table(findings, value, "policy")
    if policy is None:
        return 1
    fields.only(findings, policy, ("approvers",), "policy")
    return fields.as_int(
        findings, policy.entries.get("approvers"), "approvers", low=1, high=9, default=1
    )


def _numbers(findings: Findings, table: Table) -> dict[str, tuple[str, str]]:
    """Number -> flow and alias; no alias is `live`."""
    numbers: dict[str, tuple[str, str]] = {}
    value = fields.as_table(findings, fields.required(findings, table, "numbers"), "numbers")
    if value is None:
        return numbers
    for number, entry in value.entries.items():
        if not forms.PHONE.match(number):
            findings.add(value.keys[number], "F001.form", name="numbers", found=number,
                         wanted=forms.PHONE_SAYS)  # fmt: skip
        flow, _, alias = fields.as_text(findings, entry, number).partition("@")
        if not forms.FLOW_ID.match(flow) or alias not in ("", "live", "canary"):
            findings.add(entry.at, "F001.form", name=number, found=f"{flow}@{alias}",
                         wanted="flow-id@live or flow-id@canary")  # fmt: skip
        numbers[number] = flow, alias
    return numbers


def _queues(findings: Findings, table: Table) -> dict[str, QueueEntry]:
    queues: dict[str, QueueEntry] = {}
    value = fields.as_table(findings, fields.required(findings, table, "queues"), "queues")
    if value is None:
        return queues
    for name, entry in value.entries.items():
        _name(findings, value, name, "queues")
        queue = fields.as_table(findings, entry, name)
        fallback = False
        if queue:
            fields.only(findings, queue, ("fallback",), name)
            fallback = fields.as_bool(
                findings, queue.entries.get("fallback"), "fallback", default=False
            )
        queues[name] = QueueEntry(name=name, fallback=fallback)
    count = sum(queue.fallback for queue in queues.values())
    if count != 1:
        findings.add(value.at, "F001.fallback", count=count)
    return queues


def _lookups(findings: Findings, table: Table) -> dict[str, LookupEntry]:
    lookups: dict[str, LookupEntry] = {}
    value = fields.as_table(findings, table.entries.get("lookups"), "lookups")
    for name, entry in value.entries.items() if value else ():
        assert value is not None
        _name(findings, value, name, "lookups")
        lookup = fields.as_table(findings, entry, name)
        if lookup is None:
            continue
        fields.only(findings, lookup, ("args", "fields", "public", "verified_only"), name)
        columns = _columns(findings, lookup, "fields")
        public = fields.texts(findings, lookup.entries.get("public"), "public")
        for field_name in public:
            if field_name not in columns:
                at = lookup.entries["public"].at
                fields.none_of(findings, at, "public", field_name, tuple(columns))
        verified_only = lookup.entries.get("verified_only")
        lookups[name] = LookupEntry(
            args=_columns(findings, lookup, "args"),
            fields=columns,
            public=public,
            verified_only=fields.as_bool(findings, verified_only, "verified_only", default=False),
        )
    return lookups


def _columns(findings: Findings, lookup: Table, name: str) -> dict[str, str]:
    columns = fields.as_table(findings, lookup.entries.get(name), name)
    if columns is None:
        return {}
    for column in columns.entries:
        _name(findings, columns, column, name)
    return {
        column: fields.as_choice(findings, entry, column, FIELD_TYPES, "text")
        for column, entry in columns.entries.items()
    }


def _titles(findings: Findings, value: Value | None, where: str) -> dict[str, str]:
    table = fields.as_table(findings, value, where)
    if table is None:
        return {}
    for name in table.entries:
        _name(findings, table, name, where)
    return {
        name: fields.as_text(findings, entry, name, longest=60)
        for name, entry in table.entries.items()
    }


def _calendars(findings: Findings, value: Value | None) -> dict[str, tuple[str, ...]]:
    calendars: dict[str, tuple[str, ...]] = {}
    for name, entry in fields.named(findings, value, "calendars").items():
        dates = []
        for item in fields.as_items(findings, entry, name):
            text = fields.as_text(findings, item, name)
            if forms.date_range(text) is None:
                findings.add(item.at, "F001.form", name=name, wanted=forms.DATES_SAYS,
                             found=text)  # fmt: skip
                continue
            dates.append(text)
        calendars[name] = tuple(dates)
    return calendars


def _name(findings: Findings, table: Table, name: str, where: str) -> None:
    if not forms.NODE_ID.match(name) or name in forms.RESERVED:
        findings.add(table.keys[name], "F001.form", name=where, wanted="a name", found=name)
