"""Names of suspects, victims and children become initials before a text leaves the house.

UU 27/2022 (PDP) and UU 11/2012 (SPPA), article 19: a child's identity stays secret even where the outlet printed it.
The machine cannot know every name, so it masks by what stands around one: an age behind it, or a word such as
*korban*, *tersangka*, *terlapor*, *siswa* before it. Office-holders speaking in their office keep theirs.

In a headline every word has a capital; there a word is taken for a name only if it looks like no Indonesian verb and
the article never writes it small.

A name that is told from words once (*korban Budi Santoso*) is hidden wherever the same alert prints it (*Budi
mengaku*): `names_in` finds the names of a text, and `masked` takes them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from feeds.naming import lowered, told_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_WORD = (
    r"(?:(?:[A-ZÀ-ÖØ-Þ]|Hj|Dr|Drs|Dra|Ir|Prof|Moh|Muh|Mhd|St|Ny|Tn|Sdr)\.(?=\s+[A-ZÀ-ÖØ-Þ])"
    r"|[A-ZÀ-ÖØ-Þ][^\W\d_]*+(?:['’-][^\W\d_]++)*+)"
)
_NAME = rf"{_WORD}(?:\s+(?:(?:bin|binti|als|alias)\s+)?{_WORD}){{0,3}}"
_ROLE = (
    r"(?:tersangka|terdakwa|terduga(?:\s+pelaku)?|terlapor|terpidana|pelaku|korban|siswa|siswi|pelajar|bocah|anak|balita"
    r"|remaja|santri|saksi|almarhum|almarhumah|mendiang)"
)
_LINK = (
    r"(?:\s+(?:(?:yang\s+)?bernama|atas\s+nama|berinisial|tewas|luka|meninggal|utama|kedua|pertama|lain(?:nya)?|ialah"
    r"|adalah|yakni|yaitu))*"
)
_ROLE_WORDS = (
    *("tersangka", "terdakwa", "terduga", "terlapor", "terpidana", "pelaku", "korban", "siswa", "siswi", "pelajar"),
    *("bocah", "anak", "balita", "remaja", "santri", "saksi", "almarhum", "mendiang"),
)
"""How what ``_ROLE`` matches begins. To look for each of these first is many times as fast as one expression."""

_AGE = re.compile(r"[0-9]{1,2}(?:(?P<closed>\s*(?:tahun|th)?\s*\))|\s+tahun)$")
_BEFORE_AGE = re.compile(rf"(?<!\w)(?P<name>{_NAME})$")
_ROLE_AT = re.compile(rf"{_ROLE}{_LINK}[\s,:]+")
_NAME_AT = re.compile(_NAME)
_VERB = re.compile(r"(?:di|me|ber|ter|ke|pe|se)[a-z]{3,}", re.IGNORECASE)
_PRINTED = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BETWEEN = "\x00"
"""Stands between texts that are masked at once; no name goes across it, for it is neither letter nor space."""
_CAPITAL = re.compile(r"(?<!\S)[A-ZÀ-ÖØ-Þ]")
_JOINING = frozenset({"bin", "binti", "als", "alias"})
_NEVER = frozenset(
    """
    polisi polres polsek polda kapolres kapolsek kota kabupaten kecamatan desa nagari kelurahan jalan kpu bawaslu
    tps pilkada pemilu senin selasa rabu kamis jumat sabtu minggu januari februari maret april mei juni juli agustus
    september oktober november desember banjir gempa longsor kebakaran dinas badan rumah kantor tim satpol tewas
    luka jiwa korban pelaku tersangka terdakwa terduga siswa siswi remaja bocah pria wanita saksi warga dua tiga
    empat lima ibu bapak anak paslon ppk kpps pps panwascam sd smp sma smk mts man tk sekitar hampir selama lebih kurang
    sman smpn sdn smkn mtsn umkm kasus dugaan usia umur berusia berumur sejak setelah hingga sampai dalam pada sudah
    seorang sekira lalu
    """.split()  # noqa: SIM905  # a list of quoted words reads worse
)
"""Words that follow such a role word, or precede a number, and are nobody's name."""

_LIKE_VERBS = frozenset(
    """
    setiawan setyawan setiadi setiabudi sekarwati sekarsari septian septiana septiani sepriyanto septiawan permana
    permata permadi pertiwi persada perdana perwira melati meliana melinda meilani meiliana mentari megawati mekarsari
    kencana kelana kesuma keisha dirgantara dinata dimasyah diandra dianita berlian bernard bernadus teresia pebriani
    pebrianto sembiring sebayang sefriani sepriadi setiani setiono setyono setiowati
    """.split()  # noqa: SIM905  # a list of quoted words reads worse
)
"""Names that have a verb's prefix."""

HEADLINE_SHARE = 0.7
"""Share of words with a capital from which a text is a headline; running text has about one in six."""

LONGEST_INITIALS = 3
"""Letters up to which a word in capitals is taken for initials that the outlet has put already."""

LEAST_VERB = 6
"""Letters from which a word with a verb's prefix is taken for one: *Dian* and *Seno* are names, *Ditangkap* is not."""

LEAST_PART = 4
"""Letters from which a word of a known name is hidden where it stands alone: *Budi*, but not *Al* or *Nur*."""

LONGEST_HEADLINE = 400
"""Characters from which a text is none, however many capitals it has."""

LONGEST_AGE = 14
"""Characters of an age before its end: two digits, *tahun* and some spaces."""

LONGEST_NAME = 64
"""Characters before an age that are looked at for a name."""


Spans = tuple[tuple[int, int], ...]


def masked(text: str, article: str = "", names: Iterable[str] = ()) -> str:
    """Return ``text`` with names of suspects, victims, witnesses and children as initials (*Budi Santoso*: *B.S.*).

    ``article`` is the article that a headline belongs to; words that it writes small are no names. ``names`` are hidden
    wherever they stand (`names_in`), whole or one of their words alone.
    """
    return _all_masked(text, article, (*names, *_told(text, article, headline=_is_headline(text))))


def masked_all(title: str, texts: Sequence[str], article: str = "", names: Iterable[str] = ()) -> list[str]:
    """Return a title and several texts masked, each as by itself; faster than one after the other.

    ``texts`` are sentences and notes: none of them is a headline, however many capitals it has. Unlike `masked` it
    looks for ages and role words only: what else title and texts tell is for ``names`` to have (`names_of`).
    """
    hidden = tuple(names)
    first = [] if _is_headline(title) else [title]
    joined = _BETWEEN.join([*first, *texts])
    if joined.count(_BETWEEN) >= len(first) + len(texts):
        joined = _BETWEEN.join([text.replace(_BETWEEN, "") for text in (*first, *texts)])
    told = _masked(joined, _aged(joined), _with_role(joined), hidden, "", headline=False).split(_BETWEEN)
    return told if first else [_all_masked(title, article, hidden), *told]


def _all_masked(text: str, article: str, names: tuple[str, ...]) -> str:
    aged, with_role = _spans(text)
    if not (aged or with_role or names):
        return text
    headline = _is_headline(text)
    return _masked(text, aged, with_role, names, article if headline else "", headline=headline)


def _masked(text: str, aged: Spans, with_role: Spans, names: tuple[str, ...], article: str, *, headline: bool) -> str:
    if aged:
        text = _replaced(text, aged, lambda name: _before_age(name)[0])
        # "korban Budi Santoso (34)" is one name, found twice; only where another is left is there more to look for.
        if with_role:
            others = [start for start, _ in with_role if not any(first <= start < last for first, last in aged)]
            with_role = _with_role(text) if others else ()
    if with_role:
        text = _replaced(text, with_role, lambda name: _initials(name, article, headline=headline)[0])
    for name in names:
        if _mentions(text, name):
            text = _hidden(text, name, article, headline=headline)
        if headline and name != name.upper() and _mentions(text, name.upper()):
            text = _hidden(text, name.upper(), article, headline=headline)
    return text


@lru_cache(maxsize=1024)
def names_in(text: str) -> tuple[str, ...]:
    """Return the names that `masked` hides in a running text, as printed there; () for a headline.

    Of words that the text writes small elsewhere none is learned: *korban Banjir* teaches nothing. What was looked for
    is kept for a while (0.6 ms for an article): feeds and pages ask for the same articles again and again.
    """
    if _is_headline(text):
        return ()
    aged, with_role = _spans(text)
    found = [_before_age(text[start:end])[1] for start, end in aged]
    found += [_initials(text[start:end], text, headline=False, learning=True)[1] for start, end in with_role]
    found += _told(text, text, headline=False)
    return tuple(dict.fromkeys(name for name in found if name))


def names_of(title: str, article: str) -> tuple[str, ...]:
    """Return the names to hide that an article tells, in its text (`names_in`) or in its title alone."""
    return tuple(dict.fromkeys([*names_in(article), *_told(title, article, headline=_is_headline(title))]))


def _told(text: str, article: str, *, headline: bool) -> list[str]:
    """Return the names in a text that its other words tell (`feeds.naming`), without words that are none."""
    found = [_initials(name, article, headline=headline, learning=True)[1] for name in told_names(text)]
    return [name for name in dict.fromkeys(found) if name]


def _is_headline(text: str) -> bool:
    return len(text) <= LONGEST_HEADLINE and _has_capitals(text)


def _has_capitals(text: str) -> bool:
    words = len(text.split())
    return words > 0 and len(_CAPITAL.findall(text)) / words >= HEADLINE_SHARE


def _spans(text: str) -> tuple[Spans, Spans]:
    """Return where a text may have names before ages, and behind role words; short ones come again and again."""
    return _spans_of_short(text) if len(text) <= LONGEST_HEADLINE else (_aged(text), _with_role(text))


@lru_cache(maxsize=2048)
def _spans_of_short(text: str) -> tuple[Spans, Spans]:
    return _aged(text), _with_role(text)


def _aged(text: str) -> Spans:
    """Return the spans of what looks like a name before an age, the first one first."""
    if ")" not in text and "tahun" not in text:
        return ()
    ages, spans = set(), []
    for end in (")", "tahun"):  # each age has one of them; to look for these is faster than for digits
        at = text.find(end)
        while at >= 0:
            first = max(0, at - LONGEST_AGE)
            age = _AGE.search(text, first, at + len(end))
            if age:
                ages.add((age.start(), age["closed"] is not None))
            at = text.find(end, at + 1)
    for at, closed in sorted(ages):
        first = max(0, at - LONGEST_NAME)
        before = text[first:at].rstrip()
        if text[at - 1 : at].isdigit() or (closed and not before.endswith("(")):
            continue  # the end of a longer number; what is not in brackets
        found = _BEFORE_AGE.search(before.rstrip("(, \t\n"))
        if found and not (found["name"].isupper() and before.endswith(f"{found['name']}(")):  # a formula's function
            spans.append((first + found.start(), first + found.end()))
    return tuple(spans)


def _with_role(text: str) -> Spans:
    """Return the spans of what looks like a name behind such a word as *korban*, the first one first."""
    low = lowered(text)
    found = [word for word in _ROLE_WORDS if word in low]
    if not found:
        return ()
    places = []
    for word in found:
        at = low.find(word)
        while at >= 0:
            places.append(at)
            at = low.find(word, at + 1)
    places.sort()
    done, spans = 0, []
    for at in places:
        if at < done or (at and (low[at - 1].isalnum() or low[at - 1] == "_")):
            continue
        role = _ROLE_AT.match(low, at)
        if role and text[role.end() : role.end() + 1].isupper():
            name = _NAME_AT.match(text, role.end())
            if name:
                done = name.end()
                spans.append(name.span())
    return tuple(spans)


def _replaced(text: str, spans: Iterable[tuple[int, int]], instead: Callable[[str], str]) -> str:
    parts, done = [], 0
    for start, end in spans:
        if start >= done:
            shown = instead(text[start:end])
            parts += [text[done:start], shown]
            # The point of the last initial is the sentence's as well.
            done = end + 1 if shown.endswith(".") and text[end : end + 1] == "." else end
    return "".join([*parts, text[done:]]) if done else text


def _initials(name: str, article: str, *, headline: bool, learning: bool = False) -> tuple[str, str]:
    """Return a name behind a role word as it leaves, and what of it was a name ("": nothing)."""
    kept = name.split()
    taken = 0
    while taken < len(kept) and _is_name(kept[taken], article, headline=headline):
        taken += 1
    if learning:
        kept = kept[:taken]
    if not taken or all(word.isupper() and len(word) <= LONGEST_INITIALS for word in kept[:taken]):
        return name, ""
    short = "".join(f"{word[0].upper()}." for word in kept[:taken] if word.lower() not in _JOINING)
    return " ".join([short, *kept[taken:]]), " ".join(kept[:taken])


@lru_cache(maxsize=256)
def _before_age(name: str) -> tuple[str, str]:
    """Return a name that an age follows as it leaves, and the name: the words before the age, whatever they are."""
    words = name.split()
    start = len(words)
    while start and words[start - 1].lower() not in _NEVER:
        start -= 1
    head, own = words[:start], [word for word in words[start:] if word.lower() not in _JOINING]
    if not own or all([word.isupper() and len(word) <= LONGEST_INITIALS for word in own]):  # noqa: C419  # faster for a few
        return name, ""  # nothing left of it, or initials already
    return " ".join([*head, "".join([f"{word[0].upper()}." for word in own])]), " ".join(words[start:])


def _mentions(text: str, name: str) -> bool:
    """Return whether a text may have a word of a name, quickly."""
    for word in name.split():  # noqa: SIM110  # half the time of any()
        if word in text:
            return True
    return False


def _hidden(text: str, name: str, article: str, *, headline: bool) -> str:
    """Return a text without a name that is known: all of it, or a word of it that stands alone."""
    words = [word.strip("\"“”'‘’()") for word in name.split() if word.lower() not in _JOINING]
    short = "".join(f"{word[0].upper()}." for word in words)
    text = _replaced(text, list(_standing(text, name)), lambda _: short)
    parts = {word for word in words if len(word) >= LEAST_PART and word.lower() not in _NEVER}
    if not any(part in text for part in parts):
        return text
    tokens = list(_PRINTED.finditer(text))
    spans = []
    for index, found in enumerate(tokens):
        near = tokens[max(0, index - 1) : index + 2]
        if found[0] in parts and not any(_belongs(text, *pair, article, headline=headline) for pair in pairwise(near)):
            spans.append(found.span())
    return _replaced(text, spans, lambda part: f"{part[0]}.")


def _standing(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Yield where a word, or several, stand in a text, and not as part of a longer one."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            yield at, end
        at = text.find(word, at + 1)


def _belongs(text: str, first: re.Match[str], second: re.Match[str], article: str, *, headline: bool) -> bool:
    """Return whether two words are one name: *Kota Solok* is a place though a victim is called Solok."""
    if text[first.end() : second.start()].strip() or not (first[0][0].isupper() and second[0][0].isupper()):
        return False
    return not headline or all(_is_name(word[0], article, headline=True) for word in (first, second))


def _is_name(word: str, article: str, *, headline: bool) -> bool:
    low = word.rstrip(".").lower()
    if low in _JOINING:
        return True
    if low in _NEVER or (article and _written_small(low, article)):
        return False
    if not headline or len(low) < LEAST_VERB or low in _LIKE_VERBS or not _VERB.fullmatch(low):
        return True
    return bool(article) and next(_standing(article, low.capitalize()), None) is not None


def _written_small(word: str, article: str) -> bool:
    """Return whether an article has a word in small letters."""
    return next(_standing(article, word), None) is not None
