"""Which articles are about one event, and what is known of the event from them: pure, decided pair by pair.

An article joins a kejadian by place (hierarchy-aware), time, signals and likeness of the text; copies of one release
join as spread and never corroborate. The incident is always worked out anew from all its members, so that the order of
their arrival does not colour it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from typing import TYPE_CHECKING

from classifiers.copies import COPY_LIKENESS, Signature, likeness
from data.records import Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from data.records import Assessment, EventTime

JOIN_AT = 0.60
"""Score from which two articles are about one event. On the made-up truth of the sample sites every pair of one event
scores above 0.63 and every pair of two events in one kabupaten below 0.55; see tests/classifiers/test_incidents.py."""

WEIGHTS = {"place": 0.30, "time": 0.15, "signals": 0.15, "words": 0.40}
"""What each kind of likeness counts; place and words carry the decision, time and signals only support it."""

WORDS_FULL = 0.45
"""Cosine of the content words at which two reports of one event are as alike as independent reports get."""

WORDS_LEAST = 0.10
"""Below this no agreement of place, time and signal makes two texts one event: a town has two fires on one day."""

SAME_EVENT_WITHIN = timedelta(days=3)
"""Publication gap up to which two first reports are about one event where the text names no time."""

FOLLOW_UP_WITHIN = timedelta(days=30)
"""How long the handling of an event (arrest, hearing, repeat vote) still updates it."""

COPY_WITHIN = timedelta(days=14)
"""A release that is printed again later than this is a new occasion."""

EVENT_SLACK = timedelta(hours=18)
"""Two statements of the time of one event may miss each other by this: "malam" and "dini hari" of the next day."""

LEAD_WORDS = 120
"""Words of a text that are compared: what happened stands there, what follows is background and appeals."""

_WORD = re.compile(r"[^\W_]{3,}")
_STOP = frozenset(
    """
    yang dan dari pada untuk dengan dalam ini itu oleh akan tidak telah sudah juga karena saat ada para lebih
    bisa agar serta atau kata kepada hingga saja bahwa tersebut sebagai secara menjadi dapat kami kita mereka
    dia ia nya antara atas bagi lagi masih hal hari pihak satu dua tiga orang warga masyarakat jumat sabtu
    minggu senin selasa rabu kamis wib wita wit pukul sekitar tahun bulan ujar ujarnya katanya jelas jelasnya
    tuturnya ungkapnya kota kabupaten kecamatan desa nagari kelurahan provinsi sementara itu seorang sejumlah
    terjadi dilakukan melakukan adanya adalah yakni yaitu setelah sebelum ketika kemudian namun tetapi jika bila
    pilkada pemilu pemilihan pilgub pilbup pilwako calon paslon pasangan kpu bawaslu polisi polres kapolres
    """.split()  # noqa: SIM905  # a list of ninety quoted words is not easier to read
)
"""Words that say nothing of which event it is; the actors of every election story among them."""

_ORDER = (
    Modality.KEJADIAN,
    Modality.DUGAAN,
    Modality.PENANGANAN_HUKUM,
    Modality.ANCAMAN_POTENSI,
    Modality.OPINI,
    Modality.PENCEGAHAN_KEGIATAN,
    Modality.TIDAK_RELEVAN,
)
"""What an incident is called by the strongest that any of its articles says; handling does not undo the event."""

CLONE_TIER = 4
_KABKOTA = 5
_KECAMATAN = 8
_PROVINCE = 2


@dataclass(frozen=True, slots=True)
class Member:
    """One article as it counts for an incident: its present revision with its last assessment.

    ``network`` is the group of hosts it was published by (only one of them can be a witness). ``withdrawn`` says that
    the outlet has taken it down.
    """

    article_id: int
    source_id: str
    network: str
    tier: int
    title: str
    text: str
    signature: Signature
    published: datetime | None
    first_seen: datetime
    assessment: Assessment
    withdrawn: bool = False

    @property
    def moment(self) -> datetime:
        """Return when it was published, or first seen where that is unknown."""
        return self.published or self.first_seen


def event_places(assessment: Assessment) -> tuple[Place, ...]:
    """Return where it happened, the finest first; the scope where no event place is known."""
    places = [place for place in assessment.places if place.role is PlaceRole.KEJADIAN] or [
        place for place in assessment.places if place.role is PlaceRole.CAKUPAN
    ]
    best: dict[str, Place] = {}
    for place in places:
        if place.code not in best or place.confidence > best[place.code].confidence:
            best[place.code] = place
    return tuple(sorted(best.values(), key=lambda place: (-len(place.code), -place.confidence, place.code)))


def pair_score(one: Member, other: Member) -> float:
    """Return how sure it is that two articles are about one event, in [0, 1]; 0 where something speaks against it."""
    gap = abs(one.moment - other.moment)
    place = place_likeness(event_places(one.assessment), event_places(other.assessment))
    if place is None:
        return 0.0
    if gap <= COPY_WITHIN and likeness(one.signature, other.signature) >= COPY_LIKENESS:
        return 1.0
    time = time_likeness(one, other)
    if time is None:
        return 0.0
    words = word_likeness(one, other)
    if words < WORDS_LEAST:
        return 0.0
    ours, theirs = set(one.assessment.flagged_signals), set(other.assessment.flagged_signals)
    shared = len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0
    parts = {"place": place, "time": time, "signals": shared, "words": min(1.0, words / WORDS_FULL)}
    return sum(WEIGHTS[name] * value for name, value in parts.items())


def place_likeness(ours: Sequence[Place], theirs: Sequence[Place]) -> float | None:
    """Return how well two sets of event places agree, in [0, 1]; None where they contradict each other.

    The same unit or one within the other agrees by how deep their common unit lies; two different kecamatan of one
    kabupaten speak against one event only weakly (a report may name the wrong one), two kabupaten exclude it.
    """
    if not ours or not theirs:
        return 0.2
    best = 0.0
    for one in ours:
        for other in theirs:
            depth = _common_depth(one.code, other.code)
            nested = one.code.startswith(other.code) or other.code.startswith(one.code)
            if depth >= _KECAMATAN:
                best = max(best, 1.0)
            elif depth >= _KABKOTA:
                best = max(best, 0.85 if nested else 0.5)
            elif depth >= _PROVINCE and nested:
                best = max(best, 0.3)
    return best or None


def _common_depth(one: str, other: str) -> int:
    depth = 0
    for length in (_PROVINCE, _KABKOTA, _KECAMATAN, 13):
        if len(one) >= length <= len(other) and one[:length] == other[:length]:
            depth = length
    return depth


def time_likeness(one: Member, other: Member) -> float | None:
    """Return how well the times agree, in [0, 1]; None where they exclude one event."""
    gap = abs(one.moment - other.moment)
    handling = Modality.PENANGANAN_HUKUM in {one.assessment.modality, other.assessment.modality}
    ours, theirs = one.assessment.event_time, other.assessment.event_time
    if ours is not None and theirs is not None:
        if _overlap(ours, theirs):
            return 1.0
        # An arrest or hearing names its own day; that day says nothing against the event behind it.
        return 0.2 if handling and gap <= FOLLOW_UP_WITHIN else None
    if gap <= SAME_EVENT_WITHIN:
        return 1.0 - 0.6 * (gap / SAME_EVENT_WITHIN)
    return 0.2 if handling and gap <= FOLLOW_UP_WITHIN else None


def _overlap(one: EventTime, other: EventTime) -> bool:
    return one.start - EVENT_SLACK <= other.end and other.start - EVENT_SLACK <= one.end


def word_likeness(one: Member, other: Member) -> float:
    """Return the cosine of the content words of titles (counted twice) and leads, in [0, 1]."""
    ours, theirs = _bag(one), _bag(other)
    dot = sum(count * theirs[word] for word, count in ours.items())
    norm = sqrt(sum(n * n for n in ours.values()) * sum(n * n for n in theirs.values()))
    return dot / norm if norm else 0.0


def _bag(member: Member) -> Counter[str]:
    title = _WORD.findall(member.title.casefold())
    lead = _WORD.findall(member.text.casefold())[:LEAD_WORDS]
    names = Counter(word for word in (*title, *title, *lead) if word not in _STOP)
    # A word said five times in one report is not five times the event.
    return Counter({word: min(count, 3) for word, count in names.items()})


def best_incident(member: Member, candidates: Iterable[tuple[int, Sequence[Member]]]) -> tuple[int, float] | None:
    """Return the incident whose nearest member is nearest to ``member``, and the score; None where none is near.

    ``candidates`` are pairs of incident id and members. Of equal scores the oldest incident wins.
    """
    best: tuple[int, float] | None = None
    for incident_id, members in sorted(candidates, key=lambda item: item[0]):
        score = max((pair_score(member, other) for other in members), default=0.0)
        if score >= JOIN_AT and (best is None or score > best[1]):
            best = (incident_id, score)
    return best


def summarise(members: Sequence[Member], now: datetime, previous: Incident | None = None) -> Incident:
    """Return the incident that ``members`` are about; ``previous`` keeps id, status, opening time and revision.

    Articles that are no longer flagged after a revision count for spread only; where none is flagged any more the
    incident falls to severity 0. Severity and urgency are the highest that any flagged article reaches: copies raise
    nothing.
    """
    if not members:
        msg = "an incident has at least one article"
        raise ValueError(msg)
    standing = [member for member in members if member.assessment.flagged and not member.withdrawn]
    telling = standing or list(members)
    best = min(telling, key=_rank)
    severity = max(member.assessment.severity for member in standing) if standing else 0
    urgency = min(member.assessment.urgency for member in standing) if standing else Urgency.P4
    counted = Counter(signal for member in telling for signal in member.assessment.flagged_signals)
    times = [member.assessment.event_time for member in sorted(telling, key=_rank) if member.assessment.event_time]
    return Incident(
        id=previous.id if previous else 0,
        title=best.title,
        signals=tuple(sorted(counted, key=lambda signal: (-counted[signal], signal))),
        modality=min((member.assessment.modality for member in telling), key=_ORDER.index),
        severity=severity,
        urgency=urgency,
        status=previous.status if previous else IncidentStatus.BELUM_DITINJAU,
        places=_merged_places(telling),
        opened_at=previous.opened_at if previous else now,
        first_seen=min(member.first_seen for member in members),
        last_seen=max(member.first_seen for member in members),
        event_time=times[0] if times else None,
        article_ids=tuple(sorted(member.article_id for member in members)),
        spread=len(members),
        independent_sources=independent_sources(telling),
        best_tier=min(member.tier for member in telling),
        revision=previous.revision if previous else 1,
        published=min((member.published for member in members if member.published), default=None),
        best_article_id=best.article_id,
    )


def _rank(member: Member) -> tuple[int, int, int, datetime, int]:
    assessment = member.assessment
    return (
        min(member.tier, CLONE_TIER),
        _ORDER.index(assessment.modality),
        -assessment.severity,
        member.moment,
        member.article_id,
    )


def _merged_places(members: Sequence[Member]) -> tuple[Place, ...]:
    best: dict[str, Place] = {}
    for member in sorted(members, key=_rank):
        for place in event_places(member.assessment):
            best.setdefault(place.code, place)
    finest = [code for code in best if not any(other != code and other.startswith(code + ".") for other in best)]
    return tuple(best[code] for code in sorted(finest, key=lambda code: (-len(code), code)))


def independent_sources(members: Sequence[Member]) -> int:
    """Return how many witnesses there are: texts of their own, from outlets of tier 1 to 3 of different networks."""
    witnesses: list[Member] = []
    for member in sorted(members, key=_rank):
        if member.tier >= CLONE_TIER or any(member.network == known.network for known in witnesses):
            continue
        if any(likeness(member.signature, known.signature) >= COPY_LIKENESS for known in witnesses):
            continue
        witnesses.append(member)
    return len(witnesses)
