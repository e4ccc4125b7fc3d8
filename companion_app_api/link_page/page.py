"""The page that a telephone without the app shows when the link of a text message is opened.

It holds no script: nothing on it could send the token, which stays in the fragment of the address
and so never reaches a server. Opening it, any number of times, claims nothing. Nobody knows yet
which language the reader has, so both are there, Japanese first.
"""

from pathlib import Path
from typing import Final

from markupsafe import Markup

from companion_app_api.link_page.settings import LinkSettings
from door_frame.page import LANGUAGES, Pages, Texts

_HERE: Final = Path(__file__).parent
_PLATFORMS: Final = ("ios", "android")


def link_page(settings: LinkSettings) -> str:
    """HTML; what comes from settings is escaped."""
    pages = Pages(_HERE / "templates", Texts(_HERE / "texts"))
    urls = settings.app_urls
    shown = {
        "business": settings.business,
        "number": settings.number,
        "stores": [(one, urls[one]) for one in _PLATFORMS if urls.get(one)],
    }
    first, other = LANGUAGES
    return pages.render(
        "page.html",
        first,
        business=settings.business,
        # Both come from templates of ours, which have escaped what was put into them.
        words=Markup(pages.render("words.html", first, level=1, **shown)),  # noqa: S704  # see above
        other_language=other,
        other_words=Markup(pages.render("words.html", other, level=2, **shown)),  # noqa: S704  # see above
    )
