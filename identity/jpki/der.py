"""Strict DER before any library sees the bytes (X.690 section 10; caps: docs/limits.md).

`check` walks once, iteratively, in a bounded number of steps: definite and minimal lengths, minimal
INTEGER, BOOLEAN 00 or FF, bounded OIDs, bounded depth, nothing behind the value. Libraries accept
looser encodings, and one decodes long OIDs in quadratic time.
"""

from typing import Final, NamedTuple

MAX_DEPTH: Final = 24
MAX_OID_OCTETS: Final = 64
MAX_VALUES: Final = 1024

_BOOLEAN, _INTEGER, _BIT_STRING, _NULL, _OID, _ENUMERATED = 0x01, 0x02, 0x03, 0x05, 0x06, 0x0A
_UTF8_STRING = 0x0C
_CHECKED: Final = frozenset({_BOOLEAN, _INTEGER, _BIT_STRING, _NULL, _OID, _ENUMERATED})
_SEQUENCE, _SET = 0x10, 0x11
_JOINT_ISO_ITU_T_5: Final = 0x55
_CONSTRUCTED: Final = 0x20
_CLASS: Final = 0xC0


_PLAIN, _LOOKED_INTO, _HOLDS_OTHERS, _WRONG = range(4)


def _form(tag: int) -> int:
    constructed = bool(tag & _CONSTRUCTED)
    if tag & _CLASS == 0 and constructed != (tag & 0x1F in (_SEQUENCE, _SET)):
        return _WRONG
    if tag & 0x1F == 0x1F:  # a tag of several octets
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


class Outline(NamedTuple):
    """How many values there are in all, and those on the two levels below the outermost and on the
    fourth."""

    values: int
    first: tuple[Element, ...]
    second: tuple[Element, ...]
    fourth: tuple[Element, ...]

    def inside(self, parent: Element) -> list[Element]:
        """Values of the second level that lie directly in `parent`, one of the first."""
        return [one for one in self.second if parent.start < one.start < parent.end]


def check(data: bytes, *, cap: int, most: int = MAX_VALUES) -> Outline:
    """MalformedDer unless `data` is exactly one strict DER value of at most `cap` octets, made of
    at most `most` values. Tells where its outer values lie, so that nobody has to look again.
    """
    size = len(data)
    if not size or size > cap:
        raise MalformedDer("empty or too large")
    # Ends of the constructed values around the current offset, the outermost first.
    ends = [size]
    end_here = size
    level = 1
    outline: list[list[Element]] = [[], [], [], [], []]
    values = offset = 0
    # Written out in one piece, as this runs for every value of every certificate from outside.
    while True:
        while offset == end_here:
            ends.pop()
            level -= 1
            if not level:
                return Outline(values, tuple(outline[1]), tuple(outline[2]), tuple(outline[4]))
            end_here = ends[-1]
        values += 1
        if values > most:
            raise MalformedDer("too many values")
        if offset + 2 > end_here:
            raise MalformedDer("cut short")
        tag, length = data[offset], data[offset + 1]
        start = offset
        if length < 0x80:
            offset += 2
        else:
            length, offset = _long_length(data, offset + 1, end_here)
        form = _FORMS[tag]
        end = offset + length
        if form == _WRONG or end > end_here or (start == 0 and end != size):
            raise MalformedDer("wrong form, cut short, or octets behind the value")
        if level <= 3 or level == 5:
            outline[level - 1].append(Element(tag, start, offset, end))
        if form == _HOLDS_OTHERS:
            level += 1
            if level > MAX_DEPTH + 1:
                raise MalformedDer("too deep")
            ends.append(end)
            end_here = end
        else:
            if form == _LOOKED_INTO and not (
                # Two plain arcs under 2.5, as most are: nothing to be said against it.
                length == 3
                and tag == _OID
                and data[offset] == _JOINT_ISO_ITU_T_5
                and data[offset + 1] < 0x80 > data[offset + 2]
            ):
                _check_primitive(tag, data[offset:end])
            offset = end


def read(data: bytes, offset: int, end: int) -> Element:
    """The value that begins at `offset` and must fit before `end`."""
    tag, content, its_end = _header(data, offset, end)
    return Element(tag, offset, content, its_end)


def _header(data: bytes, offset: int, end: int) -> tuple[int, int, int]:
    """Tag, where its content begins and ends."""
    if offset + 2 > end:
        raise MalformedDer("cut short")
    tag, length = data[offset], data[offset + 1]
    if tag & 0x1F == 0x1F:
        raise MalformedDer("long tag")
    content = offset + 2
    if length >= 0x80:
        length, content = _long_length(data, offset + 1, end)
    if content + length > end:
        raise MalformedDer("cut short")
    return tag, content, content + length


def _long_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A length of more than 127 and where the content begins; `at` is its first octet."""
    octets = data[at] & 0x7F
    content = at + 1 + octets
    if not 1 <= octets <= 4 or content > end:
        raise MalformedDer("indefinite or bad length")
    length = int.from_bytes(data[at + 1 : content])
    if length < 0x80 or length >> (8 * (octets - 1)) == 0:
        raise MalformedDer("length not minimal")
    return length, content


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
    if tag == _OID:
        _check_oid(content)
    elif tag in (_INTEGER, _ENUMERATED):
        _check_integer(content)
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
    if content[-1] >= 0x80:
        raise MalformedDer("OID cut short")
    # An arc must not begin with padding (80); it begins where the octet before ended one.
    at = content.find(0x80)
    while at >= 0:
        if at == 0 or content[at - 1] < 0x80:
            raise MalformedDer("OID not minimal")
        at = content.find(0x80, at + 1)


def _check_bit_string(content: bytes) -> None:
    if not content or content[0] > 7 or (len(content) == 1 and content[0]):
        raise MalformedDer("bad BIT STRING")
    if content[-1] & ((1 << content[0]) - 1) and len(content) > 1:
        raise MalformedDer("BIT STRING padding is not zero")
