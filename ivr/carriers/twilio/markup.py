"""TwiML elements as text: what we use of Twilio's own classes, with their names and their bytes.

Tests hold every document equal to what the library draws; the library costs sixteen times as much,
and each webhook pays it. Values are escaped here and nowhere else, so none can become markup.
"""

import re
from functools import cache
from typing import Final, TypeAlias

Value: TypeAlias = str | int | bool | None
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_IN_TEXT: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_IN_ATTRIBUTE: Final = {**_IN_TEXT, '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#09;"}
_TEXT: Final = str.maketrans(_IN_TEXT)
_ATTRIBUTE: Final = str.maketrans(_IN_ATTRIBUTE)
_NEEDS_ESCAPE: Final = re.compile(r'[&<>"\r\n\t]')


class Verb:
    """One element. `verbs` are its texts and children in order; a None attribute is left out."""

    __slots__ = ("_begin", "_name", "verbs")

    def __init__(self, name: str, text: str = "", /, **attributes: Value) -> None:
        self._name = name
        self._begin = f"<{name}{_attributes(attributes)}"
        self.verbs: list[Verb | str] = [text] if text else []

    def append(self, verb: "Verb | str") -> None:
        self.verbs.append(verb)

    def add_child(self, name: str, **attributes: Value) -> "Verb":
        """An element by its name: what SSML puts inside a Say."""
        child = Verb(name, **attributes)
        self._add(child)
        return child

    def to_xml(self) -> str:
        """The whole document, with its declaration."""
        out = [_DECLARATION]
        self._write(out)
        return "".join(out)

    def _write(self, out: list[str]) -> None:
        if not any(self.verbs):
            out.append(f"{self._begin} />")
            return
        out.append(f"{self._begin}>")
        for verb in self.verbs:
            if isinstance(verb, str):
                out.append(verb.translate(_TEXT) if _NEEDS_ESCAPE.search(verb) else verb)
            else:
                verb._write(out)
        out.append(f"</{self._name}>")

    def _add(self, verb: "Verb") -> None:
        self.verbs.append(verb)


class Say(Verb):
    def __init__(self, text: str = "", /, **attributes: Value) -> None:
        super().__init__("Say", text, **attributes)


class Speaking(Verb):
    """What a response and a gather have in common."""

    def say(self, text: str, **attributes: Value) -> None:
        self._add(Say(text, **attributes))

    def play(self, url: str, *, loop: int | None = None) -> None:
        self._add(Verb("Play", url, loop=loop))

    def pause(self, *, length: int) -> None:
        self._add(Verb("Pause", length=length))


class Gather(Speaking):
    def __init__(self, **attributes: Value) -> None:
        super().__init__("Gather", **attributes)


class Dial(Verb):
    def __init__(self, **attributes: Value) -> None:
        super().__init__("Dial", **attributes)

    def queue(self, name: str, **attributes: Value) -> None:
        self._add(Verb("Queue", name, **attributes))

    def number(self, number: str, **attributes: Value) -> None:
        self._add(Verb("Number", number, **attributes))


class VoiceResponse(Speaking):
    def __init__(self) -> None:
        super().__init__("Response")

    def dial(self, **attributes: Value) -> Dial:
        dial = Dial(**attributes)
        self._add(dial)
        return dial

    def enqueue(self, name: str, **attributes: Value) -> None:
        self._add(Verb("Enqueue", name, **attributes))

    def redirect(self, url: str, *, method: str) -> None:
        self._add(Verb("Redirect", url, method=method))

    def leave(self) -> None:
        self._add(Verb("Leave"))

    def hangup(self) -> None:
        self._add(Verb("Hangup"))


def _attributes(given: dict[str, Value]) -> str:
    """In the order of their names, as the library writes them."""
    kept = sorted((_camel(name), value) for name, value in given.items() if value is not None)
    return "".join([f' {name}="{_shown(value)}"' for name, value in kept])


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text.translate(_ATTRIBUTE) if _NEEDS_ESCAPE.search(text) else text


@cache
def _camel(name: str) -> str:
    """`num_digits` is `numDigits`. Names are words of this program's source."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
