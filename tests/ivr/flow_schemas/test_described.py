"""What the schemas describe is what the reader reads: no field more, none less."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from ivr.flow_engine import outcomes as words
from ivr.flow_engine.source import fields
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.nodes.kinds import KINDS
from ivr.flow_linter.linter import lint_flow, lint_site
from ivr.flow_schemas.all_schemas import schemas
from ivr.flow_schemas.described import Names, Schema
from ivr.flow_schemas.nodes import kinds
from ivr.flow_tests import reading

FLOWS = Path(__file__).parents[3] / "flows"
MADE = schemas(Names(prompts=("hello",), lookups=("customer",)))
# Every table of the language once, by the word that the reader has for it.
SITE = """\
schema: ivr-site/1
business: {name: a}
sms: {sender: a, texts: {ja-JP: ["a {link}"]}}
queues: {general: {fallback: true}}
lookups: {customer: {fields: {plan: text}}}
policy: {approvers: 1}
"""
FLOW = """\
schema: ivr-flow/1
id: every
prompts: [prompts/words.yaml]
limits: {max_steps: 9}
global_keys: {"0": {goto: a}}
hours: {desk: {weekly: {mon: []}}}
variables: {a: {type: text}}
nodes:
  a: {say: hello, next: a}
  b: {gather: {prompt: hello}}
  c: {branch: [{when: "true", next: a}]}
  d: {hours: desk}
  e: {count: {name: a}}
  f: {set: {a: "'x'"}, next: a}
  g: {lookup: {name: customer}}
  h:
    verify_identity:
      require: {identity: id_card_auth}
      step_up: {identity: id_card_auth}
      modes: [{app_dial: {listen: 1s}}, {sms_link: {for: 9s}}, {spoken_code: {for: 9s}},
              {keyed_code: {for: 9s}}, {operator_started: {via: []}}]
      hold: {every: 8s}
      keys: {skip: "9"}
  i: {route: {queue: general}}
  j: {callback: {queue: general}}
  k: {subflow: {id: inner}}
  l: {return: {exit: a}}
  m: {goto: a}
  n: {hangup: {prompt: hello}}
"""
INNER = "schema: ivr-flow/1\nid: inner\nkind: sub\nexits: [{name: a}]\nnodes: {}\n"
WORDS = "schema: ivr-prompts/1\nprompts: {hello: {ja-JP: {say: a}}}\n"
TESTS = """\
schema: ivr-tests/1
flow: every
tests:
  - {name: a, call: {from: ""}, lookups: {customer: {found: {plan: a}}},
     steps: [{identity: {exit: verified}}], expect: {queue: general}}
"""


@pytest.fixture(scope="module")
def read() -> dict[str, set[str]]:
    """What the reader allows in each table, as it says it while reading."""
    allowed: dict[str, set[str]] = {}
    only = fields.only

    def hears(findings: Findings, table: Table, known: Iterable[str], where: str) -> None:
        names = tuple(known)
        allowed.setdefault(where, set()).update(names)
        only(findings, table, names, where)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields, "only", hears)
        good, _ = lint_site((FLOWS / "site.yaml").read_text(encoding="utf-8"), file="good")
        lint_site(SITE, file="site")
        assert good is not None
        texts = {"every.yaml": FLOW, "sub/inner.yaml": INNER, "prompts/words.yaml": WORDS}
        lint_flow(texts, "every", good, {})
        reading.read_file(TESTS, "tests", good)
    return allowed


def properties(schema: Schema, *path: str) -> set[str]:
    """The names of a table that a schema describes; `path` leads there, `*` into what repeats."""
    for step in path:
        if step == "*":
            inside = schema.get("items", schema.get("additionalProperties"))
            schema = inside if isinstance(inside, dict) else {}
        else:
            schema = schema["properties"][step]
    return set(_tables(schema).get("properties", {}))


def _tables(schema: Schema) -> Schema:
    found = [one for one in schema.get("anyOf", ()) if "properties" in one]
    return found[0] if found and "properties" not in schema else schema


SITE_AT = {
    "site": (),
    "business": ("business",),
    "sms": ("sms",),
    "policy": ("policy",),
    "general": ("queues", "*"),
}
FLOW_AT = {
    "limits": ("limits",),
    "0": ("global_keys", "*"),
    "desk": ("hours", "*"),
    "a": ("variables", "*"),
    "tests": ("tests", "*"),
}


@pytest.mark.parametrize(("where", "path"), SITE_AT.items())
def test_site(read: dict[str, set[str]], where: str, path: tuple[str, ...]) -> None:
    assert properties(MADE["site"], *path) == read[where]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_kinds(read: dict[str, set[str]], kind: str) -> None:
    described = kinds(Names())[kind]
    assert set(described.beside) == set(KINDS[kind][1])
    body = described.body.get("properties")
    if kind in read and kind != "branch":
        assert set(body or {}) == read[kind]


@pytest.mark.parametrize(
    ("kind", "exits"),
    [
        ("hours", (*words.HOURS_EXITS, words.HOLIDAY)),
        ("count", words.COUNT_EXITS),
        ("lookup", words.LOOKUP_EXITS),
        ("verify_identity", (*words.VERIFY_EXITS, words.OTHER)),
        ("route", (*words.ROUTE_EXITS, words.LEFT)),
        ("callback", words.CALLBACK_EXITS),
    ],
)
def test_exits(kind: str, exits: tuple[str, ...]) -> None:
    assert properties(kinds(Names())[kind].beside["outcomes"]) == set(exits)


def test_what_stands_in_a_check(read: dict[str, set[str]]) -> None:
    check: Any = kinds(Names())["verify_identity"].body
    for where in ("require", "step_up", "hold", "keys"):
        assert properties(check, where) == read[where], where
    modes = check["properties"]["modes"]["items"]["anyOf"][0]["properties"]
    for mode, options in modes.items():
        assert set(options["properties"]) == read[mode], mode


@pytest.mark.parametrize(
    ("schema", "path", "where"),
    [
        ("flow", (), ("every.yaml", "sub/inner.yaml")),
        ("flow", ("limits",), ("limits",)),
        ("flow", ("global_keys", "*"), ("0",)),
        ("flow", ("hours", "*"), ("desk",)),
        ("flow", ("exits", "*"), ("exits",)),
        ("prompts", (), ("prompts/words.yaml",)),
        ("prompts", ("prompts", "*", "*"), ("hello",)),
        ("tests", (), ("tests",)),
    ],
)
def test_the_rest(
    read: dict[str, set[str]], schema: str, path: tuple[str, ...], where: tuple[str, ...]
) -> None:
    described = properties(MADE[schema], *path)
    allowed = set().union(*(read[name] for name in where))
    if schema == "tests":  # the reader has one word for the file and for a test
        described |= properties(MADE[schema], "tests", "*")
    assert described == allowed


def test_parts_of_a_test(read: dict[str, set[str]]) -> None:
    one = MADE["tests"]["properties"]["tests"]["items"]["properties"]
    assert set(one["call"]["properties"]) == read["call"]
    assert set(one["steps"]["items"]["properties"]) == read["steps"]
    assert set(one["expect"]["properties"]) == read["expect"]


SHIPPED = sorted(
    path.relative_to(FLOWS).as_posix()
    for path in FLOWS.rglob("*.yaml")
    if not any(part.startswith(".") for part in path.relative_to(FLOWS).parts)
)


def kind_of(path: str) -> str:
    folder = path.partition("/")[0]
    return {"prompts": "prompts", "tests": "tests", "site.yaml": "site"}.get(folder, "flow")


@pytest.mark.parametrize("path", SHIPPED)
def test_what_is_shipped_is_valid(path: str) -> None:
    document = YAML(typ="safe", pure=True).load((FLOWS / path).read_text(encoding="utf-8"))
    errors = list(jsonschema.Draft7Validator(MADE[kind_of(path)]).iter_errors(document))
    assert [(list(error.path), error.message) for error in errors] == []


@pytest.mark.parametrize("name", MADE)
def test_it_is_a_json_schema_with_words_for_both(name: str) -> None:
    jsonschema.Draft7Validator.check_schema(MADE[name])
    for field, schema in MADE[name]["properties"].items():
        ja, _, en = schema["description"].partition("\n\n")
        assert ja != en, field
        assert en.replace("→", "").isascii(), field


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"sya": "hello", "next": "a"}, "'sya' was unexpected"),
        ({"say": "hello"}, "'next' is a required property"),
        ({"say": "hello", "next": "a", "outcomes": {}}, "'outcomes' was unexpected"),
        ({"say": "hello", "goto": "a", "next": "a"}, "'goto' was unexpected"),
        ({"route": {"queue": "q"}, "outcomes": {"conected": "a"}}, "'conected' was unexpected"),
        ({"gather": {"digits": "1"}, "keys": {"1": "a"}}, "is not of type 'integer'"),
        (
            {"route": {"queue": "q", "hold_sound": "../tick.wav"}, "outcomes": {}},
            "'../tick.wav' is not valid under any of the given schemas",
        ),
        ({}, "should be non-empty"),
    ],
)
def test_a_mistake_is_seen(node: dict[str, Any], message: str) -> None:
    flow = {"schema": "ivr-flow/1", "id": "x", "title": "x", "start": "a", "nodes": {"a": node}}
    errors = list(jsonschema.Draft7Validator(MADE["flow"]).iter_errors(flow))
    assert any(message in error.message for error in errors), [error.message for error in errors]
