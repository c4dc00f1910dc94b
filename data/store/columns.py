"""Column types that give back what was put in, on SQLite and PostgreSQL alike.

SQLite has no times and PostgreSQL refuses NUL in text; neither takes a lone surrogate. These three types are where both
are met.
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

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What is no character of XML 1.0 (section 2.2), in which much of what is stored leaves again: PostgreSQL refuses
NUL besides, and UTF-8 has no lone surrogates."""


def storable(text: str) -> str:
    """Return ``text`` with what cannot be kept replaced by U+FFFD, code point for code point: spans still fit."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC and to the microsecond; a naive one is refused with ValueError."""

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


def cleaned(value: Any) -> Any:
    """Return ``value`` with every text in it storable; json would hide a NUL behind an escape."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    return value


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
        return json.dumps(cleaned(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the value of the stored JSON text."""
        return None if value is None else json.loads(value)
