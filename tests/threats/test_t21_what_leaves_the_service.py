"""T21: exported files are their owner's, and no log line quotes what was being worked on."""

import io
import json
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kazasu import logs
from kazasu.cli.evidence import export
from stores.sql.database import Database

CANARY = "0901234-canary-5678"


@pytest.fixture
def loose_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize("there", [True, False])
def test_exported_evidence_is_for_its_owner(tmp_path: Path, loose_umask: None, there: bool) -> None:
    folder = tmp_path / "out"
    if there:
        folder.mkdir(mode=0o755)
    export._write(folder, {"statement.json": b"{}", "record.json": b"{}"})
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {0o600}
    assert there or stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the program writes to stderr as JSON lines, from its own set-up of logs."""
    written = io.StringIO()
    # A server of another test may have given itself handlers, which ours never does.
    loggers = [logging.getLogger(name) for name in ("", "uvicorn", "uvicorn.error")]
    before = [(one, one.handlers[:], one.level, one.propagate) for one in loggers]
    for one in loggers[1:]:
        one.handlers[:], one.level, one.propagate = [], logging.NOTSET, True
    with redirect_stderr(written):
        logs.set_up(json=True)
        structlog.configure(cache_logger_on_first_use=False)
        yield written
    for one, handlers, level, propagate in before:
        one.handlers[:], one.level, one.propagate = handlers, level, propagate
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


class Inner(Exception):
    pass


def _raise() -> None:
    try:
        raise Inner(CANARY)
    except Inner as inner:
        raise ValueError(f"about {CANARY}") from inner


def _read(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.parametrize("name", ["uvicorn.error", "quart.app", "asyncio", "httpx2", "kazasu"])
def test_a_library_is_named_and_not_quoted(lines: io.StringIO, name: str) -> None:
    logger = logging.getLogger(name)
    try:
        _raise()
    except ValueError:
        logger.exception("failed on %s", CANARY, extra={"caller": CANARY})
    logger.warning(CANARY)
    assert CANARY not in lines.getvalue()
    assert [line["what"] for line in _read(lines)] == [name, name]
    assert _read(lines)[0]["error"] == "ValueError"


def test_our_own_lines_drop_what_is_not_listed_and_exceptions_texts(lines: io.StringIO) -> None:
    log = structlog.get_logger()
    try:
        _raise()
    except ValueError:
        log.exception("webhook_failed", number=CANARY, call_ref="ref", body={"a": CANARY})
    (line,) = _read(lines)
    assert CANARY not in lines.getvalue()
    assert (line["event"], line["call_ref"], line["error"]) == (
        "webhook_failed",
        "ref",
        "ValueError",
    )


async def test_a_failed_statement_does_not_show_its_values(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'k.db'}")
    with pytest.raises(OperationalError) as failed:
        async with database.read() as connection:
            await connection.execute(text("select * from nowhere where a = :a"), {"a": CANARY})
    await database.close()
    assert CANARY not in str(failed.value)
    assert CANARY not in repr(failed.value)
