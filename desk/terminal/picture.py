"""``kentongan picture``: incidents by level, signal and IKP dimension per region, beside what is read from there."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.coverage import ENGLISH
from desk.terminal.moments import day_of
from desk.terminal.spans import DAYS
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from classifiers.region_picture import Slice
    from classifiers.stages import Calendar, Stage
    from data.watching import Coverage, Picture, RegionPicture

    Say = Callable[[str, str], str]

MOST_SIGNALS = 3


@click.command(name="picture")
@click.argument("area", required=False, metavar="[AREA]")
@click.option("--days", type=DAYS, help="The last days (7 unless another period is given).")
@click.option("--from", "begin", help="From this day on, as 2024-11-20.")
@click.option("--to", "end", help="Up to this day, itself included.")
@click.option("--stage", help="The days of this stage of the calendar, by its id.")
@click.option("--by", type=click.Choice(["provinsi", "kabkota"]), help="What a row is.")
@click.option("--daily", is_flag=True, help="Show the counts day by day and by stage, too.")
@click.option("--all", "everything", is_flag=True, help="Regions without any incident, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    area: str | None,
    days: float | None,
    begin: str | None,
    end: str | None,
    stage: str | None,
    by: str | None,
    daily: bool,
    everything: bool,
    as_json: bool,
) -> int:
    """Show how many incidents there were where, of which level, beside what is read from there.

    Without AREA: the provinces. AREA is the Kemendagri code of a province (13: its kabupaten and kota) or of one of
    those (13.77). The region with the gravest incidents comes first; nothing is weighed, and few incidents from where
    little is read mean nothing.
    """
    from classifiers.region_picture import by_day, by_stage
    from data.gazetteer import load_gazetteer
    from flows.desk_rules import calendar_in_use
    from flows.picture import is_region, picture_in
    from flows.settings import Settings
    from flows.tools import load_sources, open_store, utc_now

    say, settings, gazetteer = speaker_of(ctx), Settings.from_environ(), load_gazetteer()
    if area is not None and (area not in gazetteer or not is_region(area)):
        raise click.BadParameter(
            f'"{area}" is no code of a province or kabupaten/kota; one looks like 13 or 13.77', param_hint="AREA"
        )
    if sum(one is not None for one in (days, begin or end, stage)) > 1:
        raise click.UsageError("give the period once: in days, as first and last day, or as a stage")
    with open_store(settings) as store:
        calendar = calendar_in_use(store)
        start, until = _period(days, begin, end, stage, calendar, settings.timezone, utc_now())
        picture = picture_in(
            store,
            load_sources(settings),
            gazetteer,
            calendar,
            start,
            until,
            area=area,
            by="provinsi" if by == "provinsi" else "kabkota" if by else None,
        )
        counted = store.counts.incidents(start, until, area=area)
    slices = (by_day(counted, start, until, area), by_stage(counted, calendar, start, until, area))
    if as_json:
        write_json(facts_of(picture) | {"days": _facts(slices[0]), "stages": _facts(slices[1])})
        return 0
    _show(picture, settings.timezone, say, everything=everything)
    if daily:
        show([_slice(one, say("hari", "day"), say) for one in slices[0]], title=say("Per hari", "Day by day"))
        show([_slice(one, say("tahapan", "stage"), say) for one in slices[1]], title=say("Per tahapan", "By stage"))
    click.echo(picture.method)
    return 0


def _period(
    days: float | None,
    begin: str | None,
    end: str | None,
    stage: str | None,
    calendar: Calendar,
    timezone: str,
    now: datetime,
) -> tuple[datetime, datetime]:
    """Return the first moment of the period and the first after it."""
    from datetime import timedelta

    if stage is not None:
        found = _stage(stage, calendar)
        return day_of(found.first.isoformat(), timezone), day_of((found.last + timedelta(days=1)).isoformat(), timezone)
    if begin is None and end is None:
        return now - timedelta(days=days or 7), now
    until = day_of(end, timezone) + timedelta(days=1) if end else now
    start = day_of(begin, timezone) if begin else until - timedelta(days=7)
    if start >= until:
        raise click.UsageError("the period ends before it begins")
    return start, until


def _stage(name: str, calendar: Calendar) -> Stage:
    from data.errors import UnknownItemError

    for stage in calendar.stages:
        if stage.id == name:
            return stage
    raise UnknownItemError("stage", name, hint=f"there are {', '.join(stage.id for stage in calendar.stages)}")


def _show(picture: Picture, timezone: str, say: Say, *, everything: bool) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(timezone)
    first, last = picture.start.astimezone(zone), picture.end.astimezone(zone)
    period = f"{first:%d-%m-%Y %H.%M} – {last:%d-%m-%Y %H.%M}"
    stage = picture.stage or say("di luar tahapan", "outside all stages")
    rows = [row for row in picture.regions if everything or row.total]
    if rows:
        show([_row(row, say) for row in rows], title=f"{period}, {stage}")
    else:
        click.echo(say(f"{period}, {stage}: tidak ada kejadian.", f"{period}, {stage}: no incident."))
    click.echo(
        say(
            f"{picture.total} kejadian; {picture.repeated} kali lebih dari satu wilayah. "
            f"{len(picture.regions) - sum(row.total > 0 for row in picture.regions)} wilayah tanpa kejadian.",
            f"{picture.total} incidents; counted in a further region {picture.repeated} times. "
            f"{len(picture.regions) - sum(row.total > 0 for row in picture.regions)} regions without an incident.",
        )
    )


def _row(row: RegionPicture, say: Say) -> dict[str, Any]:
    from classifiers.ikp import load_ikp
    from data.taxonomy import load_taxonomy

    names = {signal.slug: signal.name for signal in load_taxonomy().signals}
    signals = [f"{names.get(slug, slug)} {count}" for slug, count in list(row.signals.items())[:MOST_SIGNALS]]
    dimensions = {one.slug: one.name for one in load_ikp().dimensions}
    return {
        say("kode", "code"): row.region,
        say("wilayah", "region"): row.name,
        "4": row.levels[4],
        "3": row.levels[3],
        "2": row.levels[2],
        "1": row.levels[1],
        "0": row.levels[0],
        say("jumlah", "total"): row.total,
        say("terverifikasi", "verified"): row.verified,
        say("sinyal", "signals"): ", ".join(signals),
        say("dimensi IKP", "IKP dimensions"): ", ".join(
            f"{dimensions[slug]} {count}" for slug, count in row.dimensions.items() if count
        ),
        say("cakupan", "coverage"): _coverage(row.coverage, say),
    }


def _coverage(one: Coverage, say: Say) -> str:
    state = say(one.state.value, ENGLISH[one.state.value])
    return say(
        f"{state}: {one.answering} dari {one.declared} sumber menjawab, {one.reporting} memberitakan, "
        f"{one.articles} artikel",
        f"{state}: {one.answering} of {one.declared} sources answer, {one.reporting} report, {one.articles} articles",
    )


def _slice(one: Slice, heading: str, say: Say) -> dict[str, Any]:
    levels = {str(level): one.levels[level] for level in (4, 3, 2, 1, 0)}
    return {heading: one.label, **levels, say("jumlah", "total"): one.total}


def _facts(slices: Sequence[Slice]) -> list[dict[str, Any]]:
    return [{"label": one.label, "levels": list(one.levels), "total": one.total} for one in slices]


def facts_of(picture: Picture) -> dict[str, Any]:
    """Return a picture as JSON for machines: every field of the records, times as ISO 8601."""
    facts = asdict(picture)
    regions = [row | {"total": made.total} for row, made in zip(facts["regions"], picture.regions, strict=True)]
    return facts | {"start": picture.start.isoformat(), "end": picture.end.isoformat(), "regions": regions}
