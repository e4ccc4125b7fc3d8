"""Structured logs with one redaction: only fields on the list below are ever written.

Rooms log events with short facts; what is not on the list is dropped, so that a new field is a
decision made here. An exception is written as its type and where it was raised, never its text:
texts quote what was being worked on. Longer runs of digits (telephone numbers, spoken codes) are
masked even in listed fields.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog

FIELDS: Final = frozenset(
    {
        "event", "level", "timestamp", "call_ref", "n", "errand", "node", "code", "route",
        "method", "status", "ms", "error", "where", "flow", "version", "file", "line", "finding",
        "count", "seconds", "port", "kind", "hint", "what", "tenant", "evidence_id",
        "tries", "loop", "request_id",
    }
)  # fmt: skip

# Random texts and times of ours, in which digits stand by chance.
_AS_THEY_ARE: Final = frozenset(
    {"timestamp", "call_ref", "evidence_id", "version", "where", "request_id"}
)
_DIGITS: Final = re.compile(r"\+?\d(?:[-\s]?\d){6,}")
_EVENT: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")

Event = MutableMapping[str, Any]
Counted = Callable[[str], None]
_counted: list[Counted] = []


def count_lines(by: Counted) -> None:
    """Tell `by` the level of every line from now on (for metrics)."""
    _counted[:] = [by]


def set_up_process(*, json: bool) -> None:
    """`set_up`, and the last words of a dying thread, task or process say no more than the rest."""
    set_up(json=json)
    sys.excepthook = lambda _kind, error, _trace: _ended_by("process_failed", error)
    threading.excepthook = lambda given: _ended_by("thread_failed", given.exc_value)
    sys.unraisablehook = lambda given: _ended_by("unraisable", given.exc_value)


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
            counted,
            exception_without_text,
            only_listed_fields,
            without_numbers,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries write texts that we cannot vouch for: only their warnings' origin is kept.
    logging.basicConfig(handlers=[_OriginOnly()], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


def counted(_logger: object, _name: str, event: Event) -> Event:
    for tell in _counted:
        tell(event["level"])
    return event


def only_listed_fields(_logger: object, _name: str, event: Event) -> Event:
    return {name: value for name, value in event.items() if name in FIELDS}


def without_numbers(_logger: object, _name: str, event: Event) -> Event:
    """Whatever was put there: no telephone number, code or free text passes as an event's name."""
    if not _EVENT.fullmatch(str(event.get("event"))):
        event["event"] = "unnamed"
    for name, value in event.items():
        if name not in _AS_THEY_ARE and not isinstance(value, bool | float | None):
            event[name] = _masked(value)
    return event


def _masked(value: object) -> object:
    text = str(value)
    return _DIGITS.sub("[digits]", text) if _DIGITS.search(text) else value


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


def _ended_by(event: str, error: BaseException | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    structlog.get_logger().error(event, exc_info=error)


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
