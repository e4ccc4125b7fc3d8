"""Strict DER before any library sees the bytes (X.690 section 10; caps: docs/limits.md).

`check` walks once, iteratively, without building anything: definite and minimal lengths, minimal
INTEGER, BOOLEAN 00 or FF, bounded OIDs, bounded depth, nothing behind the value. Libraries accept
looser encodings, and one decodes long OIDs in quadratic time.
"""

from typing import Final, NamedTuple

MAX_DEPTH: Final = 24
MAX_OID_OCTETS: Final = 64

_BOOLEAN, _INTEGER, _BIT_STRING, _NULL, _OID, _ENUMERATED = 0x01, 0x02, 0x03, 0x05, 0x06, 0x0A
_UTF8_STRING = 0x0C
_CHECKED: Final = frozenset({_BOOLEAN, _INTEGER, _BIT_STRING, _NULL, _OID, _ENUMERATED})
_SEQUENCE, _SET = 0x10, 0x11
_CONSTRUCTED: Final = 0x20
_CLASS: Final = 0xC0


_PLAIN, _LOOKED_INTO, _HOLDS_OTHERS, _WRONG = range(4)


def _form(tag: int) -> int:
    constructed = bool(tag & _CONSTRUCTED)
    if tag & _CLASS == 0 and constructed != (tag & 0x1F in (_SEQUENCE, _SET)):
        return _WRONG
    if constructed:
        return _HOLDS_OTHERS
    return _LOOKED_INTO if tag in _CHECKED else _PLAIN


_FORMS: Final = bytes(_form(tag) for tag in range(256))
"""What to do with a value, by its tag: a look-up, as this is asked of every value."""


class MalformedDer(ValueError):
    """The bytes are not the DER we accept. The message says which rule, never the content."""


class Element(NamedTuple):
    """One value inside a larger encoding: offsets of tag, content and end."""

    tag: int
    start: int
    content: int
    end: int


def check(data: bytes, *, cap: int) -> None:
    """MalformedDer unless `data` is exactly one strict DER value of at most `cap` octets."""
    if not data or len(data) > cap:
        raise MalformedDer("empty or too large")
    # Ends of the constructed values around the current offset, the outermost first.
    ends = [len(data)]
    offset = 0
    while True:
        while offset == ends[-1]:
            ends.pop()
            if not ends:
                return
        tag, content, end = _header(data, offset, ends[-1])
        if offset == 0 and end != len(data):
            raise MalformedDer("octets behind the value")
        form = _FORMS[tag]
        if form == _WRONG:
            raise MalformedDer("wrong form for this type")
        if form == _HOLDS_OTHERS:
            if len(ends) > MAX_DEPTH:
                raise MalformedDer("too deep")
            ends.append(end)
            offset = content
        else:
            if form == _LOOKED_INTO:
                _check_primitive(tag, data[content:end])
            offset = end


def read(data: bytes, offset: int, end: int) -> Element:
    """The value that begins at `offset` and must fit before `end`."""
    tag, content, its_end = _header(data, offset, end)
    return Element(tag, offset, content, its_end)


def _header(data: bytes, offset: int, end: int) -> tuple[int, int, int]:
    """Tag, where its content begins and ends: a plain tuple, as this runs for every value."""
    if offset + 2 > end:
        raise MalformedDer("cut short")
    tag = data[offset]
    if tag & 0x1F == 0x1F:
        raise MalformedDer("long tag")
    length = data[offset + 1]
    content = offset + 2
    if length == 0x80:
        raise MalformedDer("indefinite length")
    if length > 0x80:
        octets = length & 0x7F
        if octets > 4 or content + octets > end:
            raise MalformedDer("bad length")
        length = int.from_bytes(data[content : content + octets])
        if length < 0x80 or length >> (8 * (octets - 1)) == 0:
            raise MalformedDer("length not minimal")
        content += octets
    if content + length > end:
        raise MalformedDer("cut short")
    return tag, content, content + length


def children(data: bytes, parent: Element) -> list[Element]:
    """The values directly inside `parent`."""
    found = []
    offset = parent.content
    while offset < parent.end:
        element = read(data, offset, parent.end)
        found.append(element)
        offset = element.end
    return found


def whole(data: bytes) -> Element:
    """The single value that `data` is."""
    element = read(data, 0, len(data))
    if element.end != len(data):
        raise MalformedDer("octets behind the value")
    return element


def utf8_string(data: bytes) -> str:
    """The text of a DER UTF8String. MalformedDer for anything else."""
    element = whole(data)
    if element.tag != _UTF8_STRING:
        raise MalformedDer("not a UTF8String")
    try:
        return data[element.content :].decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedDer("not UTF-8") from None


def _check_primitive(tag: int, content: bytes) -> None:
    if tag in (_INTEGER, _ENUMERATED):
        _check_integer(content)
    elif tag == _OID:
        _check_oid(content)
    elif tag == _BOOLEAN and content not in (b"\x00", b"\xff"):
        raise MalformedDer("BOOLEAN is neither 00 nor FF")
    elif tag == _NULL and content:
        raise MalformedDer("NULL with content")
    elif tag == _BIT_STRING:
        _check_bit_string(content)


def _check_integer(content: bytes) -> None:
    if not content:
        raise MalformedDer("empty INTEGER")
    padded = len(content) > 1 and (
        (content[0] == 0x00 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80)
    )
    if padded:
        raise MalformedDer("INTEGER not minimal")


def _check_oid(content: bytes) -> None:
    if not content or len(content) > MAX_OID_OCTETS:
        raise MalformedDer("OID empty or too long")
    # An arc begins where the octet before ended one; it must not begin with padding (80).
    at_start = True
    for octet in content:
        if at_start and octet == 0x80:
            raise MalformedDer("OID not minimal")
        at_start = octet < 0x80
    if not at_start:
        raise MalformedDer("OID cut short")


def _check_bit_string(content: bytes) -> None:
    if not content or content[0] > 7 or (len(content) == 1 and content[0]):
        raise MalformedDer("bad BIT STRING")
    if content[-1] & ((1 << content[0]) - 1) and len(content) > 1:
        raise MalformedDer("BIT STRING padding is not zero")
