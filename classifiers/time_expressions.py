"""Expressions of time as Indonesian news writes them, read against the day of publication.

*Selasa (5/11) malam*, *27 November 2024*, *6-11-2024*, *malam Minggu*, *dini hari tadi*, *tiga hari lalu*,
*Selasa pekan lalu*, *Senin hingga Rabu*: each becomes its first and last day, with the part of the day where it is
named.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from classifiers.counting import NUMBER, read_number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

DAYS = {
    "senin": 0,
    "selasa": 1,
    "rabu": 2,
    "kamis": 3,
    "jumat": 4,
    "jum'at": 4,
    "jum’at": 4,
    "sabtu": 5,
    "minggu": 6,
    "ahad": 6,
}
MONTHS = {
    "januari": 1, "februari": 2, "pebruari": 2, "maret": 3, "april": 4, "mei": 5, "juni": 6, "juli": 7, "agustus": 8,
    "september": 9, "oktober": 10, "november": 11, "nopember": 11, "desember": 12,
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "agu": 8, "agt": 8, "ags": 8, "sep": 9, "sept": 9,
    "okt": 10, "nov": 11, "nop": 11, "des": 12,
}  # fmt: skip
PARTS: Final[dict[str, tuple[time, time]]] = {
    # The hours that news means by a part of the day; they overlap because papers do.
    "dini hari": (time(0), time(4, 59, 59)),
    "subuh": (time(4), time(5, 59, 59)),
    "pagi": (time(5), time(10, 59, 59)),
    "siang": (time(10), time(14, 59, 59)),
    "sore": (time(14), time(18, 29, 59)),
    "petang": (time(15), time(18, 59, 59)),
    "malam": (time(18), time(23, 59, 59)),
}

_DAY = "senin|selasa|rabu|kamis|jumat|jum['’]at|sabtu|minggu|ahad"
PART: Final = "dini hari|subuh|pagi|siang|sore|petang|malam"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_HEAD = rf"(?:(?<!\w)(?P<day>{_DAY})(?:\s+(?P<part>{PART}))?(?:\s*,\s*|\s+)?(?:(?:tanggal|tgl\.?)\s+|\()?)?"
_TAIL = rf"\)?(?:\s*,?\s*(?P<part2>{PART})(?!\w))?"
_NAMED = re.compile(
    _HEAD
    + r"\(?(?<![\d./])(?<!\d,)(?P<d>\d{1,2})(?:\s*[-–]\s*(?P<d2>\d{1,2}))?"
    + rf"\s+(?P<m>{_MONTH})\b(?:\.(?=\s+\d{{4}}))?(?:,?\s+(?P<y>\d{{4}}))?(?!\w)"
    + _TAIL,
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    _HEAD
    + r"(?P<open>\(?)(?<![\d./])(?<!\d,)(?P<d>\d{1,2})(?:\s*[-–]\s*(?P<d2>\d{1,2}))?"
    + r"\s?[/]\s?(?P<m>\d{1,2})(?:\s?[/]\s?(?P<y>\d{4}|\d{2}))?(?![\d/])"
    + _TAIL,
    re.IGNORECASE,
)
# "6-11-2024", "06.11.2024": with the year in full only, all else is a score or a number.
_DASHED = re.compile(
    _HEAD
    + r"(?P<open>\(?)(?<![\d.,/-])(?P<d>\d{1,2})(?P<d2>(?!))?(?P<sign>[-.])(?P<m>\d{1,2})(?P=sign)(?P<y>\d{4})(?![\d-])"
    + _TAIL,
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"(?<!\w)(?P<day>{_DAY})(?:\s+(?P<part>{PART}))?(?:\s+(?P<when>(?:pekan|minggu) (?:lalu|kemarin)|lalu|kemarin|"
    rf"ini|kemaren|depan|mendatang|besok|nanti|(?:pekan|minggu) depan))?(?!\w)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"(?<!\w)(?:(?P<last_night>(?:tadi malam|malam tadi|semalam))|(?:(?:(?P<part>dini hari|subuh|pagi|siang|sore|"
    r"petang) tadi)|(?:tadi (?P<part2>dini hari|subuh|pagi|siang|sore|petang)))"
    r"|(?P<now>(?P<part4>dini hari|subuh|pagi|siang|sore|petang) ini)|(?P<weekend>akhir pekan (?:lalu|kemarin))"
    r"|(?P<ago>(?:tiga|empat|lima|enam|[3-6]) hari (?:yang )?(?:lalu|silam))"
    r"|(?P<yesterday>kemarin)(?: (?P<part3>dini hari|subuh|pagi|siang|sore|petang|malam))?|(?P<today>hari ini)|"
    r"(?P<two>kemarin lusa|(?:dua|2) hari (?:yang )?(?:lalu|silam))"
    r"|(?P<week>(?:se)?(?:pekan|minggu) (?:yang )?(?:lalu|kemarin)))(?!\w)",
    re.IGNORECASE,
)
# One cheap look first: most sentences name no time at all.
HINT = re.compile(
    rf"\d\s?/\s?\d|\d\s+(?:jan|feb|peb|mar|apr|mei|jun|jul|ag|sep|okt|nov|nop|des)|{_DAY}|kemarin|tadi|semalam|"
    rf"hari ini|pekan|"
    r"hari (?:yang )?(?:lalu|silam)|(?:pagi|siang|sore|petang|subuh|dini hari) ini|\d[-.]\d{1,2}[-.]\d{4}",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"[\s,]*(?:hingga|sampai|sampai dengan|s/d|s\.d\.?|-|–)\s+(?:pada )?(?:hari )?", re.IGNORECASE)
_EVE_BEFORE = re.compile(r"(?<!\w)(?<!tadi )(?<!kemarin )malam $", re.IGNORECASE)
_YEARS_AGO = re.compile(r"(?<!\w)(?:se)?tahun (?:silam|lalu|yang lalu)(?!\w)", re.IGNORECASE)
_PLACE_BEFORE = re.compile(r"(?<!\w)(?:pasar|jalan|jl\.?|kelurahan|kecamatan|desa|stasiun)\s+$", re.IGNORECASE)
_COUNT_BEFORE = re.compile(rf"(?<!\w){NUMBER}\s+$", re.IGNORECASE)


class Span(NamedTuple):
    """An expression in a sentence: its first day from the part ``part`` on, its last until the end of ``until``.

    ``complete`` says that the year was given.
    """

    start: int
    end: int
    first: date
    last: date
    part: str | None
    until: str | None
    complete: bool = False


def expressions(text: str, published: datetime | None) -> Iterator[Span]:
    """Yield the expressions of one sentence in order, two that are joined (*Senin hingga Rabu*) as one.

    ``published`` is in the zone of the place; without it only dates are read.
    """
    spans: list[Span] = []
    taken: list[tuple[int, int]] = []
    for pattern in (_NAMED, _NUMERIC, _DASHED):
        spans.extend(_dated(text, pattern, published))
        # Also of a date that contradicts its weekday: neither of the two may then speak for the other.
        taken.extend(found.span() for found in pattern.finditer(text))
    if published is not None and not _YEARS_AGO.search(text):
        for one in (*_weekdays(text, published), *_relative(text, published)):
            if not any(one.start < stop and begin < one.end for begin, stop in taken):
                spans.append(one)
                taken.append((one.start, one.end))
    yield from _ranges(text, sorted(spans, key=lambda one: one.start))


def _ranges(text: str, spans: list[Span]) -> Iterator[Span]:
    """Yield the expressions in order, two that are joined ("Senin hingga Rabu") as one."""
    waiting: Span | None = None
    for one in spans:
        if waiting is None:
            waiting = one
        elif _UNTIL.fullmatch(text, waiting.end, one.start) and waiting.first <= one.last:
            waiting = Span(
                waiting.start,
                one.end,
                waiting.first,
                one.last,
                waiting.part,
                one.until,
                waiting.complete and one.complete,
            )
        else:
            yield waiting
            waiting = one
    if waiting is not None:
        yield waiting


def _dated(text: str, pattern: re.Pattern[str], published: datetime | None) -> Iterator[Span]:
    """Yield the expressions that name a day of a month."""
    for found in pattern.finditer(text):
        weekday = DAYS[found["day"].lower()] if found["day"] else None
        if pattern is not _NAMED and not (
            weekday is not None or found["open"] or (found["y"] and len(found["y"]) == 4)
        ):
            continue  # 3/4 is a fraction, 2/1 a score
        month = int(found["m"]) if found["m"].isdigit() else MONTHS[found["m"].lower()]
        year = _year(found["y"])
        last_day = int(found["d2"] or found["d"])
        day = _day(int(found["d"]), month, year, weekday, published)
        if day is None:
            continue
        last = (
            day.replace(day=last_day)
            if found["d2"] and last_day > day.day and _real(day.year, month, last_day)
            else day
        )
        part = (found["part"] or found["part2"] or "").lower() or None
        end = found.end()
        if found.group().endswith(")") and "(" not in found.group():
            end -= 1  # "(Selasa, 5/11)"
        yield Span(found.start(), end, day, last, part, part, year is not None)


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _real(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _day(day: int, month: int, year: int | None, weekday: int | None, published: datetime | None) -> date | None:
    """Return the day that is meant; None where there is none, or where weekday and date contradict each other.

    Without a year it is the one nearest to publication, of those that agree with the weekday.
    """
    if year is None and published is None:
        return None
    years = (
        [year] if year is not None else [published.year, published.year - 1, published.year + 1] if published else []
    )
    # Papers write day/month; where only month/day agrees with the weekday, that was meant.
    orders = [(day, month)] if weekday is None or day == month else [(day, month), (month, day)]
    for one, other in orders:
        days = [date(a, other, one) for a in years if _real(a, other, one)]
        days = [a for a in days if weekday is None or a.weekday() == weekday]
        if days:
            return min(days, key=lambda a: abs((a - published.date()).days)) if published else days[0]
    return None


def _weekdays(text: str, published: datetime) -> Iterator[Span]:
    """Yield the days that a bare weekday means: the last one not after publication."""
    today = published.date()
    monday = today - timedelta(days=today.weekday())
    for found in _WEEKDAY.finditer(text):
        name, when, start = found["day"], (found["when"] or "").lower(), found.start()
        before = text[max(0, start - 20) : start]
        if _PLACE_BEFORE.search(before):
            continue  # Pasar Minggu, Pasar Senen: places of Jakarta
        if when.endswith(("depan", "mendatang", "besok", "nanti")):
            continue
        part = (found["part"] or "").lower() or None
        eve = _EVE_BEFORE.search(before) is not None and not part
        # "minggu" in lower case is a week, not a Sunday; "sabtu" in lower case is still a Saturday.
        if not eve and (name == "minggu" or (name == "Minggu" and when in {"ini", "lalu"} and not part)):
            continue
        weekday = DAYS[name.lower()]
        back = (published.weekday() - weekday) % 7
        if back == 0 and (eve or when in {"lalu", "kemarin"}):
            back = 7
        day = (
            monday + timedelta(days=weekday - 7)
            if when.startswith(("pekan", "minggu"))
            else today - timedelta(days=back)
        )
        if eve:  # "malam Minggu" is the evening before
            yield Span(
                start - len("malam "), found.end(), day - timedelta(days=1), day - timedelta(days=1), "malam", "malam"
            )
            continue
        yield Span(start, found.end(), day, day, part, part)


def _relative(text: str, published: datetime) -> Iterator[Span]:
    """Yield the days of *kemarin*, *tadi malam*, *dini hari tadi*, *hari ini*, *tiga hari lalu*, *pekan lalu*."""
    today = published.date()
    monday = today - timedelta(days=today.weekday())
    for found in _RELATIVE.finditer(text):
        part = (found["part"] or found["part2"] or found["part3"] or found["part4"] or "").lower() or None
        first = last = today
        if found["week"] and _COUNT_BEFORE.search(text[max(0, found.start() - 20) : found.start()]):
            continue  # "dua minggu lalu" is no week that one could name
        if found["now"] and part and PARTS[part][0] > published.time():
            continue  # "sore ini" of a morning paper lies ahead
        if found["last_night"]:
            part = "malam"
            first = last = today if published.hour >= 20 else today - timedelta(days=1)
        elif found["yesterday"]:
            first = last = today - timedelta(days=1)
        elif found["two"]:
            first = last = today - timedelta(days=2)
        elif found["ago"]:
            first = last = today - timedelta(days=read_number(found["ago"].split()[0]) or 0)
        elif found["weekend"]:
            first, last = monday - timedelta(days=2), monday - timedelta(days=1)
        elif found["week"]:
            first, last = monday - timedelta(days=7), monday - timedelta(days=1)
        yield Span(found.start(), found.end(), first, last, part, part)
