"""Where an article belongs among the incidents: all that is near it is decided anew, inside the caller's transaction.

So the incidents do not depend on the order in which the articles came. What a person has dealt with stays whole: the
machine may add to it and never takes from it. An incident keeps its number with the articles that most of it are; the
oldest goes before. One whose articles all went to another stays to be read and says where they went.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from classifiers.copies import Signature, signature
from classifiers.incidents import (
    FOLLOW_UP_WITHIN,
    Member,
    Ties,
    component,
    from_bytes,
    moment_of,
    partition,
    profile_of,
    summarise,
    to_bytes,
)
from data.errors import InputError
from flows.corrected import corrected
from flows.desk_rules import calendar_in_use
from flows.syndication import note_copies
from scrapers.urls import network_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from classifiers.incidents import Profile
    from data.records import Assessment, Incident, Review, Source, StoredArticle
    from data.store import KeptProfile, Store

log = structlog.get_logger(__name__)

BY_MACHINE = "kentongan"

UNKNOWN_TIER = 3
"""Of an article whose source is no longer in the catalogue: a small portal's."""

MOST_NEAR = 200
"""Articles of one region and time that are looked through, the newest first: more than any kabupaten had in two months
of the archive. It bounds what one article can cost."""


SPUN_WITHIN = timedelta(days=3)
"""Articles of the same place within this are compared with a new one even where the index of copies finds nothing: a
spun brief that names hardly a fact."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article came: ``incident_id`` None for nowhere; ``opened`` for a new incident of its own.

    ``changed`` are all incidents that have other articles than before, the article's own among them.
    """

    incident_id: int | None
    opened: bool
    changed: frozenset[int]


def place(
    stored: StoredArticle,
    article: Member,
    store: Store,
    sources: Mapping[str, Source],
    now: datetime,
    *,
    alerted: bool = False,
) -> Placed:
    """Put an article, and what it makes clearer, into the incidents they are about; write them, not yet worked out.

    Only inside a transaction. ``alerted``: incidents of which an alert went out are left whole too.
    """
    new = profile_of(article)
    store.joins.put(new.article_id, to_bytes(new), new.regions, new.moment)
    kept = _kept_near(new, article, store)
    prints = _prints(stored, article, kept, store, now)
    near, incident_of = _profiles(new, kept, prints, store, sources)
    held = store.incidents.decided_by_persons(incident_of.values())
    if alerted:
        held |= store.incidents.alerted(incident_of.values())
    ties = _ties([new.article_id, *(one.article_id for one in near)], incident_of, held, store)
    connected = component(new, near, ties)
    groups = partition(connected, ties)
    before = {one.article_id: incident_of[one.article_id] for one in connected if one.article_id in incident_of}
    flagged = {one.article_id for one in connected if one.flagged}
    return _written(new.article_id, groups, before, flagged, held, store, sources, now)


def _kept_near(new: Profile, article: Member, store: Store) -> dict[int, KeptProfile]:
    """Return what is kept of the articles near in place and time, or that share something with the text, by article."""
    since, until = new.moment - FOLLOW_UP_WITHIN, new.moment + FOLLOW_UP_WITHIN
    kept = {one.article_id: one for one in store.joins.near(new.regions, since, until, MOST_NEAR)}
    alike = {article_id for article_id, _ in store.signatures.sharing(article.signature.bands, exclude=new.article_id)}
    kept |= {one.article_id: one for one in store.joins.of(alike - set(kept))}
    kept.pop(new.article_id, None)
    return kept


def _prints(
    stored: StoredArticle, article: Member, kept: Mapping[int, KeptProfile], store: Store, now: datetime
) -> set[int]:
    """Find the prints of an article's text, also among those of its days and place, keep the pairs, return them."""
    days = {}
    for one in kept.values():
        moment = moment_of(one.profile)
        if moment is not None and abs(moment - article.moment) <= SPUN_WITHIN:
            days[one.article_id] = abs(moment - article.moment)
    pairs = note_copies(store, stored, article.signature, now, near=sorted(days, key=lambda one: (days[one], one)))
    return {number for pair in pairs for number in (pair.article_id, pair.of_article_id)} - {stored.id}


def _profiles(
    new: Profile, kept: dict[int, KeptProfile], prints: set[int], store: Store, sources: Mapping[str, Source]
) -> tuple[list[Profile], dict[int, int]]:
    """Return the profiles of what is near, incidents whole, and the incident of each article that is in one.

    A print of the text counts whatever it was judged to be: a spinner's words may hide what they are about.
    """
    kept |= {one.article_id: one for one in store.joins.of(prints - set(kept))}
    for article_id in prints - set(kept):
        if profiled(article_id, store, sources) is not None:
            kept |= {one.article_id: one for one in store.joins.of([article_id])}
    mine = store.incidents.of_article(new.article_id)
    incidents = {one.incident_id for one in kept.values() if one.incident_id is not None}
    incidents |= {mine.id} if mine else set()
    whole = {article_id for ids in store.incidents.article_ids(incidents).values() for article_id in ids}
    kept |= {one.article_id: one for one in store.joins.of(whole - set(kept))}
    kept.pop(new.article_id, None)
    for article_id in whole - set(kept) - {new.article_id}:
        # Of a database from before profiles were kept.
        if profiled(article_id, store, sources) is not None:
            kept |= {one.article_id: one for one in store.joins.of([article_id])}
    profiles = [found for one in kept.values() if (found := _profile(one, store, sources)) is not None]
    incident_of = {one.article_id: one.incident_id for one in kept.values() if one.incident_id is not None}
    if mine is not None:
        incident_of[new.article_id] = mine.id
    return profiles, incident_of


def _profile(kept: KeptProfile, store: Store, sources: Mapping[str, Source]) -> Profile | None:
    try:
        return from_bytes(kept.article_id, kept.profile)
    except InputError:
        # Of an older version: made anew from the article, as the error says.
        return profiled(kept.article_id, store, sources)


def profiled(article_id: int, store: Store, sources: Mapping[str, Source]) -> Profile | None:
    """Make an article's profile and keep it; None where nothing has judged the article yet."""
    found = member_of(article_id, store, sources)
    if found is None:
        return None
    profile = profile_of(found)
    store.joins.put(article_id, to_bytes(profile), profile.regions, profile.moment)
    return profile


def _ties(articles: Sequence[int], incident_of: Mapping[int, int], held: set[int], store: Store) -> Ties:
    said = store.joins.links_of(incident_of) if held else []
    return Ties(
        held={article: incident for article, incident in incident_of.items() if incident in held},
        together=frozenset((link.article_id, link.other_id) for link in said if link.same),
        apart=frozenset((link.article_id, link.other_id) for link in said if not link.same),
        copies=frozenset(store.copies.among(articles)),
    )


def _written(
    article_id: int,
    groups: Sequence[tuple[int, ...]],
    before: Mapping[int, int],
    flagged: set[int],
    held: set[int],
    store: Store,
    sources: Mapping[str, Source],
    now: datetime,
) -> Placed:
    """Write the groups as incidents and return where ``article_id`` came."""
    claims, gone = _claims(groups, before, held, store)
    changed: set[int] = set()
    placed: int | None = None
    opened = False
    for index, group in enumerate(groups):
        target = claims.get(index)
        if target is None and not flagged & set(group):
            # Nothing that opens an incident: what is in one (a corrected report) stays there to be seen.
            placed = before.get(article_id) if article_id in group else placed
            continue
        if target is None:
            first = next(one for one in group if one in flagged)
            target, fresh = _opened(first, store, sources, now), True
            changed |= {before[first]} if first in before else set()
        else:
            fresh = False
        for one in group:
            if before.get(one) != target:
                changed |= _moved(one, before.get(one), target, store, now)
        if article_id in group:
            placed, opened = target, fresh and article_id not in before
            changed.add(target)
    for lost, kept in gone.items():
        incident = store.incidents.get(lost)
        if incident is not None and not incident.article_ids:
            store.incidents.update(replace(incident, merged_into=kept), now, BY_MACHINE)
            log.info("incident_merged", incident=lost, into=kept)
            changed.discard(lost)
    return Placed(placed, opened, frozenset(changed))


def _claims(
    groups: Sequence[tuple[int, ...]], before: Mapping[int, int], held: set[int], store: Store
) -> tuple[dict[int, int], dict[int, int]]:
    """Return which group is which incident from now on, and into which incident those go that no group is.

    An incident is the group that holds most of its articles; of two that are one group, the one that persons or alerts
    hold, then the oldest, keeps its number.
    """
    found = [store.incidents.get(number) for number in sorted(set(before.values()))]
    known = sorted(
        (one for one in found if one is not None), key=lambda one: (one.id not in held, one.opened_at, one.id)
    )
    alerted = store.incidents.alerted(one.id for one in known)
    known.sort(key=lambda one: (one.id not in held, one.id not in alerted))
    claims: dict[int, int] = {}
    gone: dict[int, int] = {}
    for incident in known:
        shares = [sum(before.get(one) == incident.id for one in group) for group in groups]
        index = max(range(len(groups)), key=lambda at: (shares[at], -at))
        if index in claims:
            gone[incident.id] = claims[index]
        else:
            claims[index] = incident.id
    return claims, gone


def _opened(article_id: int, store: Store, sources: Mapping[str, Source], now: datetime) -> int:
    """Open an incident as an article tells of it, without any article yet, and return its number."""
    found = member_of(article_id, store, sources)
    assert found is not None  # noqa: S101  # it has a profile, which an assessment was needed for
    return store.incidents.open(summarise([found], now), article_ids=(), at=now, by=BY_MACHINE).id


def _moved(article_id: int, before: int | None, target: int, store: Store, now: datetime) -> set[int]:
    """Let an article be in ``target`` and return the incidents that are others by that."""
    store.incidents.move_article(article_id, target, now, BY_MACHINE)
    log.info("article_joined", article=article_id, incident=target, before=before)
    return {target} if before is None else {target, before}


def refresh(incident: Incident, store: Store, sources: Mapping[str, Source], now: datetime) -> bool:
    """Work an incident out anew from its articles; return whether what an alert would say has changed.

    Only inside a transaction that began before ``incident`` was read: a review in between would be undone.
    """
    members = members_of(incident, store, sources)
    if not members:
        return False  # all of its articles were revised just now, and wait to be judged
    fresh = summarise(members, now, incident)
    return store.incidents.update(fresh, now, BY_MACHINE).revision != incident.revision


def refreshed(numbers: Iterable[int], store: Store, sources: Mapping[str, Source], now: datetime) -> int:
    """Work incidents out anew and return of how many an alert would now say something else."""
    found = [store.incidents.get(number) for number in sorted(numbers)]
    return sum(refresh(incident, store, sources, now) for incident in found if incident is not None)


def members_of(incident: Incident, store: Store, sources: Mapping[str, Source]) -> list[Member]:
    """Return the articles of an incident as they count for it; one that was never assessed is left out."""
    return members_of_many([incident], store, sources)[incident.id]


def members_of_many(
    incidents: Iterable[Incident], store: Store, sources: Mapping[str, Source]
) -> dict[int, list[Member]]:
    """Return, by incident, what `members_of` does, in as many questions to the store as for one."""
    ids_of = {incident.id: incident.article_ids for incident in incidents}
    ids = [number for some in ids_of.values() for number in some]
    judged, said, marks = store.assessments.of_many(ids), store.reviews.of_articles(ids), store.signatures.of_many(ids)
    prints: dict[int, set[int]] = {}
    for one, other in store.copies.among(ids):
        prints.setdefault(one, set()).add(other)
        prints.setdefault(other, set()).add(one)
    found = {
        stored.id: replace(
            _member(
                stored, judged[stored.id].assessment, said.get(stored.id, ()), marks.get(stored.id), store, sources
            ),
            prints=frozenset(prints.get(stored.id, ())),
        )
        for stored in store.articles.many(ids)
        if stored.id in judged
    }
    return {number: [found[one] for one in some if one in found] for number, some in ids_of.items()}


def member_of(article_id: int, store: Store, sources: Mapping[str, Source]) -> Member | None:
    """Return an article as it counts for incidents; None where nothing has judged it."""
    stored, assessment = store.articles.get(article_id), store.assessments.of(article_id)
    if stored is None or assessment is None:
        return None
    said = store.reviews.of_article(article_id, since=stored.revised_at)
    return _member(stored, assessment, said, store.signatures.of(article_id), store, sources)


def _member(
    stored: StoredArticle,
    assessment: Assessment,
    said: Sequence[Review],
    digest: bytes | None,
    store: Store,
    sources: Mapping[str, Source],
) -> Member:
    """Return an article as it counts, with what persons said of its present revision."""
    present = [one for one in said if one.at >= stored.revised_at]
    if present:
        moment = stored.article.published or stored.first_seen
        assessment = corrected(assessment, present, moment, lambda: calendar_in_use(store))
    return member(stored, assessment, _signature(stored, digest), sources)


def _signature(stored: StoredArticle, digest: bytes | None) -> Signature:
    if digest is not None:
        try:
            return Signature.from_bytes(digest)
        except InputError:
            # Of an older version of the signatures: made anew from the text, as the error says.
            log.info("signature_made_anew", article=stored.id)
    return signature(stored.article.title, stored.article.text)


def member(stored: StoredArticle, assessment: Assessment, mark: Signature, sources: Mapping[str, Source]) -> Member:
    """Return an article with its assessment and signature as it counts for incidents."""
    source = sources.get(stored.article.source_id)
    return Member(
        article_id=stored.id,
        source_id=stored.article.source_id,
        network=network_of(source) if source else stored.article.source_id,
        tier=source.tier if source else UNKNOWN_TIER,
        title=stored.article.title,
        text=stored.article.text,
        signature=mark,
        published=stored.article.published,
        first_seen=stored.first_seen,
        assessment=assessment,
        withdrawn=stored.withdrawn_at is not None,
    )
