"""Words for those who design flows and run the service, in both languages of the product.

What callers hear is not here: that is the prompts' and the designer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilingual:
    """The same said in Japanese and English; `{name}` is the place of a fact."""

    ja: str
    en: str

    def of(self, language: str) -> str:
        """Any language but Japanese is told in English."""
        return self.ja if language.lower().startswith("ja") else self.en

    def told(self, language: str, **facts: object) -> str:
        return self.of(language).format_map(facts)

    def filled(self, *, ja: Mapping[str, object], en: Mapping[str, object]) -> "Bilingual":
        """With the facts of each language in their places."""
        return Bilingual(ja=self.ja.format_map(ja), en=self.en.format_map(en))
