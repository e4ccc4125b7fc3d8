"""The page that a telephone without the app shows when the link of a text message is opened.

It holds no script: nothing on it could send the token, which stays in the fragment of the address
and so never reaches a server. Opening it, any number of times, claims nothing.
"""

from pathlib import Path
from string import Template
from typing import Final

from markupsafe import escape

from companion_app_api.link_page.settings import LinkSettings

_PAGE: Final = Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
_STORES: Final = (("ios", "iPhone"), ("android", "Android"))


def link_page(settings: LinkSettings) -> str:
    """HTML; what comes from settings is escaped."""
    return _PAGE.substitute(
        business=escape(settings.business),
        number=escape(settings.number),
        stores_ja=_stores(settings, "のアプリを入れる"),
        stores_en=_stores(settings, ": get the app"),
    )


def _stores(settings: LinkSettings, words: str) -> str:
    offered = [
        f'<li><a href="{escape(address)}" rel="noreferrer">{name}{words}</a></li>'
        for platform, name in _STORES
        if (address := settings.app_urls.get(platform))
    ]
    return f"<ul>{''.join(offered)}</ul>" if offered else ""
