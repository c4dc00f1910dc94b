"""Pieces of XML as text: feeds of a hundred thousand entries are written as they come, without a tree in memory.

Texts have gone through `feeds.clean`; here they are escaped. ``>`` is escaped too, so that no ``]]>`` is left over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feeds.clean import address_of, line_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

__all__ = ["AT_ONCE", "DECLARATION", "attribute", "batches", "element", "escape", "link", "stamp", "words"]

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'

AT_ONCE: Final = 64
"""Items whose pieces are handed on together: fewer hand-overs, and still some hundred kilobytes at most in memory."""


def escape(text: str) -> str:
    """Return a text as the content of an element; the library's own function is slow on texts without markup."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    return text.replace(">", "&gt;") if ">" in text else text


def attribute(value: str) -> str:
    """Return an attribute's value, escaped, without its quotes."""
    if value.isprintable():
        value = escape(value)
        return value.replace('"', "&quot;") if '"' in value else value
    return escape(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def element(name: str, text: str) -> str:
    """Return an element with nothing but text in it."""
    return f"<{name}>{escape(text)}</{name}>"


def link(address: str | None, relation: str, **others: str) -> str:
    """Return an Atom link (without prefix) of an address; nothing where it is none to follow."""
    encoded = address_of(address) if address else None
    if encoded is None:
        return ""
    more = "".join([f' {name}="{attribute(line_of(value))}"' for name, value in others.items() if value])
    return f'<link rel="{relation}" href="{attribute(encoded)}"{more}/>'


def words(text: str) -> str:
    """Return a settled text of the channel, which people may have written, as one clean and escaped line."""
    return escape(line_of(text_of(text)))


def stamp(moment: datetime) -> str:
    """Return a moment by RFC 3339, in the zone that it is in."""
    return moment.isoformat()


def batches(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield pieces of text as UTF-8, several at once."""
    held: list[str] = []
    for piece in pieces:
        held.append(piece)
        if len(held) >= AT_ONCE:
            yield "".join(held).encode()
            held.clear()
    yield "".join(held).encode()
