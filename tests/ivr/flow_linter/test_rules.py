"""Every rule: a flow that it finds at its exact place, and one that it almost finds.

A case changes the small flow. `at` is the text that the finding points at. What breaks the form of
a file has further cases in `bad_flows/`.
"""

from dataclasses import dataclass, field

import pytest

from ivr.flow_linter.catalogue import RULES
from tests.ivr.flow_linter.carriers import CARRIER
from tests.ivr.flow_linter.changed import Change, files, found, place

ASK = "  hi: {say: hello, next: desk}\n"
VARIABLES = "nodes:\n  first: {subflow"
SUB = "first: {say: hello, next: back}"
HELLO = "hello: {ja-JP: こんにちは。}"
ROUTE = "{queue: general}"
CALLED = "first: {subflow: {id: inner, with: {reason: \"'busy'\"}}, outcomes: {done: check}}"


def declared(variables: str) -> Change:
    return VARIABLES, f"variables: {variables}\n{VARIABLES}"


def asks(gather: str) -> Change:
    return ASK, f"  hi: {gather}\n"


def says(text: str) -> Change:
    return HELLO, f"hello: {{ja-JP: {text}}}"


def hours(weekly: str) -> tuple[Change, ...]:
    """Opening hours, and a node that asks for them."""
    asked = "  hi: {hours: office, outcomes: {open: desk, closed: end}}\n"
    head = (VARIABLES, f"hours: {{office: {{weekly: {weekly}}}}}\n{VARIABLES}")
    return head, (ASK, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    wrong: tuple[Change, ...]
    at: str
    almost: tuple[Change, ...] = field(default=())


CASES: dict[str, Case] = {
    "F001 an argument left out": Case(
        wrong=(declared("{c: {type: lookup.customer}}"),
               asks("{lookup: {name: customer, store: c}, outcomes: "
                    "{found: desk, none: desk, multiple: desk, error: desk}}")),
        at="{name: customer, store: c}",
        almost=(declared("{c: {type: lookup.customer}}"),
                asks("{lookup: {name: customer, args: {number: \"'1'\"}, store: c}, outcomes: "
                     "{found: desk, none: desk, multiple: desk, error: desk}}")),
    ),
    "F002 two keys": Case(
        wrong=(asks('{gather: {digits: 1, prompt: hello}, keys: {"1": desk, \'1\': check}}'),),
        at="'1': check",
        almost=(asks('{gather: {digits: 1, prompt: hello}, keys: {"1": desk, \'2\': check}}'),),
    ),
    "F003 a bare key": Case(
        wrong=(asks('{gather: {digits: 1, prompt: hello}, keys: {1: desk}}'),),
        at="1: desk}",
        almost=(asks('{gather: {digits: 1, prompt: hello}, keys: {"1": desk}}'),),
    ),
    "F004 a field that is not there": Case(
        wrong=((ROUTE, "{queue: general, prioritty: 1}"),),
        at="prioritty",
        almost=((ROUTE, "{queue: general, max_wait: 1m}"),),
    ),
    "F005 an anchor": Case(
        wrong=((ROUTE, "&q {queue: general}"),), at="&q",
        almost=((ROUTE, "{queue: general} # &q"),),
    ),
    "G001 a target that is not there": Case(
        wrong=((ASK, "  hi: {say: hello, next: dekk}\n"),), at="dekk",
        almost=((ASK, "  hi: {say: hello, next: check}\n"),),
    ),
    "G002 a node without a way in": Case(
        wrong=(("  end: {hangup: {}}", "  end: {hangup: {}}\n  lost: {say: hello, next: desk}"),),
        at="{say: hello, next: desk}\nREST",
        almost=(("  end: {hangup: {}}", "  end: {hangup: {}}\n  lost: {say: hello, next: desk}"),
                (VARIABLES, f'global_keys: {{"0": {{goto: lost}}}}\n{VARIABLES}')),
    ),
    "G003 no way to an end": Case(
        wrong=(asks('{gather: {digits: 1, prompt: hello}, keys: {"1": hi}, '
                    "outcomes: {exhausted: hi}}"),),
        at='{gather: {digits: 1, prompt: hello}, keys: {"1": hi}',
        almost=(asks('{gather: {digits: 1, prompt: hello}, keys: {"1": hi}, '
                     "outcomes: {exhausted: desk}}"),),
    ),
    "G004 round and round": Case(
        wrong=(asks("{branch: [{when: \"weekday == 'sun'\", next: hi}], else: desk}"),),
        at="{branch:",
        almost=(asks("{count: {name: sundays, max: 2}, outcomes: {again: hi, exhausted: desk}}"),),
    ),
    "G005 an exit that is not declared": Case(
        wrong=(("{return: {exit: done}}", "{return: {exit: gone}}"),), at="gone",
        almost=(("exits: [done]", "exits: [gone]"), ("{return: {exit: done}}",
                "{return: {exit: gone}}"), ("outcomes: {done: check}", "outcomes: {gone: check}")),
    ),
    "O001 an exit left out": Case(
        wrong=(("outcomes: {connected: end, abandoned: end, full: end, timeout: end, error: end}",
                "outcomes: {connected: end, abandoned: end, full: end, timeout: end}"),),
        at="route: {queue: general}",
        almost=(("error: end", "error: end"),),
    ),
    "O002 a level that is not": Case(
        wrong=(("identity: id_card_auth", "identity: id_card"),), at="id_card,",
        almost=(("identity: id_card_auth", "identity: id_card_sign"),),
    ),
    "O003 the contract before the check": Case(
        wrong=((ROUTE, "{queue: general, attributes: [contract]}"),), at="contract]",
        almost=((ROUTE, "{queue: general, attributes: [identity]}"),),
    ),
    "O004 a mode that cannot": Case(
        wrong=(("binding: bind_choice", "binding: bind_device"),),
        at="[{spoken_code: {prompt: code}}]",
        almost=(("binding: bind_choice", "binding: bind_code"),),
    ),
    "O005 a code never said": Case(
        wrong=(("{{ pairing.code | digits }}を入れて", "番号を入れて"),),
        at='"番号を入れて',
        almost=(("{{ pairing.code | digits }}を入れて", "{{ pairing.code | digits }}、入れて"),),
    ),
    "O006 alarms among the others": Case(
        wrong=(("superseded: desk", "code_expired: desk"),), at="other: hi",
        almost=(("superseded: desk", "superseded: hi"),),
    ),
    "O007 the app's call after words": Case(
        wrong=(("[{spoken_code: {prompt: code}}]", "[{app_dial: {cover: hello}}]"),),
        at="verify_identity:\n",
        almost=(("[{spoken_code: {prompt: code}}]",
                 "[{app_dial: {cover: hello}}, {spoken_code: {prompt: code}}]"),
                ("start: first\nhuman", "start: check\nhuman"),
                (f"  {CALLED}\n", "")),
    ),
    "O008 a queue that is not there": Case(
        wrong=((ROUTE, "{queue: generel}"),), at="generel",
        almost=((ROUTE, "{queue: verified}"),),
    ),
    "E001 half an expression": Case(
        wrong=(asks("{branch: [{when: \"weekday ==\", next: desk}], else: desk}"),),
        at='"weekday =="',
        almost=(asks("{branch: [{when: \"weekday == 'sun'\", next: desk}], else: desk}"),),
    ),
    "E002 set on no path": Case(
        wrong=(declared("{t: {type: text}}"),
               asks("{branch: [{when: \"answers.t == 'a'\", next: desk}], else: desk}")),
        at="\"answers.t == 'a'\"",
        almost=(declared("{t: {type: text}}"),
                asks("{branch: [{when: \"has(answers.t) && answers.t == 'a'\", next: desk}], "
                     "else: desk}")),
    ),
    "E003 a word for a number": Case(
        wrong=(asks("{branch: [{when: \"contract.count == 'one'\", next: desk}], else: desk}"),),
        at="\"contract.count == 'one'\"",
        almost=(asks("{branch: [{when: \"contract.count == 1\", next: desk}], else: desk}"),),
    ),
    "P001 a prompt that is not there": Case(
        wrong=((ASK, "  hi: {say: helo, next: desk}\n"),), at="helo,",
        almost=((ASK, "  hi: {say: wait, next: desk}\n"),),
    ),
    "P002 a language left out": Case(
        wrong=(("languages: [ja-JP]", "languages: [ja-JP, en-US]"),
               ("voice: {ja-JP: Voice}", "voice: {ja-JP: Voice, en-US: English}"),
               ("choose: {", "choose: {en-US: \"Choose {{ pairing.spoken_item | digits }}.\", "),
               ("  code: {", "  code: {en-US: \"Key {{ pairing.code | digits }}.\", "),
               ("wait: {", "wait: {en-US: Please wait., ")),
        at="hello: {ja-JP",
        almost=(("hello: {", "hello: {en-US: Hello., "),),
    ),
    "P003 a prompt nobody says": Case(
        wrong=(("  wait:", "  unsaid: {ja-JP: はい。}\n  wait:"),), at="unsaid",
        almost=(("  wait:", "  unsaid: {ja-JP: はい。}\n  wait:"),
                (SUB, "first: {say: unsaid, next: back}")),
    ),
    "P004 silence": Case(
        wrong=(says('" "'),), at='" "', almost=(says('"は"'),),
    ),
    "P005 three sentences": Case(
        wrong=(says("はい。はい。はい。"),), at="はい。は", almost=(says("はい。はい。"),),
    ),
    "P005 nine seconds": Case(
        wrong=(says("確" * 25),), at="確" * 25, almost=(says("確" * 24),),
    ),
    "P006 four choices": Case(
        wrong=(asks('{gather: {digits: 1, prompt: hello}, keys: {"1": desk, "2": desk, "3": desk, '
                    '"4": desk}}'),),
        at='keys: {"1"',
        almost=(asks('{gather: {digits: 1, prompt: hello}, keys: {"1": desk, "2": desk, "3": desk, '
                     '"0": desk}}'),
                (VARIABLES, f'global_keys: {{"0": {{goto: desk}}}}\n{VARIABLES}')),
    ),
    "P007 digits for a voice to guess": Case(
        wrong=(says("内線は12です。"),), at="内線は12です。", almost=(says("内線は1です。"),),
    ),
    "P007 full-width digits": Case(
        wrong=(says("内線は１２です。"),), at="内線は１２です。",
        almost=(says('"24時間です。"'), ("JPKI: コウ", '"24時間": ニジュウヨジカン, JPKI: コウ')),
    ),
    "P008 a recording that is not there": Case(
        wrong=(says("{play: audio/none.wav, text: はい。}"),), at="{play: audio",
        almost=(says("{play: audio/hello.wav, text: はい。}"),),
    ),
    "T001 more than one Say takes": Case(
        wrong=(says("{say: " + "お" * 47 + "}"),), at="{say: おお", almost=(says("お" * 46),),
    ),
    "T001 more than the voice takes": Case(
        wrong=(says("{say: " + "あ" * 41 + ", voice: Short-1}"),), at="{say: ああ",
        almost=(says("{say: " + "あ" * 40 + ", voice: Short-1}"),),
    ),
    "T002 a voice of another language": Case(
        wrong=(says("{say: はい。, voice: English}"),), at="{say: はい",
        almost=(says("{say: はい。, voice: Short-1}"),),
    ),
    "T002 a voice that names its language": Case(
        wrong=(says("{say: はい。, voice: Some.de-DE-Standard-A}"),), at="{say: はい",
        almost=(says("{say: はい。, voice: Some.ja-JP-Standard-A}"),),
    ),
    "T003 too much at once": Case(
        wrong=((ASK, "  hi: {say: [hello, hello, hello], next: hi2}\n"
                     "  hi2: {say: [hello, hello, hello], next: desk}\n"),),
        at="{say: [hello, hello, hello], next: hi2}",
        almost=((ASK, "  hi: {say: [hello, hello, hello], next: ask}\n"
                      '  ask: {gather: {digits: 1, prompt: wait}, keys: {"1": hi2}}\n'
                      "  hi2: {say: [hello, hello, hello], next: desk}\n"),),
    ),
    "T004 a voice that is not there": Case(
        wrong=(("voice: {ja-JP: Voice}", "voice: {ja-JP: Voyce}"),), at="Voyce",
        almost=(("voice: {ja-JP: Voice}", "voice: {ja-JP: Short-1}"),),
    ),
    "T005 a menu's key": Case(
        wrong=(asks('{gather: {digits: 1, prompt: hello}, keys: {"0": check}}'),
               (VARIABLES, f'global_keys: {{"0": {{goto: desk}}}}\n{VARIABLES}')),
        at='"0": check',
        almost=(asks('{gather: {digits: 1, prompt: hello}, keys: {"0": desk}}'),
                (VARIABLES, f'global_keys: {{"0": {{goto: desk}}}}\n{VARIABLES}')),
    ),
    "T005 a key of the hold": Case(
        wrong=(("      purpose: account", "      keys: {skip: \"0\"}\n      purpose: account"),
               (VARIABLES, f'global_keys: {{"0": {{goto: desk}}}}\n{VARIABLES}')),
        at='skip: "0"',
        almost=((VARIABLES, f'global_keys: {{"0": {{goto: desk}}, "*": repeat}}\n{VARIABLES}'),),
    ),
    "T006 more headers than fit": Case(
        wrong=(declared("{t: {type: text, default: a, personal: false}}"),
               (ROUTE, "{queue: general, attributes: [identity, answers.t]}")),
        at="route: {queue",
        almost=((ROUTE, "{queue: general, attributes: [identity]}"),),
    ),
    "T007 a priority nobody heeds": Case(
        wrong=((ROUTE, "{queue: general, priority: 1}"),), at="route: {queue",
        almost=((ROUTE, "{queue: general, priority: 0}"),),
    ),
    "T007 speech": Case(
        wrong=(declared("{t: {type: text}}"),
               asks("{gather: {digits: 8, prompt: hello, input: [keys, speech], store: t}, "
                    "next: desk}")),
        at="{gather: {digits",
        almost=(declared("{t: {type: text}}"),
                asks("{gather: {digits: 8, prompt: hello, input: [keys], store: t}, "
                     "next: desk}")),
    ),
    "H001 closed for a minute": Case(
        wrong=hours('{mon-fri: ["09:00-11:59", "12:00-17:00"]}'), at='"12:00-17:00"',
        almost=hours('{mon-fri: ["09:00-12:00", "13:00-17:00"]}'),
    ),
    "H001 the last minute": Case(
        wrong=hours('{mon-sun: ["00:00-23:59"]}'), at='"00:00-23:59"',
        almost=hours('{mon-sun: ["00:00-24:00"]}'),
    ),
    "H001 ranges that overlap": Case(
        wrong=hours('{mon-fri: ["09:00-12:00", "11:00-17:00"]}'), at='"11:00-17:00"',
        almost=hours('{mon-fri: ["09:00-12:00", "12:00-17:00"]}'),
    ),
    "H001 a day twice": Case(
        wrong=hours('{mon-fri: ["09:00-12:00"], fri: ["09:00-11:00"]}'),
        at='fri: ["09:00-11:00"]',
        almost=hours('{mon-thu: ["09:00-12:00"], fri: ["09:00-11:00"]}'),
    ),
    "H002 nobody behind a failed exit": Case(
        wrong=((ASK, "  hi: {say: hello, next: end}\n"),), at="hi,\n",
        almost=((ASK, "  hi: {say: hello, next: desk}\n"),),
    ),
    "H003 longer than a call may take": Case(
        wrong=((VARIABLES, f"limits: {{max_duration: 7m}}\n{VARIABLES}"),),
        at="{max_duration: 7m}",
        almost=((VARIABLES, f"limits: {{max_duration: 8m}}\n{VARIABLES}"),),
    ),
    "S001 somebody's number": Case(
        wrong=((ASK, "  hi: {say: hello, next: desk, note: from ０９０-1234-5678}\n"),),
        at="from ０",
        almost=((ASK, "  hi: {say: hello, next: desk, note: from 0120-444-113}\n"),),
    ),
    "S001 a mail address": Case(
        wrong=((ASK, "  hi: {say: hello, next: desk, note: ask hanako@example.jp}\n"),),
        at="ask hanako",
        almost=((ASK, "  hi: {say: hello, next: desk}  # ask hanako@example.jp\n"),),
    ),
    "S001 a My Number": Case(
        wrong=((ASK, "  hi: {say: hello, next: desk, note: like 1234 5678 9018}\n"),),
        at="like 1234",
        almost=((ASK, "  hi: {say: hello, next: desk, note: like 1234 5678 9012}\n"),),
    ),
    "S002 a stranger hears it": Case(
        wrong=(declared("{t: {type: text, default: a}}"), says('"{{ answers.t | text }}"')),
        at="hello, next: desk",
        almost=(declared("{t: {type: enum, values: [a, b], default: a, personal: false}}"),
                ("  wait:", '  t: {ja-JP: "{{ answers.t | text }}"}\n  wait:'),
                (ASK, "  hi: {say: t, next: desk}\n")),
    ),
    "S003 a PIN by keys": Case(
        wrong=(declared("{t: {type: digits}}"), says("暗証番号をどうぞ。"),
               asks("{gather: {digits: 8, prompt: hello, store: t}, next: desk}")),
        at="暗証番号",
        almost=(says("暗証番号はお聞きしません。"),),
    ),
    "S004 four digits": Case(
        wrong=(declared("{t: {type: digits}}"),
               asks("{gather: {digits: 4, prompt: hello, store: t}, next: desk}")),
        at="4, prompt",
        almost=(declared("{t: {type: digits}}"),
                asks("{gather: {min_digits: 3, max_digits: 4, prompt: hello, store: t}, "
                     "next: desk}")),
    ),
    "A001 nothing to allow": Case(
        wrong=((ASK, "  hi: {say: hello, next: desk}  # allow P006 no menu here\n"),),
        at="# allow",
        almost=(asks('{gather: {digits: 1, prompt: hello}, keys: {"1": desk, "2": desk, "3": desk, '
                     '"4": desk}}  # allow P006 four desks'),),
    ),
    "A001 no reason": Case(
        wrong=(("superseded: desk}", "code_expired: desk}"),
               ("other: hi,", "other: hi,  # allow O006"),),
        at="# allow",
        almost=(("superseded: desk}", "code_expired: desk}"),
                ("other: hi,", "other: hi,  # allow O006 one desk for all"),),
    ),
    "A001 an error": Case(
        wrong=(("superseded: desk}", "superseded: desk}  # allow H002 we are closed"),),
        at="# allow",
        almost=(("superseded: desk}", "superseded: desk}  # allowed are these four"),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_found_at_its_place(name: str) -> None:
    case, code = CASES[name], name[:4]
    texts = files(*case.wrong)
    needle = case.at.partition("\nREST")[0]
    all_found = found(texts, CARRIER)
    expected = place(texts, needle if "REST" not in case.at else f"lost: {needle}")
    if "REST" in case.at:
        expected = (*expected[:2], expected[2] + len("lost: "))
    here = [(f.file, f.line, f.col) for f in all_found if f.code == code]
    assert here == [expected], [f.render("en") for f in all_found]


@pytest.mark.parametrize("name", CASES)
def test_almost(name: str) -> None:
    changes = CASES[name].almost
    if name.startswith("P002"):
        changes = (*CASES[name].wrong, *changes)
    assert [f.render("en") for f in found(files(*changes), CARRIER)] == []


def test_every_rule_is_tried() -> None:
    """F006 has no older format to find yet; X001 and X002 have a file of their own."""
    tried = {name[:4] for name in CASES}
    assert tried | {"F006", "X001", "X002"} >= {rule.code for rule in RULES}
