"""Personal and verified-only data: on which paths a flow may use them, by table.

`tell` speaks personal data, `look` asks a lookup for verified callers only.
"""

import pytest

from tests.ivr.flow_engine.small_flow import INNER, WORDS, read

HEAD = """\
schema: ivr-flow/1
id: bad
title: Paths to personal data
languages: [ja-JP]
voice: {ja-JP: Voice}
prompts: [prompts/words.yaml]
start: first
human: desk
on_repudiated: desk
global_keys: {"0": {goto: zero}}
variables:
  customer: {type: lookup.customer}
  found: {type: lookup.open_case}
  plain: {type: text, default: a, personal: false}
  secret: {type: text, default: a}
defaults:
  verify_identity:
    require: {identity: id_card_auth, binding: bind_choice}
    purpose: account
    modes: [{spoken_code: {prompt: code}}]
    hold: {prompts: {default: wait, awaiting_choice: choose}}
  lookup: {outcomes: {none: desk, multiple: desk, error: desk}}
nodes:
  zero: {goto: desk}
  desk: {route: {queue: general}, outcomes: {connected: end, abandoned: end, full: end,
                                             timeout: end, error: end}}
  end: {hangup: {}}
"""
CHECK = """\
  check:
    verify_identity: {}
    outcomes: {verified: %s, verified_no_contract: %s, verified_multiple_contracts: %s, other: %s}
"""
FIND = "  first: {lookup: {name: customer, args: {number: \"'1'\"}, store: customer}, "
FIND += "outcomes: {found: %s}}\n"
TELL = "  tell: {say: whose, next: desk}\n"
LOOK = '  look: {lookup: {name: open_case, args: {contract: "contract.ref"}, store: found}, '
LOOK += "outcomes: {found: desk}}\n"
SECRET = "  speak: {say: secret, next: desk}\n"
PLAIN = "  speak: {say: plain, next: desk}\n"
MORE = (
    '  secret: {ja-JP: "{{ answers.secret | text }}"}\n'
    '  plain: {ja-JP: "{{ answers.plain | text }}"}\n'
)


def check(*targets: str) -> str:
    return CHECK % targets


def gate(when: str, target: str) -> str:
    return f'  gate: {{branch: [{{when: "{when}", next: {target}}}], else: desk}}\n'


GOOD = {
    "after a complete exit": FIND % "check" + check("tell", "tell", "tell", "desk") + TELL,
    "a lookup for verified callers": "  first: {goto: check}\n"
    + check("look", "look", "look", "desk") + LOOK,
    "a branch on identity.verified": FIND % "gate" + gate("identity.verified", "tell") + TELL,
    "as one of the && terms": FIND % "gate"
    + gate("weekday == 'sun' && identity.verified", "tell") + TELL,
    "a field that was asked for with has()": (FIND % "check").replace(
        "{found: check}", "{found: check, none: check}"
    )
    + check("gate", "gate", "gate", "desk")
    + gate("has(answers.customer.plan)", "tell")
    + TELL,
    "what is not personal": "  first: {goto: speak}\n" + PLAIN,
    "a loop that stays verified": FIND % "check" + check("ask", "ask", "ask", "desk")
    + '  ask: {gather: {digits: 1, prompt: hello}, keys: {"1": again, "2": desk}}\n'
    + "  again: {say: whose, next: ask}\n",
    "a sub-flow whose exit is verified": FIND % "sub"
    + '  sub: {subflow: {id: inner, with: {reason: "\'busy\'"}}, outcomes: {done: tell}}\n' + TELL,
}  # fmt: skip
VERIFIED_INNER = (
    INNER.replace("exits: [done]", "exits: [{name: done, verified: true}]").partition("nodes:")[0]
    + "nodes:\n"
    + '  first: {branch: [{when: "identity.verified", next: back}], else: wait}\n'
    + "  wait: {gather: {digits: 1, prompt: hello}, keys: {'1': first}}\n"
    + "  back: {return: {exit: done}}\n"
)
BAD = {
    "without any check": (FIND % "tell" + TELL, "S002"),
    "one failed exit leads there too": (
        FIND % "check" + check("tell", "tell", "tell", "tell") + TELL,
        "S002",
    ),
    "a side door joins": (
        FIND % "door"
        + '  door: {gather: {digits: 1, prompt: hello}, keys: {"1": check, "2": tell}}\n'
        + check("tell", "tell", "tell", "desk") + TELL,
        "S002",
    ),
    "the else of the branch": (
        FIND % "gate"
        + '  gate: {branch: [{when: "identity.verified", next: desk}], else: tell}\n'
        + TELL,
        "S002",
    ),
    "identity.verified behind ||": (
        FIND % "gate" + gate("weekday == 'sun' || identity.verified", "tell") + TELL,
        "S002",
    ),
    "identity.verified negated": (
        FIND % "gate" + gate("!identity.verified", "tell") + TELL,
        "S002",
    ),
    "a second check that failed": (
        FIND % "check" + check("second", "second", "second", "desk")
        + "  second:\n    verify_identity: {}\n    outcomes: {verified: desk, "
        "verified_no_contract: desk, verified_multiple_contracts: desk, other: tell}\n" + TELL,
        "S002",
    ),
    "a lookup before the check": (
        "  first: {goto: look}\n" + LOOK,
        "O003",
    ),
    "after a talk": (
        FIND % "check" + check("talk", "talk", "talk", "desk")
        + "  talk: {route: {queue: general}, outcomes: {connected: tell, abandoned: end, "
        "full: end, timeout: end, error: end}}\n" + TELL,
        "S002",
    ),
    "a lookup that found nothing": (
        (FIND % "check").replace("{found: check}", "{found: check, none: check}")
        + check("tell", "tell", "tell", "desk")
        + TELL,
        "E002",
    ),
    "a personal variable": ("  first: {goto: speak}\n" + SECRET, "S002"),
    "a sub-flow whose exit is not verified": (
        FIND % "sub" + '  sub: {subflow: {id: inner, with: {reason: "\'busy\'"}}, '
        "outcomes: {done: tell}}\n" + TELL,
        "S002",
    ),
    "set on one path only": (
        '  first: {gather: {digits: 1, prompt: hello}, keys: {"1": find, "2": check}}\n'
        + (FIND % "check").replace("first:", "find:")
        + check("tell", "tell", "tell", "desk") + TELL,
        "E002",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD)
def test_allowed(case: str) -> None:
    inner = VERIFIED_INNER if "sub-flow" in case else INNER
    result = read(flow=HEAD + GOOD[case], words=WORDS + MORE, inner=inner)
    assert [f.render("en") for f in result.errors] == []


@pytest.mark.parametrize("case", BAD)
def test_refused(case: str) -> None:
    nodes, code = BAD[case]
    result = read(flow=HEAD + nodes, words=WORDS + MORE)
    assert {f.code for f in result.errors} == {code}, [f.render("en") for f in result.errors]


def test_a_global_key_does_not_carry_the_proof_along() -> None:
    nodes = FIND % "check" + check("ask", "ask", "ask", "desk") + TELL
    nodes += '  ask: {gather: {digits: 1, prompt: hello}, keys: {"1": tell}}\n'
    flow = (
        (HEAD + nodes).replace("{goto: zero}", "{goto: tell}").replace("  zero: {goto: desk}\n", "")
    )
    assert "S002" in {f.code for f in read(flow=flow, words=WORDS + MORE).findings}


def test_a_subflow_may_speak_only_when_every_caller_is_verified() -> None:
    inner = INNER.replace("say: hello", "say: given").replace(
        "values: [busy, closed]}", "values: [busy, closed], personal: true}"
    )
    words = WORDS + MORE + '  given: {ja-JP: "{{ inputs.reason | text }}"}\n'
    sub = "  %s: {subflow: {id: inner, with: {reason: \"'busy'\"}}, outcomes: {done: desk}}\n"
    behind = "  first: {goto: check}\n" + check("one", "one", "one", "desk") + sub % "one"
    before = "  first: {gather: {digits: 1, prompt: hello}, keys: {'1': check, '2': two}}\n"
    both = before + check("one", "one", "one", "desk") + sub % "one" + sub % "two"
    assert read(flow=HEAD + behind, words=words, inner=inner).errors == ()
    found = read(flow=HEAD + both, words=words, inner=inner).errors
    assert {(f.code, f.file) for f in found} == {("S002", "sub/inner.yaml")}
