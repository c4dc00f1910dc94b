"""Records to JSON and back, by their type hints: what goes in comes out equal.

A field added later with a default is filled from the default when an older row is read; a field that is no longer there
is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from data.outcomes import Outcome

Record = TypeVar("Record")
# data.records imports these for type checkers only.
_NAMES = {"Mapping": Mapping, "datetime": datetime, "Outcome": Outcome}


def encode(value: Any) -> Any:
    """Return ``value`` (a record, or what records are made of) as what ``json`` can write; times as ISO 8601 in UTC."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(encode(key)): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    msg = f"{type(value).__name__} is no part of a record"
    raise TypeError(msg)


def decode(kind: type[Record], data: Mapping[str, Any]) -> Record:
    """Return the record of class ``kind`` that ``encode`` made ``data`` of."""
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable, which mypy does not see of a type variable
    return kind(**{name: decoded(hints[name], item) for name, item in data.items() if name in hints})


def decoded(hint: Any, value: Any) -> Any:
    """Return ``value``, read from JSON, as the type ``hint`` says."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return None if value is None else decoded(next(arg for arg in inner if arg is not NoneType), value)
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(decoded(inner[0], item) for item in value)
        return tuple(decoded(arg, item) for arg, item in zip(inner, value, strict=True))
    if origin is Mapping:
        return {decoded(inner[0], key): decoded(inner[1], item) for key, item in value.items()}
    if origin is Literal:
        return value
    if hint is datetime:
        return datetime.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if is_dataclass(hint) and isinstance(hint, type):
        return decode(hint, value)
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns=_NAMES)
