"""The search for articles: words with their inflections, phrases, exclusions, filters; pages by key.

What is found comes in three steps: the words as typed in the title, as typed anywhere, and in other forms; within each
the newest first. No score is computed: bm25 reads every article that has a word, which for a common word is most of
them. Where filters leave little of what the words match, `MOST_LOOKED` articles are looked through in one request, and
the page says from where to look on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, func, or_, select

from data.store.incident_queue import of_regions
from data.store.matching import Look, Matcher, Term, read_terms
from data.store.tables import (
    article_places,
    articles,
    assessments,
    incident_articles,
    incident_places,
    incident_signals,
    incidents,
)
from data.word_forms import forms, roots, signs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from data.store.database import Database

MOST_LOOKED: Final = 1_500
"""Articles that the words bring and the filters are tried on in one request."""

BATCHES: Final = (60, 440, 1_000)
"""In which steps; a filter that one in three articles passes fills a page from the first."""

IN_ONE_QUERY: Final = 400
"""Articles that one statement tries the filters on."""

MOST_COUNTED: Final = 200
"""Articles of a search that are counted; how many more there are helps nobody."""
MOST_WIDENED: Final = 6
"""Words of a query that are looked for in other forms too; more words make a query narrow enough by themselves."""

TITLE, TYPED, FORMS = 0, 1, 2
"""The steps in which articles are found."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the step, and the id of the last article that was looked at in it."""

    step: int
    id: int


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """What is asked; ``regions`` are those of the person. None or "" asks for nothing in particular.

    ``signal`` is one of the incident that the article belongs to; ``place`` a code that its text, or its incident,
    names; ``since`` and ``until`` are of its printing, or of its first sight where that is not known. ``newest`` orders
    by nothing else.
    """

    terms: tuple[Term, ...]
    regions: tuple[str, ...] = ()
    signal: str = ""
    modality: str = ""
    place: str = ""
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None
    min_severity: int = 0
    flagged: bool | None = None
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search: ids with the step in which each was found.

    ``next`` is where the next page goes on, None at the end; ``is_cut`` says that the page is short because
    `MOST_LOOKED` were looked through.
    """

    hits: tuple[tuple[int, int], ...]
    next: Place | None
    is_cut: bool = False


class ArticleSearch:
    """Articles by what stands in them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._matcher = Matcher(is_sqlite=database.is_sqlite)

    def ids(self, query: str, limit: int) -> list[int]:
        """Return the ids of articles that have what a person's query asks for, as typed; those in the title first."""
        return [number for number, _ in self.page(ArticleFilter(read_terms(query)), limit).hits]

    def of_incidents(self, query: str, limit: int) -> tuple[list[int], bool]:
        """Return the ids of articles of incidents that have what a query asks for, in any form, the newest first.

        At most ``limit`` are looked at; True: there may be more.
        """
        look = self._matcher.wanted(self.widened(read_terms(query)))
        if look is None:
            return [], False
        with self._database.read() as connection:
            ids = self._matcher.ids(connection, look, limit, joined=True)
            return list(self._matcher.checked(connection, look, ids)), len(ids) >= limit

    def widened(self, terms: Sequence[Term]) -> tuple[Term, ...]:
        """Return the terms, each single word with the other forms of the roots of it that occur here."""
        found, left = [], MOST_WIDENED
        with self._database.read() as connection:
            for term in terms:
                plain = len(term.words) == 1 and not (term.prefix or term.quoted or term.excluded)
                if plain and left:
                    left -= 1
                    others = self._others(connection, term.words[0])
                    found.append(Term(term.words, others=others))
                else:
                    found.append(term)
        return tuple(found)

    def page(self, asked: ArticleFilter, limit: int, after: Place | None = None) -> Found:
        """Return at most ``limit`` articles behind ``after``; nothing where no word is asked for."""
        if not any(not term.excluded for term in asked.terms):
            return Found((), None)
        hits: list[tuple[int, int]] = []
        looked, filters = 0, _filters(asked)
        with self._database.read() as connection:
            for step, look in self._steps(asked):
                if after is not None and step < after.step:
                    continue
                before = after.id if after is not None and step == after.step else None
                # Where the index tells all, no more than a page is asked for.
                for batch in BATCHES if filters or look.check else (limit + 1 - len(hits),):
                    ids = self._matcher.ids(connection, look, batch, before=before)
                    looked += len(ids)
                    good = self._passing(connection, filters, self._matcher.checked(connection, look, ids))
                    for number in good:
                        hits.append((number, step))
                        if len(hits) > limit:
                            last = hits[limit - 1]
                            return Found(tuple(hits[:limit]), Place(last[1], last[0]))
                    if len(ids) < batch:
                        break
                    before = ids[-1]
                    if looked >= MOST_LOOKED:
                        return Found(tuple(hits), Place(step, before), is_cut=True)
                else:
                    assert before is not None  # noqa: S101  # the last batch was full
                    return Found(tuple(hits), Place(step, before), is_cut=True)
        return Found(tuple(hits), None)

    def count(self, asked: ArticleFilter) -> int | None:
        """Return how many articles there are, `MOST_COUNTED` + 1 for more; None where counting would take long."""
        widest, filters = self._matcher.wanted(asked.terms), _filters(asked)
        if widest is None:
            return 0
        with self._database.read() as connection:
            ids = self._matcher.ids(connection, widest, MOST_COUNTED + 1)
            if not filters and not widest.check:
                return len(ids)
            if len(ids) > MOST_COUNTED:
                return None
            return len(self._passing(connection, filters, self._matcher.checked(connection, widest, ids)))

    def incidents_of(self, article_ids: Sequence[int]) -> dict[int, int]:
        """Return the incident of each article that belongs to one."""
        columns = (incident_articles.c.article_id, incident_articles.c.incident_id)
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).where(columns[0].in_(article_ids)))
            return {row.article_id: row.incident_id for row in rows}

    def visible(self, article_id: int, regions: tuple[str, ...]) -> bool:
        """Return whether a person with these regions sees an article (see `ArticleFilter`)."""
        with self._database.read() as connection:
            return bool(self._passing(connection, _filters(ArticleFilter((), regions=regions)), [article_id]))

    def _others(self, connection: Connection, word: str) -> tuple[str, ...]:
        guessed = [root for root in roots(word) if root != word]
        there = [root for root in guessed if self._occurs(connection, [one for one in signs(root) if one != word])]
        shortest = min((len(root) for root in there), default=0)
        chosen = [root for root in there if len(root) == shortest] or [word]
        wide = dict.fromkeys(form for root in chosen for form in forms(root))
        return tuple(form for form in wide if form != word)

    def _occurs(self, connection: Connection, some: Sequence[str]) -> bool:
        return bool(some and self._matcher.ids(connection, Look(self._matcher.any_word(some)), 1))

    def _steps(self, asked: ArticleFilter) -> list[tuple[int, Look]]:
        """Return the queries of the steps in the engine's words; each leaves out what an earlier one finds."""
        wanted = [term for term in asked.terms if not term.excluded]
        if not wanted:
            return []
        say = self._matcher
        without = [say.term(term) for term in asked.terms if term.excluded]
        if asked.newest:
            return [(FORMS, say.look(wanted, without, wide=True))]
        typed = say.all(say.term(term) for term in wanted)
        steps = [
            (TITLE, say.look_in_titles(wanted, without)),
            (TYPED, say.look(wanted, [say.in_title(wanted), *without])),
        ]
        if any(term.others for term in wanted):
            steps.append((FORMS, say.look(wanted, [typed, *without], wide=True)))
        return steps

    def _passing(
        self, connection: Connection, conditions: Sequence[ColumnElement[bool]], ids: Sequence[int]
    ) -> Sequence[int]:
        if not conditions or not ids:
            return ids
        found: list[int] = []
        # For more at once PostgreSQL would join all articles of all incidents.
        for start in range(0, len(ids), IN_ONE_QUERY):
            mine = articles.c.id.in_(ids[start : start + IN_ONE_QUERY])
            statement = select(articles.c.id).where(mine, *conditions).order_by(articles.c.id.desc())
            found += connection.execute(statement).scalars()
        return found


def _filters(asked: ArticleFilter) -> list[ColumnElement[bool]]:
    column = articles.c
    found: list[ColumnElement[bool]] = []
    printed = func.coalesce(column.published, column.first_seen)
    if asked.source:
        found.append(column.source_id == asked.source)
    if asked.since is not None:
        found.append(printed >= asked.since)
    if asked.until is not None:
        found.append(printed < asked.until)
    if asked.modality or asked.min_severity > 0 or asked.flagged is not None:
        found.append(_judged(asked))
    if asked.signal:
        mine = (incident_articles.c.article_id == column.id, incident_signals.c.signal == asked.signal)
        joined = incident_signals.c.incident_id == incident_articles.c.incident_id
        found.append(exists().where(*mine, joined))
    if asked.place:
        named = exists().where(article_places.c.article_id == column.id, article_places.c.code == asked.place)
        mine = (incident_articles.c.article_id == column.id, incident_places.c.code == asked.place)
        joined = incident_places.c.incident_id == incident_articles.c.incident_id
        found.append(or_(named, exists().where(*mine, joined)))
    if asked.regions:
        found.append(_seen_from(asked.regions))
    return found


def _judged(asked: ArticleFilter) -> ColumnElement[bool]:
    """Return the condition on the assessment that stands of an article's present revision."""
    said, one = assessments.alias(), assessments.alias()
    # By its number, or SQLite takes the index of all that is flagged and reads it for every article.
    stands = (
        select(one.c.id)
        .where(one.c.article_id == articles.c.id, one.c.revision == articles.c.revision, one.c.stood_at.is_not(None))
        .order_by(one.c.stood_at.desc(), one.c.id.desc())
        .limit(1)
        .correlate(articles)
        .scalar_subquery()
    )
    conditions: list[Any] = []
    if asked.modality:
        conditions.append(said.c.modality == asked.modality)
    if asked.min_severity > 0:
        conditions.append(said.c.severity >= asked.min_severity)
    if asked.flagged is not None:
        conditions.append(said.c.flagged.is_(asked.flagged))
    return exists().where(said.c.id == stands, *conditions)


def _seen_from(regions: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a person with these regions sees an article.

    One of an incident is seen by those who see the incident; another one by those of whose regions its text names a
    part, or the province alone; one that names no place by all.
    """
    of_incident = exists().where(incident_articles.c.article_id == articles.c.id)
    seen = exists().where(
        incident_articles.c.article_id == articles.c.id,
        incidents.c.id == incident_articles.c.incident_id,
        incidents.c.id.in_(of_regions(regions)),
    )
    here = article_places.c.article_id == articles.c.id
    # Finer places than a kabupaten or kota are not kept of articles.
    units = sorted({code[:5] for code in regions})
    provinces = sorted({code[:2] for code in regions if len(code) > 2})  # "13" is a province
    finer = article_places.alias()
    alone = ~(
        select(finer.c.code)
        .where(
            finer.c.article_id == article_places.c.article_id,
            func.length(finer.c.code) > 2,
            func.substr(finer.c.code, 1, 2) == article_places.c.code,
        )
        .correlate(article_places)
        .exists()
    )
    named = or_(
        exists().where(here, article_places.c.code.in_(units)),
        exists().where(here, article_places.c.code.in_(provinces), alone),
        ~exists().where(here),
    )
    return or_(seen, and_(~of_incident, named))
