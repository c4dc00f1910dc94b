"""What reports say, gathered from the store: incidents of a period, warnings, picture, coverage, times taken.

A report counts an incident on the day on which it became known (``data.moments.known_at``): each falls in exactly one
daily report, and seven of these add up to the weekly one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from classifiers.ikp import load_ikp
from classifiers.incidents import timeline
from classifiers.incidents.timeline import StepKind
from classifiers.region_picture import picture_of
from classifiers.timeliness import Leg, timeliness
from data.errors import InputError, UnknownItemError
from data.gazetteer import DESA, KABKOTA, PROVINCE, Level, level_of
from feeds.masking import masked, names_in
from feeds.reports.content import (
    NOTABLE_FROM,
    STATUS_WORDS,
    DayCount,
    Head,
    SourceCount,
    StepTime,
    WarningLine,
    counted,
    gravest_first,
    incident_line,
    within,
)
from feeds.reports.daily import Daily
from feeds.reports.laporan_informasi import Event, Information
from feeds.reports.parts import STATE_WORDS
from feeds.reports.weekly import GRAVE_FROM, Weekly
from feeds.reports.wording import number
from flows.coverage import answering, coverage_of
from flows.incident_view import answer_lines
from flows.joining import members_of
from flows.picture import region_names, stage_of
from flows.publish import incident_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from classifiers.incidents import Member
    from data.records import Incident, Source
    from data.store.sightings import Passage
    from data.watching import CountedIncident, Coverage, EarlyWarning, Picture
    from feeds.items import AlertItem
    from feeds.reports.content import IncidentLine
    from flows.publish import PublishTools

DAY = timedelta(days=1)
DAYS_OF_WEEK = 7
COUNTRY = "Indonesia"
STEPS = {
    Leg.TERBIT_TERLIHAT: "Terbit sampai terlihat",
    Leg.TERBIT_TERLIHAT_ZONA_DUGAAN: "Terbit sampai terlihat (zona waktu diduga)",
    Leg.TERLIHAT_DINILAI: "Terlihat sampai dinilai mesin",
    Leg.DINILAI_KEJADIAN: "Dinilai sampai menjadi kejadian",
    Leg.KEJADIAN_DESK: "Kejadian sampai desk (peringatan atau tinjauan pertama)",
    Leg.TERBIT_DESK: "Terbit sampai desk",
}
"""What each leg of an article's way is called in reports."""
LOOKED_AT = 60
"""Incidents of a warning of which the level is looked up, the gravest first: so the first has it."""
MOST_EVENTS = 40
STEP_WORDS = {
    StepKind.LAPORAN_PERTAMA: "Laporan pertama",
    StepKind.SALINAN: "Salinan",
    StepKind.KONFIRMASI: "Konfirmasi media lain",
    StepKind.LAPORAN_LAIN: "Laporan lain",
    StepKind.RALAT: "Ralat",
    StepKind.KLARIFIKASI: "Klarifikasi",
    StepKind.PENANGKAPAN: "Penangkapan",
    StepKind.TERSANGKA: "Penetapan tersangka",
    StepKind.PEMERIKSAAN: "Pemeriksaan",
    StepKind.SIDANG: "Sidang",
    StepKind.PUTUSAN: "Putusan",
    StepKind.PENGHENTIAN: "Penghentian perkara",
    StepKind.PENANGANAN: "Penanganan",
    StepKind.KONTEKS: "Berita terkait",
}
"""What an article adds to an incident, in the words of a report."""
FIELD_ORDER = ("ideologi", "politik", "ekonomi", "sosial budaya", "pertahanan-keamanan")
"""Ipoleksosbudhankam, in the order that its name gives."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which desk a report is for: its name, and the code of its area (None: the whole country)."""

    office: str
    area: str | None = None


def head_of(scope: Scope, tools: PublishTools) -> Head:
    """Return the head of a report; UnknownItemError or InputError where the area is no province or kabupaten/kota."""
    name = COUNTRY
    if scope.area is not None:
        if level_of(scope.area) not in {Level.PROVINCE, Level.KABKOTA}:
            raise InputError(f"a report is on a province or a kabupaten/kota, and {scope.area} lies deeper")
        name = tools.gazetteer.name(scope.area)
        if len(scope.area) == KABKOTA:
            name += f", {tools.gazetteer.name(scope.area[:PROVINCE])}"
        else:
            name = f"Provinsi {name}"
    return Head(scope.office, scope.area, name, tools.timezone, tools.exercise)


def day_bounds(day: date, timezone: str) -> tuple[datetime, datetime]:
    """Return the first moment of a day on the desk's clock, and that of the next day, in UTC."""
    zone = ZoneInfo(timezone)
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    after = day + DAY
    return start.astimezone(UTC), datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)


def today(tools: PublishTools) -> date:
    """Return the day that it is on the desk's clock."""
    return tools.clock().astimezone(ZoneInfo(tools.timezone)).date()


def daily_of(day: date, scope: Scope, tools: PublishTools) -> Daily:
    """Gather what the report of ``day`` says; InputError for a day that is still to come."""
    _not_to_come(day, tools)
    head, area = head_of(scope, tools), scope.area
    start, end = day_bounds(day, tools.timezone)
    first = day - timedelta(days=DAYS_OF_WEEK - 1)
    week = _known(first, day, area, tools)
    new = [one for one in week if start <= one.known_at < end]
    coverage = coverage_of(tools.store, tools.sources.values(), tools.gazetteer, start, end)
    notable = [_incident(one.id, tools) for one in new if one.severity >= NOTABLE_FROM]
    moved = tools.store.reports.with_news(start, end, area=area, min_severity=NOTABLE_FROM)
    yesterday = day_bounds(day - DAY, tools.timezone)
    return Daily(
        head=head,
        day=day,
        start=start,
        end=end,
        count=counted(new),
        notable=_lines(notable, tools),
        going_on=_lines([_incident(one, tools) for one in moved], tools),
        warnings=_warnings(start, end, area, tools),
        picture=_picture(new, coverage, area, start, end, tools),
        coverage=coverage,
        sources=_sources(start, end, area, tools),
        week=_days(week, first, day, tools.timezone),
        before=counted(one for one in week if yesterday[0] <= one.known_at < yesterday[1]),
        steps=steps_of(_passages(start, end, area, tools)),
        stage=_stage(day, area, tools),
        tomorrow=_stage(day + DAY, area, tools),
        rejected=tools.store.reports.rejected(start, end, area=area),
        unplaced=_unplaced(start, end, tools),
        signal_names={signal.slug: signal.name for signal in tools.taxonomy.signals},
        dimension_names={one.slug: one.name for one in load_ikp().dimensions},
        unfinished=end > tools.clock(),
    )


def weekly_of(monday: date, scope: Scope, tools: PublishTools) -> Weekly:
    """Gather what the report of the week that begins on ``monday`` says; InputError for one still to come."""
    _not_to_come(monday, tools)
    head, area = head_of(scope, tools), scope.area
    sunday = monday + timedelta(days=DAYS_OF_WEEK - 1)
    start, end = day_bounds(monday, tools.timezone)[0], day_bounds(sunday, tools.timezone)[1]
    earlier = monday - timedelta(days=DAYS_OF_WEEK)
    new, old = _known(monday, sunday, area, tools), _known(earlier, monday - DAY, area, tools)
    before_start = day_bounds(earlier, tools.timezone)[0]
    coverage = coverage_of(tools.store, tools.sources.values(), tools.gazetteer, start, end)
    grave = [_incident(one.id, tools) for one in new if one.severity >= GRAVE_FROM]
    stages = [_stage_name(monday + timedelta(days=at), area, tools) for at in range(DAYS_OF_WEEK)]
    year, week, _ = monday.isocalendar()
    return Weekly(
        head=head,
        week=f"{year}-W{week:02}",
        first=monday,
        last=sunday,
        start=start,
        end=end,
        count=counted(new),
        before=counted(old),
        days=_days(new, monday, sunday, tools.timezone),
        days_before=_days(old, earlier, monday - DAY, tools.timezone),
        grave=_lines(grave, tools),
        warnings=_warnings(start, end, area, tools),
        picture=_picture(new, coverage, area, start, end, tools),
        picture_before=_picture(old, coverage, area, before_start, start, tools),
        coverage=coverage,
        sources=_sources(start, end, area, tools),
        steps=steps_of(_passages(start, end, area, tools)),
        stages=tuple(dict.fromkeys(stage for stage in stages if stage)),
        rejected=tools.store.reports.rejected(start, end, area=area),
        unplaced=_unplaced(start, end, tools),
        signal_names={signal.slug: signal.name for signal in tools.taxonomy.signals},
        dimension_names={one.slug: one.name for one in load_ikp().dimensions},
        unfinished=end > tools.clock(),
    )


def information_of(incident_id: int, scope: Scope, tools: PublishTools) -> Information:
    """Gather what a Laporan Informasi on one incident says; UnknownItemError where there is none of that id."""
    incident = tools.store.incidents.get(incident_id)
    if incident is None:
        raise UnknownItemError("incident", incident_id, hint="see kentongan incidents")
    item = incident_item(incident, tools)
    members = members_of(incident, tools.store, tools.sources)
    fields = {name for slug in incident.signals for name in tools.taxonomy.signal(slug).fields}
    values = tools.store.information_values.of_incident(incident.id)
    return Information(
        head=head_of(scope, tools),
        item=item,
        reviews=tuple(tools.store.reviews.of_incident(incident.id)),
        fields=tuple(name for name in FIELD_ORDER if name in fields),
        answers=answers_of(members, item),
        events=events_of(members, item, tools),
        steps=steps_of(_own_passages(incident, tools)),
        coverage=_coverage_words(incident, tools),
        value=values[-1].shown if values else "",
    )


def answers_of(members: list[Member], item: AlertItem) -> tuple[tuple[str, str], ...]:
    """Return the 5W1H as the articles give them, by the words of `laporan_informasi.FIVE_W`; what none says is missing.

    Where and when are said by the units and times that were read, with the words of the text that they rest on; what,
    why and how stand in quotation marks: an outlet says them.
    """
    answers = dict(answer_lines(members))
    answers |= {name: f"“{answers[name]}”" for name in ("Apa", "Mengapa", "Bagaimana") if name in answers}
    for name, read in (("Di mana", item.place_names if item.places else ""), ("Bilamana", _time(item))):
        if read and name in answers:
            answers[name] = f"{read} (“{answers[name]}”)"
    return tuple(answers.items())


def _time(item: AlertItem) -> str:
    return item.event_time if item.incident.event_time is not None else ""


def events_of(members: Sequence[Member], item: AlertItem, tools: PublishTools) -> tuple[Event, ...]:
    """Return what happened with an incident, the first first: what each article added, the flag, alerts, reviews."""
    incident, store = item.incident, tools.store
    texts = {member.article_id: member.text for member in members}
    events = []
    for step in timeline(members):
        source = tools.sources.get(step.source_id)
        name = source.name if source else step.source_id
        gone = " (sudah ditarik)" if step.withdrawn else ""
        text = texts[step.article_id]
        title = masked(step.title, text, names_in(text))
        events.append(Event(step.at, f"{STEP_WORDS[step.kind]}, {name}: {title}{gone}", of_news=True))
    events.append(Event(incident.opened_at, "Ditandai mesin sebagai kejadian"))
    words = {"raised": "Peringatan dikirim", "updated": "Peringatan diperbarui", "cancelled": "Peringatan dicabut"}
    events += [Event(alert.at, words[alert.state]) for alert in store.alerts.history(item.alert.uid)]
    events += [
        Event(review.at, f"Ditinjau petugas: {STATUS_WORDS[review.verdict]}")
        for review in store.reviews.of_incident(incident.id)
        if review.verdict is not None
    ]
    ordered = sorted(events, key=lambda event: event.at)
    if len(ordered) > MOST_EVENTS:
        left = len(ordered) - MOST_EVENTS
        middle = Event(ordered[MOST_EVENTS // 2].at, f"… {number(left)} keterangan lain tidak ditampilkan")
        ordered = [*ordered[: MOST_EVENTS // 2], middle, *ordered[-MOST_EVENTS // 2 :]]
    return tuple(ordered)


def steps_of(passages: Iterable[Passage]) -> tuple[StepTime, ...]:
    """Return how long each leg took over the articles of ``passages``, by the measure of `classifiers.timeliness`."""
    measured = timeliness(passages).legs
    return tuple(
        StepTime(name, measured[leg].n, measured[leg].median, measured[leg].p90) for leg, name in STEPS.items()
    )


def _passages(start: datetime, end: datetime, area: str | None, tools: PublishTools) -> list[Passage]:
    """Return the ways of the articles first seen in [start, end), of the sources that concern an area."""
    mine = {source.id for source in tools.sources.values() if concerns(source, area)}
    return [one for one in tools.store.sightings.passages(start, end) if one.source_id in mine]


def _own_passages(incident: Incident, tools: PublishTools) -> list[Passage]:
    until = incident.last_seen + timedelta(seconds=1)
    own = set(incident.article_ids)
    return [one for one in tools.store.sightings.passages(incident.first_seen, until) if one.article_id in own]


def _not_to_come(day: date, tools: PublishTools) -> None:
    if day > today(tools):
        raise InputError(f"{day.isoformat()} is still to come; a report is on what was")


def _known(first: date, last: date, area: str | None, tools: PublishTools) -> list[CountedIncident]:
    start, end = day_bounds(first, tools.timezone)[0], day_bounds(last, tools.timezone)[1]
    return tools.store.counts.incidents(start, end, area=area, by="known_at")


def _days(incidents: Sequence[CountedIncident], first: date, last: date, timezone: str) -> tuple[DayCount, ...]:
    zone = ZoneInfo(timezone)
    days: dict[date, list[CountedIncident]] = {first + timedelta(days=at): [] for at in range((last - first).days + 1)}
    for one in incidents:
        days[one.known_at.astimezone(zone).date()].append(one)
    return tuple(DayCount(day, counted(found).levels) for day, found in days.items())


def _incident(incident_id: int, tools: PublishTools) -> Incident:
    found = tools.store.incidents.get(incident_id)
    if found is None:
        raise UnknownItemError("incident", incident_id)
    return found


def _lines(incidents: Iterable[Incident], tools: PublishTools) -> tuple[IncidentLine, ...]:
    return gravest_first(
        incident_line(incident_item(one, tools), tools.store.reviews.of_incident(one.id)) for one in incidents
    )


def _picture(
    incidents: Iterable[CountedIncident],
    coverage: Mapping[str, Coverage],
    area: str | None,
    start: datetime,
    end: datetime,
    tools: PublishTools,
) -> Picture:
    """Return the picture of incidents by the day on which they became known, as everything in a report."""
    return picture_of(
        (replace(one, counted_at=one.known_at) for one in incidents),
        region_names(tools.gazetteer),
        coverage,
        load_ikp(),
        start=start,
        end=end,
        area=area,
    )


def _warnings(start: datetime, end: datetime, area: str | None, tools: PublishTools) -> tuple[WarningLine, ...]:
    """Return the warnings whose window has a part in [start, end)."""
    found = tools.store.early_warnings.list(since=start)
    return tuple(
        _warning(one, tools) for one in found if one.start < end and one.end > start and within(one.region, area)
    )


def _warning(one: EarlyWarning, tools: PublishTools) -> WarningLine:
    incidents = [tools.store.incidents.get(number_) for number_ in one.incident_ids[:LOOKED_AT]]
    return WarningLine(
        kind=one.kind,
        signal="semua sinyal" if one.signal is None else tools.taxonomy.signal(one.signal).name,
        place=tools.gazetteer.name(one.region),
        region=one.region,
        start=one.start,
        end=one.end,
        observed=one.observed,
        expected=one.expected,
        q_value=one.q_value,
        method=one.method,
        incident_ids=one.incident_ids,
        standing=one.ended_at is None,
        level=max((incident.severity for incident in incidents if incident is not None), default=None),
        note=one.note,
    )


def _sources(start: datetime, end: datetime, area: str | None, tools: PublishTools) -> SourceCount:
    store = tools.store
    mine = [
        source
        for source in tools.sources.values()
        if source.enabled and store.sources.state(source.id).enabled and concerns(source, area)
    ]
    answered = answering(store, [source.id for source in mine], start, end)
    read = {source.id for source in mine if store.runs.tallies_of(source.id, start, until=end, limit=1)} | answered
    new = store.reports.new_articles(start, end)
    return SourceCount(
        declared=len(mine),
        read=len(read),
        answering=len(answered),
        silent=tuple(sorted(source.name for source in mine if source.id in read - answered)),
        new_articles=sum(new.get(source.id, 0) for source in mine),
    )


def concerns(source: Source, area: str | None) -> bool:
    """Return whether a source is declared for an area: it lies in it, around it, or the source is national."""
    codes = (*source.provinces, *source.regencies)
    return area is None or not codes or any(within(code, area) or within(area, code) for code in codes)


def _unplaced(start: datetime, end: datetime, tools: PublishTools) -> tuple[int, int, int, int, int]:
    found = tools.store.reports.unplaced(start, end)
    return (found.get(0, 0), found.get(1, 0), found.get(2, 0), found.get(3, 0), found.get(4, 0))


def _stage(day: date, area: str | None, tools: PublishTools) -> str | None:
    """Return what a desk calls the stage of a day, by its noon: *hari-H Pilkada 2024*."""
    noon = day_bounds(day, tools.timezone)[0] + DAY / 2
    window = tools.calendar.stage_at(noon, [area] if area else [])
    return window.label if window is not None else None


def _stage_name(day: date, area: str | None, tools: PublishTools) -> str | None:
    return stage_of(tools.calendar, day_bounds(day, tools.timezone)[1], area)


def _coverage_words(incident: Incident, tools: PublishTools) -> tuple[str, ...]:
    """Return how well an incident's kabupaten/kota are read from, in the week around its first article."""
    codes = sorted({place.code[:KABKOTA] for place in incident.places if KABKOTA <= len(place.code) <= DESA})
    if not codes:
        return ()
    start = incident.first_seen - timedelta(days=DAYS_OF_WEEK)
    coverage = coverage_of(tools.store, tools.sources.values(), tools.gazetteer, start, incident.first_seen + DAY)
    return tuple(
        f"Liputan {tools.gazetteer.name(code)}: {STATE_WORDS[one.state]}, {number(one.reporting)} sumber memberitakan,"
        f" {number(one.articles)} artikel dalam seminggu."
        for code in codes
        if (one := coverage.get(code)) is not None
    )
