"""When the event happened, as the text says it: *Selasa (5/11) malam*, *kemarin*, *27 November 2024 pukul 14.30 WIB*.

Every expression of time in title and text becomes a candidate with a first and a last moment; what is a regulation's
date, a schedule, a deadline, somebody's statement or another year's story is set aside, and of the rest the best placed
one is taken. Where nothing holds the answer is None: the time of publication is never put in its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from classifiers.counting import NUMBER
from data.records import EventTime, Modality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifiers.text import Document, Sentence

WIB: Final = ZoneInfo("Asia/Jakarta")
CLOCK_ZONES = {"wib": WIB, "wita": ZoneInfo("Asia/Makassar"), "wit": ZoneInfo("Asia/Jayapura")}
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

BACKGROUND_AFTER_DAYS: Final = 370
"""An event more than a year old is background in a news report, however it is told."""
FUTURE_SLACK: Final = timedelta(hours=12)
"""A page may be stamped some hours before the event it reports (live pages, wrong clocks); more is a schedule."""
NOT_ITS_OWN: Final = -100.0
"""Score of an expression that dates a regulation, a schedule, a deadline or a statement."""
LOOK_BACK: Final = 200
"""Characters before a date in which the words stand that say whose date it is."""
MAX_SENTENCE: Final = 2000
"""Characters of one sentence that are looked at; what is longer is a table or a text without full stops."""
ABOUT: Final = timedelta(minutes=30)
"""What *sekitar pukul* leaves open on either side."""

_DAY = "senin|selasa|rabu|kamis|jumat|jum['’]at|sabtu|minggu|ahad"
_PART = "dini hari|subuh|pagi|siang|sore|petang|malam"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_HEAD = rf"(?:(?<!\w)(?P<day>{_DAY})(?:\s+(?P<part>{_PART}))?(?:\s*,\s*|\s+)?(?:tanggal\s+|\()?)?"
_TAIL = rf"\)?(?:\s*,?\s*(?P<part2>{_PART})(?!\w))?"
_NAMED = re.compile(
    _HEAD
    + r"\(?(?<![\d.,/])(?P<d>\d{1,2})(?:\s*[-–]\s*(?P<d2>\d{1,2}))?"
    + rf"\s+(?P<m>{_MONTH})\b(?:\.(?=\s+\d{{4}}))?(?:,?\s+(?P<y>\d{{4}}))?(?!\w)"
    + _TAIL,
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    _HEAD
    + r"(?P<open>\(?)(?<![\d.,/])(?P<d>\d{1,2})(?:\s*[-–]\s*(?P<d2>\d{1,2}))?"
    + r"\s?[/]\s?(?P<m>\d{1,2})(?:\s?[/]\s?(?P<y>\d{4}|\d{2}))?(?![\d/])"
    + _TAIL,
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"(?<!\w)(?P<day>{_DAY})(?:\s+(?P<part>{_PART}))?(?:\s+(?P<when>lalu|kemarin|ini|kemaren|depan|mendatang|besok|"
    rf"nanti|pekan lalu|pekan depan))?(?!\w)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"(?<!\w)(?:(?P<last_night>(?:tadi malam|malam tadi|semalam))|(?:(?:(?P<part>dini hari|subuh|pagi|siang|sore|"
    r"petang) tadi)|(?:tadi (?P<part2>dini hari|subuh|pagi|siang|sore|petang)))"
    r"|(?P<yesterday>kemarin)(?: (?P<part3>dini hari|subuh|pagi|siang|sore|petang|malam))?|(?P<today>hari ini)|"
    r"(?P<two>kemarin lusa|dua hari (?:yang )?lalu)"
    r"|(?P<week>(?:se)?(?:pekan|minggu) (?:yang )?(?:lalu|kemarin)))(?!\w)",
    re.IGNORECASE,
)
# One cheap look first: most sentences name no time at all.
_HINT = re.compile(
    rf"\d\s?/\s?\d|\d\s+(?:jan|feb|peb|mar|apr|mei|jun|jul|ag|sep|okt|nov|nop|des)|{_DAY}|kemarin|tadi|semalam|"
    rf"hari ini|pekan|"
    r"dua hari",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<!\w)(?P<about>sekitar |kira-kira |kurang lebih |sekira )?(?:pukul|jam|pkl\.?)\s+(?P<h>2[0-4]|"
    r"[01]?\d)(?!\d)(?:[.:](?P<min>[0-5]\d)(?:[.:][0-5]\d)?)?"
    r"(?:\s*(?:[-–]|hingga|sampai|s/d)\s*(?:pukul\s+)?(?P<h2>2[0-4]|"
    r"[01]?\d)(?!\d)(?:[.:](?P<min2>[0-5]\d))?)?(?:\s*(?P<zone>WIB|WITA|WIT)\b)?"
    rf"(?:\s+(?P<part>{_PART}))?",
    re.IGNORECASE,
)

_NOT_EVENT = re.compile(
    r"(?<!\w)(?:tertanggal|(?:nomor|no\.?) [\w./-]+(?: tahun \d{4})?|nomor|peraturan|undang-undang|\buu\b|\bpkpu\b|"
    r"\bsk\b|keputusan|lahir|kelahiran|sejak|hingga|"
    r"sampai|s/d|batas (?:waktu|akhir)|paling lambat|"
    r"jatuh pada|akan\b[^.,;]{0,40}|rencananya|direncanakan|dijadwalkan|terjadwal|menjelang|jelang|tenggat|"
    r"mulai berlaku|deadline|selambat-lambatnya|pasal)\s*(?:pada )?(?:tanggal )?(?:hari )?\(?\s*$",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"(?:\b(?:kata|ujar|tutur|ungkap|jelas|papar|terang|sebut|ucap|tegas|imbuh|tambah|beber|tukas|kilah|"
    r"cetus)(?:nya|kan|kannya)?\b[^.;\"”]{0,90}|"
    r"\b(?:kepada (?:wartawan|media|awak media|\w+)|keterangan(?:nya| tertulis(?:nya)?| resmi(?:nya)?| pers)?|"
    r"dikonfirmasi|dihubungi|ditemui|dikutip|dilansir|konferensi pers|jumpa pers|disampaikan|diungkapkan|dikatakan|"
    r"dijelaskan|"
    r"mengatakan|menjelaskan|menyampaikan|menuturkan|menyebut(?:kan)?|mengungkapkan|membenarkan|menegaskan|"
    r"menyatakan|rilis)\b[^.;\"”]{0,60})[,\s(]*(?:pada )?(?:hari )?$",
    re.IGNORECASE,
)
# "…, Rabu (23/8), mengatakan": the day of the saying, told before the verb.
_SAYS_NEXT = re.compile(
    r"[,\s]*(?:mengatakan|menjelaskan|menyampaikan|menuturkan|menyebut(?:kan)?|mengungkapkan|membenarkan|menegaskan|"
    r"menyatakan|menambahkan|mengaku)(?!\w)",
    re.IGNORECASE,
)
# Between a verb of saying and the date: then it is the date of what is said to have happened.
_OCCURRED = re.compile(
    r"(?<!\w)(?:terjadi\w*|berlangsung|digelar|pecah|melanda|menerjang|mengguyur|merendam|terendam|mengguncang|"
    r"ditemukan|dirusak|dibakar|"
    r"diserang|tewas|meninggal|bentrok\w*|ricuh|longsor|runtuh|roboh|dimulai|bermula)(?!\w)",
    re.IGNORECASE,
)
_YEARS_AGO = re.compile(r"(?<!\w)(?:se)?tahun (?:silam|lalu|yang lalu)(?!\w)", re.IGNORECASE)
_PLACE_BEFORE = re.compile(r"(?<!\w)(?:pasar|jalan|jl\.?|kelurahan|kecamatan|desa|stasiun)\s+$", re.IGNORECASE)
_COUNT_BEFORE = re.compile(rf"(?<!\w){NUMBER}\s+$", re.IGNORECASE)
_HAPPENED = re.compile(
    r"(?<!\w)(?:terjadi|peristiwa|insiden|kejadian|pecah|berlangsung|digelar|menggelar|dilaksanakan|ditemukan|"
    r"dirusak|dibakar|diserang|tewas|meninggal|luka\w*|"
    r"bermula|berawal|melanda|menerjang|mengguncang|merendam|mendatangi|berunjuk rasa|unjuk rasa|bentrok\w*|ricuh|"
    r"saat|ketika|usai|setelah)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One expression of time with what it can mean, in the local zone."""

    first: datetime
    last: datetime
    sentence: Sentence
    start: int
    end: int
    complete: bool
    score: float


def find_event_time(
    document: Document,
    published: datetime | None,
    zone: ZoneInfo = WIB,
    *,
    modality: Modality = Modality.KEJADIAN,
) -> EventTime | None:
    """Return first and last moment (UTC) of the event with the span that says so, None where the text does not tell.

    ``zone`` is the place's, else the outlet's. ``published`` is aware; without it only dates with a year count.
    A threat may lie ahead; whatever else is dated after publication is a schedule and no event.
    """
    local = published.astimezone(zone) if published is not None else None
    found: list[_Candidate] = []
    for sentence in document.sentences:
        text = document.span(sentence.zone, sentence.start, min(sentence.end, sentence.start + MAX_SENTENCE))
        if _HINT.search(text) is None:
            continue
        found.extend(one for one in _of_sentence(text, sentence, local, zone) if _possible(one, local, modality))
    best = max(found, key=lambda one: one.score, default=None)
    if best is None:
        return None
    utc = ZoneInfo("UTC")
    return EventTime(
        best.first.astimezone(utc), best.last.astimezone(utc), best.sentence.zone, best.start, best.end
    )  # fmt: skip


def _possible(one: _Candidate, published: datetime | None, modality: Modality) -> bool:
    if one.score <= NOT_ITS_OWN:
        return False
    if published is None:
        return one.complete
    if one.first > published + FUTURE_SLACK and modality is not Modality.ANCAMAN_POTENSI:
        return False
    return (published - one.last).days <= BACKGROUND_AFTER_DAYS


def _of_sentence(text: str, sentence: Sentence, published: datetime | None, zone: ZoneInfo) -> Iterator[_Candidate]:
    """Yield the candidates of one sentence; a clock time belongs to the date nearest to it."""
    spans: list[tuple[int, int, date, date, str | None, bool]] = []
    taken: list[tuple[int, int]] = []
    for pattern in (_NAMED, _NUMERIC):
        spans.extend(_dated(text, pattern, published))
        # Also of a date that contradicts its weekday: neither of the two may then speak for the other.
        taken.extend(found.span() for found in pattern.finditer(text))
    if published is not None and not _YEARS_AGO.search(text):
        for start, end, first, last, part in (*_weekdays(text, published), *_relative(text, published)):
            if not any(start < stop and begin < end for begin, stop in taken):
                spans.append((start, end, first, last, part, False))
    clocks = list(_CLOCK.finditer(text))
    for start, end, first, last, part, complete in spans:
        clock = _nearest(clocks, start, end) if first == last else None
        begin, until = _window(first, last, part, clock, zone)
        low = min(start, clock.start()) if clock else start
        high = max(end, clock.end()) if clock else end
        score = _score(text, sentence, start, end, exact=clock is not None or part is not None)
        yield _Candidate(begin, until, sentence, sentence.start + low, sentence.start + high, complete, score)


def _score(text: str, sentence: Sentence, start: int, end: int, *, exact: bool) -> float:
    """Return how well an expression is placed to be the event's; ``NOT_ITS_OWN`` where it is something else's.

    Found by reading 80 reports: the lead's own date is the event's in nine of ten; a date after a verb of saying is
    the day of the interview.
    """
    before = text[max(0, start - LOOK_BACK) : start]
    if _NOT_EVENT.search(before[-60:]):
        return NOT_ITS_OWN
    said = _SAID.search(before)
    if (said is not None and _OCCURRED.search(said.group()) is None) or _SAYS_NEXT.match(text, end):
        return NOT_ITS_OWN
    score = 4.0 if sentence.zone == "title" else 3.0 if sentence.is_lead else 1.0
    if _HAPPENED.search(text):
        score += 1.5
    if exact:
        score += 0.5
    if sentence.in_quote:
        score -= 1.5
    # Earlier sentences tell the event, later ones what followed.
    return score - min(sentence.index, 40) * 0.02


def _dated(
    text: str, pattern: re.Pattern[str], published: datetime | None
) -> Iterator[tuple[int, int, date, date, str | None, bool]]:
    """Yield start, end, first day, last day, part of the day, and whether the year was given."""
    for found in pattern.finditer(text):
        weekday = DAYS[found["day"].lower()] if found["day"] else None
        if pattern is _NUMERIC and not (weekday is not None or found["open"] or (found["y"] and len(found["y"]) == 4)):
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
        yield found.start(), found.end(), day, last, part, year is not None


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


def _weekdays(text: str, published: datetime) -> Iterator[tuple[int, int, date, date, str | None]]:
    """Yield the days that a bare weekday means: the last one not after publication."""
    for found in _WEEKDAY.finditer(text):
        name, when = found["day"], (found["when"] or "").lower()
        if _PLACE_BEFORE.search(text[max(0, found.start() - 20) : found.start()]):
            continue  # Pasar Minggu, Pasar Senen: places of Jakarta
        if when in {"depan", "mendatang", "besok", "nanti", "pekan depan"}:
            continue
        # "minggu" in lower case is a week, not a Sunday; "sabtu" in lower case is still a Saturday.
        if name == "minggu" or (name == "Minggu" and when in {"ini", "lalu"} and not found["part"]):
            continue
        back = (published.weekday() - DAYS[name.lower()]) % 7
        if back == 0 and when in {"lalu", "kemarin", "pekan lalu"}:
            back = 7
        day = published.date() - timedelta(days=back)
        yield found.start(), found.end(), day, day, (found["part"] or "").lower() or None


def _relative(text: str, published: datetime) -> Iterator[tuple[int, int, date, date, str | None]]:
    """Yield the days of *kemarin*, *tadi malam*, *dini hari tadi*, *hari ini*, *pekan lalu*."""
    today = published.date()
    for found in _RELATIVE.finditer(text):
        part = (found["part"] or found["part2"] or found["part3"] or "").lower() or None
        first = last = today
        if found["week"] and _COUNT_BEFORE.search(text[max(0, found.start() - 20) : found.start()]):
            continue  # "dua minggu lalu" is no week that one could name
        if found["last_night"]:
            part = "malam"
            first = last = today if published.hour >= 20 else today - timedelta(days=1)
        elif found["yesterday"]:
            first = last = today - timedelta(days=1)
        elif found["two"]:
            first = last = today - timedelta(days=2)
        elif found["week"]:
            monday = today - timedelta(days=today.weekday())
            first, last = monday - timedelta(days=7), monday - timedelta(days=1)
        yield found.start(), found.end(), first, last, part


def _nearest(clocks: list[re.Match[str]], start: int, end: int) -> re.Match[str] | None:
    return min(clocks, key=lambda one: min(abs(one.start() - end), abs(start - one.end())), default=None)


def _window(
    first: date, last: date, part: str | None, clock: re.Match[str] | None, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """Return the first and last moment that a day, a part of it and a clock time can mean together."""
    if clock is not None:
        own = CLOCK_ZONES[clock["zone"].lower()] if clock["zone"] else zone
        begin = _at(first, clock["h"], clock["min"], clock["part"] or part, own)
        end = _at(first, clock["h2"], clock["min2"], None, own) if clock["h2"] else begin
        if end < begin:
            end += timedelta(days=1)
        slack = ABOUT if clock["about"] else timedelta()
        return begin - slack, end + slack + timedelta(seconds=59)
    low, high = PARTS[part] if part else (time(0), time(23, 59, 59))
    return datetime.combine(first, low, zone), datetime.combine(last, high, zone)


def _at(day: date, hour: str, minute: str | None, part: str | None, zone: ZoneInfo) -> datetime:
    """Return a clock time on a day; *jam 2 siang* is 14.00, 24.00 is midnight of the next day."""
    number = int(hour)
    if (
        part
        and part.lower() in {"siang", "sore", "petang", "malam"}
        and number < 12
        and not (part.lower() == "siang" and number >= 10)
    ):
        number += 12
    if number == 24:
        return datetime.combine(day + timedelta(days=1), time(0, int(minute or 0)), zone)
    return datetime.combine(day, time(number, int(minute or 0)), zone)
