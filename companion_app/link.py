"""The link of a text message: opened by the app itself (Universal Link, App Link)."""

import re
from typing import Final
from urllib.parse import urlsplit

PATH: Final = "/l"
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22,128}")


def token_of(link: str, *, origin: str) -> str | None:
    """The token, which is the fragment; None for an address that is not this service's link page.

    Nothing is fetched: the fragment is what no server and no preview ever sees.
    """
    parts = urlsplit(link)
    if f"{parts.scheme}://{parts.netloc}" != origin or parts.path != PATH or parts.query:
        return None
    return parts.fragment if _TOKEN.fullmatch(parts.fragment) else None
