"""Expressions of flows: checked once when a flow is read, evaluated by the CEL engine.

A scope is a plain mapping of the names of the flow language: `call`, `identity`, `answers` ... are
maps, `now` a datetime, `today` and `weekday` texts, durations timedeltas; everything else is text,
whole number or truth value. A variable that is not set is left out of its map, an unset lookup
is an empty map. `LEVELS` is the value of `level`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import cel

from ivr.flow_engine import expression_syntax as syntax
from ivr.flow_engine.definition import Expression
from ivr.flow_engine.events import Scalar
from ivr.flow_engine.outcomes import BINDING_LEVELS, IDENTITY_LEVELS

LEVELS: Final[Mapping[str, int]] = {
    **{name: rank for rank, name in enumerate(IDENTITY_LEVELS)},
    **{name: rank for rank, name in enumerate(BINDING_LEVELS)},
}
TEXT_LIKE: Final = ("text", "digits", "date", "time", "phone", "ref", "enum", "string")
INT_LIKE: Final = ("int", "yen")
# CEL counts characters; the engine in use counts UTF-8 bytes: size() only where both agree.
_SIZED: Final = ("digits", "date", "time", "phone", "ref", "list")


# No value grows without end, however often a flow puts texts together.
LONGEST: Final = 1000  # characters of a result


class ExpressionError(Exception):
    """The expression has no value here; never carries a value of the scope."""


class Unset(ExpressionError):
    """It reads a variable or lookup field that has no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """`values` are the known words of an enum, empty where any text will do."""

    name: str
    values: tuple[str, ...] = ()


Types: TypeAlias = Mapping[str, Type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`rule` is E001, E002 or E003; `detail` names what is wrong: for E002 the name, and the word
    that an enum does not have where `words` are those that it has."""

    rule: str
    detail: str
    words: tuple[str, ...] = ()


def evaluate(expression: Expression, scope: Mapping[str, object]) -> Scalar:
    """Raises Unset for a missing value, ExpressionError for anything else without a result."""
    try:
        value = _compiled(expression.source).execute({"level": LEVELS, **scope})
    except KeyError as error:
        raise Unset(expression.source) from error
    except (ValueError, TypeError, RuntimeError, ArithmeticError) as error:
        raise ExpressionError(expression.source) from error
    if isinstance(value, str) and len(value) > LONGEST:
        raise ExpressionError(expression.source)
    if isinstance(value, (str, int)):
        return value
    raise ExpressionError(expression.source)


@lru_cache(maxsize=2048)
def _compiled(source: str) -> cel.Program:
    return cel.compile(source)


def check(source: str, types: Types, want: str) -> list[Problem]:
    """All that is wrong with a source; `want` is a type name, or empty for any value.

    `types` maps every declared dotted name to its type. Whether a name is set on every path is
    not asked here.
    """
    try:
        tree = syntax.parse(source)
    except syntax.SyntaxProblem as problem:
        return [Problem(rule="E001", detail=str(problem))]
    unknown = [path for path in sorted(syntax.paths(tree)) if path not in types]
    if unknown:
        return [Problem(rule="E002", detail=path) for path in unknown]
    try:
        _accept(_type_of(tree, types), want)
    except _WrongType as problem:
        return [Problem(rule="E003", detail=str(problem), words=problem.words)]
    try:
        _compiled(source)
    except (ValueError, TypeError, RuntimeError) as error:
        return [Problem(rule="E001", detail=str(error).splitlines()[0][:60])]
    return []


class _WrongType(Exception):
    def __init__(self, detail: str, words: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.words = words


def family(name: str) -> str:
    """What CEL makes of a type of the flow language: values of one family may be compared."""
    return "string" if name in TEXT_LIKE else "int" if name in INT_LIKE else name


def _accept(found: Type, want: str) -> None:
    if want and family(found.name) != family(want):
        raise _WrongType(f"this is {found.name}, needed is {want}")
    if not want and found.name in ("list", "timestamp", "duration"):
        raise _WrongType(f"a {found.name} cannot be kept")
    if found.name.startswith("lookup."):
        raise _WrongType("this is a whole lookup, name one of its fields")


def _type_of(tree: syntax.Tree, types: Types) -> Type:
    if isinstance(tree, syntax.Name):
        return types[tree.path]
    if isinstance(tree, syntax.Literal):
        kind = {str: "string", int: "int", bool: "bool"}[type(tree.value)]
        return Type(name=kind)
    if isinstance(tree, syntax.Choices):
        first = [_type_of(item, types) for item in tree.items]
        if len({family(kind.name) for kind in first}) != 1:
            raise _WrongType("a list holds values of one type, at least one")
        return Type(name="list", values=(family(first[0].name),))
    return _type_of_call(tree.function, tree.args, types)


def _type_of_call(function: str, args: tuple[syntax.Tree, ...], types: Types) -> Type:
    if function == "has":
        return Type(name="bool")
    kinds = [_type_of(arg, types) for arg in args]
    families = [family(kind.name) for kind in kinds]
    if function in ("==", "!=", "<", "<=", ">", ">=", "in"):
        _relation(function, args, kinds, families)
        return Type(name="bool")
    if function in ("&&", "||", "!"):
        _all(families, "bool", function)
        return Type(name="bool")
    if function == "?:":
        if families[0] != "bool" or families[1] != families[2]:
            raise _WrongType("?: needs a condition and two values of one type")
        return kinds[1] if kinds[1] == kinds[2] else Type(name=families[1])
    if function in ("+", "-", "neg"):
        return Type(name=_sum(function, families))
    return _type_of_function(function, args, kinds, families)


def _relation(
    function: str, args: tuple[syntax.Tree, ...], kinds: list[Type], families: list[str]
) -> None:
    left, right = families
    if function == "in":
        if right != "list" or kinds[1].values != (left,):
            raise _WrongType(f"{kinds[0].name} in {kinds[1].name}")
        assert isinstance(args[1], syntax.Choices)
        for item in args[1].items:
            _known_word(kinds[0], item)
        return
    if left != right or left not in ("string", "int", "bool", "timestamp", "duration"):
        raise _WrongType(f"{kinds[0].name} {function} {kinds[1].name}")
    if left == "bool" and function not in ("==", "!="):
        raise _WrongType(f"bool {function} bool")
    _known_word(kinds[0], args[1])
    _known_word(kinds[1], args[0])


def _known_word(kind: Type, other: syntax.Tree) -> None:
    words = kind.values if kind.name == "enum" else ()
    if words and isinstance(other, syntax.Literal) and other.value not in words:
        raise _WrongType(str(other.value), words)


def _sum(function: str, families: list[str]) -> str:
    table = {
        ("neg", "int"): "int",
        ("+", "int", "int"): "int",
        ("-", "int", "int"): "int",
        ("+", "string", "string"): "string",
        ("+", "timestamp", "duration"): "timestamp",
        ("+", "duration", "duration"): "duration",
        ("-", "timestamp", "timestamp"): "duration",
        ("-", "timestamp", "duration"): "timestamp",
        ("-", "duration", "duration"): "duration",
    }
    found = table.get((function, *families))
    if found is None:
        raise _WrongType(f"{function} between {' and '.join(families)}")
    return found


def _type_of_function(
    function: str, args: tuple[syntax.Tree, ...], kinds: list[Type], families: list[str]
) -> Type:
    if function == "size":
        ascii_text = isinstance(args[0], syntax.Literal) and str(args[0].value).isascii()
        if kinds[0].name not in _SIZED and not (ascii_text and families[0] == "string"):
            raise _WrongType(f"size of {kinds[0].name}")
        return Type(name="int")
    if function == "string":
        if families[0] not in ("int", "string"):
            raise _WrongType(f"string of {kinds[0].name}")
        return Type(name="string")
    _all(families[:1] if function == "int" else families, "string", function, also="int")
    if function == "int":
        return Type(name="int")
    if function in ("matches", "timestamp", "duration"):
        _literal(function, args[-1])
    kept = {"timestamp": "timestamp", "duration": "duration"}
    return Type(name=kept.get(function, "bool"))


def _all(families: list[str], wanted: str, function: str, also: str = "") -> None:
    for family in families:
        if family != wanted and not (also and function == "int" and family == also):
            raise _WrongType(f"{function} of {family}")


def _literal(function: str, arg: syntax.Tree) -> None:
    """Patterns, instants and spans are literals, so that bad ones are found when reading."""
    if not isinstance(arg, syntax.Literal):
        raise _WrongType(f"{function}() takes a literal")
    source = f"{function}(s)" if function != "matches" else "''.matches(s)"
    try:
        _compiled(source).execute({"s": arg.value})
    except (ValueError, TypeError, RuntimeError, ArithmeticError) as error:
        raise _WrongType(f"{function}() cannot read its literal") from error
