"""S001: flows are shared, published and kept for years: no secret and no personal data in them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from bilingual.text import Bilingual
from ivr.flow_engine.source.documents import Items, Scalar, Value
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

# What is looked for -> how it looks after normalisation (full-width forms become half-width).
_LOOKS: Mapping[str, re.Pattern[str]] = {
    "a mobile number": re.compile(
        r"(?<![0-9+])(?:\+?81[- ]?|0)[789]0[- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])"
    ),
    "a mail address": re.compile(
        r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a secret": re.compile(
        r"(?<![A-Za-z0-9])(?:(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}"
        r"|(?:SK|AC)[0-9a-f]{32}|[0-9a-f]{32,}|ey[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{10,}\.)"
    ),
}
_TWELVE = re.compile(r"(?<![0-9])[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])")


def check(flow: Subject) -> Iterator[Found]:
    tables = [draft.table for draft in flow.whole.bodies.values()]
    for table in (*tables, *flow.whole.prompt_files.values()):
        entries = {name: value for name, value in table.entries.items() if name != "tests"}
        for scalar in _scalars(entries.values()):
            what = _kind(unicodedata.normalize("NFKC", scalar.text))
            if what:
                yield found(scalar.at, "S001", what=what)


def _kind(text: str) -> str:
    if any(_is_my_number(match[0]) for match in _TWELVE.finditer(text)):
        return "a My Number"
    return next((what for what, looks in _LOOKS.items() if looks.search(text)), "")


def _is_my_number(text: str) -> bool:
    """Twelve digits with the right check digit (Ordinance 85 of 2014, Article 5)."""
    digits = [int(c) for c in text if c.isdigit()]
    weighed = sum(
        digit * (place + 1 if place <= 6 else place - 5)
        for place, digit in enumerate(reversed(digits[:11]), start=1)
    )
    rest = weighed % 11
    return digits[11] == (0 if rest <= 1 else 11 - rest)


def _scalars(values: Iterable[Value]) -> Iterator[Scalar]:
    for value in values:
        if isinstance(value, Scalar):
            yield value
        else:
            yield from _scalars(value.items if isinstance(value, Items) else value.entries.values())


RULE = Rule(
    code="S001",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="`tests` の外に秘密や個人情報が直接書かれている",
        en="secret or personal data literal outside `tests`",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="秘密か個人情報のようです ({what})。", en="this looks like {what}."
            ),
            hint=Bilingual(
                ja="消してください。テストでは誰のものでもない値を使ってください。",
                en="Take it out; in tests use numbers of nobody.",
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
