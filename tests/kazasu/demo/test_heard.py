"""What a listener makes of captions."""

import pytest

from ivr.flow_engine.readings import ja
from kazasu.demo.terminal import heard


@pytest.mark.parametrize(
    ("caption", "numbers"),
    [
        ("照会はイチ、変更はニ、お客様番号はサン、担当者はゼロです。", ["1", "3", "0"]),
        ("アプリで、ヨンニーを選んでください。", ["42"]),
        ("確認できました。担当者におつなぎします。", []),
        ("ヨンロクハチニー ゼロヨンナナキュウ、くり返します。", ["46820479"]),
    ],
)
def test_spoken_digits_become_digits(caption: str, numbers: list[str]) -> None:
    assert heard.numbers(caption) == numbers


def test_every_digit_that_the_call_can_speak_is_understood() -> None:
    assert heard.numbers(ja.digits("0123456789")) == ["0123456789"]


def test_a_code_is_heard_only_with_its_check_digit() -> None:
    assert heard.code(f"次の番号を、{ja.digits('46820479')}。") == "46820479"
    assert heard.code(f"次の番号を、{ja.digits('46820478')}。") is None
    assert heard.code(f"{ja.digits('42')}を選んで") is None


def test_an_item_is_one_of_the_three() -> None:
    choices = ("28", "45", "93")
    assert heard.item(f"アプリで、{ja.digits('93')}を選んでください。", choices) == "93"
    assert heard.item(f"アプリで、{ja.digits('39')}を選んでください。", choices) is None
