"""How commands say what went wrong: file, line or field, and what to do. Never a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from identity.jpki.anchors import UnusableAnchor
from kazasu.settings import BadSettings


@contextmanager
def complain() -> Iterator[None]:
    """Turns what a command can run into into words and an exit status (2 use, 3 unreachable)."""
    try:
        yield
    except BadSettings as bad:
        for problem in bad.problems:
            say(problem)
        raise SystemExit(2) from None
    except UnusableAnchor as bad:
        say(f"TRUST_ANCHORS_DIR: a root cannot be used ({bad})")
        raise SystemExit(2) from None
    except SQLAlchemyError as error:
        say(f"DATABASE_URL: the database cannot be used ({type(error).__name__})")
        raise SystemExit(3) from None
    except OSError as error:
        say(f"{error.filename or 'the system'}: {error.strerror}")
        raise SystemExit(2) from None


def say(line: str) -> None:
    print(f"kazasu: {line}", file=sys.stderr)  # noqa: T201  # this is where commands speak
