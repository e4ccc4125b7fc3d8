"""How long contents are kept: by class, by kind, and by part; the most particular rule counts.

`authentication=1y,signature=7y,signature.card=3y,kind:late_proof=90d,kind:refusal.statement=0d`
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from identity.evidence_archive.model import Kind

DEFAULT: Final = "authentication=1y,signature=7y"
CLASSES: Final = ("authentication", "signature")
PARTS: Final = ("statement", "card", "result")
_RULE: Final = re.compile(
    r"(?P<of>[a-z]+|kind:[a-z_]+)(\.(?P<part>[a-z]+))?=(?P<many>[0-9]{1,5})(?P<unit>[dy])"
)


class BadRule(ValueError):
    """A rule that cannot be read, with the rule and what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Calendar years and days; a year from 29 February ends on 1 March."""

    years: int = 0
    days: int = 0

    def after(self, at: datetime) -> datetime:
        try:
            later = at.replace(year=at.year + self.years)
        except ValueError:
            later = at.replace(year=at.year + self.years, month=3, day=1)
        return later + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRules:
    """`periods` by what they are about: a class, `kind:` and a kind, each also with `.part`."""

    periods: Mapping[str, Period] = field(default_factory=dict)

    def ends(self, *, kind: Kind, retention: str, part: str, at: datetime) -> tuple[datetime, str]:
        """When a content's time is over, and by which rule. What no rule names is kept for good:
        the end is then the last moment there is."""
        asked = (
            f"kind:{kind.value}.{part}",
            f"kind:{kind.value}",
            f"{retention}.{part}",
            retention,
        )
        for name in asked:
            if name in self.periods:
                return self.periods[name].after(at), name
        return datetime.max.replace(tzinfo=at.tzinfo), ""

    def shortest(self) -> Period:
        return min(
            self.periods.values(), key=lambda p: p.years * 366 + p.days, default=Period(years=1000)
        )


def parse(text: str) -> RetentionRules:
    """BadRule. Classes that are not named keep their defaults."""
    found: dict[str, Period] = {}
    for rule in (*DEFAULT.split(","), *filter(None, (one.strip() for one in text.split(",")))):
        read = _RULE.fullmatch(rule)
        if read is None:
            raise BadRule(f"{rule!r} is no rule such as signature=7y or kind:late_proof.card=90d")
        of, part = read["of"], read["part"]
        kinds = {f"kind:{kind.value}" for kind in Kind}
        if of not in CLASSES and of not in kinds:
            raise BadRule(f"{of!r} is neither a class ({', '.join(CLASSES)}) nor a kind")
        if part is not None and part not in PARTS:
            raise BadRule(f"{part!r} is no part ({', '.join(PARTS)})")
        many = int(read["many"])
        if read["unit"] == "y" and many > 100:
            raise BadRule(f"{rule!r} is longer than 100 years")
        period = Period(years=many) if read["unit"] == "y" else Period(days=many)
        found[of if part is None else f"{of}.{part}"] = period
    return RetentionRules(periods=found)
