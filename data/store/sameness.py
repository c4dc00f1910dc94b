"""Whether two texts are one piece: asked only where a page names another's address as its canonical one."""

from __future__ import annotations

import re

SHINGLE = 3
CONTAINED = 0.3
"""Two pieces of one outlet share under 5 % of their three-word sequences (by-lines, sign-offs); an edited, mobile or
first-page version of one piece shares well over half. Anything between separates them."""

FEWEST_SHINGLES = 8
"""Below this a text is a stub, and only equality tells."""


def same_piece(one: str, other: str) -> bool:
    """Return whether the shorter text is for the greater part within the longer, by its three-word sequences."""
    first, second = _shingles(one), _shingles(other)
    if min(len(first), len(second)) < FEWEST_SHINGLES:
        return first == second
    return len(first & second) / min(len(first), len(second)) >= CONTAINED


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return frozenset(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))
