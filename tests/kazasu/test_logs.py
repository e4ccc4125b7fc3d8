"""Nothing that was being worked on comes out, whoever writes the line."""

import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest
import structlog

from kazasu import logs
from tests.kazasu.deployment import ROOT

NAME, NUMBER, TOKEN = "山田 花子", "+81 90-1234-5678", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
CODE = "47219638"
CANARIES = (NAME, "山田", NUMBER, "1234-5678", TOKEN, CODE)


@pytest.fixture
def written(hooks: None) -> Iterator[io.StringIO]:
    out = io.StringIO()
    with redirect_stderr(out):
        logs.set_up_process(json=True)
        structlog.configure(cache_logger_on_first_use=False)
        yield out
    assert [canary for canary in CANARIES if canary in out.getvalue()] == []


def _lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize("field", ["number", "name", "body", "token", "From", "digits", "answer"])
@pytest.mark.parametrize("value", CANARIES)
def test_fields_that_are_not_listed_are_dropped(
    written: io.StringIO, field: str, value: str
) -> None:
    structlog.get_logger().info("webhook", **{field: value, "status": 200})
    (line,) = _lines(written)
    assert set(line) == {"event", "status", "level", "timestamp"}


@pytest.mark.parametrize("field", sorted(logs.FIELDS - {"event", "level", "timestamp", "where"}))
def test_numbers_and_codes_are_masked_in_listed_fields_too(
    written: io.StringIO, field: str
) -> None:
    if field in ("call_ref", "evidence_id", "version", "request_id"):
        return  # random texts of ours
    for value in (NUMBER, CODE, int(CODE), f"from {NUMBER} to", [NUMBER]):
        structlog.get_logger().info("webhook", **{field: value})
    assert all("[digits]" in str(line[field]) for line in _lines(written))


@pytest.mark.parametrize("event", [f"call from {NUMBER}", NAME, f"token {TOKEN}", "", "A b"])
def test_free_text_is_no_event(written: io.StringIO, event: str) -> None:
    structlog.get_logger().warning(event)
    assert [line["event"] for line in _lines(written)] == ["unnamed"]


def test_usual_values_stay_as_they_are(written: io.StringIO) -> None:
    given = {
        "call_ref": "AbC123456789012345678_", "n": 12, "code": "21220", "status": 503, "ms": 12.5,
        "route": "/carriers/twilio/<page>", "where": "a/b/c.py:1234:turn", "ready": None,
    }  # fmt: skip
    structlog.get_logger().info("turn_done", **given)
    (line,) = _lines(written)
    assert {name: line[name] for name in given if name in line} == {
        name: value for name, value in given.items() if name != "ready"
    }


@pytest.mark.parametrize(
    "name",
    ["uvicorn.error", "uvicorn.access", "quart.app", "sqlalchemy.engine", "twilio.http_client",
     "asyncio", "httpx2", "alembic", "py.warnings"],
)  # fmt: skip
def test_libraries_are_named_and_not_quoted(written: io.StringIO, name: str) -> None:
    logger = logging.getLogger(name)
    before = logger.disabled, logger.propagate
    logger.disabled, logger.propagate = False, True
    try:
        raise LookupError(f"{NAME} {NUMBER} {TOKEN}")
    except LookupError:
        logger.exception("failed for %s", NAME, extra={"who": NUMBER})
    logger.error("%s: %s", TOKEN, NUMBER, stack_info=True)
    logger.info("sent %s", TOKEN)
    logger.disabled, logger.propagate = before
    first, second = _lines(written)
    assert (first["what"], first["error"]) == (name, "LookupError")
    assert "test_logs.py" in first["where"]
    assert second["what"] == name


def test_a_warning_of_python_is_not_quoted(written: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"deprecated for {NAME}", DeprecationWarning, stacklevel=1)
    assert [line["what"] for line in _lines(written)] == ["py.warnings"]


async def test_a_task_nobody_waited_for(written: io.StringIO) -> None:
    handler = asyncio.get_running_loop().call_exception_handler
    handler({"message": NAME, "exception": ValueError(NUMBER), "future": TOKEN})
    assert [line["error"] for line in _lines(written)] == ["ValueError"]


def test_the_last_words_of_a_thread(written: io.StringIO) -> None:
    def fails() -> None:
        raise ValueError(f"{NAME} {TOKEN}")

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    assert [(line["event"], line["error"]) for line in _lines(written)] == [
        ("thread_failed", "ValueError")
    ]


def test_the_last_words_of_the_process(tmp_path: Path) -> None:
    program = (
        "from kazasu import logs\n"
        "logs.set_up_process(json=True)\n"
        "class Late:\n"
        f"    def __del__(self): raise KeyError('{NUMBER}')\n"
        "late = Late(); del late\n"
        f"raise ValueError('{NAME} {TOKEN}')\n"
    )
    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert [canary for canary in CANARIES if canary in done.stderr] == []
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["unraisable", "process_failed"]


@pytest.mark.parametrize("error", [ValueError(NUMBER), ExceptionGroup(NAME, [KeyError(TOKEN)])])
def test_exceptions_are_a_type_and_a_place(written: io.StringIO, error: Exception) -> None:
    try:
        raise error
    except Exception:
        structlog.get_logger().exception("turn_failed", call_ref="ref")
    (line,) = _lines(written)
    assert line["error"] == type(error).__name__
    assert line["where"].endswith("test_exceptions_are_a_type_and_a_place")


def test_for_a_person_the_same_rules_hold(hooks: None) -> None:
    out = io.StringIO()
    with redirect_stderr(out):
        logs.set_up(json=False)
        structlog.configure(cache_logger_on_first_use=False)
        try:
            raise ValueError(NAME)
        except ValueError:
            structlog.get_logger().exception("turn_failed", what=NUMBER, who=TOKEN)
    assert "turn_failed" in out.getvalue()
    assert [canary for canary in CANARIES if canary in out.getvalue()] == []
