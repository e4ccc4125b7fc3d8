"""X001: the tests of a flow are its promises; they are played on the real engine."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words
from ivr.flow_tests.words import told


def check(flow: Subject) -> Iterator[Found]:
    for result in flow.played:
        for failure in result.failures:
            words = {"en": told(failure, "en"), "ja": told(failure, "ja")}
            yield found(failure.at, "X001", name=result.test.name, **words)


RULE = Rule(
    code="X001",
    severity=Severity.ERROR,
    title=Bilingual(ja="テストが失敗する", en="embedded test fails"),
    cases={
        "": Words(
            message=Bilingual(ja="テスト「{name}」: {ja}。", en="test “{name}”: {en}."),
            hint=Bilingual(
                ja="kazasu flow test で、何が聞こえたか分かります。",
                en="Run: kazasu flow test, which says what the caller heard.",
            ),
        ),
    },
    checks={Needs.TESTS: check},
)
