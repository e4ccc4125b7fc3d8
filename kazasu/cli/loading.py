"""A command's code, loaded only when it is called; and what `kazasu` says when it is not here."""

import importlib
import sys
from collections.abc import Callable
from typing import Any, Final

import typer

# Not in production images: they play parties outside of the service.
_LEFT_OUT: Final = ("stand_ins", "companion_app")


def run(module: str, function: str, **given: Any) -> None:
    """End with the status of `function`: 0 good, 1 findings or failures, 2 wrong use or unreadable
    file, 3 service or store not reachable."""
    try:
        command: Callable[..., int] = getattr(importlib.import_module(module), function)
        status = command(**given)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _LEFT_OUT:
            raise
        print(
            f"kazasu: {missing.name} is not in this installation, and this command needs it",
            file=sys.stderr,
        )
        raise typer.Exit(2) from None
    raise typer.Exit(status)
