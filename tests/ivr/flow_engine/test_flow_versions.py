"""A version changes when and only when what is read changes."""

import pytest

from ivr.flow_linter.linter import lint_flow
from tests.ivr.flow_engine.small_flow import AUDIO, FILES, FLOW, SITE, WORDS, site

SAME = [
    ("bad.yaml", FLOW + "# a comment\n"),
    ("bad.yaml", FLOW.replace("{say: hello, next: desk}", "\n    next: desk\n    say: 'hello'")),
    ("bad.yaml", FLOW.replace("title: A small flow", 'title:    "A small flow"   # quoted')),
    ("bad.yaml", FLOW.replace("\n", "\r\n")),
    ("prompts/other.yaml", WORDS),
]
OTHER = [
    ("bad.yaml", FLOW.replace("A small flow", "A small Flow")),
    ("bad.yaml", FLOW.replace("other: hi,", "other: desk,")),
    ("prompts/words.yaml", WORDS.replace("こんにちは", "こんばんは")),
    ("sub/inner.yaml", FILES["sub/inner.yaml"].replace("A small sub-flow", "Another")),
]


def version(files: dict[str, str], site_text: str = SITE, audio: dict[str, str] = AUDIO) -> str:
    result = lint_flow(files, "bad", site(site_text), audio)
    assert result.flow is not None, result.findings
    return result.flow.version


def test_form() -> None:
    found = version(dict(FILES))
    assert len(found) == 64
    assert set(found) <= set("0123456789abcdef")


@pytest.mark.parametrize(("path", "text"), SAME)
def test_comments_layout_and_unused_files_do_not_count(path: str, text: str) -> None:
    assert version({**FILES, path: text}) == version(dict(FILES))


@pytest.mark.parametrize(("path", "text"), OTHER)
def test_every_change_of_content_counts(path: str, text: str) -> None:
    assert version({**FILES, path: text}) != version(dict(FILES))


def test_the_site_counts_as_far_as_it_is_used() -> None:
    before = version(dict(FILES))
    assert version(dict(FILES), SITE.replace("ご住所の変更", "住所変更")) == before
    assert version(dict(FILES), SITE.replace("verified: {}, ", "")) == before
    assert version(dict(FILES), SITE.replace("ご契約内容の確認", "契約の確認")) != before
    assert version(dict(FILES), SITE.replace("カザス保険", "カザス生命")) != before


def test_recordings_count_by_hash_when_they_are_played() -> None:
    played = {
        **FILES,
        "prompts/words.yaml": WORDS.replace(
            "hello: {ja-JP: こんにちは。}", "hello: {ja-JP: {play: audio/hello.wav, text: はい。}}"
        ),
    }
    changed = {"audio/hello.wav": "1" * 64}
    assert version(played) != version(played, audio=changed)
    assert version(dict(FILES)) == version(dict(FILES), audio=changed)
