"""Fields that belong together or do not: a flow that is refused at its place, and one almost so."""

import pytest

from tests.ivr.flow_linter.changed import Change, files, found, place

ASK = "  hi: {say: hello, next: desk}\n"
VARIABLES = "nodes:\n  first: {subflow"
HELLO = "hello: {ja-JP: こんにちは。}"
ROUTE = "{queue: general}"
OUTPUTS = ("exits: [done]", "exits: [done]\noutputs: {asked: {type: bool}}")
ENTRY = "{gather: {digits: 8, prompt: hello, store: t}, next: desk}"
BUSINESS = "purposes: {account"


def asks(gather: str, kind: str = "digits") -> tuple[Change, ...]:
    return (
        (VARIABLES, f"variables: {{t: {{type: {kind}}}}}\n{VARIABLES}"),
        (ASK, f"  hi: {gather}\n"),
    )


def says(text: str) -> tuple[Change, ...]:
    return ((HELLO, f"hello: {{ja-JP: {text}}}"),)


def defaults(text: str) -> tuple[Change, ...]:
    return ((VARIABLES, f"defaults: {text}\n{VARIABLES}"),)


def calendar(days: str) -> tuple[Change, ...]:
    return ((BUSINESS, f"calendars: {{own: {days}}}\n{BUSINESS}"),)


def sound(value: str) -> tuple[Change, ...]:
    return ((ROUTE, f"{{queue: general, hold_sound: {value}}}"),)


def hands_on(source: str, kind: str) -> tuple[Change, ...]:
    own = "{own: {type: text, default: a}, t: {type: KIND, personal: false}}".replace("KIND", kind)
    return (
        (VARIABLES, f"variables: {own}\n{VARIABLES}"),
        (ASK, f'  hi: {{set: {{t: "{source}"}}, next: desk}}\n'),
    )


def looks_at(source: str) -> tuple[Change, ...]:
    return ((ASK, f'  hi: {{branch: [{{when: "{source}", next: desk}}], else: desk}}\n'),)


def takes_output(output: str, into: str) -> tuple[Change, ...]:
    return (
        (VARIABLES, f"variables: {{t: {into}}}\n{VARIABLES}"),
        ("exits: [done]", f"exits: [done]\noutputs: {{asked: {output}}}"),
        ("with: {reason: \"'busy'\"}}", "with: {reason: \"'busy'\"}, store: {t: asked}}"),
    )


# (code and case, what is wrong, the place, what is almost wrong)
CASES: dict[str, tuple[str, tuple[Change, ...], str, tuple[Change, ...]]] = {
    "an output without a value": (
        "F001.missing", (OUTPUTS,), "{type: bool}",
        ((OUTPUTS[0], OUTPUTS[1].replace("bool", "bool, default: false")),),
    ),
    "a menu with a variable": (
        "F001.together", asks('{gather: {digits: 1, prompt: hello, store: t}, keys: {"1": desk}}'),
        "t}, keys", asks('{gather: {digits: 1, prompt: hello}, keys: {"1": desk}}')[1:],
    ),
    "speech in a menu": (
        "F001.together",
        asks('{gather: {digits: 1, prompt: hello, input: [keys, speech]}, keys: {"1": desk}}')[1:],
        "[keys, speech]", asks('{gather: {digits: 1, prompt: hello}, keys: {"1": desk}}')[1:],
    ),
    "hints where nobody listens": (
        "F001.missing",
        asks(ENTRY.replace("store", "hints: [解約], store")), "[解約]",
        asks(ENTRY.replace("store", "input: [keys, speech], hints: [解約], store"), "text"),
    ),
    "a hint that would be two": (
        "F001.form",
        asks(ENTRY.replace("store", "input: [keys, speech], hints: ['解約, 返金'], store"), "text"),
        "'解約, 返金'",
        asks(ENTRY.replace("store", "input: [keys, speech], hints: [解約, 返金], store"), "text"),
    ),
    "a default that the kind does not have": (
        "F004", defaults("{callback: {keep_reslt: 10m}}"), "keep_reslt",
        defaults("{callback: {keep_result: 10m}}"),
    ),
    "a default for a kind without fields": (
        "F004", defaults("{say: {voice: x}}"), "voice: x", defaults("{say: {outcomes: {}}}"),
    ),
    "a calendar day that is none": (
        "F001.form", calendar('["2026-02-30"]'), '"2026-02-30"', calendar('["2026-02-28"]'),
    ),
    "a calendar range that ends before it begins": (
        "F001.form", calendar('["2027-01-03/2026-12-29"]'), '"2027-01-03/2026-12-29"',
        calendar('["2026-12-29/2027-01-03"]'),
    ),
    "tags that would be spelled": (
        "F001.tags", says('"はい。<break time=\'1s\'/>"'), '"はい',
        says('{say: "はい。<break time=\'1s\'/>", ssml: true}'),
    ),
    "tags that no voice knows": (
        "F001.ssml", says('{say: "<emphasis>はい。</emphasis>", ssml: true}'), "{say: \"<emph",
        says('{say: "<prosody rate=\'80%\'>はい。</prosody>", ssml: true}'),
    ),
    "slow words with broken tags": (
        "F001.ssml", says('{say: はい。, slow: "<p>はい。", ssml: true}'), "{say: はい",
        says('{say: はい。, slow: "<p>はい。</p>", ssml: true}'),
    ),
    "a value inside a tag": (
        "F001.ssml", says('{say: "<sub alias=\'{{ today | date }}\'>はい</sub>", ssml: true}'),
        "{say: \"<sub", says('{say: "<s>{{ today | date }}</s>", ssml: true}'),
    ),
    "kana with a kanji": (
        "F001.kana", says("{say: 確認します。, kana: カク認シマス。}"), "{say: 確認",
        says("{say: 確認します。, kana: カクニンシマス。}"),
    ),
    "kana that reads another value": (
        "F001.kana_values",
        says('{say: "{{ today | date }}です。", kana: "{{ today | date(short) }}デス。"}'),
        "{say: \"{{", says('{say: "{{ today | date }}です。", kana: "{{ today | date }}デス。"}'),
    ),
    "kana of a recording": (
        "F001.together", says("{play: audio/hello.wav, text: はい。, kana: ハイ。}"),
        "{play: audio", says("{play: audio/hello.wav, text: はい。}"),
    ),
    "a sound without a language": (
        "P002.sound", sound("{en-US: audio/hello.wav}"),
        "route: {queue", sound("{ja-JP: audio/hello.wav}"),
    ),
    "a sound for what is no language": (
        "F001.form", sound("{ja-JP: audio/hello.wav, english: audio/hello.wav}"),
        "english", sound("{ja-JP: audio/hello.wav, en-US: audio/hello.wav}"),
    ),
    "a sound that is not there": (
        "P008.audio", sound("{ja-JP: audio/none.wav}"), "audio/none.wav",
        sound("audio/hello.wav"),
    ),
    "slow words that take too long": (
        "P005.slow",
        (*says("{say: はい。, slow: " + "あ" * 49 + "}"),
         (VARIABLES, f'global_keys: {{"5": slower}}\n{VARIABLES}')), "{say: はい",
        (*says("{say: はい。, slow: " + "あ" * 48 + "}"),
         (VARIABLES, f'global_keys: {{"5": slower}}\n{VARIABLES}')),
    ),
    "digits in a text with a reading": (
        "P007", says("{say: 内線は12です。, kana: ナイセンワジュウニデス。}"), "{say: 内線",
        says("{say: 内線は一二です。, kana: ナイセンワイチニーデス。}"),
    ),
    "digits between tags": (
        "P007", says('{say: "内線は<s>12</s>です。", ssml: true}'), '{say: "内線',
        says('{say: "内線は<break time=\'300ms\'/>です。", ssml: true}'),
    ),
    "a number of a caller handed on": (
        "S002.kept", hands_on("call.number", "text"), '"call.number"',
        hands_on("call.number_kind", "text"),
    ),
    "a personal variable handed on": (
        "S002.kept", hands_on("answers.own + '!'", "text"), "\"answers.own + '!'\"",
        hands_on("answers.own == 'a'", "bool"),
    ),
    "a personal variable chosen": (
        "S002.kept", hands_on("true ? answers.own : 'x'", "text"), "\"true ? answers.own : 'x'\"",
        hands_on("answers.own == 'a' ? 'y' : 'x'", "text"),
    ),
    "a state that no check has": (
        "E003", looks_at("identity.status == 'done'"), "\"identity.status == 'done'\"",
        looks_at("identity.status in ['complete', 'failed'] && identity.hint != ''"),
    ),
    "a hint that no check gives": (
        "E003", looks_at("identity.hint == 'pin_locked'"), "\"identity.hint == 'pin_locked'\"",
        looks_at("identity.hint == 'pin_blocked' || identity.hint == 'repudiated'"),
    ),
    "a risk that is none": (
        "E003", looks_at("identity.risk == 'high'"), "\"identity.risk == 'high'\"",
        looks_at("identity.risk == 'alarm' || binding.mode == 'spoken_code'"),
    ),
    "an output of another type": (
        "E003", takes_output("{type: bool, default: false}", "{type: text}"), "asked}}, outcomes",
        takes_output("{type: bool, default: false}", "{type: bool}"),
    ),
    "an output with more words": (
        "E003", takes_output("{type: enum, values: [a, b], default: a}",
                             "{type: enum, values: [a]}"), "asked}}, outcomes",
        takes_output("{type: enum, values: [a, b], default: a}",
                     "{type: enum, values: [a, b, c]}"),
    ),
}  # fmt: skip


def test_a_check_that_only_an_operator_starts_needs_no_words_and_no_way() -> None:
    beside = (
        "  in_talk: {verify_identity: {require: {identity: id_card_sign, binding: bind_choice}, "
        "purpose: account, modes: [{operator_started: {via: [sms_link]}}]}}\n"
    )
    assert found(files((ASK, f"{ASK}{beside}"))) == []
    spoken = beside.replace(
        "{operator_started: {via: [sms_link]}}", "{spoken_code: {prompt: code}}"
    )
    codes = {one.code for one in found(files((ASK, f"{ASK}{spoken}")))}
    assert codes >= {"F001", "O001"}


@pytest.mark.parametrize("name", CASES)
def test_found_at_its_place(name: str) -> None:
    case, wrong, at, _ = CASES[name]
    texts = files(*wrong)
    code = case.partition(".")[0]
    every = found(texts)
    here = [(f.file, f.line, f.col) for f in every if f.code == code]
    assert here == [place(texts, at)], [f.render("en") for f in every]


@pytest.mark.parametrize("name", CASES)
def test_almost(name: str) -> None:
    assert [f.render("en") for f in found(files(*CASES[name][3]))] == []
