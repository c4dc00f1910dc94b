"""Dates as Indonesian newsrooms print them, read to a moment in UTC or not at all.

Our own tables and patterns read every form seen: ``Selasa, 5 November 2024``, ``Nov 5, 2024 - 22:13``,
``05/11/2024 22.13 WITA`` (day first; the weekday overrules), ``2024-11-05T22:13:00+0700``, RFC 822,
``2 jam yang lalu``, ``Kemarin, 20.15``.
General date libraries stumble over Okt, Agt, Jum'at, Pebruari and ``20.15``, and guess where they should give up.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

OLDEST_YEAR = 1995
"""The year of the first Indonesian news sites; anything earlier (1970, 0001) is a machine's default, not a date."""

FUTURE_ALLOWED = timedelta(hours=24)
"""How far ahead of the clock a page's time may lie: clocks and zones differ, but not by more than a day."""

MAX_CHARS = 300
"""A date stands in a short string; of longer ones only the beginning is looked at."""

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "januari january djanuari jan djan",
            "februari february pebruari febuari feb peb",
            "maret march mac mrt mar",
            "april apr",
            "mei may mai",
            "juni june djuni jun djun",
            "juli july djuli julai jul djul",
            "agustus august agust agu agt ags aug ag ogos ogo",
            "september sept sep",
            "oktober october okt oct",
            "november nopember nov nop",
            "desember december disember des dec dis",
        ),
        start=1,
    )
    for name in names.split()
}

WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "senin sen monday mon isnin",
            "selasa sel tuesday tue tues",
            "rabu rab wednesday wed",
            "kamis kam thursday thu thur thurs khamis",
            "jumat jum'at jum friday fri jumaat",
            "sabtu sab saturday sat",
            "minggu min ming ahad sunday sun",
        )
    )
    for name in names.split()
}

ZONES: dict[str, float] = {
    "wib": 7,
    "wita": 8,
    "wit": 9,
    "gmt": 0,
    "utc": 0,
    "sgt": 8,
    "myt": 8,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "pst": -8,
    "pdt": -7,
}

INDONESIAN_OFFSETS = frozenset({timedelta(hours=7), timedelta(hours=8), timedelta(hours=9)})


@dataclass(frozen=True, slots=True)
class Moment:
    """A date that was read: the instant, the wall clock as printed, and how much of it the text itself said."""

    at: datetime
    wall: datetime
    zone_named: bool
    has_time: bool

    @property
    def claims_indonesian_zone(self) -> bool:
        """Whether the text names WIB, WITA or WIT, by name or by offset."""
        return self.zone_named and (self.wall - self.at.replace(tzinfo=None)) in INDONESIAN_OFFSETS


def _words(table: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(table, key=len, reverse=True))


_MONTH = f"(?P<month>{_words(MONTHS)})"
_DATE = (
    # 2024-11-05, 2024/11/05
    re.compile(r"(?<![\d/-])(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    # 5 November 2024, 05-Nov-24, 5 Nov. 2024; a two-digit year is never the hour of a time
    re.compile(
        rf"(?<![\d:.,])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[\s.\-/]*\b{_MONTH}\b\.?,?[\s\-/.']*(?P<y>\d{{4}}|\d{{2}})(?![\d]|[:.]\d)"
    ),
    # November 5, 2024
    re.compile(rf"\b{_MONTH}\b\.?\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(?P<y>\d{{4}})(?!\d)"),
    # 05/11/2024, 5-11-24, 05.11.2024 (two-digit years only with / or -, or 10.15.30 would be one)
    re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})(?P<s>[/.-])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4})(?![\d/])"),
    re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})(?P<s>[/-])(?P<b>\d{1,2})(?P=s)(?P<y>\d{2})(?![\d/:.-])"),
)
_DATE_NO_YEAR = (
    re.compile(rf"(?<![\d:.,])(?P<d>\d{{1,2}})\s*\b{_MONTH}\b"),
    re.compile(r"\(\s*(?P<a>\d{1,2})/(?P<b>\d{1,2})\s*\)"),
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?(Z?)$", re.ASCII)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?$", re.ASCII)
_WEEKDAY = re.compile(rf"\b(?P<weekday>{_words(WEEKDAYS)})\b")
_TIME = re.compile(
    r"(?<![\d.:/-])(?P<h>\d{1,2})(?:\s*:\s*|\.)(?P<min>[0-5]\d)(?:[:.](?P<sec>[0-5]\d))?(?:[.,]\d{1,9})?(?!\d)"
    r"\s*(?P<half>[ap]\.?m\b\.?)?"
)
_OFFSET = re.compile(
    r"\s*(?:(?P<zulu>z)\b|\(?(?P<name>wib|wita|wit|sgt|myt|est|edt|cst|pst|pdt)\b|"
    r"\(?(?:gmt|utc)\s*(?P<gmt>[+-]\s?\d{1,2}(?::?\d{2})?)?|(?P<offset>[+-]\d{2}:?\d{2})(?!\d))"
)
_NUMBER_WORDS = {
    "se": 1, "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "sepuluh": 10, "beberapa": 1, "a": 1, "an": 1, "one": 1, "two": 2,
}  # fmt: skip
_UNITS = {
    "detik": "s", "dtk": "s", "second": "s", "seconds": "s", "sec": "s", "secs": "s",
    "menit": "m", "mnt": "m", "minute": "m", "minutes": "m", "min": "m", "mins": "m",
    "jam": "h", "hour": "h", "hours": "h",
    "hari": "d", "hr": "d", "day": "d", "days": "d",
    "minggu": "w", "mgg": "w", "pekan": "w", "week": "w", "weeks": "w",
    "bulan": "M", "bln": "M", "month": "M", "months": "M",
    "tahun": "y", "thn": "y", "year": "y", "years": "y",
}  # fmt: skip
_RELATIVE = re.compile(
    rf"(?:\b(?P<ahead>dalam|dlm|in)\s+)?(?:\b(?P<n>\d{{1,4}})|\b(?P<word>{'|'.join(_NUMBER_WORDS)}))\s*"
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})\b"
    r"(?P<ago>(?:\s+(?:yang|yg))?\s+(?:lalu|silam|ago|tadi)\b)?"
)
_DAY_WORDS = (
    (re.compile(r"\b(?:kemarin\s+(?:lusa|dulu)|dua hari lalu)\b"), 2),
    (re.compile(r"\b(?:kemarin|kemaren|yesterday|semalam)\b"), 1),
    (re.compile(r"\b(?:hari ini|today)\b"), 0),
)
_NOW_WORDS = re.compile(r"\b(?:baru saja|barusan|just now)\b")
_UPDATE_WORDS = re.compile(r"\b(?:updated?|diperbarui|diperbaharui|diupdate|pembaruan|last modified|last update)\b")


def parse_date(text: str, zone: tzinfo | str, now: datetime) -> Moment | None:
    """Return the moment that a date string names, or None where there is none that can be believed.

    ``zone`` is where the string was printed, taken where it names none; ``now`` (aware) resolves relative words and
    missing years. Not believed: years before 1995, moments more than a day ahead of ``now``.
    """
    return _read(text, zone, now, alone=True)


def find_date(text: str, zone: tzinfo | str, now: datetime) -> Moment | None:
    """Return the first date in a running line, as ``parse_date`` would; counts like "3 menit baca" are no dates.

    What follows "Updated", "Diperbarui" is left out where another date stands before it.
    """
    return _read(text, zone, now, alone=False)


def find_updated(text: str, zone: tzinfo | str, now: datetime) -> Moment | None:
    """Return the date that follows "Updated", "Diperbarui" or the like in a line; None without one."""
    said = _plain(text)
    update = _UPDATE_WORDS.search(said)
    return _read(said[update.end() :], zone, now, alone=False) if update else None


def believable(at: datetime, now: datetime) -> bool:
    """Return whether a page may say that it was published ``at`` when it is ``now``."""
    return at.year >= OLDEST_YEAR and at <= now + FUTURE_ALLOWED


def _read(text: str, zone: tzinfo | str, now: datetime, *, alone: bool) -> Moment | None:
    said = _plain(text)
    if not said:
        return None
    place = ZoneInfo(zone) if isinstance(zone, str) else zone
    try:
        moment = _absolute(said, place, now, alone=alone) or _relative(said, place, now, alone=alone)
    except (OverflowError, ValueError):
        return None  # 31 February, year 0, an offset of 99 hours
    return moment if moment is not None and believable(moment.at, now) else None


def _plain(text: str) -> str:
    said = unicodedata.normalize("NFKC", text[: MAX_CHARS * 4])
    return " ".join(re.sub(r"[’‘`´ʼ]", "'", said).split())[:MAX_CHARS].casefold()


def _absolute(said: str, place: tzinfo, now: datetime, *, alone: bool) -> Moment | None:
    if alone and (moment := _machine(said, place)):
        return moment
    found = [match for pattern in _DATE if (match := pattern.search(said))]
    found.sort(key=lambda match: match.start())
    update = _UPDATE_WORDS.search(said)
    if update and found and found[0].start() > update.start() and not alone:
        return None  # it says only when it was changed
    for match in found:
        if (day := _day(match, said)) is not None:
            return _moment(day, said, match.start(), match.end(), place)
    for pattern in _DATE_NO_YEAR:
        for match in pattern.finditer(said):
            if (weekday := _weekday(said, match.start())) is not None or alone:
                past = _recent(match, weekday, now.astimezone(place))
                if past is not None:
                    return _moment(past, said, match.start(), match.end(), place)
    return None


def _machine(said: str, place: tzinfo) -> Moment | None:
    """Read forms without separators: seconds since 1970, 20241105, 20241105T221300."""
    if _EPOCH.match(said):
        at = datetime.fromtimestamp(int(said[:10]), UTC)
        return Moment(at, at.replace(tzinfo=None), zone_named=True, has_time=True)
    compact = _COMPACT.match(said.upper())
    if compact is None:
        return None
    year, month, day, hour, minute, second, zulu = compact.groups()
    wall = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001 - the zone comes below
    zone: tzinfo = UTC if zulu else place
    return Moment(wall.replace(tzinfo=zone).astimezone(UTC), wall, zone_named=bool(zulu), has_time=hour is not None)


def _day(match: re.Match[str], said: str) -> tuple[int, int, int] | None:
    """Return (year, month, day) of a match; numbers are day first unless that is no date or the weekday says else."""
    parts = match.groupdict()
    year = int(parts["y"])
    year += 2000 if year < 100 else 0
    if parts.get("month"):
        return _valid(year, MONTHS[parts["month"]], int(parts["d"]))
    if parts.get("m"):
        return _valid(year, int(parts["m"]), int(parts["d"])) or _valid(year, int(parts["d"]), int(parts["m"]))
    first, second = int(parts["a"]), int(parts["b"])
    day_first, month_first = _valid(year, second, first), _valid(year, first, second)
    weekday = _weekday(said, match.start())
    if (
        day_first
        and month_first
        and weekday is not None
        and _is_on(month_first, weekday)
        and not _is_on(day_first, weekday)
    ):
        return month_first
    return day_first or month_first


def _valid(year: int, month: int, day: int) -> tuple[int, int, int] | None:
    fits = 1 <= month <= 12 and OLDEST_YEAR <= year <= 9000 and 1 <= day <= calendar.monthrange(year, month)[1]
    return (year, month, day) if fits else None


def _is_on(day: tuple[int, int, int], weekday: int) -> bool:
    return calendar.weekday(*day) == weekday


def _weekday(said: str, before: int) -> int | None:
    """Return the weekday named just before a date ("Selasa (5/11)"), None without one."""
    names = list(_WEEKDAY.finditer(said[max(0, before - 24) : before]))
    return WEEKDAYS[names[-1]["weekday"]] if names else None


def _recent(match: re.Match[str], weekday: int | None, now: datetime) -> tuple[int, int, int] | None:
    """Return the last day not ahead of ``now`` that a date without a year can mean; the weekday must fit."""
    parts = match.groupdict()
    month = MONTHS[parts["month"]] if parts.get("month") else int(parts["b"])
    number = int(parts["d"] if parts.get("month") else parts["a"])
    for year in range(now.year + 1, now.year - 7, -1):
        day = _valid(year, month, number)
        if day is None or datetime(*day, tzinfo=now.tzinfo) > now + FUTURE_ALLOWED:
            continue
        if weekday is None or _is_on(day, weekday):
            return day
    return None


def _moment(day: tuple[int, int, int], said: str, start: int, end: int, place: tzinfo) -> Moment:
    time = _clock(said, start, end)
    if time is None:
        wall = datetime(*day)  # noqa: DTZ001 - the wall clock as printed; the zone comes next
        return Moment(wall.replace(tzinfo=place).astimezone(UTC), wall, zone_named=False, has_time=False)
    hour, minute, second, named = time
    wall = datetime(*day, hour, minute, second)  # noqa: DTZ001 - as above
    at = wall.replace(tzinfo=named or place).astimezone(UTC)
    return Moment(at, wall, zone_named=named is not None, has_time=True)


def _clock(said: str, start: int, end: int) -> tuple[int, int, int, tzinfo | None] | None:
    """Return hour, minute, second and zone of the time that stands next to a date: after it, else before it."""
    after = said[end : end + 60]
    rest = _UPDATE_WORDS.search(after)
    after = after[: rest.start()] if rest else after
    before_from = max(0, start - 32)
    for text in (after, said[before_from:start]):
        for match in _TIME.finditer(text):
            hour = int(match["h"])
            if match["half"]:
                hour = hour % 12 + (12 if match["half"].startswith("p") else 0)
            if hour > 23:
                continue
            return hour, int(match["min"]), int(match["sec"] or 0), _zone(text[match.end() :])
    return None


def _zone(after: str) -> tzinfo | None:
    match = _OFFSET.match(after)
    if match is None:
        return None
    if match["zulu"]:
        return UTC
    if match["name"]:
        return timezone(timedelta(hours=ZONES[match["name"]]))
    digits = re.sub(r"[\s:]", "", match["gmt"] or match["offset"] or "")
    if not digits:
        return UTC
    sign, number = (-1 if digits[0] == "-" else 1), digits[1:]
    hours, minutes = (int(number), 0) if len(number) <= 2 else (int(number[:-2]), int(number[-2:]))
    if hours > 14:
        raise ValueError(digits)
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _relative(said: str, place: tzinfo, now: datetime, *, alone: bool) -> Moment | None:
    if _NOW_WORDS.search(said):
        return _instant(now, place)
    match = _RELATIVE.search(said)
    if match and (match["ago"] or (alone and match.end() - match.start() == len(said))):
        return _instant(_shifted(now, match), place)
    for pattern, days in _DAY_WORDS:
        word = pattern.search(said)
        if word is None or not (alone or said[: word.start()].strip(" |,-") == ""):
            continue  # "kemarin" in a sentence is not the page's date
        local = now.astimezone(place) - timedelta(days=days)
        if _clock(said, word.start(), word.end()) is None:
            return _instant(now - timedelta(days=days), place, has_time=False)
        return _moment((local.year, local.month, local.day), said, word.start(), word.end(), place)
    return None


def _instant(at: datetime, place: tzinfo, *, has_time: bool = True) -> Moment:
    return Moment(at.astimezone(UTC), at.astimezone(place).replace(tzinfo=None), zone_named=True, has_time=has_time)


def _shifted(now: datetime, match: re.Match[str]) -> datetime:
    count = int(match["n"]) if match["n"] else _NUMBER_WORDS[match["word"]]
    count = count if match["ahead"] else -count
    unit = _UNITS[match["unit"]]
    if unit in "My":
        months = now.year * 12 + now.month - 1 + count * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        return now.replace(year=year, month=month + 1, day=min(now.day, calendar.monthrange(year, month + 1)[1]))
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}[unit]
    return now + timedelta(seconds=count * seconds)
