"""Records to JSON and back, by their type hints: what goes in comes out equal.

A field added later with a default is filled from the default when an older row is read; a field that is no longer there
is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

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
    readers = _readers(kind)  # type: ignore[arg-type]  # a class is hashable, which mypy does not see of a type variable
    return kind(**{name: _read(readers[name], item) for name, item in data.items() if name in readers})


def decoded(hint: Any, value: Any) -> Any:
    """Return ``value``, read from JSON, as the type ``hint`` says."""
    return _read(_reader(hint), value)


Reader = Callable[[Any], Any]
"""What makes a part of a record of a value from JSON; None where the value is that part already."""


def _read(reader: Reader | None, value: Any) -> Any:
    return value if reader is None else reader(value)


@cache
def _readers(kind: type) -> dict[str, Reader | None]:
    return {name: _reader(hint) for name, hint in get_type_hints(kind, localns=_NAMES).items()}


@cache
def _reader(hint: Any) -> Reader | None:
    """Return what reads values of a type: it is looked at once, and not for each of a million values."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        some = _reader(next(arg for arg in inner if arg is not NoneType))
        return None if some is None else lambda value: None if value is None else some(value)
    if origin is tuple:
        return _tuple_reader(inner)
    if origin is Mapping:
        key, item = (_reader(arg) for arg in inner)
        return lambda value: {_read(key, one): _read(item, other) for one, other in value.items()}
    if hint is datetime:
        return datetime.fromisoformat
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if is_dataclass(hint) and isinstance(hint, type):
        return lambda value: decode(hint, value)
    return None


def _tuple_reader(inner: tuple[Any, ...]) -> Reader:
    if len(inner) == 2 and inner[1] is Ellipsis:
        each = _reader(inner[0])
        return tuple if each is None else lambda value: tuple([each(item) for item in value])
    readers = [_reader(arg) for arg in inner]
    return lambda value: tuple([_read(reader, item) for reader, item in zip(readers, value, strict=True)])
