"""Prompts: the one placeholder form, pauses between digit groups, readings, voices, recordings."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.prompts import Placeholder, PromptError, pieces, speak
from ivr.flow_engine.voice_actions import Pause, Play, Say
from tests.ivr.flow_engine.small_flow import WORDS, read


def flow(more: str = "") -> Flow:
    found = read(words=WORDS + more)
    assert found.flow is not None, found.findings
    return found.flow


def said(text: str) -> Say:
    return Say(text=text, language="ja-JP", voice="Voice")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("こんにちは。", ("こんにちは。",)),
        ("", ()),
        ("{{ a.b | digits }}", (Placeholder(path="a.b", reading="digits"),)),
        ("{{a|digits(3)}}", (Placeholder(path="a", reading="digits", argument="3"),)),
        ("{{ a | date(era) }}", (Placeholder(path="a", reading="date", argument="era"),)),
        ("x {{ a | text }}\n", ("x ", Placeholder(path="a", reading="text"), "\n")),
    ],
)
def test_pieces(text: str, expected: tuple[object, ...]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{{ a }}",
        "{{ a | upper }}",
        "{{ a | digits | text }}",
        "{{ a | digits(11) }}",
        "{{ a | digits(3, 4) }}",
        "{{ a | digits(n=3) }}",
        "{{ a | digits(*b) }}",
        "{{ a | date(b.c) }}",
        "{{ a | date(long) }}",
        "{{ a() | text }}",
        "{{ a['b'] | text }}",
        "{{ 'x' * 10 | text }}",
        "{{ 'x' | text }}",
        "{{ a if b else c }}",
        "{% for x in y %}{% endfor %}",
        "{% raw %}x{% endraw %}",
        "{# comment #}",
        "{{ a | text",
        "{{ " + "(" * 400 + "a" + ")" * 400 + " | text }}",
    ],
)
def test_any_other_syntax_is_refused(text: str) -> None:
    with pytest.raises(PromptError):
        pieces(text)


@given(st.text(alphabet="{}%#| ab.()'\"3,[]*+-\n", max_size=60))
def test_pieces_only_raise_their_own_error(text: str) -> None:
    try:
        found = pieces(text)
    except PromptError:
        return
    assert all(isinstance(piece, (str, Placeholder)) for piece in found)


def speak_all(
    made: Flow, prompt: str, pace: str = "normal", **values: object
) -> tuple[object, ...]:
    return speak(made, prompt, language="ja-JP", pace=pace, values=values)


def test_a_code_is_said_in_two_halves_with_a_pause() -> None:
    assert speak_all(flow(), "code", pairing={"code": "47219638"}) == (
        said("ヨンナナニーイチ"),
        Pause(milliseconds=300),
        said("キュウロクサンハチを入れてください。"),
    )


def test_readings_of_the_file_apply_to_written_text_longest_first_and_not_to_values() -> None:
    more = '  read: {ja-JP: "JPKIとJPの{{ answers.name | text }}"}\n'
    words = (WORDS + more).replace("{JPKI:", "{JP: ジェーピー, JPKI:")
    found = read(words=words)
    assert found.flow is not None
    assert speak_all(found.flow, "read", answers={"name": "JP"}) == (
        said("コウテキコジンニンショウとジェーピーのJP"),
    )


def test_slow_text_voice_and_recording() -> None:
    made = flow(
        "  slowly: {ja-JP: {say: はやい。, slow: ゆっくり。, voice: Other}}\n"
        "  played: {ja-JP: {play: audio/hello.wav, text: こんにちは。}}\n"
    )
    slow = Say(text="ゆっくり。", language="ja-JP", voice="Other", slow=True)
    assert speak_all(made, "slowly", pace="slow") == (slow,)
    assert speak_all(made, "slowly")[0] == Say(text="はやい。", language="ja-JP", voice="Other")
    recording = Play(audio="audio/hello.wav", caption="こんにちは。", language="ja-JP")
    assert speak_all(made, "played") == (recording,)


def test_an_empty_value_leaves_no_lonely_full_stop() -> None:
    made = flow('  only: {ja-JP: "{{ answers.x | text }}。"}\n')
    assert speak_all(made, "only", answers={"x": ""}) == ()


@pytest.mark.parametrize("values", [{}, {"pairing": {}}, {"pairing": "x"}])
def test_a_missing_value_is_an_error_that_names_the_placeholder(values: dict[str, object]) -> None:
    with pytest.raises(PromptError, match=r"pairing\.code"):
        speak(flow(), "code", language="ja-JP", pace="normal", values=values)


def test_a_missing_prompt_is_an_error() -> None:
    with pytest.raises(PromptError, match="nothing_like_it"):
        speak_all(flow(), "nothing_like_it")


def test_a_value_that_does_not_fit_is_an_error_without_the_value() -> None:
    made = flow('  due: {ja-JP: "{{ answers.x | date }}"}\n')
    with pytest.raises(PromptError) as raised:
        speak_all(made, "due", answers={"x": "secret"})
    assert "secret" not in str(raised.value)


def test_at_slow_pace_every_text_is_said_slowly() -> None:
    made = flow("  played: {ja-JP: {play: audio/hello.wav, text: はやい。, slow: ゆっくり。}}\n")
    (usual,) = speak_all(made, "hello")
    (slow,) = speak_all(made, "hello", pace="slow")
    assert (usual, slow) == (said("こんにちは。"), replace(said("こんにちは。"), slow=True))
    # a recording has one pace: its slow words are said by the voice
    assert speak_all(made, "played", pace="slow") == (replace(said("ゆっくり。"), slow=True),)


def test_kana_goes_along_piece_by_piece() -> None:
    made = flow(
        '  read: {ja-JP: {say: "番号は{{ pairing.code | digits }}です。", slow: ゆっくり。,\n'
        '         kana: "バンゴーワ{{ pairing.code | digits }}デス。"}}\n'
    )
    assert speak_all(made, "read", pairing={"code": "12345678"}) == (
        replace(said("番号はイチニーサンヨン"), kana="バンゴーワイチニーサンヨン"),
        Pause(milliseconds=300),
        replace(said("ゴーロクナナハチです。"), kana="ゴーロクナナハチデス。"),
    )
    # the reading is that of `say`
    assert speak_all(made, "read", pace="slow") == (replace(said("ゆっくり。"), slow=True),)


def test_tags_are_one_piece_and_values_in_them_are_words() -> None:
    made = flow(
        '  marked: {ja-JP: {say: "<p>JPKI、{{ a | text }}</p>{{ pairing.code | digits }}。",'
        " ssml: true}}\n"
    )
    first, second = "イチニーサンヨン", "ゴーロクナナハチ。"
    text = f'<p>コウテキコジンニンショウ、&lt;b&gt;&amp;</p>{first}<break time="300ms"/>{second}'
    found = speak_all(made, "marked", a="<b>&", pairing={"code": "12345678"})
    assert found == (replace(said(text), markup=True),)


def test_a_reading_changes_words_and_no_tag() -> None:
    made = flow('  marked: {ja-JP: {say: "<sub alias=\\"JPKI\\">JPKI</sub>", ssml: true}}\n')
    (spoken,) = speak_all(made, "marked")
    assert spoken == replace(said('<sub alias="JPKI">コウテキコジンニンショウ</sub>'), markup=True)
