"""How commands say what went wrong: file, line or field, and what to do. Never a traceback.

Light to import: the fallback starts with it. What needs the database or the roots says so in
`deployment_errors`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bilingual.text import Bilingual
from kazasu.japanese.lines import bilingual, problems
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.environment import terminal_is_japanese


@contextmanager
def complain_of_settings() -> Iterator[None]:
    """Turns unusable settings, files and addresses into words and exit status 2."""
    try:
        yield
    except BadSettings as bad:
        for problem in problems(bad):
            say(problem)
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise  # whoever reads has read enough: see `kazasu.cli.main.main`
    except OSError as error:
        say(f"{error.filename or 'the system'}: {error.strerror or type(error).__name__}")
        raise SystemExit(2) from None


def say(line: str | Bilingual) -> None:
    """In the terminal's language."""
    words = bilingual(line) if isinstance(line, str) else line
    spoken = words.of("ja" if terminal_is_japanese() else "en")
    print(f"kazasu: {spoken}", file=sys.stderr)  # noqa: T201  # this is where commands speak


def one_line(words: str) -> str:
    """As somebody else wrote them: they move no cursor and add no line, so that whoever is to
    approve a flow reads what it is about."""
    return "".join(c if c.isprintable() else " " for c in words)
