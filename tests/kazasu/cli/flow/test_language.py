"""Commands speak as the terminal asks, also where that locale is not installed."""

import pytest

from kazasu.cli.flow.language import language


@pytest.mark.parametrize(
    ("given", "variables", "spoken"),
    [
        ("", {"LANG": "ja_JP.UTF-8"}, "ja"),
        ("", {"LANG": "en_GB.UTF-8"}, "en"),
        ("", {"LANG": "C.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ("", {"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ("", {"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),
        ("ja", {"LC_ALL": "C"}, "ja"),
        ("en", {"LC_ALL": "ja_JP.UTF-8"}, "en"),
    ],
)
def test_given_then_the_terminals(
    given: str, variables: dict[str, str], spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language(given) == spoken
