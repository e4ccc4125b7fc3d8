"""The CEL subset: what is refused, what it means, and that a second CEL engine agrees."""

from datetime import UTC, datetime, timedelta
from typing import Any

import celpy
import pytest
from celpy import celtypes
from celpy.adapter import json_to_cel
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow_engine.definition import Expression
from ivr.flow_engine.expressions import (
    LEVELS,
    ExpressionError,
    Type,
    Unset,
    check,
    evaluate,
)

TYPES = {
    "call.number": Type(name="phone"),
    "call.number_kind": Type(name="enum", values=("mobile", "landline")),
    "now": Type(name="timestamp"),
    "today": Type(name="date"),
    "identity.rank": Type(name="int"),
    "identity.verified": Type(name="bool"),
    "identity.age": Type(name="duration"),
    "answers.fee": Type(name="yen"),
    "answers.name": Type(name="text"),
    "answers.case": Type(name="lookup.open_case"),
    "answers.case.due": Type(name="date"),
    "tries.verify": Type(name="int"),
    "value": Type(name="digits"),
    **{f"level.{code}": Type(name="int") for code in LEVELS},
}
SCOPE: dict[str, Any] = {
    "call": {"number": "+819012345678", "number_kind": "mobile"},
    "now": datetime(2026, 11, 24, 1, 0, tzinfo=UTC),
    "today": "2026-11-24",
    "identity": {"rank": 3, "verified": True, "age": timedelta(minutes=4)},
    "answers": {"fee": 1200, "name": "カザス", "case": {}},
    "tries": {"verify": 1},
    "value": "10000001",
}
GOOD = [
    ("call.number_kind == 'mobile'", True),
    ("call.number_kind != 'mobile' || identity.verified", True),
    ("call.number_kind in ['mobile', 'landline']", True),
    ("identity.rank >= level.id_card_auth && identity.verified", True),
    ("identity.rank >= level.id_card_sign", False),
    ("has(answers.case.due)", False),
    ("has(answers.case.due) && answers.case.due < today", False),
    ("!identity.verified", False),
    ("identity.age < duration('5m')", True),
    ("now > timestamp('2026-11-24T10:00:00+09:00')", False),
    ("now - timestamp('2026-11-24T09:00:00+09:00') == duration('1h')", True),
    ("now + duration('1h') > now", True),
    ("answers.fee + 300 - 100", 1400),
    ("-answers.fee < 0", True),
    ("size(value) == 8", True),
    ("value.startsWith('1') && value.endsWith('01') && value.contains('000')", True),
    ("value.matches('^[0-9]{8}$')", True),
    ("int(value) + 1", 10000002),
    ("string(answers.fee) + '円'", "1200円"),
    ("answers.fee > 1000 ? 'much' : 'little'", "much"),
    ("tries.verify <= 1 && (answers.name == 'カザス' || false)", True),
    ("'it\\'s' + \"\\u3042\"", "it'sあ"),
    ("true == false", False),
]
REFUSED = [
    ("", "E001"),
    ("1 +", "E001"),
    ("'open", "E001"),
    ("'a' * 2", "E001"),
    ("1.5", "E001"),
    ("1u", "E001"),
    ("b'x' == b'x'", "E001"),
    ("null == null", "E001"),
    ("{'a': 1}", "E001"),
    ("answers['fee']", "E001"),
    ("[1, 2].exists(x, x > 1)", "E001"),
    ("[1].map(x, x)", "E001"),
    ("double('1')", "E001"),
    ("value.size(1)", "E001"),
    ("has(value)", "E001"),
    ("99999999999999999999", "E001"),
    ("(" * 13 + "1" + ")" * 13, "E001"),
    ("!" * 30 + "true", "E001"),
    ("1 == 1 " + " " * 200 + "&& true", "E001"),
    ("__import__('os')", "E001"),
    ("answer.fee", "E002"),
    ("answers.fees", "E002"),
    ("level.id_card", "E002"),
    ("'a' == 1", "E003"),
    ("answers.fee == '1200'", "E003"),
    ("answers.fee && true", "E003"),
    ("call.number_kind == 'pager'", "E003"),
    ("call.number_kind in ['mobile', 'pager']", "E003"),
    ("answers.case", "E003"),
    ("answers.case == answers.case", "E003"),
    ("now", "E003"),
    ("identity.age", "E003"),
    ("['a', 1] == ['a']", "E003"),
    ("1 in ['a']", "E003"),
    ("true < false", "E003"),
    ("value.matches(answers.name)", "E003"),
    ("value.matches('[')", "E003"),
    ("timestamp('yesterday') < now", "E003"),
    ("duration('soon') < identity.age", "E003"),
    ("size(answers.name)", "E003"),
    ("string(true)", "E003"),
    ("int(true)", "E003"),
    ("now + now == now", "E003"),
]


@pytest.mark.parametrize(("source", "result"), GOOD)
def test_accepted_and_evaluated(source: str, result: object) -> None:
    assert check(source, TYPES, "") == []
    assert evaluate(Expression(source=source), SCOPE) == result


@pytest.mark.parametrize(("source", "code"), REFUSED)
def test_refused(source: str, code: str) -> None:
    problems = check(source, TYPES, "")
    assert [problem.rule for problem in problems] == [code]


@pytest.mark.parametrize(
    ("source", "want", "good"),
    [
        ("identity.verified", "bool", True),
        ("tries.verify", "bool", False),
        ("'c-1'", "ref", True),
        ("answers.fee", "ref", False),
        ("today", "date", True),
        ("answers.fee", "int", True),
    ],
)
def test_the_wanted_type(source: str, want: str, good: bool) -> None:
    assert (check(source, TYPES, want) == []) is good


def test_reading_an_unset_value_is_unset_and_names_no_value() -> None:
    with pytest.raises(Unset) as raised:
        evaluate(Expression(source="answers.case.due"), SCOPE)
    assert "2026" not in str(raised.value)


@pytest.mark.parametrize(
    "source",
    ["int(answers.name) == 1", "9223372036854775807 + answers.fee", "now", "nowhere", "1 +"],
)
def test_no_result_is_an_expression_error(source: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(Expression(source=source), SCOPE)


def _in_cel_python(source: str) -> object:
    environment = celpy.Environment()
    program = environment.program(environment.compile(source))
    result = program.evaluate({name: _value(v) for name, v in {**SCOPE, "level": LEVELS}.items()})
    return bool(result) if isinstance(result, celtypes.BoolType) else result


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return celtypes.MapType({celtypes.StringType(k): _value(v) for k, v in value.items()})
    if isinstance(value, datetime):
        return celtypes.TimestampType(value)
    if isinstance(value, timedelta):
        return celtypes.DurationType(value)
    return json_to_cel(value)


@pytest.mark.parametrize(("source", "result"), GOOD)
def test_a_second_engine_agrees(source: str, result: object) -> None:
    assert _in_cel_python(source) == result


_INTS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.sampled_from(["answers.fee", "identity.rank", "tries.verify", "level.id_card_auth"]),
)
_TEXTS = st.one_of(
    st.text(alphabet="abc01あ", max_size=4).map(lambda t: f"'{t}'"),
    st.sampled_from(["value", "today", "call.number_kind"]),
)
_SUMS = st.tuples(_INTS, st.sampled_from(["+", "-"]), _INTS).map(" ".join)
_RELATION = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_BOOLS: st.SearchStrategy[str] = st.recursive(
    st.one_of(
        st.tuples(_SUMS, _RELATION, _INTS).map(" ".join),
        st.tuples(_TEXTS, _RELATION, _TEXTS).map(" ".join),
        st.tuples(_TEXTS, _TEXTS).map(lambda p: f"{p[0]}.contains({p[1]})"),
        st.just("identity.verified"),
        st.just("has(answers.case.due)"),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda p: f"({' '.join(p)})"),
        inner.map(lambda e: f"!({e})"),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} ? {p[1]} : {p[2]})"),
    ),
    max_leaves=4,
)


@given(_BOOLS.filter(lambda source: len(source) <= 200))
def test_what_is_accepted_means_the_same_to_both_engines(source: str) -> None:
    if check(source, TYPES, "bool"):
        return  # an enum compared with a word it does not know
    assert evaluate(Expression(source=source), SCOPE) == _in_cel_python(source)


@given(st.text(alphabet="()[]!&|=<>+-'\"\\.,? :abhsin019_", max_size=220))
def test_check_never_raises(source: str) -> None:
    check(source, TYPES, "")


@pytest.mark.parametrize(
    "source",
    [
        "answers.__class__ == answers.__class__",
        "answers.name.__class__ == 'x'",
        "now.getFullYear() == 2026",
        "answers.items() == 'x'",
        "level == level",
        "print('x') == 'x'",
        "dyn(1) == 1",
        "type(1) == int",
        "[1, 2].filter(x, x > 1) == [2]",
        "'a' * 1000000 == 'a'",
        "timestamp(answers.name) > now",
    ],
)
def test_nothing_but_the_names_of_the_catalogue_is_reached(source: str) -> None:
    assert check(source, TYPES, "bool")


@pytest.mark.parametrize("source", ["answers.__class__", "answers.__dict__", "level.__init__"])
def test_unchecked_it_still_meets_no_object_of_this_program(source: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(Expression(source=source), SCOPE)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "(a?){50}a{50}b"])
def test_a_pattern_takes_time_in_line_with_its_text(pattern: str) -> None:
    """An engine that backtracks would not come back from these."""
    source = f"value.matches('^{pattern}')"
    assert check(source, TYPES, "bool") == []
    assert evaluate(Expression(source=source), {**SCOPE, "value": "a" * 900 + "!"}) is False


def test_a_value_has_an_end() -> None:
    doubled = Expression(source="answers.name + answers.name")
    scope = {**SCOPE, "answers": {"name": "a" * 500}}
    assert evaluate(doubled, scope) == "a" * 1000
    with pytest.raises(ExpressionError):
        evaluate(doubled, {**SCOPE, "answers": {"name": "a" * 501}})
