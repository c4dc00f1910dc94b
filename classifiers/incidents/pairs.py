"""How sure it is that two articles are about one event: a logistic model of place, time, signals and words.

Its weights were learned (``scripts/learn_incident_weights.py``) on pairs of articles of which it is known: the sample
network and the made-up incidents; ``docs/incidents.md`` has what such weights are worth on incidents not learned from.
"""

from __future__ import annotations

from datetime import timedelta
from math import exp, log
from typing import TYPE_CHECKING, Final

from classifiers.copies import COPY_LIKENESS, fact_likeness, likeness
from classifiers.incidents.profiles import KABKOTA, signature_of
from data.records import Modality

if TYPE_CHECKING:
    from classifiers.incidents.profiles import Profile
    from classifiers.incidents.words import Words

SAME_EVENT_WITHIN = timedelta(days=3)
"""Publication gap up to which two first reports are about one event where the text names no time."""

FOLLOW_UP_WITHIN = timedelta(days=60)
"""How long the handling of an event (arrest, hearing, repeat vote) still updates it."""

COPY_WITHIN = timedelta(days=14)
"""A release that is printed again later than this is a new occasion."""

EVENT_SLACK = timedelta(hours=18)
"""Two statements of the time of one event may miss each other by this: "malam" and "dini hari" of the next day."""

CERTAIN: Final = 6.0
"""Log-odds beyond which nothing is surer: of copies, and negative of what excludes one another."""

OTHER_KIND_LIKENESS: Final = 0.12
"""Cosine of the words below which two articles of other kinds, or of two kecamatan, are never of one event.

Of pairs of one made-up event that are of other kinds and joined, the least has 0.13; of those of two events 95 in 100
have less than that."""

SMOOTHING: Final = 3
"""Added to the size of the smaller set of words: two of two words in common say less than ten of ten."""

_KECAMATAN = 8
_PROVINCE = 2

WEIGHTS: Final = {
    "bias": -3.76,
    "village": -0.45,  # the same desa or kelurahan
    "district": 0.56,  # the same kecamatan
    "nested": 0.2,  # one names the kabupaten only, the other a place in it
    "regency": -0.06,  # the same kabupaten, and nothing finer from either
    "districts_differ": -0.68,  # two kecamatan of one kabupaten
    "province": 0.18,  # only the province in common
    "mentioned": -1.45,  # one only mentions, in another role, the kabupaten where the other's event is
    "placeless": -2.06,  # one of them names no place
    "time_agrees": -1.05,
    "time_differs": -0.26,
    "gap": -0.11,  # log of 1 + days between them
    "gap_handling": 0.32,  # the same where one of them tells of handling
    "signals": 0.69,  # share of the smaller set
    "cosine": 3.57,
    "title": 5.54,  # overlap of headlines
    "rare": 4.46,  # overlap of rare words
    "names": -0.77,
    "numbers": 3.1,  # counts in common
    "numbers_differ": -3.46,  # of one thing, different counts
    "likeness": 0.67,  # Jaccard of word pairs, as far as the signatures tell
    "facts": -1.39,  # Jaccard of names and numbers, as far as the signatures tell: of spun copies 0.4 to 1
    "same_outlet": -1.35,
    "whole": 4.49,  # cosine of all words
    "spots_differ": -1.13,
    "event_gap": -0.08,  # log of 1 + days between the times of the event, neither of them telling of handling
    "unflagged": 0.08,  # one of them is no more than context
    "told_least": 3.29,  # share of a headline that the other's text has: the lesser of both ways
    "told_most": 1.99,  # the greater
    "same_modality": 0.6,
}
"""What each counts, in log-odds: a logistic regression with L2 (C = 3)."""

FEATURES: Final = tuple(WEIGHTS)


def features(one: Profile, other: Profile) -> tuple[float, ...] | None:
    """Return what speaks for one event, in the order of FEATURES; None where something excludes it.

    Two event places of which neither text mentions the other's kabupaten exclude it, and so does a gap beyond all
    follow-ups.
    """
    gap = abs(one.moment - other.moment)
    if gap > FOLLOW_UP_WITHIN:
        return None
    place = _place(one, other)
    if place is None:
        return None
    agrees = _times(one, other)
    days = gap / timedelta(days=1)
    handling = one.handling or other.handling
    ours, theirs = one.words, other.words
    marks = signature_of(one), signature_of(other)
    same, differ = _numbers(ours.numbers, theirs.numbers)
    signals = one.signals & other.signals
    return (
        1.0,
        *(float(place == name) for name in FEATURES[1:9]),
        float(agrees is True),
        float(agrees is False),
        log(1 + days),
        log(1 + days) * handling,
        len(signals) / min(len(one.signals), len(other.signals)) if one.signals and other.signals else 0.0,
        _cosine(ours.weights, theirs.weights),
        _overlap(ours.title, theirs.title),
        _overlap(ours.rare, theirs.rare),
        min(len(ours.names & theirs.names), 5) / 5,
        min(same, 4) / 4,
        min(differ, 4) / 4,
        likeness(*marks),
        fact_likeness(*marks),
        float(one.source_id == other.source_id),
        _cosine(ours.whole, theirs.whole),
        float(bool(ours.spots and theirs.spots) and not ours.spots & theirs.spots),
        0.0 if handling else _event_gap(one, other),
        float(not (one.flagged and other.flagged)),
        *sorted((_told(ours, theirs), _told(theirs, ours))),
        float(one.modality is other.modality),
    )


def of_two_events(one: Profile, other: Profile) -> bool:
    """Return whether two articles tell of things of other kinds, or in two kecamatan, in words that are not alike.

    Of other kinds are prevention and an event, and two events without a signal in common. Handling may be filed under
    another signal than what it handles, and so may context. Six fires in six kecamatan on one day are six. Weeks
    later an event of another kind, or prevention, is another one in whatever words.
    """
    long_after = abs(one.moment - other.moment) > COPY_WITHIN
    if not long_after and _cosine(one.words.weights, other.words.weights) >= OTHER_KIND_LIKENESS:
        return False
    prevention = (one.modality is Modality.PENCEGAHAN_KEGIATAN) != (other.modality is Modality.PENCEGAHAN_KEGIATAN)
    events = one.flagged and other.flagged and not (one.handling or other.handling)
    kinds = bool(one.signals and other.signals) and not one.signals & other.signals
    elsewhere = _place(one, other) == "districts_differ"
    if long_after:
        return prevention or (events and kinds)
    return prevention or (events and (kinds or elsewhere))


def _place(one: Profile, other: Profile) -> str | None:
    """Return which of the place features holds; None where the places exclude each other."""
    if not one.places or not other.places:
        return "placeless"
    best = ""
    order = ("", "province", "districts_differ", "regency", "nested", "district", "village")
    for ours in one.places:
        for theirs in other.places:
            found = _pair_of_places(ours, theirs)
            if order.index(found) > order.index(best):
                best = found
    if best in {"", "province"} and (one.regencies & other.mentioned or other.regencies & one.mentioned):
        return "mentioned"
    if not best:
        return None if one.firm and other.firm else "placeless"
    return best


def _pair_of_places(ours: str, theirs: str) -> str:
    short, long = sorted((ours, theirs), key=len)
    if len(short) < KABKOTA:
        return "province" if long.startswith(short) else ""
    if short[:KABKOTA] != long[:KABKOTA]:
        return ""
    if ours == theirs:
        return {5: "regency", 8: "district"}.get(len(ours), "village")
    if long.startswith(short):
        return "nested" if len(short) == KABKOTA else "district"
    return "district" if short[:_KECAMATAN] == long[:_KECAMATAN] else "districts_differ"


def _times(one: Profile, other: Profile) -> bool | None:
    """Return whether the times of the event agree; None where one of them names none."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return None
    return one.start - EVENT_SLACK <= other.end and other.start - EVENT_SLACK <= one.end


def _event_gap(one: Profile, other: Profile) -> float:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return 0.0
    apart = max(one.start - other.end, other.start - one.end, timedelta())
    return log(1 + apart / timedelta(days=1))


def _cosine(ours: dict[int, float], theirs: dict[int, float]) -> float:
    return sum(ours[word] * theirs[word] for word in ours.keys() & theirs.keys())


def _overlap(ours: frozenset[int], theirs: frozenset[int]) -> float:
    return len(ours & theirs) / (min(len(ours), len(theirs)) + SMOOTHING)


def _told(ours: Words, theirs: Words) -> float:
    """Return the share of a headline, its words weighed, that the other report has anywhere: in [0, 1]."""
    weights = {word: ours.weights.get(word, 0.0) for word in ours.title}
    whole = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in theirs.whole) / whole if whole else 0.0


def _numbers(ours: frozenset[tuple[int, int]], theirs: frozenset[tuple[int, int]]) -> tuple[int, int]:
    """Return how many counts are in common, and of how many things the counts differ."""
    shared = ours & theirs
    agreed = {unit for unit, _ in shared}
    both = {unit for unit, _ in ours} & {unit for unit, _ in theirs}
    return len(shared), len(both - agreed)


def log_odds(one: Profile, other: Profile) -> float:
    """Return the log-odds that two articles in words of their own are about one event, within CERTAIN of 0."""
    known = features(one, other)
    if known is None or of_two_events(one, other):
        return -CERTAIN
    score = sum(weight * value for weight, value in zip(WEIGHTS.values(), known, strict=True))
    return max(-CERTAIN, min(CERTAIN, score))


def pair_score(one: Profile, other: Profile) -> float:
    """Return the probability that two articles are about one event, in (0, 1)."""
    return 1 / (1 + exp(-(CERTAIN if is_copy_of(one, other) else log_odds(one, other))))


def is_copy_of(one: Profile, other: Profile) -> bool:
    """Return whether two articles are one text by their signatures alone, printed about one event.

    Where the texts were compared (``classifiers.sameness``), what came of that is to be believed instead.
    """
    return (
        abs(one.moment - other.moment) <= COPY_WITHIN
        and likeness(signature_of(one), signature_of(other)) >= COPY_LIKENESS
        and _place(one, other) is not None
    )
