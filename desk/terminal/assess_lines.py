"""The lines that ``kentongan assess --jsonl`` reads and writes."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from models.assessor import AssessItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from data.records import Assessment, Evidence, Place, Source

T = TypeVar("T")

Wrong = tuple[int, str]
"""The number of a line, from 1, and what is wrong with it."""

MAX_LINE_BYTES: Final = 16 << 20
"""An article has some kilobytes; a line longer than this is not one, and is not read into memory."""
FIRST_YEAR, LAST_YEAR = 1970, 2100
"""News outside these years is a broken clock; calendar arithmetic beyond them fails."""
NOON: Final = time(12)
"""A date without a time is taken at noon: then *tadi malam* is the night before and *hari ini* that day."""
WIB: Final = "Asia/Jakarta"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Line(NamedTuple):
    """A line that can be judged: its number, its id as it was given (a string or a whole number), its article."""

    number: int
    id: str | int
    item: AssessItem


class BrokenLine(Exception):  # noqa: N818 - caught by whoever reads lines, never shown as it is
    """A line that cannot be used; the message says what is wrong with it."""


class Outlets:
    """Finds the outlet of a line in the catalogue, which is read when the first line names one."""

    def __init__(self, sources: Callable[[], tuple[Source, ...]]) -> None:
        self._sources = sources
        self._named: dict[str, Source] | None = None

    def find(self, url: str | None, source: str | None) -> Source | None:
        """Return the source by id or name, else by the address; None where the catalogue does not know it."""
        from data.catalogue import source_for_url

        if not url and not source:
            return None
        sources = self._sources()
        if self._named is None:
            self._named = {one.name.casefold(): one for one in sources} | {one.id.casefold(): one for one in sources}
        found = self._named.get(source.casefold()) if source else None
        if found is not None or not url:
            return found
        try:
            return source_for_url(sources, url)
        except ValueError:
            return None  # an address that is none finds no outlet; the text is judged all the same


def read_items(lines: BinaryIO, outlets: Outlets) -> Iterator[Line | Wrong]:
    """Yield each line that can be judged, or its number with what is wrong; empty lines are passed over."""
    return each_line(lines, lambda number, raw: read_line(number, raw, outlets))


def each_line(lines: BinaryIO, read: Callable[[int, bytes], T]) -> Iterator[T | Wrong]:
    """Yield what ``read`` makes of each line, or the line's number with what is wrong; empty lines are passed over."""
    for number, raw in numbered(lines):
        if raw is None:
            yield number, f"longer than {MAX_LINE_BYTES >> 20} MiB"
            continue
        if not raw.strip():
            continue
        try:
            yield read(number, raw)
        except BrokenLine as wrong:
            yield number, str(wrong)


def numbered(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield number and bytes of each line, None for one that is too long; never more than one line in memory."""
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(MAX_LINE_BYTES)
            yield number, None
            continue
        yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw


def read_line(number: int, raw: bytes, outlets: Outlets) -> Line:
    """Return what one line holds; BrokenLine says what is wrong with it."""
    return read_row(number, read_object(raw), outlets)


def read_row(number: int, row: dict[str, Any], outlets: Outlets) -> Line:
    """Return the article of a line that was read as an object; BrokenLine says what is wrong with it."""
    name = read_name(row)
    title, text = _words(row, "title"), _words(row, "text")
    url, source = _optional(row, "url"), _optional(row, "source")
    outlet = outlets.find(url, source)
    zone = outlet.timezone if outlet else WIB
    item = AssessItem(
        id=str(name),
        title=title,
        text=text,
        published=_moment(_optional(row, "published"), zone),
        url=url,
        source=outlet.id if outlet else source,
        provinces=outlet.provinces if outlet else (),
        regencies=outlet.regencies if outlet else (),
        timezone=zone,
    )
    return Line(number, name, item)


def read_object(raw: bytes) -> dict[str, Any]:
    """Return the object that a line holds; BrokenLine where it holds none."""
    try:
        row = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BrokenLine(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise BrokenLine(f"not JSON: {error.msg} at column {error.colno}") from error
    except (RecursionError, ValueError) as error:
        raise BrokenLine("not JSON that can be read (too deep, or a number too long)") from error
    if not isinstance(row, dict):
        raise BrokenLine(f"not an object but {kind_of(row)}")
    return row


def kind_of(value: object) -> str:
    """Return what a JSON value is, as a complaint says it."""
    kinds = {"list": "a list", "str": "a string", "bool": "true or false", "NoneType": "null", "dict": "an object"}
    return kinds.get(type(value).__name__, "a number")


def read_name(row: dict[str, Any]) -> str | int:
    """Return the id of a line as it was given; BrokenLine where there is none that can be written again."""
    value = row.get("id")
    if value is None:
        raise BrokenLine("id is missing")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BrokenLine(f"id is {kind_of(value)}; it must be a string or a whole number")
    if value == "" or (isinstance(value, str) and _SURROGATE.search(value)):
        raise BrokenLine("id is empty or holds half a character")
    return value


def _words(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        raise BrokenLine(f"{key} is missing")
    if not isinstance(value, str):
        raise BrokenLine(f"{key} is {kind_of(value)}; it must be a string")
    # Half a character (an escape cut in two) cannot be written as UTF-8; one sign for one keeps every span in place.
    return _SURROGATE.sub("\ufffd", value)


def _optional(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise BrokenLine(f"{key} is {kind_of(value)}; it must be a string or null")
    return _SURROGATE.sub("\ufffd", value.strip()) or None


def _moment(text: str | None, zone: str) -> datetime | None:
    """Return a time of publication in UTC; without a zone it is the outlet's, without a time it is noon."""
    if text is None:
        return None
    try:
        moment = (
            datetime.combine(date.fromisoformat(text), NOON) if _DATE.fullmatch(text) else datetime.fromisoformat(text)
        )
    except ValueError as error:
        raise BrokenLine(f'published "{text[:40]}" is no date; write 2024-11-05 or 2024-11-05T22:13+07:00') from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BrokenLine(f'published "{text[:40]}" is not of the years {FIRST_YEAR} to {LAST_YEAR}')
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def line_of(line: Line, judged: Assessment) -> bytes:
    """Return the line that is written for one article, with its line break."""
    event = judged.event_time
    row = {
        "id": line.id,
        "signals": {signal: round(value, 4) for signal, value in judged.signals.items()},
        "flagged_signals": list(judged.flagged_signals),
        "modality": judged.modality.value,
        "negasi": judged.negasi,
        "historis": judged.historis,
        "event_time": None
        if event is None
        else {
            "start": event.start.isoformat(),
            "end": event.end.isoformat(),
            "zone": event.zone,
            "span": [event.span_start, event.span_end],
        },
        "severity": judged.severity,
        "severity_points": [[reason, points] for reason, points in judged.severity_points],
        "urgency": judged.urgency.value,
        "flagged": judged.flagged,
        "flag_score": round(judged.flag_score, 4),
        "places": [_place(place) for place in judged.places],
        "evidence": [_evidence(one) for one in judged.evidence],
        "model_version": judged.model_version,
        "rules_version": judged.rules_version,
    }
    return json.dumps(row, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"


def _place(place: Place) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "role": place.role.value,
        "zone": place.zone,
        "start": place.start,
        "end": place.end,
        "confidence": round(place.confidence, 4),
        "alternatives": [[code, round(weight, 4)] for code, weight in place.alternatives],
        "ambiguous": place.ambiguous,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "for": one.subject,
        "zone": one.zone,
        "start": one.start,
        "end": one.end,
        "weight": round(one.weight, 4),
        "why": one.why,
    }
