"""What persons say that articles are: appended, never changed; and what it comes to for training.

The corrections that the desk makes in reviews are labels too, of the revision that the reviewer saw; what a correction
leaves open (the modality, or the signals) is what was asserted at that moment and was left standing. A verdict is no
label: *bukan_ancaman* may still be a right signal.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from data.errors import InputError, UnknownItemError
from data.records import Label, LabelledArticle, Modality, Severity
from data.resolution import Resolution, annotator_name, person_of, resolve
from data.store.assessments import STANDS, STOOD
from data.store.tables import article_revisions, assessments, labels, reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from data.records import StoredArticle
    from data.store.articles import Articles
    from data.store.database import Database

CHUNK = 500
"""Ids in one query: every engine takes as many parameters."""

Key = tuple[int, int]
"""An article's id and revision."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Labels of one text that do not agree and that nobody has decided between."""

    article_id: int
    revision: int
    resolution: Resolution


class Labels:
    """Labels of article revisions, by whoever made them and whenever."""

    def __init__(self, database: Database, articles: Articles) -> None:
        self._database = database
        self._articles = articles

    def add(self, label: Label) -> None:
        """Keep a label; a later one by the same person takes its place in what counts, and both stay.

        Raises UnknownItemError where there is no such revision; InputError for a label that contradicts itself, and for
        an adjudication where nothing is in dispute or by one of those who dispute.
        """
        checked = _checked(label)
        key = (label.article_id, label.revision)
        with self._database.write() as connection:
            mine = (article_revisions.c.article_id == key[0], article_revisions.c.revision == key[1])
            # Held until the end on PostgreSQL: two adjudications at once would not see one another.
            if connection.execute(select(article_revisions.c.revision).where(*mine).with_for_update()).first() is None:
                raise UnknownItemError("article revision", f"{key[0]}/{key[1]}", hint="see kentongan label queue")
            if checked.kind == "adjudication":
                _refuse_adjudication(checked, resolve(self._all(connection, [key[0]]).get(key, ())))
            connection.execute(self._database.insert(labels).values(_row(checked)))

    def of_article(self, article_id: int) -> list[Label]:
        """Return the labels of every revision of an article, the first one first; not those that reviews come to."""
        return self._own(labels.c.article_id == article_id)

    def since(self, at: datetime | None = None) -> list[Label]:
        """Return the labels made since ``at`` (None: all), the first one first."""
        return self._own(*([labels.c.at >= at] if at is not None else []))

    def count(self) -> int:
        """Return how many labels were ever made."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(labels)).scalar_one()

    def labelled(self) -> frozenset[int]:
        """Return the ids of the articles that have a label, or a review that corrects one."""
        with self._database.read() as connection:
            own = connection.execute(select(labels.c.article_id).distinct()).scalars().all()
            corrected = connection.execute(select(reviews.c.article_id).where(*_CORRECTS).distinct()).scalars().all()
        return frozenset((*own, *corrected))

    def resolutions(self, article_ids: Sequence[int] | None = None) -> dict[Key, Resolution]:
        """Return what the labels of each text come to, reviews included; of all articles, or of some."""
        with self._database.read() as connection:
            found = self._all(connection, article_ids)
        return {key: resolve(found[key]) for key in sorted(found)}

    def conflicts(self) -> list[Conflict]:
        """Return the texts whose labels do not agree, those that wait longest first."""
        found = [Conflict(*key, came) for key, came in self.resolutions().items() if came.outcome == "conflict"]
        return sorted(found, key=lambda one: (one.resolution.labels[-1].at, one.article_id))

    def examples(self, since: datetime | None = None) -> list[LabelledArticle]:
        """Return the articles whose labels may be learned from, in the order in which they came to be so.

        One per article: its newest revision that adjudication, agreement or a single label decides. ``since`` leaves
        out those that were decided before.
        """
        decided: dict[int, tuple[int, Resolution]] = {}
        for (article_id, revision), came in self.resolutions().items():  # by revision: the newest stays
            if came.label is not None:
                decided[article_id] = (revision, came)
        fresh = {
            article_id: found
            for article_id, found in decided.items()
            if since is None or (found[1].at is not None and found[1].at >= since)
        }
        texts = self._texts(fresh)
        made = [_example(texts[number], came) for number, (_, came) in fresh.items() if number in texts]
        return sorted(made, key=lambda one: (one.at, one.article_id))

    def _texts(self, wanted: Mapping[int, tuple[int, Resolution]]) -> dict[int, StoredArticle]:
        found = {stored.id: stored for stored in self._articles.many(list(wanted))}
        for number, (revision, _) in wanted.items():
            if number in found and found[number].revision != revision:
                older = self._articles.get(number, revision)
                if older is not None:
                    found[number] = older
        # An erased article has nothing left to learn from.
        return {number: stored for number, stored in found.items() if stored.article.text}

    def _own(self, *conditions: Any) -> list[Label]:
        statement = select(labels).where(*conditions).order_by(labels.c.at, labels.c.id)
        with self._database.read() as connection:
            return [_label(row) for row in connection.execute(statement)]

    def _all(self, connection: Connection, article_ids: Sequence[int] | None) -> dict[Key, list[Label]]:
        """Return labels and corrections by article revision, of all articles or of some."""
        found: dict[Key, list[Label]] = defaultdict(list)
        for some in _chunks(article_ids):
            statement = select(labels).order_by(labels.c.at, labels.c.id)
            corrections = select(reviews).where(*_CORRECTS).order_by(reviews.c.at, reviews.c.id)
            if some is not None:
                statement = statement.where(labels.c.article_id.in_(some))
                corrections = corrections.where(reviews.c.article_id.in_(some))
            for row in connection.execute(statement):
                found[row.article_id, row.revision].append(_label(row))
            rows = connection.execute(corrections).all()
            for label in _of_reviews(connection, rows):
                found[label.article_id, label.revision].append(label)
        return found


_CORRECTS = (reviews.c.article_id.is_not(None), or_(reviews.c.signals.is_not(None), reviews.c.modality.is_not(None)))
"""A review that says what an article is. One that corrects the severity alone leaves signals and modality unjudged: the
model would learn its own word again."""


def _chunks(article_ids: Sequence[int] | None) -> Iterable[Sequence[int] | None]:
    if article_ids is None:
        return [None]
    return [article_ids[at : at + CHUNK] for at in range(0, len(article_ids), CHUNK)]


def _of_reviews(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Label]:
    """Yield corrections as labels of what their reviewers saw; one that nothing completes is left out."""
    for at in range(0, len(rows), CHUNK):
        some = rows[at : at + CHUNK]
        ids = sorted({row.article_id for row in some})
        revised = select(article_revisions.c.article_id, article_revisions.c.revision, article_revisions.c.revised_at)
        seen: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
        for row in connection.execute(revised.where(article_revisions.c.article_id.in_(ids))):
            seen[row.article_id].append((row.revised_at, row.revision))
        stood: dict[Key, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
        judged = select(assessments).where(assessments.c.article_id.in_(ids), STANDS).order_by(*STOOD)
        for row in connection.execute(judged):
            stood[row.article_id, row.revision].append((row.stood_at, row.record))
        for row in some:
            revision = max((one for when, one in seen[row.article_id] if when <= row.at), default=1)
            label = _of_review(row, revision, stood[row.article_id, revision])
            if label is not None:
                yield label


def _of_review(row: Row[Any], revision: int, stood: Sequence[tuple[datetime, dict[str, Any]]]) -> Label | None:
    """Return a correction as a label, completed by what stood then, or came next where it was judged anew since."""
    before = [record for when, record in stood if when <= row.at]
    said = before[-1] if before else stood[0][1] if stood else None
    if said is None and (row.signals is None or row.modality is None):
        return None
    said = said or {}
    modality = Modality(row.modality if row.modality is not None else said["modality"])
    left = () if modality is Modality.TIDAK_RELEVAN else said.get("flagged_signals", ())
    return Label(
        article_id=row.article_id,
        revision=revision,
        annotator=row.reviewer,
        at=row.at,
        signals=tuple(row.signals if row.signals is not None else left),
        modality=modality,
        severity=row.severity,
        negasi=bool(said.get("negasi", False)),
        historis=bool(said.get("historis", False)),
        note=row.reason,
    )


def _checked(label: Label) -> Label:
    """Return a label with its name in order and nothing twice. Raises InputError for one that contradicts itself."""
    both = set(label.signals) & set(label.optional)
    if both:
        raise InputError(f"{', '.join(sorted(both))} cannot be asserted and optional at once; name it in one of them")
    if label.modality is Modality.TIDAK_RELEVAN and label.signals:
        raise InputError(
            f"{', '.join(label.signals)} cannot stand beside tidak_relevan: what has a signal is relevant; "
            "take another modality, or no signal"
        )
    if label.severity is not None and label.severity not in set(Severity):
        raise InputError(f"severity {label.severity} is not from 0 to 4")
    return replace(
        label,
        annotator=annotator_name(label.annotator),
        signals=tuple(dict.fromkeys(label.signals)),
        optional=tuple(dict.fromkeys(label.optional)),
    )


def _refuse_adjudication(label: Label, came: Resolution) -> None:
    persons = {person_of(one.annotator) for one in came.labels}
    if person_of(label.annotator) in persons:
        raise InputError(
            f'"{label.annotator}" has labelled this article; a third person decides between the labels of two'
        )
    if came.outcome not in {"conflict", "adjudication"}:
        raise InputError(f"nothing is in dispute about article {label.article_id}; see kentongan label conflicts")


def _row(label: Label) -> dict[str, Any]:
    return {
        "article_id": label.article_id,
        "revision": label.revision,
        "annotator": label.annotator,
        "person": person_of(label.annotator),
        "at": label.at,
        "kind": label.kind,
        "signals": list(label.signals),
        "optional": list(label.optional),
        "modality": label.modality.value,
        "severity": label.severity,
        "negasi": label.negasi,
        "historis": label.historis,
        "note": label.note,
    }


def _label(row: Row[Any]) -> Label:
    return Label(
        article_id=row.article_id,
        revision=row.revision,
        annotator=row.annotator,
        at=row.at,
        signals=tuple(row.signals),
        modality=Modality(row.modality),
        optional=tuple(row.optional),
        severity=row.severity,
        negasi=row.negasi,
        historis=row.historis,
        note=row.note,
        kind=row.kind,
    )


def _example(stored: StoredArticle, came: Resolution) -> LabelledArticle:
    label, article = came.label, stored.article
    assert label is not None  # noqa: S101  # only what is decided becomes an example
    assert came.at is not None  # noqa: S101  # and then it was decided at some time
    return LabelledArticle(
        article_id=stored.id,
        revision=stored.revision,
        title=article.title,
        text=article.text,
        published=article.published,
        source_id=article.source_id,
        url=article.canonical_url,
        signals=label.signals,
        optional=label.optional,
        modality=label.modality,
        severity=label.severity,
        negasi=label.negasi,
        historis=label.historis,
        at=came.at,
        persons=came.persons,
        basis=came.outcome,  # type: ignore[arg-type]  # one of the three that have a label
    )
