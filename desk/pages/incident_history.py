"""An incident's history in words: what the machine and persons changed, what they decided and why, what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from data.records import IncidentStatus
from data.store.incidents import MACHINE
from desk.actions.deciding import DUPLICATE_OF
from desk.moves import NAMES
from flows.merging import REASON
from flows.rescore import DIFFERENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from data.people import AuditEntry
    from data.records import Review
    from data.store import IncidentChange

    Say = Callable[[str, str], str]

FIELDS: Final = {
    "title": ("judul", "title"),
    "signals": ("sinyal", "signals"),
    "modality": ("modalitas", "modality"),
    "severity": ("tingkat", "level"),
    "urgency": ("urgensi", "urgency"),
    "places": ("tempat", "places"),
    "event_time": ("waktu kejadian", "time of the event"),
    "independent_sources": ("sumber mandiri", "independent sources"),
    "spread": ("sebaran", "spread"),
}
"""Fields whose change is told; the rest (counts, ids) follows from the articles."""

SHORT: Final = frozenset({"modality", "severity", "urgency", "independent_sources", "spread"})
"""Fields whose values are short enough to be shown before and after."""

TOLD: Final = {
    "diklaim": ("mengambil kejadian ini", "claimed it"),
    "klaim_dilepas": ("melepas kejadian ini", "released it"),
    "diambil_alih": ("mengambil alih", "took it over"),
    "pertama_dilihat": ("pertama melihat", "looked first"),
    "komentar": ("berkomentar", "commented"),
    "jawaban_dicatat": ("mencatat jawaban", "recorded the answer"),
    "hasil_dicatat": ("mencatat hasil", "recorded the outcome"),
    "nilai_informasi": ("memberi nilai informasi", "valued the information"),
    "label_dikoreksi": ("mengoreksi penilaian", "corrected the assessment"),
    "nama_tempat_dikoreksi": ("mengoreksi nama tempat", "corrected a place name"),
    "peringatan_dinaikkan": ("menaikkan peringatan", "raised an alert"),
    "peringatan_diperbarui": ("memperbarui peringatan", "updated the alert"),
    "peringatan_dibatalkan": ("membatalkan peringatan", "cancelled the alert"),
    "peringatan_diterima": ("menerima peringatan", "has the alert"),
    "laporan_dibuat": ("membuat Laporan Informasi", "made a Laporan Informasi"),
    "laporan_lapangan": ("mencatat laporan lapangan", "entered a field report"),
    "keputusan_diurungkan": ("mengurungkan keputusan", "undid the decision"),
    "digabung": ("menggabungkan", "merged"),
    "dipisah": ("memisahkan artikel", "split"),
    "dipindah": ("memindahkan artikel", "moved an article"),
}
"""What persons did that no change of the incident tells of; actions that are not here are told by their change."""

SHOWN: Final = ("nilai", "hasil", "jawaban", "penerima", "catatan", "alasan", "nama", "artikel", "format", "ke")
"""Fields of an audit entry's detail that are shown, in this order."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history; ``decided`` marks what a person decided."""

    at: datetime
    by: str
    words: str
    decided: bool = False


def history_lines(
    changes: Sequence[IncidentChange], reviews: Sequence[Review], entries: Iterable[AuditEntry], say: Say
) -> tuple[Line, ...]:
    """Return the history of an incident, the newest first; changes that tell a reader nothing are left out."""
    reasons = {(one.reviewer, one.at): one.reason for one in reviews if one.verdict is not None}
    lines = []
    for index, change in enumerate(changes):
        words = say("kejadian dibuka", "incident opened") if index == 0 else change_words(change, say)
        reason = reasons.get((change.by, change.at), "") if "status" in change.changes else ""
        if words:
            told = f"{words} – {reason}" if reason else words
            lines.append(Line(change.at, change.by, told, "status" in change.changes and change.by != MACHINE))
    lines += [Line(one.at, one.actor, _entry_words(one, say)) for one in entries if one.action in TOLD]
    # Of several at one moment the later written is the newer: the sort is stable, and turned round as a whole.
    lines.sort(key=lambda line: line.at)
    return tuple(lines[::-1])


def change_words(change: IncidentChange, say: Say) -> str:
    """Return what one change of an incident was, in words; "" where it tells a reader nothing."""
    told = []
    for name, (before, after) in change.changes.items():
        if name == "status":
            told.append(say("status", "status") + f": {_status(before, say)} → {_status(after, say)}")
        elif name == "article_ids":
            number = after if after is not None else before
            added = (
                say("artikel {} masuk", "article {} came in")
                if after is not None
                else say("artikel {} keluar", "article {} left")
            )
            told.append(added.format(number))
        elif name == "merged_into":
            told.append(
                say("digabung ke kejadian {}", "merged into incident {}").format(after)
                if after is not None
                else say("berdiri sendiri lagi", "stands by itself again")
            )
        elif name == DUPLICATE_OF and after is not None:
            told.append(say("duplikat dari kejadian {}", "duplicate of incident {}").format(after))
        elif name == REASON:
            told.append(say("alasan: {}", "reason: {}").format(after))
        elif name == DIFFERENCE:
            told.append(say("model baru menilai lain", "a new model judges otherwise"))
        elif name in FIELDS:
            shown = f": {_plain(before)} → {_plain(after)}" if name in SHORT else ""
            told.append(say(*FIELDS[name]) + (shown or say(" berubah", " changed")))
    return "; ".join(told)


def _status(value: Any, say: Say) -> str:
    known = {status.value: status for status in IncidentStatus}
    return say(*NAMES[known[value]]) if value in known else str(value)


def _plain(value: Any) -> str:
    return str(value).replace("_", " ") if value is not None else "–"


def _entry_words(entry: AuditEntry, say: Say) -> str:
    shown = [_plain(entry.detail[name]) for name in SHOWN if entry.detail.get(name) not in (None, "", [])]
    return say(*TOLD[entry.action]) + (f": {', '.join(shown)}" if shown else "")
