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

from classifiers.time_expressions import HINT, PART, PARTS, Span, expressions
from data.records import EventTime, Modality

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifiers.text import Document, Sentence

WIB: Final = ZoneInfo("Asia/Jakarta")
CLOCK_ZONES = {"wib": WIB, "wita": ZoneInfo("Asia/Makassar"), "wit": ZoneInfo("Asia/Jayapura")}

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
CLOCK_REACH: Final = 60
"""Characters between a date and the clock time that belongs to it; farther apart the sentence tells of two things."""
ABOUT: Final = timedelta(minutes=30)
"""What *sekitar pukul* leaves open on either side."""

_CLOCK = re.compile(
    r"(?<!\w)(?P<about>sekitar |kira-kira |kurang lebih |sekira )?(?:pukul|jam|pkl\.?)\s+(?P<h>2[0-4]|"
    r"[01]?\d)(?!\d)(?:[.:](?P<min>[0-5]\d)(?:[.:][0-5]\d)?)?"
    r"(?:\s*(?:[-–]|hingga|sampai|s/d)\s*(?:pukul\s+)?(?P<h2>2[0-4]|"
    r"[01]?\d)(?!\d)(?:[.:](?P<min2>[0-5]\d))?)?(?:\s*(?P<zone>WIB|WITA|WIT)\b)?"
    rf"(?:\s+(?P<part>{PART}))?",
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
    r"\b(?:(?:kepada|dihubungi|ditanya) (?:\w+ )?(?:wartawan|(?:awak )?media|jurnalis|pers|reporter|kontributor|"
    r"antara|kompas\S*|tribun\S*|detik\S*|tempo\S*|republika\S*|harian \w+|\w+\.(?:com|id|co\.id|net|news|tv))|"
    r"keterangan(?:nya| tertulis(?:nya)?| resmi(?:nya)?| pers)?|"
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
# A speech that is the event itself: "ceramah itu disampaikan Jumat".
_SPEECH = re.compile(
    r"(?<!\w)(?:ceramah|pidato|khotbah|khutbah|orasi|ucapan|ancaman|ujaran|ajakan)\w*\b[^.;,]{0,60}\bdisampaikan(?:nya)?"
    r"[,\s]*(?:pada )?(?:hari )?$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"(?<!\w)(?:sejak|mulai|dari)\s+(?:pada )?(?:tanggal )?(?:hari )?$", re.IGNORECASE)
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
        if HINT.search(text) is None:
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
    clocks = list(_CLOCK.finditer(text))
    for one in expressions(text, published):
        clock = _nearest(clocks, one.start, one.end) if one.first == one.last else None
        begin, until = _window(one, clock, zone)
        low = min(one.start, clock.start()) if clock else one.start
        high = max(one.end, clock.end()) if clock else one.end
        score = _score(text, sentence, one, exact=clock is not None or one.part is not None)
        yield _Candidate(begin, until, sentence, sentence.start + low, sentence.start + high, one.complete, score)


def _score(text: str, sentence: Sentence, one: Span, *, exact: bool) -> float:
    """Return how well an expression is placed to be the event's; ``NOT_ITS_OWN`` where it is something else's.

    Found by reading 80 reports: the lead's own date is the event's in nine of ten; a date after a verb of saying is
    the day of the interview.
    """
    before = text[max(0, one.start - LOOK_BACK) : one.start]
    # What began on a day and goes on happened from then: "banjir merendam tiga desa sejak Senin".
    since = _SINCE.search(before) is not None and (one.first != one.last or _HAPPENED.search(text) is not None)
    if not since and _NOT_EVENT.search(before[-60:]):
        return NOT_ITS_OWN
    said = None if _SPEECH.search(before) else _SAID.search(before)
    if (said is not None and _OCCURRED.search(said.group()) is None) or _SAYS_NEXT.match(text, one.end):
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


def _nearest(clocks: list[re.Match[str]], start: int, end: int) -> re.Match[str] | None:
    """Return the clock time nearest to a date, None where none is near enough to be its."""

    def apart(one: re.Match[str]) -> int:
        return min(abs(one.start() - end), abs(start - one.end()))

    best = min(clocks, key=apart, default=None)
    return best if best is not None and apart(best) <= CLOCK_REACH else None


def _window(one: Span, clock: re.Match[str] | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first and last moment that a day, a part of it and a clock time can mean together."""
    first, last, part = one.first, one.last, one.part
    if clock is not None:
        own = CLOCK_ZONES[clock["zone"].lower()] if clock["zone"] else zone
        begin = _at(first, clock["h"], clock["min"], clock["part"] or part, own)
        end = _at(first, clock["h2"], clock["min2"], None, own) if clock["h2"] else begin
        if end < begin:
            end += timedelta(days=1)
        slack = ABOUT if clock["about"] else timedelta()
        return begin - slack, end + slack + timedelta(seconds=59)
    low = PARTS[part][0] if part else time(0)
    high = PARTS[one.until][1] if one.until else time(23, 59, 59)
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
