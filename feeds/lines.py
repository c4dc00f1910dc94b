"""JSON written a line per item, so that a document of any length goes out as it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from feeds.markup import batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def encoded(value: Any) -> str:
    """Return a value as JSON in one line (RFC 8259); NaN and infinity are a ValueError, for JSON has none."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def head_of(members: dict[str, Any], name: str) -> str:
    """Return an object's members as the beginning of a document whose last member, an array ``name``, is to follow."""
    lines = [f"{encoded(key)}:{encoded(value)},\n" for key, value in members.items()]
    return "{" + "".join(lines) + f"{encoded(name)}:["


def array(head: str, values: Iterable[str]) -> Iterator[bytes]:
    """Yield a document that ends in an array of values that are encoded already."""
    return batches(_array(head, values))


def _array(head: str, values: Iterable[str]) -> Iterator[str]:
    yield head
    before = "\n"
    for value in values:
        yield before + value
        before = ",\n"
    yield "\n]}\n"
