"""Who printed whose text: how one print is another, and the pair that is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta  # noqa: TC003 - a field of a dataclass that others may inspect
from enum import StrEnum


class Sameness(StrEnum):
    """How one text is another; the words are stored."""

    EXACT = "persis"  # word for word, but for dateline, brand and sign-off
    NEAR = "mirip"  # edited, shortened, with another title
    SPUN = "putaran"  # put into other words
    NONE = "beda"


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two prints of one text, the later one first.

    ``delay`` is how much later it came out; None where which came first cannot be told: then the one with the greater
    number stands first, and the pair says nothing of who copies whom. ``likeness`` in [0, 1] is on the scale of its
    kind, which is never NONE.
    """

    article_id: int
    source_id: str
    of_article_id: int
    of_source_id: str
    kind: Sameness
    likeness: float
    delay: timedelta | None
