"""How one revision of a text differs from the one before, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from desk.place_page import showable

Change = Literal["same", "out", "in", "gap"]

AROUND: Final = 30
"""Words of what stayed that are shown on either side of a change; more of it is left out and said to be."""

LONGEST: Final = 6_000
"""Words of both texts up to which they are compared word by word: half a second at worst. Longer ones line by line."""

_WORDS = re.compile(r"\w+\s*|[^\s\w]\s*|\s+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of two texts: the same in both, only in the older (out), only in the newer (in), or left out (gap)."""

    change: Change
    text: str


def differences(old: str, new: str) -> tuple[Part, ...]:
    """Return two texts as one: what stayed, what went, what came; long stretches that stayed are cut short.

    Ratcliff and Metzener's matching (1988), as `difflib` has it, over words and the signs between them.
    """
    before, after = (_WORDS.findall(showable(text)) for text in (old, new))
    if len(before) + len(after) > LONGEST:
        before, after = (_LINES.findall(showable(text)) for text in (old, new))
    found: list[Part] = []
    # The blank goes with the word before it: blanks of their own are alike everywhere, and matching them is quadratic.
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Part("same", "".join(before[a:b])))
            continue
        if b > a:
            found.append(Part("out", "".join(before[a:b])))
        if d > c:
            found.append(Part("in", "".join(after[c:d])))
    return tuple(
        part for index, one in enumerate(found) for part in _shortened(one, index == 0, index == len(found) - 1)
    )


def changed(parts: tuple[Part, ...]) -> bool:
    """Return whether anything went or came."""
    return any(part.change in {"out", "in"} for part in parts)


def _shortened(part: Part, is_first: bool, is_last: bool) -> tuple[Part, ...]:
    words = _WORDS.findall(part.text)
    if part.change != "same" or len(words) <= 4 * AROUND or (is_first and is_last):
        return (part,)
    head, tail = "" if is_first else words[:AROUND], "" if is_last else words[-AROUND:]
    left = Part("gap", str(len(words) - len(head) - len(tail)))
    return tuple(one for one in (Part("same", "".join(head)), left, Part("same", "".join(tail))) if one.text)
