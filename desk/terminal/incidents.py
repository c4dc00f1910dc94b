"""``kentongan incidents``: the flagged incidents as a list, or one of them whole."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.spans import DAYS
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Incident
    from feeds.items import AlertItem
    from flows.publish import PublishTools


@click.command(name="incidents")
@click.argument("incident_id", type=int, required=False)
@click.option("--min-severity", type=click.IntRange(0, 4), default=0, help="Only from this level on (0 to 4).")
@click.option("--signal", help="Only with this signal, by its slug.")
@click.option("--place", help="Only within this Kemendagri code, such as 13 or 13.77.")
@click.option("--days", type=DAYS, help="Only those seen in the last days.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most this many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    incident_id: int | None,
    min_severity: int,
    signal: str | None,
    place: str | None,
    days: float | None,
    limit: int,
    as_json: bool,
) -> int:
    """List the incidents, the most urgent first, or show the one of INCIDENT_ID."""
    from data.errors import UnknownItemError
    from data.gazetteer import load_gazetteer
    from data.taxonomy import load_taxonomy
    from flows.settings import Settings
    from flows.tools import publish_tools, utc_now

    say = speaker_of(ctx)
    if signal is not None:
        load_taxonomy().signal(signal)
    if place is not None:
        place = load_gazetteer().current(place)  # an older code finds what is stored under the present one
    with publish_tools(Settings.from_environ()) as tools:
        if incident_id is not None:
            incident = tools.store.incidents.get(incident_id)
            if incident is None:
                raise UnknownItemError("incident", incident_id, hint="see kentongan incidents")
            show_one(incident, tools, say, as_json=as_json)
            return 0
        found = tools.store.incidents.list(
            min_severity=min_severity,
            signal=signal,
            place=place,
            since=utc_now() - timedelta(days=days) if days else None,
            limit=limit,
        )
        show_list(found, tools, say, as_json=as_json)
    return 0


def show_list(
    incidents: list[Incident], tools: PublishTools, say: Callable[[str, str], str], *, as_json: bool = False
) -> None:
    """Print incidents as a table: tingkat, sinyal, tempat, waktu, judul, sumber; or as JSON."""
    from flows.publish import incident_item

    items = [incident_item(incident, tools) for incident in incidents]
    if as_json:
        write_json([facts_of(item) for item in items])
        return
    if not items:
        click.echo(say("Tidak ada kejadian yang ditandai.", "No incident is flagged."))
        return
    show([row_of(item, say) for item in items], title=say("Kejadian yang ditandai", "Flagged incidents"))


def row_of(item: AlertItem, say: Callable[[str, str], str]) -> dict[str, Any]:
    """Return an incident as a row for people; nothing the machine raised is called verified.

    The headings are in either language; names of signals, levels and places are the desk's, which is Indonesian.
    """
    incident = item.incident
    outlets = list(dict.fromkeys(source.outlet for source in item.sources))
    copies = sum(source.is_copy for source in item.sources)
    return {
        "no": incident.id,
        say("tingkat", "severity"): f"{incident.severity} {item.severity_name}",
        say("urgensi", "urgency"): str(incident.urgency),
        say("sinyal", "signals"): ", ".join(item.signal_names),
        say("modalitas", "modality"): str(incident.modality),
        say("tempat", "place"): item.place_names,
        say("waktu", "time"): item.event_time,
        say("judul", "title"): incident.title,
        say("sumber", "sources"): ", ".join(outlets)
        + (say(f" ({copies} salinan)", f" ({copies} copies)") if copies else ""),
        "status": item.status,
    }


def facts_of(item: AlertItem) -> dict[str, Any]:
    """Return an incident as the machine fields of the feeds, with its title and the ids of its articles."""
    from feeds.jsonfeed import facts

    incident = item.incident
    return {
        "id": incident.id,
        "judul": incident.title,
        "status_desk": str(incident.status),
        "artikel": list(incident.article_ids),
        **facts(item),
    }


def show_one(incident: Incident, tools: PublishTools, say: Callable[[str, str], str], *, as_json: bool) -> None:
    """Print one incident whole: what it is, why, where, who reported it, and how it changed."""
    from desk.changes import words_of
    from flows.publish import incident_item
    from flows.rescore import DIFFERENCE

    item = incident_item(incident, tools)
    history = tools.store.incidents.history(incident.id)
    if as_json:
        changes = [
            {"pada": change.at.isoformat(), "oleh": change.by, "perubahan": sorted(change.changes)}
            | ({DIFFERENCE: list(change.changes[DIFFERENCE])} if DIFFERENCE in change.changes else {})
            for change in history
        ]
        write_json({**facts_of(item), "riwayat": changes})
        return
    click.echo(f"#{incident.id} {incident.title}\n")
    click.echo(item.body)
    click.echo(say("\nRiwayat:", "\nHistory:"))
    for change in history:
        click.echo(f"  {item.shown(change.at)}  {change.by}: {words_of(change, say)}")
