"""What people read of an alert in a message: one line, the *laporan cepat* in seven points, the whole text, a list.

The forms are the domain dossier's (4.2: "Izin melaporkan …" with seven points; 4.5: what an alert says). Names are
masked throughout, no text is longer than a messenger shows, and each says whether anybody has verified it. An update
says what is new, a cancellation why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from feeds.items import DRILL, EXERCISE, UNVERIFIED, VERIFIED
from feeds.reports.content import MODALITY_WORDS, STATUS_WORDS
from feeds.reports.wording import joined, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from feeds.items import AlertItem, Told, ToldSource

POINTS: Final = (
    "Waktu",
    "Tempat",
    "Fakta singkat",
    "Pelaku/korban/kerugian",
    "Tindakan yang sudah diambil",
    "Perkembangan/prediksi",
    "Dokumentasi",
)
"""The seven points of a *laporan cepat* (domain dossier, 4.2), in their order."""

UNREAD: Final = "belum dirinci mesin; lihat berita aslinya"
IGNORE: Final = "Mohon abaikan laporan sebelumnya."
NO_REASON: Final = "alasan tidak dicatat"
LONGEST_SUBJECT: Final = 160
"""Characters of a subject: more is cut by every program of mail."""
LONGEST_TITLE: Final = 140
LONGEST_QUOTE: Final = 320
MOST_PLACES_TOLD: Final = 3
MOST_SOURCES_TOLD: Final = 3
"""Outlets that an update names as new; the others are counted."""


def subject(told: Told) -> str:
    """Return the one line of an alert: what it is (drill, update, withdrawn), level, signal, place, title, status."""
    kind = {"raised": "", "updated": f"Pembaruan {told.revision}: ", "cancelled": "DICABUT: "}[told.state]
    drill = f"{EXERCISE} – " if told.exercise else ""
    head = f"{drill}{kind}[{told.severity_name.upper()}] {_what(told)}, {places_in_short(told, 1)}"
    mark = "" if told.state == "cancelled" else f" ({told.status})"
    return cut(f"{head}: {told.title}", LONGEST_SUBJECT - len(mark)) + mark


def seven_points(opening: str, answers: Sequence[str]) -> list[str]:
    """Return a *laporan cepat* line by line: the opening, then each point of `POINTS` with its answer."""
    return [opening, *(f"{at}. {name}: {said}" for at, (name, said) in enumerate(zip(POINTS, answers, strict=True), 1))]


def short_report(
    item: AlertItem,
    told: Told,
    *,
    before: Mapping[str, Any] | None = None,
    call: str = "",
    acknowledge: str = "",
) -> str:
    """Return an alert as a *laporan cepat*, for messengers; ``told`` is what may leave of ``item``.

    ``before`` are the machine fields (`feeds.facts`) of the revision that its reader got last, None where that is not
    known; ``call`` is a sentence that stands before all else but the banner of a drill; ``acknowledge`` is the address
    at which it is acknowledged, "" without one.
    """
    opening = (
        f"Izin melaporkan, {_what(told)} di {places_in_short(told)} – *{told.status}*,"
        f" tingkat {told.severity} ({told.severity_name}), {told.urgency}."
    )
    contacts = f"; yang menangani: {', '.join(told.contacts)}" if told.contacts else ""
    stage = f"; tahapan: {told.stage}" if told.stage else ""
    last = item.incident.last_seen
    answers = (
        told.event_time,
        places_in_short(told),
        f"{_fact(told)} ({MODALITY_WORDS[item.incident.modality]})",
        UNREAD,
        f"{STATUS_WORDS[item.incident.status]}{contacts}",
        f"pertama terlihat {told.shown(told.first_seen)}, terakhir {told.shown(last)}{stage}",
        _documents(told),
    )
    lines = [f"*{DRILL}*"] if told.exercise else []
    lines += [f"*{line}*" for line in ([call] if call else []) + _standing(item, told, before)]
    lines += seven_points(opening, answers)
    lines += _acknowledged_at(acknowledge)
    return "\n".join([*lines, f"Kejadian #{told.incident_id}, revisi {told.revision}."]) + "\n"


def whole_text(item: AlertItem, told: Told, *, before: Mapping[str, Any] | None = None, acknowledge: str = "") -> str:
    """Return everything that an alert says, for mail and for programs that show text; arguments as `short_report`."""
    lines = [DRILL, ""] if told.exercise else []
    standing = _standing(item, told, before)
    lines += [*standing, ""] if standing else []
    lines += [told.headline, "", *(line for line in told.body.split("\n") if line != DRILL), ""]
    lines += _acknowledged_at(acknowledge)
    return "\n".join([*lines, f"Kejadian #{told.incident_id}, nomor tetap {told.uid}."]) + "\n"


def list_line(at: int, told: Told) -> str:
    """Return an alert as one numbered line of a digest."""
    gone = "DICABUT " if told.state == "cancelled" else ""
    link = f" {told.link}" if told.link else ""
    return (
        f"{at}. {gone}[{told.severity} {told.severity_name}] {_what(told)}, {places_in_short(told)}:"
        f" {cut(told.title, LONGEST_TITLE)} ({told.status}; {number(told.independent_sources)} sumber mandiri).{link}"
    )


def what_is_new(item: AlertItem, told: Told, before: Mapping[str, Any] | None = None) -> str:
    """Return what an update brings, as one sentence without its end; arguments as `short_report`.

    Without ``before`` it is told from the alert's own revisions and from when each article was first seen.
    """
    last = item.earlier[-1] if item.earlier else None
    news: list[str] = []
    if before.get("dicabut") if before else last is not None and last.state == "cancelled":
        news.append("diangkat kembali setelah dicabut")
    was_verified = before.get("status") == VERIFIED if before else bool(last and last.verified)
    if told.verified != was_verified:
        news.append(f"kini {told.status}")
    if before:
        news += _changed(told, before)
    known = {source.get("url") for source in before.get("sumber", ())} if before else None
    fresh = [source for source in told.sources if _is_fresh(source, known, last.at if last else None)]
    if fresh:
        names = list(dict.fromkeys(source.outlet for source in fresh))
        shown = names[:MOST_SOURCES_TOLD]
        more = [f"{number(len(names) - len(shown))} media lain"] if len(names) > len(shown) else []
        news.append(f"{number(len(fresh))} berita baru ({joined([*shown, *more])})")
    taken_back = sum(source.withdrawn for source in told.sources)
    if taken_back:
        news.append(f"{number(taken_back)} berita ditarik medianya")
    return "; ".join(news) or "keterangan diperbarui"


def _changed(told: Told, before: Mapping[str, Any]) -> list[str]:
    """Return which of the main fields are not what they were."""
    found = []
    level, urgency, sources = before.get("tingkat"), before.get("urgensi"), before.get("sumber_mandiri")
    if isinstance(level, int) and level != told.severity:
        word = "naik" if told.severity > level else "turun"
        found.append(f"tingkat {word} dari {level} ke {told.severity} ({told.severity_name})")
    if urgency not in {None, told.urgency}:
        found.append(f"urgensi dari {urgency} ke {told.urgency}")
    if "tempat" in before and [one.get("kode") for one in before["tempat"]] != [one.code for one in told.places]:
        found.append(f"tempat kini {places_in_short(told)}")
    if "sinyal" in before and set(before["sinyal"]) != set(told.signals):
        found.append(f"sinyal kini {joined(told.signal_names) or '-'}")
    if isinstance(sources, int) and sources != told.independent_sources:
        found.append(f"sumber mandiri dari {number(sources)} menjadi {number(told.independent_sources)}")
    return found


def _is_fresh(source: ToldSource, known: set[Any] | None, since: datetime | None) -> bool:
    if known is not None:
        return source.url not in known
    return since is not None and source.first_seen > since


def _standing(item: AlertItem, told: Told, before: Mapping[str, Any] | None) -> list[str]:
    """Return what is said first of an alert that is not new."""
    if told.state == "cancelled":
        return [f"DICABUT (revisi {told.revision}): {cut(told.reason, LONGEST_QUOTE) or NO_REASON}. {IGNORE}"]
    if told.state == "updated":
        return [f"Pembaruan (revisi {told.revision}): {what_is_new(item, told, before)}."]
    return []


def _acknowledged_at(address: str) -> list[str]:
    return [f"Konfirmasi terima: {address}"] if address else []


def _what(told: Told) -> str:
    return told.signal_names[0] if told.signal_names else "Kerawanan"


def _fact(told: Told) -> str:
    """Return what happened in the outlet's own words, in quotation marks; its headline where no sentence is known."""
    return f"“{cut(told.quotes[0] if told.quotes else told.title, LONGEST_QUOTE)}”"


def places_in_short(told: Told, most: int = MOST_PLACES_TOLD) -> str:
    """Return the first places, the finest first, and how many more there are."""
    if len(told.places) <= most:
        return told.place_names
    names = "; ".join(place.name for place in told.places[:most])
    return f"{names} dan {number(len(told.places) - most)} tempat lain"


def _documents(told: Told) -> str:
    counts = f"{number(told.independent_sources)} sumber mandiri, {number(told.spread)} berita"
    best = next((source for source in told.sources if source.url), None)
    return f"{best.url} ({best.outlet}; {counts})" if best else f"tanpa tautan ({counts})"


def cut(text: str, most: int) -> str:
    """Return a text of ``most`` characters at the most, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def levels_told(items: Sequence[Told]) -> str:
    """Return how many alerts there are, by level and how many nobody has verified: for the head of a list."""
    by_level: dict[int, int] = {}
    for item in items:
        by_level[item.severity] = by_level.get(item.severity, 0) + 1
    names = {item.severity: item.severity_name for item in items}
    levels = ", ".join(f"{number(count)} {names[level]}" for level, count in sorted(by_level.items(), reverse=True))
    open_ = sum(not item.verified and item.state != "cancelled" for item in items)
    return f"{number(len(items))} peringatan ({levels}); {number(open_)} {UNVERIFIED}"
