"""Page shell and language: Japanese unless the reader chose otherwise. Everything is escaped."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from quart import Request, Response

LANGUAGES: Final = ("ja", "en")
LANGUAGE_COOKIE: Final = "kazasu-language"
_SHELL: Final = Path(__file__).parent / "templates"


class Texts:
    """`{ja,en}.json` of one door: nested, asked by dotted key. A missing text is a KeyError."""

    def __init__(self, folder: Path) -> None:
        self._by_language = {
            language: json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
            for language in LANGUAGES
        }

    def all(self, language: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._by_language[language]
        return found

    def text(self, language: str, key: str) -> str:
        found: Any = self._by_language[language]
        for part in key.split("."):
            found = found[part]
        if not isinstance(found, str):
            raise KeyError(key)
        return found


class Pages:
    """Templates of one door, which extend `shell.html`."""

    def __init__(self, templates: Path, texts: Texts) -> None:
        self._texts = texts
        self._environment = Environment(
            loader=FileSystemLoader([templates, _SHELL]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, name: str, language: str, /, **values: object) -> str:
        """In templates `t("some.key")` is the text in the page's language."""
        template = self._environment.get_template(name)
        return template.render(
            values, language=language, t=lambda key: self._texts.text(language, key)
        )


def language_of(request: Request) -> str:
    """Asked for in the address, else chosen before, else Japanese."""
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return wanted
    return LANGUAGES[0]


def remember_language(response: Response, language: str, *, path: str, secure: bool) -> None:
    """Not HttpOnly: the page changes it as well. It is no secret."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=365 * 24 * 3600,
        path=path,
        secure=secure,
        samesite="Lax",
    )
