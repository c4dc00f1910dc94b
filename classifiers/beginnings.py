"""With which letters a match of a regular expression begins, so that most texts need not be searched for it.

Forty expressions of many alternatives each, tried at every letter of a sentence, cost more than all else that is asked
of it; hardly a sentence holds a word that begins like any of them. What is not understood of an expression is taken
as "anything may follow": then it is searched for always, and nothing is missed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 6
"""Letters of a beginning: *membak* tells *membakar* from *membahas*."""

KEY: Final = 3
"""Letters by which beginnings are looked up."""

LETTERS: Final = "*"
"""In a beginning: any letters, or none; only as its first character."""

MAX_KNOWN: Final = 100_000
"""Beginnings of words of which it is remembered what they tell: news repeats its words."""

_HEADS = re.compile(rf"(?<![\w-])(?=(\w.{{0,{LONGEST - 1}}}))", re.DOTALL)
_LEAST = re.compile(r"\{[1-9]\d*(?:,\d*)?\}")
_LOOKAROUND = ("(?=", "(?!", "(?<=", "(?<!")
_UNKNOWN = frozenset(".^$[{+*?)")


@dataclass(frozen=True, slots=True)
class _Open:
    """Beginnings read so far: ``going`` may be longer by what follows, ``done`` are not."""

    going: frozenset[str]
    done: frozenset[str] = frozenset()

    def then(self, more: _Open) -> _Open:
        """Return these followed by more."""
        parted = {one for one in self.going if one for two in more.going | more.done if two.startswith(LETTERS)}
        longer = {one + two for one in self.going for two in more.going if not (one and two.startswith(LETTERS))}
        ended = {one + two for one in self.going for two in more.done if not (one and two.startswith(LETTERS))}
        cut = {one[:LONGEST] for one in longer if len(one) >= LONGEST}
        return _Open(
            frozenset(one for one in longer if len(one) < LONGEST),
            self.done | {one[:LONGEST] for one in ended | parted} | cut,
        )

    def stopped(self) -> _Open:
        """Return these followed by anything."""
        return _Open(frozenset(), self.done | self.going)


_NOTHING = _Open(frozenset({""}))
_DIGITS = _Open(frozenset("0123456789"))
_ANYTHING = _Open(frozenset(), frozenset({""}))
_ANY_LETTERS = _Open(frozenset({LETTERS}))


def beginnings(expression: str) -> frozenset[str]:
    r"""Return beginnings of at most `LONGEST` letters, one of which every match of an expression starts with.

    The empty one among them says that a match may start with anything, one that starts with `LETTERS` that any letters
    may stand before the rest. Read are letters, ``(?:...)``, ``|``, ``?``, the class of figures, ``\w*`` at the start
    and counts from one on; at whatever else of the syntax of `re` a beginning ends.
    """
    found = _choice(expression)
    return found.done | found.going


def _choice(expression: str) -> _Open:
    going: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    for alternative in _split(expression):
        one = _sequence(alternative)
        going, done = going | one.going, done | one.done
    return _Open(going, done)


def _sequence(expression: str) -> _Open:
    found = _NOTHING
    at = 0
    while at < len(expression) and found.going:
        atom, end = _atom(expression, at)
        follows = expression[end : end + 1]
        if follows == "?":
            atom = _Open(atom.going | {""}, atom.done)
            end += 2 if expression[end + 1 : end + 2] == "?" else 1
        elif follows == "*" or (follows == "{" and not _LEAST.match(expression, end)):
            return found.stopped()
        elif follows in {"+", "{"}:
            return found.then(atom).stopped()
        found = found.then(atom)
        at = end
    return found


def _atom(expression: str, at: int) -> tuple[_Open, int]:
    """Return what one atom begins with and where it ends."""
    if expression.startswith(_LOOKAROUND, at):
        return _NOTHING, _closing(expression, at)
    if expression.startswith("(?:", at):
        end = _closing(expression, at)
        return _choice(expression[at + 3 : end - 1]), end
    if expression.startswith("\\d", at):
        return _DIGITS, at + 2
    if expression.startswith("\\w*", at) and expression[at + 3 : at + 4] not in {"?", "+"}:
        return _ANY_LETTERS, at + 3
    if expression[at] in _UNKNOWN or expression[at] in "(\\":
        return _ANYTHING, len(expression)
    return _Open(frozenset({expression[at]})), at + 1


def _closing(expression: str, at: int) -> int:
    """Return where the group ends that opens at a position; classes and escapes within are stepped over."""
    depth = 0
    while at < len(expression):
        if expression[at] == "\\":
            at += 1
        elif expression[at] == "[":
            at = _class_end(expression, at)
        elif expression[at] in "()":
            depth += 1 if expression[at] == "(" else -1
            if not depth:
                return at + 1
        at += 1
    return at


def _class_end(expression: str, at: int) -> int:
    """Return where the ``]`` of the class stands that opens at a position."""
    at += 2 if expression[at + 1 : at + 2] == "^" else 1
    at += expression[at : at + 1] == "]"
    while at < len(expression) and expression[at] != "]":
        at += 2 if expression[at] == "\\" else 1
    return at


def _split(expression: str) -> list[str]:
    """Return the alternatives of an expression."""
    found = []
    start = at = 0
    while at < len(expression):
        if expression[at] == "\\":
            at += 2
        elif expression[at] == "(":
            at = _closing(expression, at)
        elif expression[at] == "[":
            at = _class_end(expression, at) + 1
        else:
            if expression[at] == "|":
                found.append(expression[start:at])
                start = at + 1
            at += 1
    found.append(expression[start:])
    return found


class Beginnings:
    """Which of several expressions may match somewhere in a text, each only at the start of a word."""

    def __init__(self, expressions: Mapping[str, str]) -> None:
        always: set[str] = set()
        self._within: list[tuple[str, str]] = []
        self._by_key: dict[str, list[tuple[str, str]]] = {}
        for name, expression in expressions.items():
            found = beginnings(expression)
            if not all(_tells(one) for one in found):
                always.add(name)
                continue
            for one in found:
                if one.startswith(LETTERS):
                    self._within.append((one.removeprefix(LETTERS), name))
                else:
                    self._by_key.setdefault(one[:KEY], []).append((one, name))
        self._always = dict.fromkeys(always)
        self._lengths = sorted({len(key) for key in self._by_key})
        self._told = lru_cache(MAX_KNOWN)(self._told_by)

    def possible(self, text: str) -> frozenset[str]:
        """Return the names of the expressions that a text must be searched for; the others do not match in it.

        The start of a word is a letter or figure that none, and no hyphen, stands before.
        """
        return frozenset(self.starts(text))

    def starts(self, text: str) -> dict[str, list[int] | None]:
        """Return for the expressions that are possible in a text where in it a match may start, in order.

        None says that the text must be searched, as it may start at any word.
        """
        told = self._told
        found: dict[str, list[int] | None] = {}
        for word in _HEADS.finditer(text):
            for name in told(word[1]):
                if (places := found.setdefault(name, [])) is not None:
                    places.append(word.start())
        for letters, name in self._within:
            if letters in text:
                found[name] = None
        return found | self._always

    def _told_by(self, head: str) -> tuple[str, ...]:
        """Return the names that a word with the characters after it, `LONGEST` in all, tells of."""
        told = (
            name
            for length in self._lengths
            for beginning, name in self._by_key.get(head[:length], ())
            if head.startswith(beginning)
        )
        return tuple(dict.fromkeys(told))


def _tells(beginning: str) -> bool:
    """Return whether few enough texts hold a word with a beginning that it is worth while to look for it."""
    return beginning[:1].isalnum() or (beginning.startswith(LETTERS) and len(beginning) > KEY)
