"""Questions at a terminal; the answer to some of them is seen by nobody."""

import getpass
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class NoTerminal(Exception):
    """There is nobody to type unseen here."""


class Asks(Protocol):
    """Whoever sits at the terminal."""

    def visible(self, question: str) -> str: ...

    def unseen(self, question: str) -> str:
        """For what goes to the card alone. `NoTerminal` where it could be seen."""
        ...

    def say(self, line: str) -> None: ...


class Terminal:
    """Blocks while somebody thinks: nothing else of the program has anything to do meanwhile."""

    def visible(self, question: str) -> str:
        """ "" also at the end of the input."""
        print(question, flush=True)
        with _interruptible():
            return sys.stdin.readline().strip()

    def unseen(self, question: str) -> str:
        if not sys.stdin.isatty():
            raise NoTerminal
        with _interruptible(), warnings.catch_warnings():
            # Without a terminal that can hide it, getpass would warn, and show what is typed.
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                return getpass.getpass(question)
            except (getpass.GetPassWarning, EOFError):
                raise NoTerminal from None

    def say(self, line: str) -> None:
        print(line, flush=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends the question at once; asyncio's own handler would wait for the answer."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
