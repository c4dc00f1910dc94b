"""Where the log goes: standard error, one line an event, and of commands only what is asked for.

Of the scheduled flows it is everything but the finest: `kentongan up` keeps it in files.

Values come from other people's sites: line breaks and control characters in them are escaped, so that nobody can write
a line of our log.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)
"""By how often ``-v`` was given."""


def configure(verbose: int) -> None:
    """Send the log to standard error: JSON lines, or lines for people where that is a terminal."""
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _escaped,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[min(verbose, len(LEVELS) - 1)]),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )


def _to_standard_error(*_names: str) -> structlog.PrintLogger:
    # Looked up at each line: standard error may have been replaced, and the one of then closed.
    return structlog.PrintLogger(sys.stderr)


def _escaped(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key != "exception":
            event[key] = _plain(value)
    return event


def _plain(value: Any) -> Any:
    """Return ``value`` with every text in it printable on one line."""
    if isinstance(value, str):
        return value if value.isprintable() else value.encode("unicode_escape").decode("ascii")
    if isinstance(value, dict):
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, int | float | None) else _plain(str(value))
