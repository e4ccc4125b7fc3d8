"""Tags in prompts: those that every voice speaks, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow_engine.readings.markup import (
    Element,
    MarkupError,
    escaped,
    looks_like_markup,
    parse,
    words,
)


def test_texts_and_elements_in_order() -> None:
    assert parse('あ<break time="500ms"/>い<p>う</p>') == (
        "あ",
        Element(name="break", attributes={"time": "500ms"}, parts=()),
        "い",
        Element(name="p", attributes={}, parts=("う",)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "a &amp; b &lt;c&gt;",
        '<break time="3s"/>',
        '<prosody rate="150%">x</prosody>',
        '<s><sub alias="y">x</sub></s>',
        '<say-as interpret-as="digits">123</say-as>',
        '<phoneme alphabet="ipa" ph="x">y</phoneme>',
    ],
)
def test_spoken(text: str) -> None:
    assert parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "<p>",
        "</p>",
        "a & b",
        "<break/>",
        '<break time="4s"/>',
        '<break time="3001ms"/>',
        '<break time="0ms"/>',
        '<break strength="strong"/>',
        '<prosody rate="slow">x</prosody>',
        '<prosody rate="80%" pitch="+5%">x</prosody>',
        '<prosody rate="151%">x</prosody>',
        '<prosody rate="49%">x</prosody>',
        "<emphasis>x</emphasis>",
        '<p class="x">y</p>',
        "<speak>x</speak>",
        "<Dial>+81</Dial>",
        "</speak><speak>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
        "<!-- c -->",
        "<?php x?>",
        "<![CDATA[x]]>",
        "&nbsp;",
        "&#0;",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(MarkupError):
        parse(text)


@given(st.text(max_size=80))
def test_any_text_gives_parts_or_its_own_error(text: str) -> None:
    try:
        words(parse(text))
    except MarkupError:
        return


@given(st.one_of(st.text(alphabet="あ<>&\"'/=! break", max_size=40), st.text(max_size=40)))
def test_a_value_is_never_markup(value: str) -> None:
    found = parse(f'<s>{escaped(value)}</s><break time="1s"/>')
    kept = "".join(c for c in value if c in "\t\n" or " " <= c <= "\ud7ff" or c >= "\ue000")
    assert words(found) == kept.replace("\ufffe", "").replace("\uffff", "")
    assert [part.name for part in found if isinstance(part, Element)] == ["s", "break"]


@pytest.mark.parametrize(
    ("text", "looks"),
    [("<break time='1s'/>", True), ("</p>", True), ("1 < 2 > 0", False), ("こんにちは。", False)],
)
def test_tags_in_a_plain_text(text: str, looks: bool) -> None:
    assert looks_like_markup(text) is looks
