"""Where the phone page's files are, for whoever serves them."""

from pathlib import Path


def static_folder() -> Path:
    """Plain files without a build. Serve them beside a `config.json` (see its reader, config.js):

    `{"api_base": "", "card_base": "http://127.0.0.1:PORT", "card_token": "..."}`
    """
    return Path(__file__).parent / "static"
