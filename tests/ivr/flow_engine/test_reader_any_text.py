"""Whatever stands in the files, reading gives values and findings and never raises."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.flow_linter.linter import lint_site
from tests.ivr.flow_engine.small_flow import FLOW, INNER, SITE, WORDS, read

_YAMLISH = st.text(
    alphabet="abz019:{}[],-\"'#&*!|>?%@~ \n\t.+/カ\u3099\x00\x85\u2028", max_size=120
)
_WORDS = st.sampled_from(
    ["{}", "[]", "null", "true", "12", "x", '"1"', "[a, b]", "{a: b}", "6s", "desk", "'x", "&a",
     "{say: hello}", "{goto: first}", "{say: hello, next: first}", "-", "answers.x == 1"]
)  # fmt: skip
QUICK = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def _broken(text: str) -> st.SearchStrategy[str]:
    """The good text with one line cut, doubled, or one of its values replaced."""
    lines = text.splitlines()

    def change(number: int, how: int, word: str) -> str:
        new = list(lines)
        line = new[number]
        if how == 0:
            del new[number]
        elif how == 1:
            new.insert(number, line)
        else:
            parts = [i for i, c in enumerate(line) if c == ":"] or [0]
            cut = parts[how % len(parts)]
            new[number] = f"{line[: cut + 1]} {word}"
        return "\n".join(new) + "\n"

    return st.builds(change, st.integers(0, len(lines) - 1), st.integers(0, 9), _WORDS)


@QUICK
@given(_YAMLISH)
def test_any_text(text: str) -> None:
    found, findings = lint_site(text, file="site.yaml")
    assert (found is None) == bool(findings)
    result = read(flow=text)
    assert (result.flow is None) == bool(result.errors)
    for finding in (*findings, *result.findings):
        assert finding.render("ja")
        assert finding.line >= 1
        assert finding.col >= 1


@QUICK
@given(_broken(FLOW))
def test_a_broken_flow(text: str) -> None:
    result = read(flow=text)
    assert (result.flow is None) == bool(result.errors)


@QUICK
@given(_broken(INNER), _broken(WORDS))
def test_a_broken_subflow_or_prompt_file(inner: str, words: str) -> None:
    result = read(inner=inner, words=words)
    assert (result.flow is None) == bool(result.errors)


@QUICK
@given(_broken(SITE))
def test_a_broken_site(text: str) -> None:
    found, findings = lint_site(text, file="site.yaml")
    assert (found is None) == bool(findings)
