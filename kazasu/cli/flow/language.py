"""Which language a command speaks."""

import locale


def language(given: str) -> str:
    """`ja` or `en`: as given, else as the terminal's."""
    wanted = given or locale.getlocale()[0] or ""
    return "ja" if wanted.lower().startswith("ja") else "en"
