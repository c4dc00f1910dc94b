"""A publish pass: what the rules raise, update or take back becomes an alert, and the feed files are written anew.

An alert is one row that is written before any file is: a killed pass leaves the old files and the next one writes them.
Files are replaced whole, so that a reader never sees half of one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from data.records import Alert
from feeds import Channel
from feeds.alerting import DEFAULT_RULES, is_drill, is_verified, next_step
from flows.alert_items import alert_items, incident_item, item_of, uid_of
from flows.desk_rules import alert_rules_in_use
from flows.feed_files import FEEDS_KEY, selections_of, write_files, write_whole
from flows.joining import refresh
from flows.leases import held

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from classifiers.stages import Calendar
    from data.gazetteer import Gazetteer
    from data.records import AlertState, Incident, Source
    from data.store import Store
    from data.taxonomy import Taxonomy
    from feeds.alerting import AlertRules, Step

__all__ = [
    "PublishTally",
    "PublishTools",
    "alert_items",
    "incident_item",
    "item_of",
    "publish",
    "uid_of",
    "write_files",
    "write_whole",
]

log = structlog.get_logger(__name__)

LEASE_NAME = "publish"
LEASE = timedelta(minutes=5)

LOOK_BACK = timedelta(days=45)
"""Incidents seen in this time are looked at again; older ones no longer gain articles (classifiers.incidents)."""

FRESH = timedelta(days=3)
"""An incident of which nothing was read for longer raises no alert by itself: a model that finds it in the archive
would wake people for what is over. By reasoning: a machine that was off over a long weekend still alerts."""

STATES: Mapping[Step, AlertState] = {"raise": "raised", "update": "updated", "cancel": "cancelled"}
WITHDRAWN = "berita ditarik oleh media"
FALLEN = "setelah pembaruan berita tidak lagi dinilai sebagai kerawanan"
REJECTED = "setelah ditinjau analis tidak diteruskan"
MERGED = "digabung ke kejadian {}"
BY_PERSON = "dibatalkan petugas: "
"""How the reason of an alert begins that a person cancelled: only a person raises it again."""


@dataclass(frozen=True, slots=True)
class PublishTools:
    """What has effects in a publish pass, and what alerts are written with.

    ``folder`` is where the feed files go; ``feeds_url`` is the address that it is served under, "" where it is not.
    ``exercise``: what is raised now is a drill. ``stated`` are fields of `Channel` by which an installation states its
    own title, terms and contact.
    """

    store: Store
    sources: Mapping[str, Source]
    gazetteer: Gazetteer
    taxonomy: Taxonomy
    calendar: Calendar
    clock: Callable[[], datetime]
    folder: Path
    authority: str = "kentongan.local"
    timezone: str = "Asia/Jakarta"
    exercise: bool = False
    min_free_mb: int = 0
    feeds_url: str = ""
    stated: Mapping[str, Any] = field(default_factory=dict)

    def channel(self, now: datetime) -> Channel:
        """Return who publishes, with what this installation states of its feeds; ``now`` dates an empty one."""
        return Channel(self.authority, now, **self.stated)


@dataclass(frozen=True, slots=True)
class PublishTally:
    """What a pass did: alerts raised, updated and cancelled, and the files written."""

    raised: int = 0
    updated: int = 0
    cancelled: int = 0
    files: tuple[Path, ...] = ()


def publish(tools: PublishTools) -> PublishTally:
    """Bring alerts up to date with the incidents, and the feed files with the alerts; LeaseError where another does."""
    counts: dict[Step, int] = {"raise": 0, "update": 0, "cancel": 0}
    tools.store.check_room(tools.min_free_mb * 1_000_000)
    with held(tools.store, LEASE_NAME, tools.clock, LEASE) as renew:
        since, rules = tools.clock() - LOOK_BACK, alert_rules_in_use(tools.store)
        found = tools.store.incidents.list(since=since, limit=100_000)
        found += tools.store.incidents.list(since=since, limit=100_000, merged=True)
        # A person may decide about an older one, or put it right: those who were told of it are told that too.
        known = {incident.id for incident in found}
        found += tools.store.incidents.of(number for number in tools.store.alerts.outdated() if number not in known)
        for incident in found:
            step = _step(incident, tools, rules)
            if step is not None:
                counts[step] += 1
                renew()
        setting = tools.store.desk_settings.get(FEEDS_KEY)
        files = write_files(tools, selections_of(setting, tools.gazetteer, tools.taxonomy))
    tally = PublishTally(counts["raise"], counts["update"], counts["cancel"], files)
    log.info("publish_done", raised=tally.raised, updated=tally.updated, cancelled=tally.cancelled)
    return tally


def _step(incident: Incident, tools: PublishTools, rules: AlertRules = DEFAULT_RULES) -> Step | None:
    """Do what the rules say of one incident, and return what was done."""
    if _partly_withdrawn(incident, tools.store):
        with tools.store.transaction():
            found = tools.store.incidents.get(incident.id)
            if found is not None and refresh(found, tools.store, tools.sources, tools.clock()):
                incident = tools.store.incidents.get(incident.id) or incident
    # Most incidents need nothing: that is found out without holding up whoever else writes.
    if _decided(incident, tools, rules)[0] is None:
        return None
    store, now = tools.store, tools.clock()
    with store.transaction():
        found = store.incidents.get(incident.id)
        if found is None:
            return None
        step, current, withdrawn = _decided(found, tools, rules)
        if step is None:
            return None
        reason = _reason(found, withdrawn=withdrawn) if step == "cancel" else ""
        alert = Alert(
            uid=current.uid if current else uid_of(found, tools.authority),
            incident_id=found.id,
            revision=current.revision + 1 if current else 1,
            # What was taken back and stands again after all is an update to those who got it.
            state="updated" if step == "raise" and current else STATES[step],
            at=now,
            first_raised_at=current.first_raised_at if current else now,
            verified=is_verified(found),
            exercise=is_drill(current, exercise=tools.exercise),
            reason=reason,
            incident_revision=found.revision,
        )
        if alert.state == "raised":
            store.alerts.raise_(alert)
        else:
            store.alerts.update(alert)
    return step


def _reason(incident: Incident, *, withdrawn: bool) -> str:
    """Return why an alert is taken back."""
    if incident.merged_into is not None:
        return MERGED.format(incident.merged_into)
    return WITHDRAWN if withdrawn else FALLEN if incident.severity == 0 else REJECTED


def _decided(incident: Incident, tools: PublishTools, rules: AlertRules) -> tuple[Step | None, Alert | None, bool]:
    """Return what is to be done, the alert as it stands, and whether every article was withdrawn."""
    current = tools.store.alerts.of_incident(incident.id)
    withdrawn = _all_withdrawn(incident, tools.store)
    step = next_step(
        incident,
        current,
        withdrawn=withdrawn,
        armed_threat=_armed(incident, tools.store),
        fresh=tools.clock() - incident.last_seen <= FRESH,
        rules=rules,
    )
    if step == "raise" and current is not None and current.reason.startswith(BY_PERSON):
        step = None
    return step, current, withdrawn


def _all_withdrawn(incident: Incident, store: Store) -> bool:
    gone = _withdrawn(incident, store)
    return bool(gone) and all(gone)


def _partly_withdrawn(incident: Incident, store: Store) -> bool:
    """Return whether what is left of an incident may say less than it did: some of its articles were taken down."""
    gone = _withdrawn(incident, store)
    return any(gone) and not all(gone)


def _withdrawn(incident: Incident, store: Store) -> list[bool]:
    articles = [store.articles.get(article_id) for article_id in incident.article_ids]
    return [article is not None and article.withdrawn_at is not None for article in articles]


def _armed(incident: Incident, store: Store) -> bool:
    """Return whether the best article's severity comes of arms or a bomb: the one threat that leaves by itself."""
    assessment = store.assessments.of(incident.best_article_id) if incident.best_article_id else None
    words = " ".join(why for why, _ in assessment.severity_points).casefold() if assessment else ""
    return any(word in words for word in ("senjata", "bom", "senpi"))
