"""What a feed is narrowed to, as it stands in its address: read, written again in one form, and said in words.

The same words serve the desk's addresses, the limits of tokens, selections of files and the command line.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from data.errors import InputError
from data.records import Urgency
from data.store.alert_feed import HIGHEST_LEVEL, AlertFilter
from feeds.items import SEVERITY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.gazetteer import Gazetteer
    from data.taxonomy import Taxonomy

STATUSES: Final = {"terverifikasi": True, "belum_terverifikasi": False}
DRILLS: Final = {"ya": True, "tidak": False}
NAMES: Final = ("wilayah", "sinyal", "tingkat", "urgensi", "status", "latihan", "sejak")
"""The parameters of a filter; of wilayah, sinyal and urgensi there may be several, or several with commas between."""

MOST: Final = 100
"""Values of one parameter: more is a mistake, and costs a place in a statement each."""


def read_query(query: str, gazetteer: Gazetteer, taxonomy: Taxonomy) -> AlertFilter:
    """Return the filter of ``wilayah=13&tingkat=3``; raises as `filter_of` does."""
    pairs = parse_qsl(query.strip().removeprefix("?"), keep_blank_values=True)
    unknown = sorted({name for name, _ in pairs} - set(NAMES))
    if unknown:
        raise InputError(f'there is no filter "{unknown[0]}"; there are {", ".join(NAMES)}')
    return filter_of(_gathered(pairs), gazetteer, taxonomy)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def filter_of(given: Mapping[str, Sequence[str]], gazetteer: Gazetteer, taxonomy: Taxonomy) -> AlertFilter:
    """Return the filter of parameters, each a list of values; what is empty asks for nothing.

    Raises InputError for what is no level, urgency, status or moment, UnknownItemError for a place or signal that
    there is not: a feed that was asked for wrongly must not be of everything.
    """
    places, signals = _values(given, "wilayah"), _values(given, "sinyal")
    for code in places:
        gazetteer.unit(code)
    for signal in signals:
        taxonomy.signal(signal)
    return AlertFilter(
        places=places,
        signals=signals,
        from_level=_level(_one(given, "tingkat")),
        urgencies=tuple(_urgency(word) for word in _values(given, "urgensi")),
        verified=_among(_one(given, "status"), STATUSES, "status"),
        drills=_among(_one(given, "latihan"), DRILLS, "latihan"),
        since=_moment(_one(given, "sejak")),
    )


def query_of(asked: AlertFilter) -> str:
    """Return a filter as it stands in an address, always in the same form; "" for all."""
    told = {
        "wilayah": ",".join(sorted(asked.places)),
        "sinyal": ",".join(sorted(asked.signals)),
        "tingkat": str(asked.from_level) if asked.from_level else "",
        "urgensi": ",".join(sorted(asked.urgencies)),
        "status": "" if asked.verified is None else _name_of(asked.verified, STATUSES),
        "latihan": "" if asked.drills is None else _name_of(asked.drills, DRILLS),
        "sejak": "" if asked.since is None else asked.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return urlencode({name: value for name, value in told.items() if value}, safe=",:")


def said(asked: AlertFilter, gazetteer: Gazetteer, taxonomy: Taxonomy) -> str:
    """Return a filter in Indonesian words; "" for all."""
    words = [
        ", ".join(gazetteer.name(code) for code in asked.places),
        ", ".join(taxonomy.signal(signal).name for signal in asked.signals),
        f"tingkat {asked.from_level} ({SEVERITY_NAMES[asked.from_level]}) ke atas" if asked.from_level else "",
        ", ".join(asked.urgencies),
        "" if asked.verified is None else _name_of(asked.verified, STATUSES).replace("_", " "),
    ]
    return "; ".join(word for word in words if word)


def _values(given: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    parts = [part.strip() for value in given.get(name, ()) for part in value.split(",")]
    found = tuple(dict.fromkeys(part for part in parts if part))
    if len(found) > MOST:
        raise InputError(f"a feed names at most {MOST} of a kind")
    return found


def _one(given: Mapping[str, Sequence[str]], name: str) -> str:
    found = _values(given, name)
    if len(found) > 1:
        raise InputError(f'of "{name}" there is one value')
    return found[0] if found else ""


def _level(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and 0 <= int(text[:3]) <= HIGHEST_LEVEL):
        raise InputError(f"a level is a number from 0 to {HIGHEST_LEVEL}")
    return int(text)


def _urgency(word: str) -> Urgency:
    if word.upper() not in {one.value for one in Urgency}:
        raise InputError(f'there is no urgency "{word}"; there are P1, P2, P3, P4')
    return Urgency(word.upper())


def _among(word: str, known: Mapping[str, bool], name: str) -> bool | None:
    if word and word not in known:
        raise InputError(f'"{word}" is no {name}; there are {", ".join(known)}')
    return known[word] if word else None


def _name_of(value: bool, known: Mapping[str, bool]) -> str:
    return next(name for name, meant in known.items() if meant is value)


def _moment(text: str) -> datetime | None:
    """Return a moment of RFC 3339, or the beginning of a day (of UTC)."""
    if not text:
        return None
    try:
        if len(text) == len("2024-11-26"):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        # A "+" of an offset comes out of an address as a blank.
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise InputError(f'"{text}" is no moment; write 2024-11-26 or 2024-11-26T08:00:00Z') from error
    if found.tzinfo is None:
        raise InputError(f'"{text}" names no time zone; write 2024-11-26T08:00:00Z')
    return found
