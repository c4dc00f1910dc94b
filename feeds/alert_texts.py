"""What people read of an alert in a message: one line, the *laporan cepat* in seven points, the whole text, a list.

The forms are the domain dossier's (4.2: "Izin melaporkan …" with seven points; 4.5: what an alert says). Names are
masked throughout, no text is longer than a messenger shows, and each says whether anybody has verified it. An update
says what is new, a cancellation why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from feeds.items import EXERCISE, UNVERIFIED, VERIFIED
from feeds.masking import masked
from feeds.reports.content import MODALITY_WORDS, STATUS_WORDS, clean
from feeds.reports.wording import joined, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feeds.items import AlertItem, SourceLine

DRILL: Final = f"{EXERCISE} – bukan kejadian nyata, jangan diteruskan"
"""What stands first in each text about a drill."""

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
MOST_SOURCES_TOLD: Final = 3
"""Outlets that an update names as new; the others are counted."""


def subject(item: AlertItem) -> str:
    """Return the one line of an alert: what it is (drill, update, withdrawn), level, signal, place, title, status."""
    kind = {"raised": "", "updated": f"Pembaruan {item.alert.revision}: ", "cancelled": "DICABUT: "}[item.alert.state]
    drill = f"{EXERCISE} – " if item.alert.exercise else ""
    signal = item.signal_names[0] if item.signal_names else "Kerawanan"
    head = f"{drill}{kind}[{item.severity_name.upper()}] {signal}, {item.place_names}"
    mark = "" if item.alert.state == "cancelled" else f" ({item.status})"
    return cut(clean(f"{head}: {item.title}"), LONGEST_SUBJECT - len(mark)) + mark


def seven_points(opening: str, answers: Sequence[str]) -> list[str]:
    """Return a *laporan cepat* line by line: the opening, then each point of `POINTS` with its answer."""
    return [opening, *(f"{at}. {name}: {said}" for at, (name, said) in enumerate(zip(POINTS, answers, strict=True), 1))]


def short_report(item: AlertItem, *, before: Mapping[str, Any] | None = None, acknowledge: str = "") -> str:
    """Return an alert as a *laporan cepat*, for messengers.

    ``before`` are the machine fields (`feeds.jsonfeed.facts`) of the revision that its reader got last, None where that
    is not known; ``acknowledge`` is the address at which it is acknowledged, "" without one.
    """
    incident = item.incident
    opening = (
        f"Izin melaporkan, {_what(item)} di {item.place_names} – *{item.status}*,"
        f" tingkat {incident.severity} ({item.severity_name}), {incident.urgency}."
    )
    handling = STATUS_WORDS[incident.status]
    contacts = f"; yang menangani: {', '.join(item.contacts)}" if item.contacts else ""
    stage = f"; tahapan: {item.stage}" if item.stage else ""
    answers = (
        item.event_time,
        item.place_names,
        f"{_fact(item)} ({MODALITY_WORDS[incident.modality]})",
        UNREAD,
        f"{handling}{contacts}",
        f"pertama terlihat {item.shown(incident.first_seen)}, terakhir {item.shown(incident.last_seen)}{stage}",
        _documents(item),
    )
    lines = [f"*{DRILL}*"] if item.alert.exercise else []
    lines += [f"*{line}*" for line in _standing(item, before)]
    lines += seven_points(opening, answers)
    return "\n".join([*lines, *_foot(item, acknowledge)]) + "\n"


def whole_text(item: AlertItem, *, before: Mapping[str, Any] | None = None, acknowledge: str = "") -> str:
    """Return everything that an alert says, for mail and for programs that show text; arguments as `short_report`."""
    lines = [DRILL.upper(), ""] if item.alert.exercise else []
    standing = _standing(item, before)
    lines += [*standing, ""] if standing else []
    lines += [clean(item.headline), "", *map(clean, item.body.split("\n")), ""]
    return "\n".join([*lines, *_foot(item, acknowledge), f"Nomor tetap: {item.alert.uid}"]) + "\n"


def list_line(at: int, item: AlertItem) -> str:
    """Return an alert as one numbered line of a digest."""
    gone = "DICABUT " if item.alert.state == "cancelled" else ""
    title = cut(clean(item.title), LONGEST_TITLE)
    link = f" {item.link}" if item.link else ""
    return (
        f"{at}. {gone}[{item.incident.severity} {item.severity_name}] {_what(item)}, {item.place_names}: {title}"
        f" ({item.status}; {number(item.incident.independent_sources)} sumber mandiri).{link}"
    )


def what_is_new(item: AlertItem, before: Mapping[str, Any] | None = None) -> str:
    """Return what an update brings, as one sentence without its end; arguments as `short_report`.

    Without ``before`` it is told from the alert's own revisions and from when each article was first seen.
    """
    last = item.earlier[-1] if item.earlier else None
    news: list[str] = []
    if last is not None and last.state == "cancelled":
        news.append("diangkat kembali setelah dicabut")
    was_verified = before.get("status") == VERIFIED if before else bool(last and last.verified)
    if item.alert.verified != was_verified:
        news.append(f"kini {item.status}")
    if before:
        news += _changed(item, before)
    known = {source.get("url") for source in before.get("sumber", ())} if before else None
    fresh = [source for source in item.sources if _is_fresh(source, known, last.at if last else None)]
    if fresh:
        names = list(dict.fromkeys(clean(source.outlet) for source in fresh))
        told = names[:MOST_SOURCES_TOLD]
        more = [f"{number(len(names) - len(told))} media lain"] if len(names) > len(told) else []
        news.append(f"{number(len(fresh))} berita baru ({joined([*told, *more])})")
    taken_back = sum(source.withdrawn for source in item.sources)
    if taken_back:
        news.append(f"{number(taken_back)} berita ditarik medianya")
    return "; ".join(news) or "keterangan diperbarui"


def _changed(item: AlertItem, before: Mapping[str, Any]) -> list[str]:
    """Return which of the main fields are not what they were."""
    incident = item.incident
    found = []
    if isinstance(before.get("tingkat"), int) and before["tingkat"] != incident.severity:
        word = "naik" if incident.severity > before["tingkat"] else "turun"
        found.append(f"tingkat {word} dari {before['tingkat']} ke {incident.severity} ({item.severity_name})")
    if before.get("urgensi") not in {None, str(incident.urgency)}:
        found.append(f"urgensi dari {before['urgensi']} ke {incident.urgency}")
    if "tempat" in before and [one.get("kode") for one in before["tempat"]] != [one.code for one in item.places]:
        found.append(f"tempat kini {item.place_names}")
    if "sinyal" in before and set(before["sinyal"]) != set(incident.signals):
        found.append(f"sinyal kini {joined([name.lower() for name in item.signal_names]) or '-'}")
    sources = before.get("sumber_mandiri")
    if isinstance(sources, int) and sources != incident.independent_sources:
        found.append(f"sumber mandiri dari {number(sources)} menjadi {number(incident.independent_sources)}")
    return found


def _is_fresh(source: SourceLine, known: set[Any] | None, since: Any) -> bool:
    if known is not None:
        return source.url not in known
    return since is not None and source.first_seen > since


def _standing(item: AlertItem, before: Mapping[str, Any] | None) -> list[str]:
    """Return what is said first of an alert that is not new."""
    alert = item.alert
    if alert.state == "cancelled":
        why = cut(clean(masked(alert.reason)), LONGEST_QUOTE) or NO_REASON
        return [f"DICABUT (revisi {alert.revision}): {why}. {IGNORE}"]
    if alert.state == "updated":
        return [f"Pembaruan (revisi {alert.revision}): {what_is_new(item, before)}."]
    return []


def _foot(item: AlertItem, acknowledge: str) -> list[str]:
    lines = [f"Konfirmasi terima: {acknowledge}"] if acknowledge else []
    return [*lines, f"Kejadian #{item.incident.id}, revisi {item.alert.revision}."]


def _what(item: AlertItem) -> str:
    return item.signal_names[0] if item.signal_names else "Kerawanan"


def _fact(item: AlertItem) -> str:
    """Return what happened in the outlet's own words, in quotation marks; its headline where no sentence is known."""
    said = clean(masked(item.quotes[0], item.article)) if item.quotes else clean(item.title)
    return f"“{cut(said, LONGEST_QUOTE)}”"


def _documents(item: AlertItem) -> str:
    incident = item.incident
    counts = f"{number(incident.independent_sources)} sumber mandiri, {number(incident.spread)} berita"
    if not item.sources:
        return f"tidak ada tautan ({counts})"
    return f"{item.sources[0].url} ({clean(item.sources[0].outlet)}; {counts})"


def cut(text: str, most: int) -> str:
    """Return a text of ``most`` characters at the most, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def levels_told(items: Sequence[AlertItem]) -> str:
    """Return how many alerts there are, by level and how many nobody has verified: for the head of a list."""
    by_level: dict[int, int] = {}
    for item in items:
        by_level[item.incident.severity] = by_level.get(item.incident.severity, 0) + 1
    names = {item.incident.severity: item.severity_name for item in items}
    levels = ", ".join(f"{number(count)} {names[level]}" for level, count in sorted(by_level.items(), reverse=True))
    open_ = sum(not item.alert.verified and item.alert.state != "cancelled" for item in items)
    return f"{number(len(items))} peringatan ({levels}); {number(open_)} {UNVERIFIED}"
