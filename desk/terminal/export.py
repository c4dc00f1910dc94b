"""``kentongan export FORMAT``: alerts to standard output, for whatever takes them further."""

from __future__ import annotations

import sys
from datetime import timedelta

import click

from desk.terminal.spans import DAYS


@click.command(name="export")
@click.argument("name", metavar="FORMAT")
@click.option("--incidents", "whole_queue", is_flag=True, help="Every incident, not only those that have an alert.")
@click.option("--id", "incident_id", type=int, help="Only this incident (CAP messages are about exactly one).")
@click.option("--min-severity", type=click.IntRange(0, 4), default=0, help="Only from this level on (0 to 4).")
@click.option("--days", type=DAYS, help="Only what changed in the last days.")
@click.option("--limit", type=click.IntRange(min=1), default=200, show_default=True, help="At most this many.")
@click.option("--base-url", default="", help="Where the feed file will be had, ending with a slash.")
def command(
    name: str,
    whole_queue: bool,
    incident_id: int | None,
    min_severity: int,
    days: float | None,
    limit: int,
    base_url: str,
) -> int:
    """Write alerts as FORMAT: atom, jsonfeed, geojson, csv or cap. Names of suspects, victims, children are masked."""
    from data.errors import InputError, UnknownItemError
    from feeds import Channel, format_named
    from flows.publish import alert_items, incident_item
    from flows.settings import Settings
    from flows.tools import publish_tools, utc_now

    chosen = format_named(name)
    settings = Settings.from_environ()
    with publish_tools(settings) as tools:
        since = utc_now() - timedelta(days=days) if days else None
        if incident_id is not None:
            incident = tools.store.incidents.get(incident_id)
            if incident is None:
                raise UnknownItemError("incident", incident_id, hint="see kentongan incidents")
            items = [incident_item(incident, tools)]
        elif whole_queue:
            found = tools.store.incidents.list(min_severity=min_severity, since=since, limit=limit)
            items = [incident_item(incident, tools) for incident in found]
        else:
            items = [
                item
                for item in alert_items(tools, tools.store.alerts.current(limit=limit))
                if item.incident.severity >= min_severity and (since is None or item.alert.at >= since)
            ]
        if chosen.single and len(items) != 1:
            raise InputError(f"{name} is about exactly one incident, and {len(items)} were chosen; say which with --id")
        channel = Channel(authority=settings.tag_authority, now=utc_now(), base_url=base_url)
        sys.stdout.buffer.write(chosen.write(items, channel))
        sys.stdout.buffer.flush()
    return 0
