"""One edit, one change, said by what it means."""

import pytest

from ivr.flow_engine.definition import Flow
from ivr.flow_library.difference import Change, differences
from ivr.flow_linter.linter import lint_flow, lint_site
from tests.ivr.flow_engine.small_flow import AUDIO, FILES


def a_flow(file: str = "bad.yaml", old: str = "", new: str = "") -> Flow:
    assert old in FILES[file]
    files = {**FILES, file: FILES[file].replace(old, new)} if old else dict(FILES)
    site, _ = lint_site(files["site.yaml"], file="site.yaml")
    assert site is not None
    linted = lint_flow(files, "bad", site, AUDIO)
    assert linted.flow is not None, linted.findings
    return linted.flow


BEFORE = a_flow()


def at(what: str, place: str = "", *names: str, **more: object) -> tuple[object, ...]:
    return (what, place, names, more.get("before", ""), more.get("after", ""), more.get("step", 0))


def shown(change: Change) -> tuple[object, ...]:
    return (change.what, change.place, change.names, change.before, change.after, change.step)


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("bad.yaml", "  hi: {say: hello, next: desk}", "  hi: {say: wait, next: desk}",
         [at("field", "hi", "prompts", before="hello", after="wait")]),
        ("bad.yaml", "outcomes: {done: check}", "outcomes: {done: desk}",
         [at("exit", "first", "done", before="check", after="desk")]),
        ("bad.yaml", "verified: desk, verified_no_contract: desk,", "verified: hi, "
         "verified_no_contract: hi,",
         [at("exit", "check", "verified", "verified_no_contract", before="desk", after="hi")]),
        ("bad.yaml", "identity: id_card_auth", "identity: id_card_sign",
         [at("level", "check", "require.identity", before="id_card_auth", after="id_card_sign",
             step=1)]),
        ("bad.yaml", "binding: bind_choice", "binding: bind_code",
         [at("level", "check", "require.binding", before="bind_choice", after="bind_code",
             step=-1)]),
        ("bad.yaml", "  end: {hangup: {}}", "  end: {hangup: {}}\n  more: {say: wait, next: end}",
         [at("node", "more", before="", after="say")]),
        ("bad.yaml", "{say: hello, next: desk}", "{goto: desk}",
         [at("node", "hi", before="say", after="goto")]),
        ("bad.yaml", "{queue: general}", "{queue: general, priority: 3}",
         [at("field", "desk", "priority", before="0", after="3")]),
        ("bad.yaml", "title: A small flow", "title: Another",
         [at("setting", "", "title", before="A small flow", after="Another")]),
        ("bad.yaml", "human: desk", 'human: desk\nglobal_keys: {"0": {goto: desk}}',
         [at("setting", "", "global_keys.0", before="", after="goto desk")]),
        ("sub/inner.yaml", "say: hello", "say: wait",
         [at("field", "inner/first", "prompts", before="hello", after="wait")]),
        ("prompts/words.yaml", "こんにちは。", "おはようございます。",
         [at("prompt", "hello", "ja-JP", before="こんにちは。", after="おはようございます。")]),
        ("prompts/words.yaml", "hello: {ja-JP: こんにちは。}",
         "hello: {ja-JP: {say: こんにちは。, slow: こんに、ちは。}}",
         [at("prompt", "hello", "ja-JP", "slow", before="", after="こんに、ちは。")]),
        ("site.yaml", "name: カザス保険", "name: 別の保険",
         [at("setting", "", "site.business.name", before="カザス保険", after="別の保険")]),
        # What a designer may write otherwise without meaning anything else.
        ("bad.yaml", "  hi: {say: hello, next: desk}",
         "  # a comment\n  hi:\n    next: desk\n    say: [hello]", []),
    ],
)  # fmt: skip
def test_one_edit(file: str, old: str, new: str, expected: list[tuple[object, ...]]) -> None:
    after = a_flow(file, old, new)
    assert [shown(one) for one in differences(BEFORE, after)] == expected
    back = differences(after, BEFORE)
    assert [(one.before, one.after) for one in back] == [(row[4], row[3]) for row in expected]
    assert not expected or after.version != BEFORE.version


def test_the_line_is_of_the_later_version_and_of_the_earlier_where_it_is_gone() -> None:
    after = a_flow(old="  hi: {say: hello, next: desk}", new="  # moved\n  hi: {goto: desk}")
    (change,) = differences(BEFORE, after)
    assert (change.file, change.line) == ("bad.yaml", after.main.nodes["hi"].line)
    more = a_flow(old="  end: {hangup: {}}", new="  end: {hangup: {}}\n  x: {goto: end}")
    (gone,) = differences(more, BEFORE)
    assert (gone.before, gone.after, gone.line) == ("goto", "", more.main.nodes["x"].line)


def test_a_version_is_no_different_from_itself() -> None:
    assert differences(BEFORE, a_flow()) == ()
