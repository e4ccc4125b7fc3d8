"""The one reader of the environment, and of the files of secrets.

A secret may lie in a file of its name in the folder `KAZASU_SECRETS_DIR`. A variable that is set
to nothing counts as not set.
"""

import locale
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import AliasChoices, ValidationError
from pydantic_settings import BaseSettings, SettingsError

from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.groups.fallback import FallbackSettings
from kazasu.settings.model import Settings

_S = TypeVar("_S", bound=BaseSettings)
_SECRETS_DIR: Final = "KAZASU_SECRETS_DIR"


def load(**given: object) -> Settings:
    """Read environment and secret files. Raises BadSettings with a line for every problem.

    `given` are settings by their environment names; they come before the environment.
    """
    folder = str(given.get(_SECRETS_DIR) or secrets_folder())
    if folder and not (Path(folder).is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        raise BadSettings([f"{_SECRETS_DIR}: {folder} is not a folder that can be read"])
    return _read(Settings, folder, given)


def load_fallback() -> FallbackSettings:
    """The same for the fallback's own few settings: none is a secret, so no folder is needed."""
    return _read(FallbackSettings, "", {})


def secrets_folder() -> str:
    """Of the environment; "" when none is set."""
    return os.environ.get(_SECRETS_DIR, "")


def known_names() -> frozenset[str]:
    """Every variable that is read here."""
    known = {_SECRETS_DIR}
    for kind in (Settings, FallbackSettings):
        known |= _forms(kind).keys()
    return frozenset(known)


def unknown_names() -> list[str]:
    """Variables that look like settings of ours and are none: most likely misspelt."""
    return sorted(n for n in os.environ if n.startswith("KAZASU_") and n not in known_names())


def _read(kind: type[_S], folder: str, given: Mapping[str, object]) -> _S:
    try:
        with warnings.catch_warnings():
            # A secret that is a folder or leads outside is only warned of; here it is refused.
            warnings.simplefilter("error", UserWarning)
            # The aliases stand in for field names: the call is checked by pydantic, not by types.
            return kind(**{**({"_secrets_dir": folder} if folder else {}), **given})  # type: ignore[arg-type]  # see above
    except ValidationError as error:
        forms = _forms(kind)
        raise BadSettings([_line(item, forms) for item in error.errors()]) from None
    except (SettingsError, UserWarning, UnicodeDecodeError, OSError) as error:
        said = "a file is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise BadSettings([f"{_SECRETS_DIR}: {said}"]) from None


def _forms(kind: type[BaseSettings]) -> Mapping[str, str]:
    """Every variable of these settings, and what its form is called ("" where it has no name)."""
    forms = {}
    for field in kind.model_fields.values():
        assert isinstance(field.validation_alias, AliasChoices)
        for name in field.validation_alias.choices:
            forms[str(name)] = field.description or ""
    return forms


def _line(item: Any, forms: Mapping[str, str]) -> str:
    place = str(item["loc"][0]) if item["loc"] else ""
    if item["type"] == "missing":
        return f"{place}: is not set (docs/settings.md says what it is)"
    said = str(item["msg"]).removeprefix("Value error, ")
    if item["type"] == "string_pattern_mismatch":
        said = forms.get(place) or said
    return f"{place}: {said}" if place else said


def terminal_is_japanese() -> bool:
    """By the variables of POSIX, in their order; where none is set, by the system's setting.

    The variables count as they are written: in a small image or over ssh they often name a
    language whose locale is not installed, and the words are wanted all the same.
    """
    asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    return (asked or locale.getlocale()[0] or "").lower().startswith("ja")
