"""Structured logs with one redaction: only fields on the list below are ever written.

Rooms log events with short facts; what is not on the list is dropped, so that a new field is a
decision made here. An exception is written as its type and where it was raised, never its text:
texts quote what was being worked on.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog

FIELDS: Final = frozenset(
    {
        "event", "level", "timestamp", "call_ref", "n", "errand", "node", "code", "route",
        "method", "status", "ms", "error", "where", "flow", "version", "file", "line", "finding",
        "count", "seconds", "profile", "port", "kind", "hint", "what", "tenant", "evidence_id",
        "tries", "loop",
    }
)  # fmt: skip

Event = MutableMapping[str, Any]


def set_up(*, json: bool) -> None:
    """Once per process. JSON lines on stderr, or coloured lines for a person at a terminal."""
    render: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not json:
        render = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            exception_without_text,
            only_listed_fields,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries write texts that we cannot vouch for: only their warnings' origin is kept.
    logging.basicConfig(handlers=[_OriginOnly()], level=logging.WARNING, force=True)


def only_listed_fields(_logger: object, _name: str, event: Event) -> Event:
    return {name: value for name, value in event.items() if name in FIELDS}


def exception_without_text(_logger: object, _name: str, event: Event) -> Event:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = where(error.__traceback__)
    return event


def where(trace: TracebackType | None) -> str:
    """The innermost four frames as `file:line:function`."""
    frames = traceback.extract_tb(trace)[-4:]
    return " > ".join(f"{_short(f.filename)}:{f.lineno}:{f.name}" for f in frames)


def _short(filename: str) -> str:
    return "/".join(filename.split("/")[-3:])


class _OriginOnly(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().warning(
            "library_warning",
            what=record.name,
            line=record.lineno,
            **(
                {"error": type(error).__name__, "where": where(error.__traceback__)}
                if error
                else {}
            ),
        )
