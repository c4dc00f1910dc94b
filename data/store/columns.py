"""Column types that give back what was put in, on SQLite and PostgreSQL alike.

SQLite has no times and PostgreSQL refuses NUL in text; neither takes a lone surrogate. These three types are where both are met.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return ``text`` with NUL and lone surrogates replaced by U+FFFD, code point for code point: spans still fit."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment: stored in UTC (microseconds), comes back aware in UTC; a naive one is refused with ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return ``value`` in UTC, without its zone where the engine keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a naive time came to the store: {value.isoformat()}; every time inside is aware and in UTC"
            raise ValueError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the stored moment, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CleanText(TypeDecorator[str]):
    """Text of any length; what neither engine can keep becomes U+FFFD on the way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return ``value`` as both engines can keep it."""
        return None if value is None else storable(value)


class Json(TypeDecorator[Any]):
    """JSON kept as text, so that both engines give back key order and numbers exactly.

    Nothing is searched inside it: what the desk filters by has a column or a table of its own.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the JSON text of ``value``; None stays SQL NULL."""
        if value is None:
            return None
        # json escapes NUL itself, so only surrogates are left to be replaced.
        return storable(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the value of the stored JSON text."""
        return None if value is None else json.loads(value)
