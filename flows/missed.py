"""The audit of what was missed: stories that nobody flagged, sources that kept silent, put before analysts.

The deciding is pure (`classifiers.missed`); the store, the cues and the catalogue meet it here. The share that is
missed is estimated elsewhere, from articles drawn by lot (`models.audit`): here is what looks bad.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from classifiers.copies import EMPTY, Signature
from classifiers.coverage import declared_for
from classifiers.cues import CueFinder
from classifiers.missed import Absence, Reported, Story, Telling, absences, stories
from classifiers.text import read_document
from data.errors import InputError
from data.records import LabelTask
from flows.coverage import answering
from flows.labelling import cue_points
from scrapers.urls import network_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from data.gazetteer import Gazetteer
    from data.records import Incident, Source
    from data.store import Store
    from data.store.sightings import Unflagged
    from data.taxonomy import Taxonomy

UNKNOWN_TIER: Final = 3

WRITES_OF: Final = timedelta(days=30)
LEAST_WRITTEN: Final = 3
"""Articles in thirty days by which a source shows that it writes of a kabupaten or kota at all."""

MOST_INCIDENTS: Final = 2000
WANTED: Final = 2
REGION_LENGTH: Final = len("13.77")


@dataclass(frozen=True, slots=True)
class MissedTools:
    """What an audit needs: store, catalogue, gazetteer, taxonomy."""

    store: Store
    sources: Mapping[str, Source]
    gazetteer: Gazetteer
    taxonomy: Taxonomy


def missed_stories(tools: MissedTools, start: datetime, end: datetime) -> list[Story]:
    """Return the unflagged stories of articles first seen in [start, end), those nearest to being flagged first."""
    tellings = [_telling(one, tools.sources) for one in tools.store.sightings.unflagged(start, end)]
    found = stories(tellings, _names(tools.gazetteer, {code for one in tellings for code in one.codes}))
    ranked = [_ranked(story, tools) for story in found]
    return sorted(ranked, key=lambda story: (-story.score, -story.voices, story.best))


def _telling(one: Unflagged, sources: Mapping[str, Source]) -> Telling:
    source = sources.get(one.source_id)
    regions = tuple(code for code in one.codes if len(code) == REGION_LENGTH)
    return Telling(
        article_id=one.article_id,
        source_id=one.source_id,
        network=network_of(source) if source else one.source_id,
        tier=source.tier if source else UNKNOWN_TIER,
        first_seen=one.first_seen,
        title=one.title,
        text=one.text,
        codes=regions or one.codes,
        mark=_mark(one.signature),
    )


def _mark(digest: bytes) -> Signature:
    try:
        return Signature.from_bytes(digest)
    except InputError:
        return EMPTY  # of an older version: it is like nothing, and its article a voice of its own


def _names(gazetteer: Gazetteer, codes: Iterable[str]) -> frozenset[str]:
    """Return the words of the names of regions: every article of a kabupaten has them, so they tell nothing."""
    texts = [gazetteer.name(unit) for code in codes for unit in {code, code[:2]} if unit in gazetteer]
    return frozenset(word.casefold() for text in texts for word in re.findall(r"[^\W\d_]+", text))


def _ranked(story: Story, tools: MissedTools) -> Story:
    said = tools.store.assessments.of_many(story.article_ids)
    finder = CueFinder(tools.taxonomy)
    best, flag_score, danger = story.best, 0.0, 0.0
    for stored in tools.store.articles.many(story.article_ids):
        judged = said.get(stored.id)
        if judged is not None and judged.assessment.flag_score > flag_score:
            best, flag_score = stored.id, judged.assessment.flag_score
        document = read_document(stored.article.title, stored.article.text)
        danger = max(danger, *cue_points(finder, document, tools.taxonomy).values(), 0.0)
    return replace(story, best=best, flag_score=flag_score, danger=danger)


def queue_stories(tools: MissedTools, found: Sequence[Story], now: datetime) -> int:
    """Put the best article of each story into the labelling queue; return how many had no task yet.

    They are chosen, not drawn: no estimate of what is missed counts them.
    """
    tasks = []
    for stored, story in zip(tools.store.articles.many([one.best for one in found]), found, strict=True):
        detail = f"{story.voices} media memberitakannya, tidak ditandai (skor {story.flag_score:.2f})"
        score = round(min(1.0, story.score / 2), 4)
        tasks.append(LabelTask(stored.id, stored.revision, "terlewat", detail, score, now, WANTED))
    return tools.store.label_tasks.add(tasks)


def silent_sources(tools: MissedTools, start: datetime, end: datetime) -> tuple[list[Absence], dict[int, Incident]]:
    """Return the sources that did not report what three others did in [start, end), and those incidents by number.

    A source is bound to what it covers by the catalogue and writes of: three articles in thirty days.
    """
    store = tools.store
    recent = [one for one in store.incidents.list(since=start, limit=MOST_INCIDENTS) if start <= one.first_seen < end]
    reported = _reported(recent, store)
    writes_of: defaultdict[str, set[str]] = defaultdict(set)
    for naming in store.article_places.by_source(end - WRITES_OF, end):
        source = tools.sources.get(naming.source_id)
        bound = source is not None and source.enabled and declared_for(source, naming.code)
        if bound and len(naming.code) == REGION_LENGTH and naming.articles >= LEAST_WRITTEN:
            writes_of[naming.source_id].add(naming.code)
    reached = answering(store, sorted(writes_of), start, end)
    found = absences(reported, writes_of, reached)
    named = {number for one in found for number in one.missed}
    return found, {one.id: one for one in recent if one.id in named}


def _reported(recent: Sequence[Incident], store: Store) -> list[Reported]:
    regions = {
        one.id: frozenset(place.code[:REGION_LENGTH] for place in one.places if len(place.code) >= REGION_LENGTH)
        for one in recent
    }
    tellers = {one.id: _tellers(one, store) for one in recent}
    return [
        Reported(
            one.id,
            one.title,
            tuple(sorted(regions[one.id])),
            tellers[one.id],
            frozenset().union(*(tellers[other.id] for other in recent if regions[other.id] & regions[one.id])),
        )
        for one in recent
        if one.independent_sources >= 3 and regions[one.id]
    ]


def _tellers(incident: Incident, store: Store) -> frozenset[str]:
    return frozenset(stored.article.source_id for stored in store.articles.many(incident.article_ids))
