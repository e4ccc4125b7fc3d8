"""What nearly is a word of the language, or of another one, is told with what was meant."""

import pytest

from tests.ivr.flow_linter.changed import Change, files, found

ASK = "  hi: {say: hello, next: desk}\n"
NODES = "nodes:\n  first: {subflow"
LEVELS = "{identity: id_card_auth, binding: bind_code}"


def looks_at(source: str) -> tuple[Change, ...]:
    return ((ASK, f'  hi: {{branch: [{{when: "{source}", next: desk}}], else: desk}}\n'),)


def declared(variable: str) -> tuple[Change, ...]:
    return ((NODES, f"variables: {{t: {variable}}}\n{NODES}"),)


CASES: dict[str, tuple[tuple[Change, ...], str, str]] = {
    "one =": (
        looks_at("identity.hint = 'pin_blocked'"),
        "E001 E the expression does not parse: '=' is written '=='. Allowed",
        "「=」は「==」と書きます。",
    ),
    "and": (
        looks_at("identity.hint == 'pin_blocked' and true"),
        "'and' is written '&&'.",
        "「and」は「&&」と書きます。",
    ),
    "a word in no quotes that is an operator elsewhere": (
        looks_at("identity.hint == 'pin_blocked' | true"),
        "'|' is written '||'.",
        "「|」は「||」と書きます。",
    ),
    "a word of an enum": (
        looks_at("identity.hint == 'pin_bloked'"),
        "E003 E the variable never is 'pin_bloked'. Did you mean pin_blocked?",
        "pin_blocked のことですか。",
    ),
    "a default of an enum": (
        declared("{type: enum, values: [view, change], default: chnge}"),
        "F001 E default is chnge, known are: view, change. Did you mean change?",
        "default の chnge は使えません。使えるもの: view, change。change のことですか。",
    ),
    "a default that is like none": (
        declared("{type: enum, values: [view, change], default: zzz}"),
        "F001 E default is zzz, known are: view, change. Choose one of them.",
        "そのうちの一つを選んでください。",
    ),
    "a type": (
        declared("{type: digit}"),
        "Did you mean digits?",
        "digits のことですか。",
    ),
    "an outcome": (
        (("superseded: desk}", "supersede: desk}"),),
        "O002 E outcome supersede is unknown to this format. Did you mean superseded?",
        "出口の supersede はこの書式にありません。superseded のことですか。",
    ),
    "say as other kinds are written": (
        ((ASK, "  hi: {say: {prompt: hello, next: desk}}\n"),),
        "F001 E say takes the name of a prompt, nothing stands below it. "
        "Write say: NAME and next: NODE side by side.",
        "say: NAME と next: NODE を横に並べて書いてください。",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_was_meant_is_said_in_both_languages(name: str) -> None:
    changes, english, japanese = CASES[name]
    told = found(files(*changes))
    assert [one for one in told if english in one.render("en")], [f.render("en") for f in told]
    assert [one for one in told if japanese in one.render("ja")], [f.render("ja") for f in told]


def test_a_say_with_its_next_below_is_one_mistake_and_not_two() -> None:
    told = found(files((ASK, "  hi: {say: {prompt: hello, next: desk}}\n")))
    assert [one.code for one in told if one.line == told[0].line] == ["F001"]


def test_what_stands_in_quotes_is_no_operator() -> None:
    assert found(files(*looks_at("call.number == 'a = b and c'"))) == []
