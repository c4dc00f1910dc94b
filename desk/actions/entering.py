"""Entering a report from the field: what somebody told by telephone or WhatsApp becomes an incident beside the news.

It is kept as an article of the source *lapangan*, which no catalogue has and nothing fetches; who entered it judged it,
by a review that stands whatever a model says later. Who told it is kept by role and initials only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from classifiers.copies import signature
from classifiers.incidents import summarise
from classifiers.stages import zone_of
from classifiers.urgency import urgency
from data.errors import InputError, UnknownItemError
from data.outcomes import Outcome
from data.records import (
    WATCHED,
    Article,
    Assessment,
    EventTime,
    Modality,
    PageRef,
    Place,
    PlaceRole,
    Review,
    Severity,
)
from desk.permissions import Permission
from flows.joining import member_of, profiled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from classifiers.stages import Calendar
    from data.gazetteer import Gazetteer
    from data.records import Incident, Source
    from data.store import Store
    from data.taxonomy import Taxonomy
    from desk.permissions import Actor

FIELD_SOURCE: Final = "lapangan"
"""The source of what was reported to the desk itself: it stands in no catalogue, and nothing is fetched of it."""

ADDRESS: Final = "urn:kentongan:lapangan:"
"""How the address of such an article begins: a name (RFC 8141), nothing that can be fetched."""

CHANNELS: Final = {
    "telepon": ("telepon", "telephone"),
    "whatsapp": ("WhatsApp", "WhatsApp"),
    "tatap_muka": ("tatap muka", "in person"),
    "radio": ("radio (HT)", "radio"),
    "surat": ("surat", "letter"),
}
LONGEST_TITLE: Final = 200
LONGEST_REPORT: Final = 8000
LONGEST_ROLE: Final = 120
EVENT_MODALITIES: Final = tuple(one for one in Modality if one in WATCHED)
"""What a report can speak of; it is entered because something is the matter."""

ENTERED: Final = "orang"
"""The version of the model of what a person judged."""


@dataclass(frozen=True, slots=True)
class EntryTools:
    """What a report is checked against and kept in."""

    store: Store
    gazetteer: Gazetteer
    taxonomy: Taxonomy
    calendar: Calendar
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class FieldReport:
    """What somebody reported to the desk.

    ``role`` is their function (*PKD Nagari X*, *Camat*), ``name`` what only initials are kept of, "" where it was not
    given. ``happened`` is when it happened, aware; None: not known.
    """

    title: str
    text: str
    role: str
    channel: str
    place_codes: tuple[str, ...]
    signals: tuple[str, ...]
    modality: Modality
    severity: int
    name: str = ""
    happened: datetime | None = None


def enter(tools: EntryTools, actor: Actor, report: FieldReport, now: datetime) -> Incident:
    """Keep a report from the field and return the incident that it opens.

    Raises InputError for what is missing, too long, in the future or was entered already (it names the incident),
    UnknownItemError for a unit or signal that there is not, ForbiddenError; then nothing was written.
    """
    actor.require(Permission.ENTRI)
    report = _checked(tools, report, now)
    if not actor.sees(report.place_codes):
        raise InputError("this place is not of your regions; hand the report to who watches it")
    store = tools.store
    with store.transaction():
        article_id = _article(store, actor, report, now)
        store.assessments.save(article_id, 1, _assessment(tools, actor, report, now), now)
        stored = store.articles.get(article_id)
        if stored is None:
            raise UnknownItemError("article", article_id)
        mark = signature(stored.article.title, stored.article.text)
        store.signatures.put(article_id, mark.digest, mark.bands)
        found = member_of(article_id, store, tools.sources)
        if found is None:
            raise UnknownItemError("article", article_id)
        # Beside the news, not in it: whether it is what an outlet reports a person says, by a merge.
        incident = store.incidents.open(summarise([found], now), [article_id], now, actor.name)
        profiled(article_id, store, tools.sources)
        store.reviews.add(
            Review(
                incident.id,
                actor.name,
                now,
                reason=f"laporan lapangan: {report.role}",
                article_id=article_id,
                signals=report.signals,
                modality=report.modality,
                severity=report.severity,
                place_codes=report.place_codes,
            )
        )
        store.looks.note_first(incident.id, actor.user.id, now)
        detail = {"artikel": article_id, "pelapor": report.role, "lewat": report.channel}
        store.audit.add(actor.name, "laporan_lapangan", f"kejadian/{incident.id}", now, detail)
    return incident


def initials(name: str) -> str:
    """Return a name as it is kept: *Budi Santoso* is *B.S.*; "" stays so."""
    return "".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


def _article(store: Store, actor: Actor, report: FieldReport, now: datetime) -> int:
    """Keep the report as an article and return its id; InputError where the same was entered already."""
    who = ", ".join(part for part in (report.role, initials(report.name)) if part)
    content = f"{report.title}\n{report.text}"
    digest = hashlib.sha256(content.encode()).hexdigest()
    name = hashlib.sha256(f"{now.isoformat()}\n{actor.name}\n{content}".encode()).hexdigest()[:16]
    url = f"{ADDRESS}{name}"
    article = Article(
        FIELD_SOURCE,
        url,
        url,
        report.title,
        report.text,
        digest,
        published=now,
        author=f"{who} ({report.channel})",
        section=FIELD_SOURCE,
        language="id",
        method="entri",
    )
    run = store.runs.start("entri", now)
    settled = store.settle(run, PageRef(url, url, FIELD_SOURCE, "manual"), None, Outcome.FETCHED, article, now)
    store.runs.finish(run, now, "done")
    if settled.article_id is None or settled.outcome is not Outcome.BARU:
        held = store.incidents.of_article(settled.article_id) if settled.article_id is not None else None
        where = f"incident {held.id}" if held is not None else "the archive"
        raise InputError(f"the same report is in {where} already; write there what is new")
    return settled.article_id


def _assessment(tools: EntryTools, actor: Actor, report: FieldReport, now: datetime) -> Assessment:
    names = tools.gazetteer.name
    places = tuple(Place(code, names(code), PlaceRole.KEJADIAN, "text", 0, 0, 1.0) for code in report.place_codes)
    moment = report.happened or now
    return Assessment(
        signals=dict.fromkeys(report.signals, 1.0),
        flagged_signals=report.signals,
        modality=report.modality,
        severity=report.severity,
        severity_points=((f"ditetapkan {actor.name}", report.severity),),
        urgency=urgency(report.severity, tools.calendar.stage_at(moment, report.place_codes)),
        flagged=True,
        flag_score=1.0,
        places=places,
        evidence=(),
        model_version=ENTERED,
        rules_version=ENTERED,
        event_time=EventTime(report.happened, report.happened, "text", 0, 0) if report.happened is not None else None,
    )


def _checked(tools: EntryTools, report: FieldReport, now: datetime) -> FieldReport:
    title, text, role = report.title.strip(), report.text.strip(), report.role.strip()
    if not title or not text:
        raise InputError("say in one line what happened, and below it what was reported")
    if not role:
        raise InputError("say who reported it: their function, such as camat or PKD")
    if len(title) > LONGEST_TITLE or len(role) > LONGEST_ROLE or len(text) > LONGEST_REPORT:
        raise InputError(
            f"a title has at most {LONGEST_TITLE}, a function {LONGEST_ROLE}, a report {LONGEST_REPORT} characters"
        )
    if report.channel not in CHANNELS:
        raise InputError("say how it was reported: telepon, whatsapp, tatap_muka, radio or surat")
    if report.modality not in EVENT_MODALITIES:
        raise InputError(
            "a report from the field tells of something that happened, is alleged, threatens or is handled"
        )
    if report.severity not in set(Severity):
        raise InputError(f"severity {report.severity} is not from 0 to 4")
    if not report.signals:
        raise InputError("choose at least one signal: it says who has to know")
    for slug in report.signals:
        tools.taxonomy.signal(slug)
    codes = tuple(dict.fromkeys(tools.gazetteer.current(code) for code in report.place_codes))
    if not codes:
        raise InputError("say where it happened: search the kecamatan or the kabupaten/kota")
    if report.happened is not None and report.happened > now + timedelta(minutes=5):
        raise InputError("what happened lies in the past; look at date and time again")
    order = list(tools.taxonomy.slugs)
    signals = tuple(sorted(dict.fromkeys(report.signals), key=order.index))
    return FieldReport(
        title,
        text,
        role,
        report.channel,
        codes,
        signals,
        report.modality,
        report.severity,
        report.name,
        report.happened,
    )


def zone_of_places(codes: tuple[str, ...]) -> str:
    """Return the zone in which a person reads the clock at the first of these places; WIB where there is none."""
    return zone_of(codes).key
