"""How a setting is declared: the variable it is read from, and what its form is called."""

from typing import Any

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

CONFIG = SettingsConfigDict(
    frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
)


def named(name: str, *, form: str = "", **more: Any) -> Any:
    """A field of a settings class. `form` says what a `pattern` means, for who set it."""
    return Field(validation_alias=AliasChoices(name), description=form or None, **more)
