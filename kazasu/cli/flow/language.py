"""Which language a command speaks."""

from kazasu.settings.environment import terminal_is_japanese


def language(given: str) -> str:
    """`ja` or `en`: as given, else as the terminal's."""
    japanese = given.lower().startswith("ja") if given else terminal_is_japanese()
    return "ja" if japanese else "en"
