"""What a text states as fact of harm and scale: the dead, the wounded, fire, weapons, sieges, halted stages, crowds.

Only facts are found: what stands under *jika*, *agar tidak*, *dikhawatirkan* or a negation, what is told of another
year, and the words of penal articles ("ancaman hukuman mati") are no harm that happened. Each fact keeps the span
that says so.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from classifiers.beginnings import Beginnings
from classifiers.counting import NUMBER, read_number
from classifiers.drills import set_apart
from data.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from classifiers.text import Document
    from data.records import Zone


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a text states; ``count`` is how many of it at the least (1 where no number is given)."""

    kind: str
    zone: Zone
    start: int
    end: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Harm:
    """The facts of one document, in the order in which they stand."""

    facts: tuple[Fact, ...]

    def has(self, *kinds: str) -> bool:
        """Return whether any fact is of one of the kinds."""
        return any(fact.kind in kinds for fact in self.facts)

    def first(self, *kinds: str) -> Fact | None:
        """Return the first fact of one of the kinds, None where there is none."""
        return next((fact for fact in self.facts if fact.kind in kinds), None)

    def most(self, *kinds: str) -> Fact | None:
        """Return the fact of one of the kinds that has the highest count, the first of equals."""
        return max((fact for fact in self.facts if fact.kind in kinds), key=lambda fact: fact.count, default=None)


REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference" / "harm.toml"
_COUNTED = frozenset({"tewas", "luka", "luka_berat"})
_AS_SAID = frozenset({"psu", "hasutan", "viral"})
"""Words and orders: that they are said is the fact, whatever stands around them."""

_GAPS = {
    "jeda": r"(?:[\s,(\"]+[\w/-]+){0,4}?[\s,)\"]+",
    "jauh": r"(?:[\s,(\"]+[\w/-]+[)]?){0,8}?[\s,)\"]+",
    "bilangan": f"(?:{NUMBER})",
}

_TPS = re.compile(rf"(?<!dari )(?<![\w.,])({NUMBER})\s+(?:titik |lokasi )?(?:tps|tempat pemungutan suara)(?!\w)")
_ALL_OF = re.compile(r"(?<!\w)(?:dari|total|seluruh|jumlah|memiliki|tersebar di|terdiri dari|sebanyak-banyaknya)\s+$")
# What can be wrong with a polling station; "di 486 TPS" alone says only how many there are.
_AFFECTED = re.compile(
    r"(?<!\w)(?:\w*rendam\w*|\w*genang\w*|\w*tunda\w*|terhenti|dihentikan|diskors|molor|terlambat|kurang|kekurangan|"
    r"rusak|sobek|basah|tertukar|"
    r"keliru|salah|hilang|belum|tidak|gagal|batal|ulang|susulan|terdampak|terganggu|bermasalah|dipindah\w*|"
    r"direlokasi|padam|ganda|melanggar|"
    r"pelanggaran|ditemukan|menemukan|temuan|dibakar|dirusak|diserang|diintimidasi|sulit|terisolasi|terisolir|"
    r"psu)(?!\w)"
)
_VOTING = re.compile(r"(?:pemungutan suara|pencoblosan|coblosan|voting)")
_SHORT = re.compile(
    r"(?:\s+[\w-]+){0,4}?\s+(?:\d+\s+menit|(?:setengah|satu|dua|satu setengah) jam|sejam|\d\s+jam)(?!\w)"
)
_BALLOTS = re.compile(
    rf"(?<![\w.,])({NUMBER})\s+(?:lembar\s+)?surat suara(?:[\s,]+[\w-]+){{0,7}}?[\s,]+"
    r"(?:rusak|salah|tertukar|basah|sobek|hilang|kurang|cacat|berlubang|keliru|terbakar)(?!\w)"
)
_KECAMATAN = re.compile(rf"(?<![\w.,])({NUMBER})\s+(?:kecamatan|distrik|kapanewon)(?!\w)")
_CROWD_NOUNS = (
    "orang", "massa", "warga", "mahasiswa", "pelajar", "buruh", "pendukung", "simpatisan", "demonstran",
    "pengunjuk rasa", "pedemo", "pendemo", "peserta aksi", "pemuda", "petani", "sopir", "pengemudi",
)  # fmt: skip
_CROWD = re.compile(rf"(?<![\w.,])({NUMBER})\s+(?:\w+\s+){{0,2}}?(?:{'|'.join(_CROWD_NOUNS)})(?!\w)")
_COUNTS = (
    ("tps", _TPS, ("tps", "tempat pemungutan suara")),
    ("lembar", _BALLOTS, ("surat suara",)),
    ("kecamatan", _KECAMATAN, ("kecamatan", "distrik", "kapanewon")),
    ("massa", _CROWD, _CROWD_NOUNS),
)
"""Kinds that are a number of something, with words of which each match holds one: a number is sought only by them."""

_BEFORE_NUMBER = re.compile(rf"(?<![\w.,])({NUMBER})(?:\s+(?!dan\b|serta\b)[\w()/-]+){{0,6}}\s*$")
_AFTER_NUMBER = re.compile(
    rf"^\s*(?:sekitar |sedikitnya |setidaknya |hingga )?({NUMBER})(?:\s+(?:orang|warga|korban|jiwa|anggota|prajurit|"
    rf"polisi|pelajar|mahasiswa|pemain)|\s*$|[,.])"
)

_NEGATED = re.compile(
    r"(?<!\w)(?:tidak|tak|tanpa|belum|bukan|nihil|nol|bantah|membantah|dibantah|tiada|nyaris|hampir)(?:\s+(?:ada|"
    r"adanya|ditemukan|terdapat|terjadi|sampai|satu|seorang|"
    r"laporan|informasi|menimbulkan|menyebabkan|sempat|pernah|yang|pun|memakan|mengalami|menelan|mengakibatkan|"
    r"dilaporkan|mengenai|tentang|"
    r"soal|korban|akan|diketahui|warga|orang|jadi|menjadi|indikasi|membawa|unsur|potensi|dampak|jiwa|maupun|atau|\w+an)){0,6}[\s,]*$"
)
_UNREAL = re.compile(
    r"(?<!\w)(?:jika|bila|apabila|kalau|seandainya|andai\w*|agar|supaya|jangan sampai|jangan|dikhawatirkan|"
    r"khawatir\w*|mengantisipasi|antisipasi|bahaya|membahas|"
    r"mencegah|pencegahan|cegah|menghindari|hindari|berpotensi|potensi|rawan|terancam|diimbau|mengimbau|imbau|"
    r"waspada\w*|mengingatkan|"
    r"simulasi|skenario|latihan|hendak|akan(?! tetapi)|diusulkan|mengusulkan|usul\w*|wacana|opsi|kemungkinan|"
    r"berencana|rencananya|upaya|percobaan|meminta|minta|mendesak|menuntut|tuntut|"
    r"dapat menyebabkan|bisa menyebabkan|ancaman hukuman|hukuman|pidana|dipidana|pasal|apakah|mungkin|"
    # what a hoax tells: "hoaks pilkada ditunda", "video yang mengumumkan pemungutan suara ditunda"
    r"(?:hoaks|hoax|(?:kabar|berita) bohong|disinformasi)(?! (?:\w+ )?(?:memicu|picu|menyebabkan|berujung|menyulut))|"
    r"(?:kabar|isu|narasi|klaim|unggahan|pesan|video|informasi|surat|selebaran) (?:\w+ ){0,5}(?:menyebut\w*|"
    r"sebut|mengumumkan|umumkan|mengklaim|klaim|bahwa))(?!\w)"
)
_APPEAL = re.compile(
    r"(?<!\w)(?:agar|supaya|untuk) (?:\w+ )?(?:tidak|tak|jangan)(?!\w)|"
    r"(?<!\w)(?:jangan|mencegah|cegah|hindari|menghindari|mengantisipasi|antisipasi|larangan|dilarang|mengimbau|imbau|"
    r"waspadai|mewaspadai|seperti(?! (?:itu|ini))|berupa|misalnya|bahaya|membahas)(?!\w)"
)
_CONDITION = re.compile(r"[\"“ ]*(?:jika|bila|apabila|kalau|agar|supaya|jangan sampai)\b")
_UNREAL_WHOLE = re.compile(r"(?<!\w)(?:simulasi|skenario|seolah-olah|diperagakan|peragaan)(?!\w)")
_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)")
_LONG_AGO = re.compile(
    r"(?<!\w)(?:tahun lalu|tahun silam|beberapa tahun|bertahun-tahun|puluhan tahun|sejarah mencatat|di masa lalu|"
    r"era orde baru)(?!\w)"
)
_LISTED = re.compile(
    r"(?<!\w)(?:terdaftar|tercatat|tertera|dpt|dps|daftar pemilih|data pemilih|pemilih|santunan|ahli waris|"
    r"korban tsunami)(?!\w)"
)
_CLAUSE = re.compile(r"[;:,]|(?<!\w)(?:tetapi|namun|sedangkan|sementara)(?!\w)")

MOST_OF_ITEM: Final = 3
"""Words before a word of harm in an item of a list; a longer clause tells something of its own."""
LOOK_BACK: Final = 300
"""Characters before a word in which what denies or imagines it stands; no honest sentence is longer between the two."""
MAX_SENTENCE: Final = 2000
"""Characters of one sentence that are looked at; what is longer is a table or a text without full stops."""
MOST_PER_SENTENCE: Final = 12
"""Facts of one kind in one sentence; more say nothing new."""
_MAX_SENTENCES: Final = 120
"""News says what happened long before that; a longer text is a law or a dump."""


def find_harm(document: Document, year: int | None = None) -> Harm:
    """Return the facts of harm and scale that a document states.

    ``year`` is the year of publication: what a sentence dates to an earlier one is background. Without it the latest
    year that the text itself names takes its place.
    """
    lowered = [
        set_apart(lower(document.span(one.zone, one.start, min(one.end, one.start + MAX_SENTENCE))))
        for one in document.sentences[:_MAX_SENTENCES]
    ]
    years = [int(found) for text in lowered for found in _YEAR.findall(text)]
    newest = year if year is not None else max(years, default=None)
    facts: list[Fact] = []
    for sentence, text in zip(document.sentences, lowered, strict=False):
        if _is_background(text, newest):
            continue
        for kind, start, end, count in _in_sentence(text):
            facts.append(Fact(kind, sentence.zone, sentence.start + start, sentence.start + end, count))
    return Harm(tuple(facts))


@cache
def _patterns(path: Path = REFERENCE) -> tuple[Mapping[str, re.Pattern[str]], Beginnings]:
    """Return the compiled expressions of every kind, and what tells for which a text must be searched.

    SettingsError names the expression that cannot be used.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        pieces = _GAPS | tables["potongan"]
        lists = tables["fakta"]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise SettingsError(f"the table of harms cannot be read: {error!r}", where=str(path)) from error
    compiled: dict[str, re.Pattern[str]] = {}
    expressions: dict[str, str] = {}
    for kind, alternatives in lists.items():
        joined = "|".join(alternatives)
        for name, piece in pieces.items():
            joined = joined.replace("{" + name + "}", piece)
        try:
            compiled[kind] = re.compile(rf"(?<![\w-])(?:{joined})(?!\w)")
        except re.error as error:
            raise SettingsError(f"{kind} holds an expression that cannot be read: {error}", where=str(path)) from error
        expressions[kind] = joined
    return compiled, Beginnings(expressions)


def lower(text: str) -> str:
    """Return a text in lower case with every character in its place (one that would become two stays)."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


def _is_background(text: str, newest: int | None) -> bool:
    years = [int(found) for found in _YEAR.findall(text)]
    if _LONG_AGO.search(text) or _UNREAL_WHOLE.search(text):
        return True
    return newest is not None and bool(years) and max(years) < newest


def _in_sentence(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield kind, start, end and count of what one lower-case sentence states."""
    patterns, starts = _patterns()
    possible = starts.starts(text)
    for kind in [name for name in patterns if name in possible] if possible else ():
        if kind == "tewas" and _LISTED.search(text):
            continue
        for found in islice(_matches(patterns[kind], text, possible[kind]), MOST_PER_SENTENCE):
            if kind == "tahap_terhenti" and _only_late(text, found):
                continue
            if _holds(text, found.start(), kind):
                count = _count(text, found) if kind in _COUNTED else 1
                yield kind, found.start(), found.end(), count
    for kind, pattern, nouns in _COUNTS:
        if not any(noun in text for noun in nouns):
            continue
        for found in islice(pattern.finditer(text), MOST_PER_SENTENCE):
            number = read_number(found.group(1))
            if kind == "tps" and (_AFFECTED.search(text) is None or _ALL_OF.search(text[: found.start()][-30:])):
                continue
            if number is not None and not _UNREAL.search(text[max(0, found.start() - LOOK_BACK) : found.start()]):
                yield kind, found.start(), found.end(), number


def _matches(pattern: re.Pattern[str], text: str, starts: Sequence[int] | None) -> Iterator[re.Match[str]]:
    """Yield what `re.Pattern.finditer` would, trying only where a match may start (None: everywhere)."""
    if starts is None:
        yield from pattern.finditer(text)
        return
    end = 0
    for start in starts:
        if start >= end and (found := pattern.match(text, start)) is not None:
            yield found
            end = found.end()


def _only_late(text: str, found: re.Match[str]) -> bool:
    """Return whether voting began an hour or so late: a delay and no halt, as a plenary that stops is one."""
    return _VOTING.search(found.group()) is not None and _SHORT.match(text, found.end()) is not None


def _holds(text: str, start: int, kind: str) -> bool:
    """Return whether what begins at ``start`` is stated, and neither denied nor imagined."""
    before = text[max(0, start - LOOK_BACK) : start]
    if _NEGATED.search(before):
        return False
    if kind in _AS_SAID:
        return True
    clauses = _CLAUSE.split(before)
    return _UNREAL.search(clauses[-1]) is None and _CONDITION.match(text) is None and not _in_appeal(clauses)


def _in_appeal(clauses: list[str]) -> bool:
    """Return whether a word goes on with a list that an appeal began: "agar tidak membakar posko, merusak baliho"."""
    if len(clauses[-1].split()) > MOST_OF_ITEM:
        return False
    for clause in reversed(clauses[:-1]):
        if _APPEAL.search(clause):
            return True
        if len(clause.split()) > MOST_OF_ITEM:
            return False
    return False


def _count(text: str, found: re.Match[str]) -> int:
    """Return how many people a word of death or injury is said of: the number before it, else the one after, else 1."""
    before = _CLAUSE.split(text[max(0, found.start() - LOOK_BACK) : found.start()])[-1]
    for match in (_BEFORE_NUMBER.search(before), _AFTER_NUMBER.match(text[found.end() : found.end() + LOOK_BACK])):
        number = read_number(match.group(1)) if match else None
        if number is not None and number < 100_000:
            return max(1, number)
    return 1
