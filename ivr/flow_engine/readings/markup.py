"""Prompts with `ssml: true`: the tags that every voice of the carriers we know can speak.

A tag that a voice does not know makes the whole sentence fail on the line, so the list is short:
Amazon's neural voices, for one, know no `emphasis` and no `pitch`. W3C SSML 1.1 has the rest.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.etree import ElementTree
from xml.sax.saxutils import escape

LONGEST_BREAK: Final = 3000  # milliseconds; a caller is never met with silence
_TIME: Final = re.compile(r"([1-9][0-9]{0,3})ms\Z|([1-9])s\Z", re.ASCII)
_RATE: Final = re.compile(r"(?:[5-9][0-9]|1[0-4][0-9]|150)%\Z", re.ASCII)
_ANY: Final = re.compile(r"[^<>\r\n]{1,200}\Z")
# tag -> its attributes, each with the form of its value; all of them are required
_ATTRIBUTES: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "break": {"time": _TIME},
    "p": {},
    "s": {},
    "sub": {"alias": _ANY},
    "phoneme": {"alphabet": _ANY, "ph": _ANY},
    "prosody": {"rate": _RATE},
    "say-as": {"interpret-as": _ANY},
}
TAGS: Final = tuple(_ATTRIBUTES)
_NO_XML: Final = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG: Final = re.compile(r"(<[^>]*>)")
_LOOKS_LIKE_ONE: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_DECLARES: Final = re.compile(r"<[!?]")


class MarkupError(Exception):
    """Why a text is no markup, in a few words for a flow designer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    name: str
    attributes: Mapping[str, str]
    parts: tuple["Part", ...]


Part: TypeAlias = str | Element


def parse(text: str) -> tuple[Part, ...]:
    """Raises MarkupError for what is not well formed, and for any other tag or attribute."""
    if _DECLARES.search(text):
        raise MarkupError("only tags are allowed")
    try:
        root = ElementTree.fromstring(f"<speak>{text}</speak>")  # noqa: S314 - nothing is declared
    except ElementTree.ParseError as error:
        raise MarkupError("the tags do not close as they open, or & is not &amp;") from error
    return _parts(root)


def _parts(node: ElementTree.Element) -> tuple[Part, ...]:
    parts: list[Part] = [node.text or ""]
    for child in node:
        parts += [_element(child), child.tail or ""]
    return tuple(part for part in parts if part)


def _element(node: ElementTree.Element) -> Element:
    known = _ATTRIBUTES.get(node.tag)
    if known is None:
        raise MarkupError(f"<{node.tag}> is not one of {', '.join(TAGS)}")
    if set(node.attrib) != set(known):
        raise MarkupError(f"<{node.tag}> takes {', '.join(known) or 'no attribute'}")
    for name, value in node.attrib.items():
        if not known[name].match(value):
            raise MarkupError(f"{name} of <{node.tag}> cannot be {value}")
    if node.tag == "break" and milliseconds(node.attrib["time"]) > LONGEST_BREAK:
        raise MarkupError(f"a break is at most {LONGEST_BREAK} ms")
    return Element(name=node.tag, attributes=dict(node.attrib), parts=_parts(node))


def milliseconds(time: str) -> int:
    match = _TIME.match(time)
    return 0 if match is None else int(match[1]) if match[1] else 1000 * int(match[2])


def words(parts: tuple[Part, ...]) -> str:
    """What is spoken: a `sub` as its alias."""
    return "".join(
        part
        if isinstance(part, str)
        else part.attributes["alias"]
        if part.name == "sub"
        else words(part.parts)
        for part in parts
    )


def escaped(value: str) -> str:
    """A value of the call as text that can be no tag, of characters that XML knows."""
    return escape(_NO_XML.sub("", value))


def outside_tags(text: str, change: Callable[[str], str]) -> str:
    """`change` applied to what stands between the tags."""
    pieces = _TAG.split(text)
    return "".join(piece if index % 2 else change(piece) for index, piece in enumerate(pieces))


def without_tags(text: str) -> str:
    return _TAG.sub(" ", text)


def looks_like_markup(text: str) -> bool:
    return bool(_LOOKS_LIKE_ONE.search(text))
