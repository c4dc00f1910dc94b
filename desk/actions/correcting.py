"""Putting right what the machine said of an article: signals, modality, level, places; and taking that back.

A correction is a review without a verdict: it changes no status, trains the next model, and counts in the incident at
once (`flows.corrected`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from classifiers.incidents import summarise
from data.errors import ConflictError, InputError, UnknownItemError
from data.records import Modality, Review, Severity
from data.taught_places import PlaceCorrection
from desk.actions.deciding import LONGEST_TEXT, UNDO_WITHIN, UNDONE, refuse_stale, seen_by
from desk.permissions import Permission
from flows.corrected import corrected, labels_of
from flows.desk_rules import calendar_in_use
from flows.joining import members_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from data.gazetteer import Gazetteer
    from data.records import Assessment, Source, StoredArticle
    from data.store import Store
    from data.taxonomy import Taxonomy
    from desk.permissions import Actor

CORRECTED: Final = "koreksi"
"""The field of an incident's history that tells of a correction: the article, what was said, what is said."""

MOST_PLACES: Final = 30
"""Places of one event that a person names; beyond it the kabupaten says more than a list."""


@dataclass(frozen=True, slots=True)
class CorrectTools:
    """What a correction is checked against, and what an incident is worked out anew with."""

    store: Store
    gazetteer: Gazetteer
    taxonomy: Taxonomy
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Labels:
    """What a person says of an article; ``place_codes`` are where the event was, none where it is at no place."""

    signals: tuple[str, ...]
    modality: Modality
    severity: int
    place_codes: tuple[str, ...]


def standing(store: Store, article_id: int) -> Labels | None:
    """Return what stands of an article now, by persons where they spoke, else by the machine; None: not judged yet."""
    stored, assessment = store.articles.get(article_id), store.assessments.of(article_id)
    if stored is None or assessment is None:
        return None
    return _labels(store, stored, assessment)


def correct(
    tools: CorrectTools,
    actor: Actor,
    incident_id: int,
    article_id: int,
    said: Labels,
    note: str,
    now: datetime,
    *,
    seen: int,
) -> int:
    """Keep what a person puts right of an article of an incident and return the review's number.

    Only what differs from what stands is kept; ``seen`` is the incident's version that the person had before them.
    Raises InputError for what there is not or contradicts itself, and where nothing differs; ConflictError where
    somebody changed the incident meanwhile, ForbiddenError, UnknownItemError; then nothing was written.
    """
    actor.require(Permission.TINJAU)
    said = _checked(tools, said)
    why = note.strip()
    if len(why) > LONGEST_TEXT:
        raise InputError(f"a text here has at most {LONGEST_TEXT} characters")
    store = tools.store
    with store.transaction():
        before = _held(store, actor, incident_id, article_id)
        refuse_stale(store, incident_id, seen)
        differing = _differing(before, said)
        if not differing:
            raise InputError("nothing differs from what stands: change a label or a place first")
        review = Review(incident_id, actor.name, now, reason=why, article_id=article_id, **differing)
        return _kept(tools, actor, review, before, said, now)


def take_back(tools: CorrectTools, actor: Actor, review: int, now: datetime) -> int:
    """Take a correction back that the same person made in the last ten minutes, and return the article's id.

    Raises InputError where it was somebody else's, too long ago or no correction, ConflictError where the article was
    corrected again since, UnknownItemError.
    """
    store = tools.store
    with store.transaction():
        kept = store.reviews.get(review)
        if kept is None or kept.article_id is None:
            raise UnknownItemError("review", review)
        now_said = _held(store, actor, kept.incident_id, kept.article_id)
        if kept.reviewer != actor.name:
            raise InputError("only who decided it can undo it; decide anew instead")
        if now - kept.at > UNDO_WITHIN:
            minutes = int(UNDO_WITHIN.total_seconds()) // 60
            raise InputError(f"this cannot be undone any more: that is possible for {minutes} minutes")
        stored, assessment = store.articles.get(kept.article_id), store.assessments.of(kept.article_id)
        if stored is None or assessment is None:
            raise UnknownItemError("article", kept.article_id)
        said = store.reviews.of_article(kept.article_id, since=stored.revised_at)
        if not said or said[-1] != kept:
            last = said[-1] if said else kept
            raise ConflictError(f"incident {kept.incident_id}", by=last.reviewer, at=last.at)
        before = Labels(*labels_of(corrected(assessment, said[:-1], _moment(stored), lambda: calendar_in_use(store))))
        undone = Review(
            kept.incident_id,
            actor.name,
            now,
            reason=UNDONE,
            article_id=kept.article_id,
            **_differing(now_said, before),
        )
        _kept(tools, actor, undone, now_said, before, now)
    return kept.article_id


def name_means(
    tools: CorrectTools,
    actor: Actor,
    incident_id: int,
    article_id: int,
    name: str,
    codes: Sequence[str],
    note: str,
    now: datetime,
) -> None:
    """Keep what a name means in an article: these units, or none where it is no place; it is taught to the reader.

    Raises InputError where the name does not stand there, UnknownItemError for a unit that there is none of,
    ForbiddenError.
    """
    actor.require(Permission.TINJAU)
    units = _units(tools.gazetteer, codes)
    store = tools.store
    with store.transaction():
        _held(store, actor, incident_id, article_id)
        stored = store.articles.get(article_id)
        if stored is None:
            raise UnknownItemError("article", article_id)
        said = PlaceCorrection(
            article_id, stored.revision, actor.name, now, "nama", units, name=name.strip(), note=note.strip()
        )
        store.place_corrections.add(said)
        detail = {"artikel": article_id, "nama": said.name, "tempat": list(units)}
        store.audit.add(actor.name, "nama_tempat_dikoreksi", f"kejadian/{incident_id}", now, detail)


def _held(store: Store, actor: Actor, incident_id: int, article_id: int) -> Labels:
    """Return what stands of an article of an incident, whose row is held; UnknownItemError, InputError."""
    incident = seen_by(store, actor, incident_id)
    if article_id not in incident.article_ids:
        raise UnknownItemError("article", article_id)
    before = standing(store, article_id)
    if before is None:
        raise InputError(f"article {article_id} waits to be assessed; see kentongan assess")
    return before


def _kept(tools: CorrectTools, actor: Actor, review: Review, before: Labels, said: Labels, now: datetime) -> int:
    store, incident_id = tools.store, review.incident_id
    number = store.reviews.add(review)
    old, new = _plain(before, review), _plain(said, review)
    told = {"artikel": review.article_id}
    store.incidents.note(incident_id, now, actor.name, {CORRECTED: (told | old, told | new)})
    store.looks.note_first(incident_id, actor.user.id, now)
    detail: dict[str, Any] = {**told, "dari": old, "ke": new} | ({"catatan": review.reason} if review.reason else {})
    store.audit.add(actor.name, "label_dikoreksi", f"kejadian/{incident_id}", now, detail)
    # In the person's name: who decides at the same time is told of them, not of the machine.
    incident = store.incidents.held(incident_id)
    store.incidents.update(summarise(members_of(incident, store, tools.sources), now, incident), now, actor.name)
    return number


def _labels(store: Store, stored: StoredArticle, assessment: Assessment) -> Labels:
    said = store.reviews.of_article(stored.id, since=stored.revised_at)
    return Labels(*labels_of(corrected(assessment, said, _moment(stored), lambda: calendar_in_use(store))))


def _moment(stored: StoredArticle) -> datetime:
    return stored.article.published or stored.first_seen


def _differing(before: Labels, said: Labels) -> dict[str, Any]:
    """Return the fields of a review that say otherwise than what stands; the order of signals and places is none."""
    found: dict[str, Any] = {}
    if set(said.signals) != set(before.signals):
        found["signals"] = said.signals
    if said.modality is not before.modality:
        found["modality"] = said.modality
    if said.severity != before.severity:
        found["severity"] = said.severity
    if set(said.place_codes) != set(before.place_codes):
        found["place_codes"] = said.place_codes
    return found


def _plain(labels: Labels, review: Review) -> dict[str, Any]:
    """Return what of some labels a review speaks of, as JSON has it."""
    told: dict[str, Any] = {}
    if review.signals is not None:
        told["sinyal"] = list(labels.signals)
    if review.modality is not None:
        told["modalitas"] = labels.modality.value
    if review.severity is not None:
        told["tingkat"] = labels.severity
    if review.place_codes is not None:
        told["tempat"] = list(labels.place_codes)
    return told


def _checked(tools: CorrectTools, said: Labels) -> Labels:
    for slug in said.signals:
        tools.taxonomy.signal(slug)
    if said.modality is Modality.TIDAK_RELEVAN and said.signals:
        raise InputError(
            f"{', '.join(said.signals)} cannot stand beside tidak_relevan: what has a signal is relevant; "
            "take another modality, or no signal"
        )
    if said.severity not in set(Severity):
        raise InputError(f"severity {said.severity} is not from 0 to 4")
    order = list(tools.taxonomy.slugs)
    signals = tuple(sorted(dict.fromkeys(said.signals), key=order.index))
    return replace(said, signals=signals, place_codes=_units(tools.gazetteer, said.place_codes))


def _units(gazetteer: Gazetteer, codes: Sequence[str]) -> tuple[str, ...]:
    """Return codes as they are in use now, each once; UnknownItemError names the one that there is not."""
    if len(codes) > MOST_PLACES:
        raise InputError(f"name at most {MOST_PLACES} places; beyond that name what they lie in")
    return tuple(dict.fromkeys(gazetteer.current(code.strip()) for code in codes if code.strip()))
