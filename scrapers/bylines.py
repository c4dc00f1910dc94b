"""Who wrote an article: from the claims of head and page to one clean name, never the site's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scrapers.cleaning import key
from scrapers.markup import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_AUTHOR_CHARS = 120

_LABEL = re.compile(
    r"^[\W_]*(?:(?:oleh|by|penulis|pewarta|reporter|kontributor|wartawan|jurnalis|laporan|author|written by|"
    r"ditulis oleh|diposting oleh|"
    r"posted by|tim penulis)\b\s*[:：\-]?\s*)+",
    re.IGNORECASE,
)
_NEXT_ROLE = re.compile(
    r"\s*(?:[|;•·¦\n]|\s[-–—]\s|\b(?:editor|redaktur|uploader|publisher|penyunting|copyright|fotografer|tim liputan|"
    r"penulis|pewarta|reporter|jurnalis|wartawan|kontributor|sumber)\b\s*[:©]?|©|\s-$).*$",
    re.IGNORECASE | re.DOTALL,
)
_DATE_PART = re.compile(
    r"\s*,?\s*(?:(?:senin|selasa|rabu|kamis|jumat|jum'at|sabtu|minggu)\b.*|\d{1,2}[\s/.-].*|\d{4}.*)$", re.IGNORECASE
)
_NOT_NAMES = re.compile(
    r"https?:|www\.|@|\.(?:com|co\.id|id|net|org|news)\b|[{}<>]|facebook|twitter|instagram|google|developer|"
    r"\bcyber media\b|\bPT\b\.?|"
    r"^\d+$|^null$|^none$|^undefined$|^unknown$|^anonymous$|^baca\b|^share\b|^bagikan\b|\bmenit\b|\bago\b|\blalu\b|wib$",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"^(?:super ?)?(?:admin\w*|administrator|redaksi\w*|editor\w*|tim\b.*|newsroom|webmaster|root|user|penulis|"
    r"kontributor|reporter)\b",
    re.IGNORECASE,
)


def author_of(groups: Iterable[Iterable[str]], site_names: Sequence[str]) -> str | None:
    """Return the first person named, looking through ``groups`` in the order of their trust; None where nobody is.

    "Admin" and "Redaksi" are taken only where no group has a name.
    """
    names = {key(name) for name in site_names if len(key(name)) >= 4}
    weak: str | None = None
    for group in groups:
        people: list[str] = []
        for said in group:
            name = clean_name(said, names)
            if not name:
                desk = clean_name(said, ())
                weak = weak or (desk if _WEAK.match(desk) else None)
                continue
            if _WEAK.match(name):
                weak = weak or name
            elif not any(key(name) == key(person) or key(name) in key(person) for person in people):
                people.append(name)
        if people:
            return (
                ", ".join(people[:3])[:MAX_AUTHOR_CHARS] if _are_listed(group, people) else people[0][:MAX_AUTHOR_CHARS]
            )
    return weak


def _are_listed(group: Iterable[str], people: Sequence[str]) -> bool:
    """Return whether a group is one list of authors (JSON-LD), not several readings of one byline."""
    return isinstance(group, tuple) and len(people) > 1


def clean_name(said: str, site_keys: Iterable[str]) -> str:
    """Return the name in a byline, without labels, other roles and dates; empty where it is no person's."""
    text = _LABEL.sub("", one_line(said))
    name = _DATE_PART.sub("", _NEXT_ROLE.sub("", text)).strip(" \t.,:;|-–—()[]/\"'")
    if not name or len(name) > MAX_AUTHOR_CHARS or len(name.split()) > 8 or _NOT_NAMES.search(name):
        return ""
    mine = key(name)
    if len(mine) < 2 or any(mine == site or site in mine for site in site_keys):
        return ""
    return name if not name.isupper() or len(name) <= 3 else name.title()
