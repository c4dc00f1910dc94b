"""What persons said of the places of articles: appended, never changed; reviews that correct places are among them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from data.errors import InputError, UnknownItemError
from data.resolution import annotator_name, person_of
from data.store.tables import article_revisions, place_corrections, reviews
from data.taught_places import PlaceCorrection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row

    from data.store.database import Database


class PlaceCorrections:
    """Corrections of places by article revision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, correction: PlaceCorrection) -> None:
        """Keep a correction; a later one by the same person of the same name takes its place in what counts.

        Raises UnknownItemError where there is no such revision, InputError where the name does not stand in it.
        """
        checked = replace(correction, person=annotator_name(correction.person), name=" ".join(correction.name.split()))
        mine = (
            article_revisions.c.article_id == checked.article_id,
            article_revisions.c.revision == checked.revision,
        )
        values = {name: getattr(checked, name) for name in ("article_id", "revision", "person", "at", "kind", "note")}
        values |= {"name": checked.name, "codes": list(dict.fromkeys(checked.codes))}
        with self._database.write() as connection:
            row = connection.execute(select(article_revisions.c.title, article_revisions.c.text).where(*mine)).first()
            if row is None:
                raise UnknownItemError("article revision", f"{checked.article_id}/{checked.revision}")
            if checked.kind == "nama":
                _refuse_absent(checked, f"{row.title}\n{row.text}")
            connection.execute(self._database.insert(place_corrections).values(values))

    def all(self) -> list[PlaceCorrection]:
        """Return what counts, by article: the last word of each person on each name and on the event's places.

        A review that gives an article's places counts as such a word, on the revision that stood then. Of two persons
        who say different things of one text the later one counts.
        """
        with self._database.read() as connection:
            own = [_correction(row) for row in connection.execute(select(place_corrections))]
            of_reviews = [_of_review(row) for row in connection.execute(_reviewed())]
        return _last_words([*own, *of_reviews])


def _refuse_absent(correction: PlaceCorrection, text: str) -> None:
    if not correction.name:
        raise InputError("say which name is meant, as it stands in the article")
    if f" {correction.name.casefold()} " not in f" {_plain(text)} ":
        raise InputError(
            f'"{correction.name}" does not stand in article {correction.article_id}; write it as the article does'
        )


def _plain(text: str) -> str:
    return " ".join(
        "".join(letter if letter.isalnum() or letter in "-'\u2019" else " " for letter in text).casefold().split()
    )


def _last_words(corrections: Iterable[PlaceCorrection]) -> list[PlaceCorrection]:
    last: dict[tuple[int, str, str], PlaceCorrection] = {}
    for one in sorted(corrections, key=lambda each: each.at):
        last[one.article_id, one.kind, person_of(one.name)] = one
    return [last[key] for key in sorted(last)]


def _reviewed() -> Any:
    """Return the reviews that give an article's places, each with the revision that stood at that time."""
    standing = (
        select(func.max(article_revisions.c.revision))
        .where(
            article_revisions.c.article_id == reviews.c.article_id,
            article_revisions.c.revised_at <= reviews.c.at,
        )
        .scalar_subquery()
    )
    return select(reviews, func.coalesce(standing, 1).label("revision")).where(
        reviews.c.place_codes.is_not(None), reviews.c.article_id.is_not(None)
    )


def _of_review(row: Row[Any]) -> PlaceCorrection:
    return PlaceCorrection(
        article_id=row.article_id,
        revision=row.revision,
        person=row.reviewer,
        at=row.at,
        kind="kejadian",
        codes=tuple(row.place_codes),
        note=row.reason,
    )


def _correction(row: Row[Any]) -> PlaceCorrection:
    return PlaceCorrection(
        article_id=row.article_id,
        revision=row.revision,
        person=row.person,
        at=row.at,
        kind=row.kind,
        codes=tuple(row.codes),
        name=row.name,
        note=row.note,
    )
