"""What persons decide of who belongs to which incident: merge, split, move one article; each undone by its opposite.

Everything is kept: both histories say who did what and why, what was merged away stays to be read, and what a person
said of two articles is remembered, so that no machine undoes it. The rows are held while it is done, and what the
person saw is looked at again: of two who act at once the second is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from classifiers.incidents import summarise
from data.errors import InputError, UnknownItemError
from data.records import IncidentStatus
from data.resolution import annotator_name, person_of
from data.store import PersonsLink
from flows.joining import BY_MACHINE, members_of, refreshed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from data.records import Incident, Source
    from data.store import Store

log = structlog.get_logger(__name__)

REASON = "alasan"
"""The name under which a person's reason stands in an incident's history."""


@dataclass(frozen=True, slots=True)
class MergeTools:
    """What has effects when a person joins or parts incidents."""

    store: Store
    sources: Mapping[str, Source]
    clock: Callable[[], datetime]


def merge(tools: MergeTools, incident_ids: Sequence[int], person: str, reason: str = "") -> Incident:
    """Make several incidents one, the first one named, and return it.

    The others keep their text, reviews and history, point to it and have no articles of their own any more; their
    alerts are taken back at the next publishing. Where nobody has reviewed the first, it takes the status of the other
    that was reviewed last. Raises InputError for fewer than two, or one that was merged away already; UnknownItemError.
    """
    wanted = list(dict.fromkeys(incident_ids))
    if len(wanted) < 2:  # one incident is nothing to merge
        raise InputError("name at least two different incidents; all go into the first one")
    person = _person(person)
    store, now = tools.store, tools.clock()
    with store.transaction():
        held = {number: _standing(number, store) for number in sorted(wanted)}  # always in one order: no deadlock
        kept, others = held[wanted[0]], [held[number] for number in wanted[1:]]
        for other in others:
            store.joins.link([_link(kept, other, person, now, reason, same=True)])
            for article_id in other.article_ids:
                store.incidents.move_article(article_id, kept.id, now, person)
            store.incidents.update(replace(other, merged_into=kept.id), now, person)
            _told(store, other.id, now, person, reason)
        _told(store, kept.id, now, person, reason)
        _take_status(kept, others, store, now, person)
        refreshed([kept.id], store, tools.sources, now)
        log.info("incidents_merged", into=kept.id, merged=[other.id for other in others], by=person)
        return store.incidents.held(kept.id)


def split(tools: MergeTools, incident_id: int, article_ids: Sequence[int], person: str, reason: str = "") -> Incident:
    """Take articles out of an incident into one of their own and return that.

    Where they are just what came with an incident that was merged into this one, that incident stands again. Raises
    InputError where an article is not in the incident (somebody was faster), or none would stay; UnknownItemError.
    """
    wanted = list(dict.fromkeys(article_ids))
    person = _person(person)
    store, now = tools.store, tools.clock()
    with store.transaction():
        incident = _standing(incident_id, store)
        _within(incident, wanted, store)
        if set(wanted) == set(incident.article_ids):
            raise InputError("not all articles can leave an incident; at least one stays")
        again = _merged_before(incident, set(wanted), store)
        if again is None:
            leaving = replace(incident, article_ids=tuple(wanted))
            members = members_of(leaving, store, tools.sources)
            if not members:
                raise InputError("these articles were revised just now and wait to be assessed; try again later")
            target = store.incidents.open(summarise(members, now), article_ids=(), at=now, by=person)
        else:
            target = store.incidents.update(replace(again, merged_into=None), now, person)
        staying = [one for one in incident.article_ids if one not in wanted]
        _part(store, wanted, staying, now, person, reason)
        for article_id in wanted:
            store.incidents.move_article(article_id, target.id, now, person)
        for number in (incident.id, target.id):
            _told(store, number, now, person, reason)
        refreshed([incident.id, target.id], store, tools.sources, now)
        log.info("incident_split", incident=incident.id, into=target.id, articles=wanted, by=person)
        return store.incidents.held(target.id)


def move(tools: MergeTools, article_id: int, incident_id: int, person: str, reason: str = "") -> Incident:
    """Put an article, wherever it is, into an incident and return that.

    Raises InputError where it is there already, or is the last one of another incident (then merge the two);
    UnknownItemError.
    """
    person = _person(person)
    store, now = tools.store, tools.clock()
    with store.transaction():
        if store.articles.get(article_id) is None:
            raise UnknownItemError("article", article_id)
        if store.assessments.of(article_id) is None:
            raise InputError(f"article {article_id} waits to be assessed; see kentongan assess")
        before = store.incidents.of_article(article_id)
        if before is not None and before.id == incident_id:
            raise InputError(f"article {article_id} is in incident {incident_id} already")
        for number in sorted({incident_id} | ({before.id} if before else set())):
            store.incidents.held(number)
        target = _standing(incident_id, store)
        if before is not None and before.article_ids == (article_id,):
            raise InputError(
                f"article {article_id} is all that incident {before.id} has; merge the two: "
                f"kentongan incidents merge {incident_id} {before.id}"
            )
        if before is not None:
            _part(store, [article_id], [one for one in before.article_ids if one != article_id], now, person, reason)
        store.joins.link(
            [PersonsLink(article_id, anchor, same=True, at=now, by=person, reason=reason) for anchor in _anchor(target)]
        )
        store.incidents.move_article(article_id, target.id, now, person)
        changed = [target.id] + ([before.id] if before else [])
        for number in changed:
            _told(store, number, now, person, reason)
        refreshed(changed, store, tools.sources, now)
        return store.incidents.held(target.id)


def _person(name: str) -> str:
    """Return a person's name as it is kept; InputError for none, or the machine's."""
    kept = annotator_name(name)
    if person_of(kept) == BY_MACHINE:
        raise InputError(f'"{name}" is the machine\'s name; say which person decides: --as NAME')
    return kept


def _standing(number: int, store: Store) -> Incident:
    """Return an incident, its row held; InputError where it was merged away, which names who did it and where to."""
    incident = store.incidents.held(number)
    if incident.merged_into is not None:
        last = next(one for one in reversed(store.incidents.history(number)) if "merged_into" in one.changes)
        raise InputError(f"incident {number} was merged into incident {incident.merged_into} by {last.by}; look there")
    return incident


def _within(incident: Incident, article_ids: Sequence[int], store: Store) -> None:
    if not article_ids:
        raise InputError("name the articles that leave")
    for article_id in article_ids:
        if article_id in incident.article_ids:
            continue
        if store.articles.get(article_id) is None:
            raise UnknownItemError("article", article_id)
        holder = store.incidents.of_article(article_id)
        where = f"in incident {holder.id}" if holder else "in no incident"
        raise InputError(f"article {article_id} is not in incident {incident.id} but {where}; look at it again")


def _anchor(incident: Incident) -> list[int]:
    """Return the article that stands for an incident when two are said to be one event or not."""
    if incident.best_article_id in incident.article_ids and incident.best_article_id is not None:
        return [incident.best_article_id]
    return list(incident.article_ids[:1])


def _link(one: Incident, other: Incident, person: str, now: datetime, reason: str, *, same: bool) -> PersonsLink:
    ours, theirs = _anchor(one), _anchor(other)
    if not ours or not theirs:
        raise InputError("an incident without articles cannot be merged")
    return PersonsLink(ours[0], theirs[0], same, now, person, reason)


def _part(
    store: Store, leaving: Sequence[int], staying: Sequence[int], now: datetime, person: str, reason: str
) -> None:
    """Remember that what leaves and what stays are two events: every pair, so that it holds whatever moves later."""
    store.joins.link(
        [PersonsLink(one, other, same=False, at=now, by=person, reason=reason) for one in leaving for other in staying]
    )


def _told(store: Store, number: int, now: datetime, person: str, reason: str) -> None:
    if reason.strip():
        store.incidents.note(number, now, person, {REASON: (None, reason.strip())})


def _take_status(kept: Incident, others: Sequence[Incident], store: Store, now: datetime, person: str) -> None:
    """Let a person's verdict on what was merged stand for the whole, where the whole has none of its own."""
    if kept.status is not IncidentStatus.BELUM_DITINJAU:
        return
    verdicts = [
        review for other in others for review in store.reviews.of_incident(other.id) if review.verdict is not None
    ]
    last = max(verdicts, key=lambda review: review.at, default=None)
    if last is not None and last.verdict is not None:
        store.incidents.update(replace(store.incidents.held(kept.id), status=last.verdict), now, person)


def _merged_before(incident: Incident, leaving: set[int], store: Store) -> Incident | None:
    """Return the incident merged into this one whose articles are the ones that leave; None where there is none."""
    for number in store.incidents.merged_into(incident.id):
        away = {
            change.changes["article_ids"][0]
            for change in store.incidents.history(number)
            if "article_ids" in change.changes and change.changes["article_ids"][1] is None
        }
        if away >= leaving:
            found = store.incidents.held(number)
            if found.merged_into is not None:
                return found
    return None
