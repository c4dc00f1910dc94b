"""Indonesian for the sentences that the floors below say in English: errors, reasons, help.

Errors are raised deep inside, with facts in an English sentence; they are put into Indonesian here, where they are
printed. The pairs lie in ``messages_id.toml`` and ``help_id.toml``, English with ``{placeholders}`` on the left.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER: Final = Path(__file__).resolve().parent
DEEPEST: Final = 12
"""Sentences within sentences; what lies deeper (a file name full of colons) stays as it is."""
LONGEST: Final = 4_000
"""Characters of a sentence that is looked at; an error that quotes a whole log is longer, and stays as it is."""

_PLACEHOLDER = re.compile(r"\{([a-z]+\d?)\}")
NUMBERS: Final = frozenset({"n", "n2"})
_NUMBER = r"-?\d[\d,.]*?"
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_LISTED = re.compile(r"; (?=[a-z_]+ https?://\S+: )")
"""Between the reasons of several finders, each of which begins with its kind and its URL."""
_AT_END = re.compile(r"(?P<head>.*\S) \((?P<inner>.+)\)", re.DOTALL)


class Template:
    """One English sentence with placeholders and its Indonesian one; the expression is made when it is first needed."""

    def __init__(self, english: str, indonesian: str) -> None:
        self._english, self._indonesian = english, indonesian
        self._literals = [piece for piece in _PLACEHOLDER.split(english)[::2] if piece]
        self.weight = sum(map(len, self._literals))
        self.begins_open = english.startswith("{")
        self._pattern: re.Pattern[str] | None = None

    def fits(self, sentence: str) -> Mapping[str, str] | None:
        """Return what stands at the placeholders; None where this is another sentence."""
        if not all(literal in sentence for literal in self._literals):
            return None
        if self._pattern is None:
            self._pattern = re.compile(self._expression(), re.DOTALL)
        found = self._pattern.fullmatch(sentence)
        return found.groupdict() if found else None

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the Indonesian sentence with ``values`` at its placeholders."""
        return _PLACEHOLDER.sub(lambda match: values[match[1]], self._indonesian)

    def quotes(self, name: str) -> bool:
        """Return whether a placeholder stands between quotation marks: then it is somebody's name, not our words."""
        return f'"{{{name}}}"' in self._english or f"'{{{name}}}'" in self._english

    def _expression(self) -> str:
        pieces, seen = [], set[str]()
        for index, piece in enumerate(_PLACEHOLDER.split(self._english)):
            if index % 2 == 0:
                pieces.append(re.escape(piece))
            elif piece in seen:
                pieces.append(f"(?P={piece})")
            else:
                seen.add(piece)
                pieces.append(f"(?P<{piece}>{_NUMBER if piece in NUMBERS else '.*?'})")
        return "".join(pieces)


class Table:
    """Sentences that can be said in another language; built from pairs of templates."""

    def __init__(self, pairs: Iterable[tuple[str, str]], words: Mapping[str, str], *, thousands: str = ".") -> None:
        self._words, self._thousands = words, thousands
        self._whole: dict[str, str] = {}
        templates = []
        for english, indonesian in pairs:
            if _PLACEHOLDER.search(english):
                templates.append(Template(english, indonesian))
            else:
                self._whole[english] = indonesian
        # The one with the most words of its own is the most specific.
        self._templates = sorted(templates, key=lambda template: -template.weight)

    def said(self, sentence: str) -> str:
        """Return ``sentence`` in the other language, as much of it as is known; itself where nothing is."""
        return _Saying(self).of(sentence, 0) if len(sentence) <= LONGEST else sentence

    def whole(self, sentence: str) -> str | None:
        """Return what a sentence without placeholders is in the other language."""
        return self._whole.get(sentence)

    def word(self, kind: str) -> str:
        """Return the word for a kind of things."""
        return self._words.get(kind, kind)

    def number(self, digits: str) -> str:
        """Return a number with the language's own sign between thousands."""
        return digits.replace(",", self._thousands) if _THOUSANDS.fullmatch(digits) else digits

    def fitting(self, sentence: str) -> tuple[Template, Mapping[str, str]] | None:
        """Return the most specific template that fits, with what stands at its placeholders."""
        for template in self._templates:
            values = template.fits(sentence)
            if values is not None:
                return template, values
        return None


class _Saying:
    """One translation; it remembers its parts, which would otherwise be tried again in every way of parting it."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._done: dict[str, str] = {}

    def of(self, sentence: str, depth: int) -> str:
        if sentence not in self._done:
            self._done[sentence] = sentence if depth > DEEPEST or not sentence.strip() else self._tried(sentence, depth)
        return self._done[sentence]

    def _tried(self, sentence: str, depth: int) -> str:
        if len(listed := _LISTED.split(sentence)) > 1:
            return "; ".join(self.of(one, depth + 1) for one in listed)
        if (whole := self._table.whole(sentence)) is not None:
            return whole
        found = self._table.fitting(sentence)
        # A sentence that begins with a placeholder would swallow a file's name together with another sentence.
        if (found is None or found[0].begins_open) and (place := self._colon(sentence, found)) is not None:
            return f"{self.of(sentence[:place], depth + 1)}: {self.of(sentence[place + 2 :], depth + 1)}"
        if found is not None:
            template, values = found
            return template.filled(
                {
                    name: value if template.quotes(name) else self._value(name, value, depth)
                    for name, value in values.items()
                }
            )
        return self._by_parts(sentence, depth)

    def _colon(self, sentence: str, found: tuple[Template, Mapping[str, str]] | None) -> int | None:
        """Return where the colon is behind which a sentence lies that says more words than the template found."""
        best, place = found[0].weight if found else 0, None
        for colon in islice(re.finditer(": ", sentence), DEEPEST):
            tail = sentence[colon.end() :]
            fitting = self._table.fitting(tail)
            weight = len(tail) if self._table.whole(tail) is not None else fitting[0].weight if fitting else 0
            if weight > best:
                best, place = weight, colon.start()
        return place

    def _value(self, name: str, value: str, depth: int) -> str:
        if name == "kind":
            return self._table.word(value)
        return self._table.number(value) if name in NUMBERS else self.of(value, depth + 1)

    def _by_parts(self, sentence: str, depth: int) -> str:
        """Translate what stands before and after a colon or semicolon, or in brackets at the end, each on its own."""
        if (ended := _AT_END.fullmatch(sentence)) is not None:
            inner = self.of(ended["inner"], depth + 1)
            if inner != ended["inner"]:
                return f"{self.of(ended['head'], depth + 1)} ({inner})"
        for mark in (": ", "; ", ", "):
            head, found, tail = sentence.partition(mark)
            if found:
                said = self.of(head, depth + 1) + mark + self.of(tail, depth + 1)
                if said != sentence:
                    return said
        return sentence


def in_indonesian(sentence: str) -> str:
    """Return a sentence of the program in Indonesian; itself where the table does not know it."""
    return _messages().said(sentence)


def help_in_indonesian(paragraph: str) -> str:
    """Return a paragraph, a line or a word of a help text in Indonesian; itself where the table does not know it."""
    return _helps().said(paragraph)


def help_beginning(words: str) -> str | None:
    """Return the Indonesian text of the help whose English begins with ``words``; None where there is none."""
    sections = _read("help_id.toml").values()
    return next((text for section in sections for told, text in section.items() if told.startswith(words)), None)


def in_english(note: str) -> str:
    """Return a note of the watch over the sources, which is written in Indonesian, in English."""
    return _notes().said(note)


@cache
def _messages() -> Table:
    sections = _read("messages_id.toml")
    words = sections.pop("words")
    pairs = [pair for name, section in sections.items() if name != "health" for pair in section.items()]
    return Table([*pairs, *((note, note) for note in sections["health"])], words)


@cache
def _notes() -> Table:
    return Table(_read("messages_id.toml")["health"].items(), {}, thousands=",")


@cache
def _helps() -> Table:
    return Table([pair for section in _read("help_id.toml").values() for pair in section.items()], {})


def _read(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
