"""What is known of an alert, gathered from the store into the record that every format writes from.

Many at once are gathered in batches: a few questions to the store for all of them, not a dozen for each.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from data.gazetteer import KABKOTA
from data.records import Alert
from feeds.alerting import is_verified
from feeds.extent import radius_km
from feeds.items import AlertItem, PlaceLine, SourceLine
from feeds.masking import names_of
from flows.desk_rules import calendar_in_use
from flows.joining import members_of, members_of_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from classifiers.incidents import Member
    from classifiers.stages import Calendar
    from data.gazetteer import Gazetteer
    from data.records import Incident, Source
    from flows.publish import PublishTools

QUOTES = 2
CUES = 5
LONGEST_QUOTE = 320

BATCH = 100
"""Alerts that are gathered at once: their texts are in memory together, some 5 kB each."""


def uid_of(incident: Incident, authority: str) -> str:
    """Return the name of an incident's alert for all time: a tag URI (RFC 4151)."""
    return f"tag:{authority},{incident.opened_at:%Y-%m-%d}:kejadian:{incident.id}"


def alert_items(tools: PublishTools, alerts: Iterable[Alert]) -> Iterator[AlertItem]:
    """Yield what feeds say of each alert, in the order given; an alert whose incident is gone is left out."""
    store, calendar = tools.store, calendar_in_use(tools.store, tools.calendar)
    waiting = iter(alerts)
    while some := list(islice(waiting, BATCH)):
        incidents = {one.id: one for one in store.incidents.of([alert.incident_id for alert in some])}
        members = members_of_many(incidents.values(), store, tools.sources)
        addresses = store.articles.addresses([one.article_id for few in members.values() for one in few])
        histories = store.alerts.histories([alert.uid for alert in some if alert.revision > 1])
        for alert in some:
            incident = incidents.get(alert.incident_id)
            if incident is not None:
                earlier = [one for one in histories.get(alert.uid, ()) if one.revision < alert.revision]
                yield _item(alert, incident, tools, members[incident.id], addresses, calendar, earlier)


def incident_item(incident: Incident, tools: PublishTools, members: list[Member] | None = None) -> AlertItem:
    """Return an incident as it would be alerted of now, whether or not it was: what lists and exports show.

    ``members`` are its articles where the caller has them already (`members_of`).
    """
    alert = tools.store.alerts.of_incident(incident.id) or Alert(
        uid=uid_of(incident, tools.authority),
        incident_id=incident.id,
        revision=1,
        state="raised",
        at=incident.last_seen,
        first_raised_at=incident.opened_at,
        verified=is_verified(incident),
        exercise=tools.exercise,
    )
    return item_of(replace(alert, verified=is_verified(incident)), incident, tools, members)


def item_of(alert: Alert, incident: Incident, tools: PublishTools, members: list[Member] | None = None) -> AlertItem:
    """Return everything a format needs to know of an alert; ``members`` as in `incident_item`."""
    store = tools.store
    members = members_of(incident, store, tools.sources) if members is None else members
    addresses = store.articles.addresses([one.article_id for one in members])
    earlier = [one for one in store.alerts.history(alert.uid) if one.revision < alert.revision]
    return _item(alert, incident, tools, members, addresses, calendar_in_use(store, tools.calendar), earlier)


def _item(
    alert: Alert,
    incident: Incident,
    tools: PublishTools,
    members: Sequence[Member],
    addresses: Mapping[int, str],
    calendar: Calendar,
    earlier: Sequence[Alert],
) -> AlertItem:
    best = next((member for member in members if member.article_id == incident.best_article_id), None)
    ordered = sorted(members, key=lambda member: (member is not best, member.tier, member.moment))
    moment = incident.event_time.start if incident.event_time else incident.published
    codes = tuple(place.code for place in incident.places)
    stage = calendar.stage_at(moment, codes)
    return AlertItem(
        alert=alert,
        incident=incident,
        places=tuple(
            _place_line(place.code, tools.gazetteer) for place in incident.places if place.code in tools.gazetteer
        ),
        sources=tuple(
            _source_line(member, ordered[:index], tools.sources, addresses) for index, member in enumerate(ordered)
        ),
        signal_names=tuple(tools.taxonomy.signal(signal).name for signal in incident.signals),
        signal_names_en=tuple(tools.taxonomy.signal(signal).name_en for signal in incident.signals),
        quotes=quotes_of(best) if best else (),
        why=_cues(best) if best else (),
        points=best.assessment.severity_points if best else (),
        stage=stage.label if stage else None,
        timezone=tools.timezone,
        article=best.text if best else "",
        names=names_of(incident.title, best.text if best else ""),
        earlier=tuple(earlier),
    )


@lru_cache(maxsize=10_000)
def _place_line(code: str, gazetteer: Gazetteer) -> PlaceLine:
    """Return a place by its code; how far it reaches is worked out of all that lies in it, once."""
    return PlaceLine(
        code,
        _place_name(code, gazetteer),
        gazetteer.point(code),
        bps=gazetteer.bps(code),
        radius_km=radius_km(code, gazetteer),
    )


def _place_name(code: str, gazetteer: Gazetteer) -> str:
    """Return a unit's name, below a kabupaten or kota with that behind it: there are 98 Sidomulyo."""
    name = gazetteer.name(code)
    return name if len(code) <= KABKOTA else f"{name}, {gazetteer.name(code[:KABKOTA])}"


def _source_line(
    member: Member, before: Sequence[Member], sources: Mapping[str, Source], addresses: Mapping[int, str]
) -> SourceLine:
    source = sources.get(member.source_id)
    return SourceLine(
        outlet=source.name if source else member.source_id,
        url=addresses[member.article_id],
        title=member.title,
        tier=member.tier,
        published=member.published,
        first_seen=member.first_seen,
        is_copy=any(member.shares_text(other) for other in before),
        withdrawn=member.withdrawn,
    )


def quotes_of(member: Member) -> tuple[str, ...]:
    """Return at most two sentences that decided, in reading order; the first of the text where evidence names none."""
    from classifiers.text import read_sentences

    body = read_sentences("", member.text)
    weights = [0.0] * len(body)
    for evidence in member.assessment.evidence:
        for index, sentence in enumerate(body):
            if evidence.zone == "text" and sentence.start <= evidence.start < sentence.end:
                weights[index] += max(evidence.weight, 0.0)
    best = sorted(range(len(body)), key=lambda index: (-weights[index], index))[:QUOTES]
    texts = (member.text[body[index].start : body[index].end].strip() for index in sorted(best))
    return tuple(text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…" for text in texts)


def _cues(member: Member) -> tuple[str, ...]:
    telling = sorted(member.assessment.evidence, key=lambda evidence: -evidence.weight)
    return tuple(dict.fromkeys(evidence.why for evidence in telling if evidence.weight > 0))[:CUES]
