"""What a business's systems say, as the engine keeps it: whole numbers, truth values, else text."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from ivr.flow_engine.events import Scalar

LONGEST_TEXT: Final = 500
_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "digits": re.compile(r"[0-9]{1,20}", re.ASCII),
    "time": re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII),
    "phone": re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII),
    "ref": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII),
}
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_TOO_LARGE: Final = 10**15


def from_text(text: str, kind: str) -> Scalar | None:
    """A cell of a table as a value of type `kind`; None when it is none."""
    if kind in ("int", "yen"):
        return int(text) if _WHOLE.fullmatch(text) else None
    if kind == "bool":
        return {"true": True, "false": False}.get(text)
    if kind == "date":
        try:
            return date.fromisoformat(text).isoformat() if len(text) == 10 else None
        except ValueError:
            return None
    form = _FORMS.get(kind)
    return text if form is None or form.fullmatch(text) else None


def from_json(value: object, kind: str) -> Scalar | None:
    """A JSON value as one of type `kind`; None when it is none. Nothing is converted: a number in
    quotes is text, and `1` is not `true`."""
    if kind in ("int", "yen"):
        return value if type(value) is int and abs(value) < _TOO_LARGE else None
    if kind == "bool":
        return value if isinstance(value, bool) else None
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not _encodable(value):
        return None
    return from_text(value, kind)


def _encodable(text: str) -> bool:
    """JSON can write half of a character (`\\ud800`), which no store takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
