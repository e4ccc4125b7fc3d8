"""The CEL subset of flow expressions as a syntax tree: what flows may write, and nothing more.

The tree serves checks (names, types, guards) only; evaluation is the CEL engine's. Grammar and
precedence are those of the CEL language definition, less lists over macros, doubles, bytes,
unsigned numbers, maps and indexing.
"""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

MAX_LENGTH: Final = 200
MAX_DEPTH: Final = 12

FUNCTIONS: Final = {"size": 1, "timestamp": 1, "duration": 1, "string": 1, "int": 1, "has": 1}
METHODS: Final = {"startsWith": 1, "endsWith": 1, "contains": 1, "matches": 1, "size": 0}
_LOOKS: Final = frozenset(
    ("==", "!=", "<=", ">=", "<", ">", "in", "&&", "||", "!", "has", "size", "startsWith",
     "endsWith", "contains", "matches")
)  # fmt: skip
RELATIONS: Final = ("==", "!=", "<=", ">=", "<", ">", "in")


class SyntaxProblem(Exception):
    """The source is outside of the subset; the text says why, for a flow designer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    value: str | int | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A dotted name such as `answers.case.due`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    items: tuple["Tree", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operator, function or method; a method's receiver is the first argument."""

    function: str
    args: tuple["Tree", ...]


Tree: TypeAlias = Literal | Name | Choices | Call

_TOKEN = re.compile(
    r"\s*(?:(?P<int>[0-9]+)(?![0-9A-Za-z_.])"
    r"|(?P<str>'(?:[^'\\\r\n]|\\[\\'\"?`abfnrtv]|\\u[0-9a-fA-F]{4})*'"
    r"|\"(?:[^\"\\\r\n]|\\[\\'\"?`abfnrtv]|\\u[0-9a-fA-F]{4})*\")"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<op>&&|\|\||==|!=|<=|>=|[-+<>!?:()\[\],.]))",
    re.ASCII,
)
# What other languages write, and what CEL does.
_WRITTEN: Final = {"=": "==", "&": "&&", "|": "||", "and": "&&", "or": "||"}
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def parse(source: str) -> Tree:
    """Raises SyntaxProblem."""
    if len(source) > MAX_LENGTH:
        raise SyntaxProblem(f"over {MAX_LENGTH} characters")
    parser = _Parser(_tokens(source))
    tree = parser.ternary(0)
    parser.expect("")
    return tree


def paths(tree: Tree) -> frozenset[str]:
    """All names read, those inside has() too."""
    if isinstance(tree, Name):
        return frozenset((tree.path,))
    parts = tree.items if isinstance(tree, Choices) else tree.args if isinstance(tree, Call) else ()
    return frozenset().union(*(paths(part) for part in parts))


def handed_on(tree: Tree) -> frozenset[str]:
    """Names whose value, or a part of it, the result holds: not those only looked at by a condition
    or counted."""
    if isinstance(tree, Name):
        return frozenset((tree.path,))
    if not isinstance(tree, Call) or tree.function in _LOOKS:
        return frozenset()
    parts = tree.args[1:] if tree.function == "?:" else tree.args
    return frozenset().union(*(handed_on(part) for part in parts))


def tested(tree: Tree) -> frozenset[str]:
    """Names that stand inside has()."""
    if isinstance(tree, Call):
        if tree.function == "has":
            return paths(tree.args[0])
        return frozenset().union(*(tested(part) for part in tree.args))
    return frozenset()


def terms(tree: Tree) -> tuple[Tree, ...]:
    """The `&&` terms of a condition: all are true when it is."""
    if isinstance(tree, Call) and tree.function == "&&":
        return tuple(term for part in tree.args for term in terms(part))
    return (tree,)


def _tokens(source: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    place = 0
    end = len(source.rstrip())
    while place < end:
        match = _TOKEN.match(source, place)
        if not match or match.lastgroup is None:
            rest = source[place:].strip()
            if rest[0] in _WRITTEN:
                raise SyntaxProblem(_as_written(rest[0]))
            raise SyntaxProblem(f"not understood at '{rest[:10].strip()}'")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    tokens.append(("end", ""))
    return tokens


def _as_written(found: str) -> str:
    return f"'{found}' is written '{_WRITTEN[found]}'"


class _Parser:
    """Recursive descent, one method per precedence; depth counts nested brackets and signs."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def expect(self, text: str) -> None:
        kind, found = self._tokens[self._at]
        if found != text and kind == "name" and found in _WRITTEN:
            raise SyntaxProblem(_as_written(found))
        if found != text or kind not in ("op", "end"):
            raise SyntaxProblem(f"expected '{text or 'the end'}' instead of '{found or 'the end'}'")
        self._at += 1

    def ternary(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise SyntaxProblem(f"nested deeper than {MAX_DEPTH}")
        condition = self._chain("||", "&&", depth)
        if not self._take("?"):
            return condition
        yes = self._chain("||", "&&", depth)
        self.expect(":")
        return Call(function="?:", args=(condition, yes, self.ternary(depth + 1)))

    def _chain(self, operator: str, tighter: str, depth: int) -> Tree:
        def part() -> Tree:
            return self._chain(tighter, "", depth) if tighter else self._relation(depth)

        left = part()
        while self._take(operator):
            left = Call(function=operator, args=(left, part()))
        return left

    def _relation(self, depth: int) -> Tree:
        left = self._sum(depth)
        while (found := self._tokens[self._at])[1] in RELATIONS and found[0] != "str":
            self._at += 1
            left = Call(function=found[1], args=(left, self._sum(depth)))
        return left

    def _sum(self, depth: int) -> Tree:
        left = self._unary(depth)
        while self._tokens[self._at] in (("op", "+"), ("op", "-")):
            operator = self._tokens[self._at][1]
            self._at += 1
            left = Call(function=operator, args=(left, self._unary(depth)))
        return left

    def _unary(self, depth: int) -> Tree:
        if depth > MAX_DEPTH:
            raise SyntaxProblem(f"nested deeper than {MAX_DEPTH}")
        if self._take("!"):
            return Call(function="!", args=(self._unary(depth + 1),))
        if self._take("-"):
            return Call(function="neg", args=(self._unary(depth + 1),))
        return self._methods(self._primary(depth), depth)

    def _methods(self, receiver: Tree, depth: int) -> Tree:
        while self._take("."):
            name = self._name()
            if isinstance(receiver, Name) and self._tokens[self._at] != ("op", "("):
                receiver = Name(path=f"{receiver.path}.{name}")
                continue
            if name not in METHODS:
                raise SyntaxProblem(f"method '{name}' is not allowed")
            self.expect("(")
            args = self._arguments(")", depth)
            if len(args) != METHODS[name]:
                raise SyntaxProblem(f"{name}() takes {METHODS[name]} arguments")
            receiver = Call(function=name, args=(receiver, *args))
        return receiver

    def _primary(self, depth: int) -> Tree:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "int" and int(text) < 2**63:
            return Literal(value=int(text))
        if kind == "str":
            return Literal(value=_unquote(text))
        if kind == "name":
            return self._named(text, depth)
        if (kind, text) == ("op", "("):
            inner = self.ternary(depth + 1)
            self.expect(")")
            return inner
        if (kind, text) == ("op", "["):
            return Choices(items=self._arguments("]", depth))
        raise SyntaxProblem(f"not expected: '{text or 'the end'}'")

    def _named(self, text: str, depth: int) -> Tree:
        if text in ("true", "false"):
            return Literal(value=text == "true")
        if text in ("null", "in"):
            raise SyntaxProblem(f"not expected: '{text}'")
        if self._tokens[self._at] != ("op", "("):
            return Name(path=text)
        if text not in FUNCTIONS:
            raise SyntaxProblem(f"function '{text}' is not allowed")
        self._at += 1
        args = self._arguments(")", depth)
        if len(args) != FUNCTIONS[text]:
            raise SyntaxProblem(f"{text}() takes {FUNCTIONS[text]} arguments")
        if text == "has" and not (isinstance(args[0], Name) and "." in args[0].path):
            raise SyntaxProblem("has() takes a dotted name")
        return Call(function=text, args=args)

    def _arguments(self, end: str, depth: int) -> tuple[Tree, ...]:
        if self._take(end):
            return ()
        args = [self.ternary(depth + 1)]
        while self._take(","):
            args.append(self.ternary(depth + 1))
        self.expect(end)
        return tuple(args)

    def _name(self) -> str:
        kind, text = self._tokens[self._at]
        if kind != "name":
            raise SyntaxProblem(f"expected a name instead of '{text or 'the end'}'")
        self._at += 1
        return text

    def _take(self, text: str) -> bool:
        if self._tokens[self._at] != ("op", text):
            return False
        self._at += 1
        return True


def _unquote(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        escape = match[1]
        return chr(int(escape[1:], 16)) if escape[0] == "u" else _ESCAPES.get(escape, escape)

    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, text[1:-1])
