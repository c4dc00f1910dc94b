"""The filters of the queue as they stand in the address: read, shown as words, and written again."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from data.records import IncidentStatus, Modality, Urgency
from data.store.incident_queue import After, QueueFilter
from desk.moves import CLOSED, OPEN
from feeds.alerting import VERIFIED
from flows.sla import overdue_before

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from data.taxonomy import Taxonomy
    from desk.permissions import Actor

SPANS: Final = {"1j": timedelta(hours=1), "24j": timedelta(days=1), "7h": timedelta(days=7), "30h": timedelta(days=30)}
"""Lengths of time that the queue offers: an hour, a day, a week, a month."""

OWNERS: Final = ("saya", "diklaim", "bebas")
LONGEST_WORDS: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked the queue for: each field is a parameter of the address, empty for "all".

    ``status`` is a slug of a status, ``terbuka`` (all that is open) or ``tertutup``. ``waktu`` is a key of `SPANS`,
    ``dari`` and ``sampai`` days of the desk's calendar. ``milik`` says whose hands it is in.
    """

    status: str = "terbuka"
    urgensi: str = ""
    sinyal: str = ""
    modalitas: str = ""
    tingkat: str = ""
    wilayah: str = ""
    tier: str = ""
    terverifikasi: str = ""
    waktu: str = ""
    dari: str = ""
    sampai: str = ""
    milik: str = ""
    terlambat: str = ""
    belum_dilihat: str = ""
    q: str = ""
    urut: str = ""

    def link(self, **changed: str) -> str:
        """Return the address of the queue with some filters changed; what asks for nothing is left out."""
        query = replace(self, **changed).query()
        return f"/?{query}" if query else "/"

    def query(self) -> str:
        """Return the part of the address behind "?"."""
        standard = Asked()
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return urlencode({name: value for name, value in told.items() if value != getattr(standard, name)})

    @property
    def narrowed(self) -> int:
        """Return how many filters are set, besides status, urgency, words and order: those behind the fold."""
        names = ("sinyal", "modalitas", "tingkat", "wilayah", "tier", "terverifikasi", "waktu", "dari", "sampai")
        return sum(1 for name in names if getattr(self, name))


def asked_of(parameters: dict[str, str], taxonomy: Taxonomy) -> Asked:
    """Return the filters of an address; what is none that we know is left out rather than failing the page."""
    given = {one.name: parameters.get(one.name, "").strip() for one in fields(Asked)}
    # Names of the queue's first version, which stand in people's bookmarks.
    old = {"sinyal": "signal", "wilayah": "place", "tingkat": "min"}
    given |= {new: parameters.get(name, "").strip() for new, name in old.items() if not given[new]}
    known = {
        "status": {"terbuka", "tertutup", "semua", *(one.value for one in IncidentStatus)},
        "urgensi": {one.value for one in Urgency},
        "sinyal": set(taxonomy.slugs),
        "modalitas": {one.value for one in Modality},
        "tingkat": {"1", "2", "3", "4"},
        "tier": {"1", "2", "3"},
        "terverifikasi": {"ya", "belum"},
        "waktu": set(SPANS),
        "milik": set(OWNERS),
        "terlambat": {"1"},
        "belum_dilihat": {"1"},
        "urut": {"lama"},
    }
    kept = {name: value for name, value in given.items() if name not in known or value in known[name]}
    if not _is_code(kept.get("wilayah", "")):
        kept["wilayah"] = ""
    for name in ("dari", "sampai"):
        if _day(kept.get(name, "")) is None:
            kept[name] = ""
    kept["q"] = kept.get("q", "")[:LONGEST_WORDS]
    return replace(Asked(), **{name: value for name, value in kept.items() if value})


def filter_of(asked: Asked, actor: Actor, now: datetime, shifts: Sequence[time], zone: ZoneInfo) -> QueueFilter:
    """Return what the store is asked for a person; their regions are part of it."""
    words = asked.q.removeprefix("#")
    number = int(words) if words.isascii() and words.isdecimal() else None
    # Whoever asks for a number wants that incident, wherever it stands.
    statuses = _statuses(asked) if number is None else tuple(IncidentStatus)
    if asked.terverifikasi:
        statuses = tuple(one for one in statuses if (one in VERIFIED) is (asked.terverifikasi == "ya"))
    since, until = _times(asked, now, zone)
    return QueueFilter(
        statuses=statuses,
        urgencies=(Urgency(asked.urgensi),) if asked.urgensi else tuple(Urgency),
        now=now,
        regions=actor.user.regions,
        place=asked.wilayah or None,
        signal=asked.sinyal or None,
        modality=asked.modalitas or None,
        min_severity=int(asked.tingkat or 0),
        tier=int(asked.tier) if asked.tier else None,
        since=since,
        until=until,
        held_by=actor.user.id if asked.milik == "saya" else None,
        held={"diklaim": True, "bebas": False}.get(asked.milik),
        unseen=bool(asked.belum_dilihat),
        late={one: overdue_before(one, now, shifts, zone) for one in Urgency} if asked.terlambat else None,
        number=number,
        words="" if number is not None else asked.q,
        oldest_first=asked.urut == "lama",
    )


def after_of(text: str) -> After | None:
    """Return the key that an address goes on from; None where it is none."""
    urgency, _, rest = text.partition("~")
    moment, _, number = rest.partition("~")
    if urgency not in {one.value for one in Urgency} or not (moment.isdecimal() and number.isdecimal()):
        return None
    try:
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(moment))
    except OverflowError:
        return None
    return After(Urgency(urgency), at, int(number)) if len(number) <= 9 else None


def key_of(urgency: Urgency, opened_at: datetime, number: int) -> str:
    """Return what stands in an address for the key of a row."""
    micro = (opened_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    return f"{urgency}~{micro}~{number}"


def _statuses(asked: Asked) -> tuple[IncidentStatus, ...]:
    groups = {"terbuka": OPEN, "tertutup": CLOSED, "semua": tuple(IncidentStatus)}
    if asked.status in groups:
        return groups[asked.status]
    return (IncidentStatus(asked.status),)


def _times(asked: Asked, now: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    first, last = _day(asked.dari), _day(asked.sampai)
    since = datetime.combine(first, time(), zone).astimezone(UTC) if first else None
    until = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC) if last else None
    if asked.waktu:
        since = max(filter(None, (since, now - SPANS[asked.waktu])))
    return since, until


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2200 else None


def _is_code(text: str) -> bool:
    return bool(text) and len(text) <= 13 and all(part.isascii() and part.isdecimal() for part in text.split("."))
