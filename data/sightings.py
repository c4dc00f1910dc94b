"""What is known of sources over time: what each did hour by hour, what was found wrong with it, what was seen when.

Frozen records between ``data.store`` (which keeps), ``classifiers.sources`` (which decides) and ``flows.watch``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - a field of a dataclass that others may inspect
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SourceHour:
    """What one source did in the hour that begins at ``hour`` (UTC).

    ``looks`` ended in it, ``answered`` of them had an answer. ``fetched`` pages came, of which ``read`` were articles
    and ``new`` new ones; ``walled`` could not be had for a bot wall, login or paywall, ``denied`` for robots.txt.
    ``articles`` were first seen, of them ``undated`` without a time of publication, ``unsigned`` without an author;
    ``log_length`` is the sum of the natural logarithms of their lengths in characters, and of their squares.
    """

    hour: datetime
    looks: int = 0
    answered: int = 0
    new: int = 0
    fetched: int = 0
    read: int = 0
    walled: int = 0
    denied: int = 0
    articles: int = 0
    undated: int = 0
    unsigned: int = 0
    log_length: float = 0.0
    log_length_squared: float = 0.0


class AlarmKind(StrEnum):
    """What can be wrong with a source, the worst first."""

    MATI = "mati"  # no finder has answered for three runs or more
    DIBLOKIR = "diblokir"  # bot wall, login, paywall
    ROBOTS = "robots"  # robots.txt newly forbids
    RUSAK = "rusak"  # pages come, and fewer are read than before: the template has changed
    TEKS = "teks"  # texts are much shorter or longer than before: a part is lost, or the page around it is read
    SUNYI = "sunyi"  # answers, and nothing new comes
    TURUN = "turun"  # much less comes than before
    UMPAN = "umpan"  # a finder fails or went silent while others still bring news
    TANPA_TANGGAL = "tanpa_tanggal"  # the time of publication is no longer found
    TANPA_PENULIS = "tanpa_penulis"  # nor the author


@dataclass(frozen=True, slots=True)
class SourceAlarm:
    """One thing that was found wrong with a source, from when it was noted until it was over.

    ``since`` is when it seems to have begun, ``noted_at`` when it was first noticed, ``raised_at`` when it had lasted
    long enough to be told (None: not yet), ``seen_at`` when it was last there, ``closed_at`` None while it lasts.
    ``note`` says in Indonesian what was seen, ``advice`` what to do.
    """

    id: int
    source_id: str
    kind: AlarmKind
    since: datetime
    noted_at: datetime
    raised_at: datetime | None
    seen_at: datetime
    closed_at: datetime | None
    note: str
    advice: str
