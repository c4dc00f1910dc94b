"""A publish pass: what the rules raise, update or take back becomes an alert, and the feed files are written anew.

An alert is one row that is written before any file is: a killed pass leaves the old files and the next one writes them.
Files are replaced whole, so that a reader never sees half of one.
"""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from data.errors import DiskFullError, SettingsError
from data.gazetteer import KABKOTA
from data.records import Alert
from feeds import FORMATS, Channel
from feeds.alerting import DEFAULT_RULES, is_verified, next_step
from feeds.items import AlertItem, PlaceLine, SourceLine
from flows.desk_rules import alert_rules_in_use, calendar_in_use
from flows.joining import members_of, refresh
from flows.leases import held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from classifiers.incidents import Member
    from classifiers.stages import Calendar
    from data.gazetteer import Gazetteer
    from data.records import AlertState, Incident, Source
    from data.store import Store
    from data.taxonomy import Taxonomy
    from feeds.alerting import AlertRules, Step

log = structlog.get_logger(__name__)

LEASE_NAME = "publish"
LEASE = timedelta(minutes=5)

LOOK_BACK = timedelta(days=45)
"""Incidents seen in this time are looked at again; older ones no longer gain articles (classifiers.incidents)."""

FRESH = timedelta(days=3)
"""An incident of which nothing was read for longer raises no alert by itself: a model that finds it in the archive
would wake people for what is over. By reasoning: a machine that was off over a long weekend still alerts."""

IN_FEEDS = 200
"""Alerts in a feed file, the newest first; readers poll far more often than this many come."""

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How a system says that a file has no room: disk, quota, limit of the process."""

QUOTES = 2
CUES = 5
LONGEST_QUOTE = 320

STATES: Mapping[Step, AlertState] = {"raise": "raised", "update": "updated", "cancel": "cancelled"}
WITHDRAWN = "berita ditarik oleh media"
FALLEN = "setelah pembaruan berita tidak lagi dinilai sebagai kerawanan"
REJECTED = "setelah ditinjau analis tidak diteruskan"
MERGED = "digabung ke kejadian {}"
BY_PERSON = "dibatalkan petugas: "
"""How the reason of an alert begins that a person cancelled: only a person raises it again."""


@dataclass(frozen=True, slots=True)
class PublishTools:
    """What has effects in a publish pass, and what alerts are written with."""

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
        for incident in found:
            step = _step(incident, tools, rules)
            if step is not None:
                counts[step] += 1
                renew()
        files = write_files(tools)
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
            exercise=tools.exercise,
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


def uid_of(incident: Incident, authority: str) -> str:
    """Return the name of an incident's alert for all time: a tag URI (RFC 4151)."""
    return f"tag:{authority},{incident.opened_at:%Y-%m-%d}:kejadian:{incident.id}"


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


def alert_items(tools: PublishTools, alerts: Iterable[Alert]) -> list[AlertItem]:
    """Return what feeds say of each alert, in the order given; an alert whose incident is gone is left out."""
    items = []
    for alert in alerts:
        incident = tools.store.incidents.get(alert.incident_id)
        if incident is not None:
            items.append(item_of(alert, incident, tools))
    return items


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
    members = members_of(incident, tools.store, tools.sources) if members is None else members
    best = next((member for member in members if member.article_id == incident.best_article_id), None)
    ordered = sorted(members, key=lambda member: (member is not best, member.tier, member.moment))
    moment = incident.event_time.start if incident.event_time else incident.published
    codes = tuple(place.code for place in incident.places)
    stage = calendar_in_use(tools.store, tools.calendar).stage_at(moment, codes)
    return AlertItem(
        alert=alert,
        incident=incident,
        places=tuple(
            PlaceLine(place.code, _place_name(place.code, tools.gazetteer), tools.gazetteer.point(place.code))
            for place in incident.places
            if place.code in tools.gazetteer
        ),
        sources=tuple(_source_line(member, ordered[:index], tools) for index, member in enumerate(ordered)),
        signal_names=tuple(tools.taxonomy.signal(signal).name for signal in incident.signals),
        quotes=quotes_of(best) if best else (),
        why=_cues(best) if best else (),
        points=best.assessment.severity_points if best else (),
        stage=stage.label if stage else None,
        timezone=tools.timezone,
        article=best.text if best else "",
        earlier=tuple(one for one in tools.store.alerts.history(alert.uid) if one.revision < alert.revision),
    )


def _place_name(code: str, gazetteer: Gazetteer) -> str:
    """Return a unit's name, below a kabupaten or kota with that behind it: there are 98 Sidomulyo."""
    name = gazetteer.name(code)
    return name if len(code) <= KABKOTA else f"{name}, {gazetteer.name(code[:KABKOTA])}"


def _source_line(member: Member, before: Sequence[Member], tools: PublishTools) -> SourceLine:
    stored = tools.store.articles.get(member.article_id)
    assert stored is not None  # noqa: S101  # members_of made the member of it
    source = tools.sources.get(member.source_id)
    return SourceLine(
        outlet=source.name if source else member.source_id,
        url=stored.article.url,
        title=member.title,
        tier=member.tier,
        published=member.published,
        first_seen=member.first_seen,
        is_copy=any(member.shares_text(other) for other in before),
        withdrawn=member.withdrawn,
    )


def quotes_of(member: Member) -> tuple[str, ...]:
    """Return at most two sentences that decided, in reading order; the first of the text where evidence names none."""
    from classifiers.text import read_document

    document = read_document(member.title, member.text)
    body = [sentence for sentence in document.sentences if sentence.zone == "text"]
    weights = [0.0] * len(body)
    for evidence in member.assessment.evidence:
        for index, sentence in enumerate(body):
            if evidence.zone == "text" and sentence.start <= evidence.start < sentence.end:
                weights[index] += max(evidence.weight, 0.0)
    best = sorted(range(len(body)), key=lambda index: (-weights[index], index))[:QUOTES]
    texts = (document.span("text", body[index].start, body[index].end).strip() for index in sorted(best))
    return tuple(text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…" for text in texts)


def _cues(member: Member) -> tuple[str, ...]:
    telling = sorted(member.assessment.evidence, key=lambda evidence: -evidence.weight)
    return tuple(dict.fromkeys(evidence.why for evidence in telling if evidence.weight > 0))[:CUES]


def write_files(tools: PublishTools) -> tuple[Path, ...]:
    """Write every feed file and one CAP message per alert; return the files. DiskFullError where there is no room."""
    channel = Channel(authority=tools.authority, now=tools.clock())
    items = alert_items(tools, tools.store.alerts.current(limit=IN_FEEDS))
    written = []
    for chosen in FORMATS.values():
        if chosen.single:
            for item in items:
                path = tools.folder / "cap" / f"kejadian-{item.incident.id}.xml"
                written.append(write_whole(path, chosen.write([item], channel)))
        else:
            written.append(write_whole(tools.folder / chosen.file, chosen.write(items, channel)))
    return tuple(written)


def write_whole(path: Path, content: bytes) -> Path:
    """Put ``content`` in place of a file at once; the file stays as it was where that fails.

    Raises DiskFullError where there is no room, SettingsError where the folder may not be written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{path.name}.*"):
            left.unlink(missing_ok=True)  # of a pass that was killed while it wrote; only one pass writes at a time
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise DiskFullError(path.parent, needed_bytes=len(content)) from error
        raise SettingsError(
            f"cannot be written ({error.strerror}); see who owns it, or take another KENTONGAN_HOME", where=str(path)
        ) from error
    return path
