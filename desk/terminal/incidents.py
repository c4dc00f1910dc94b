"""``kentongan incidents``: the flagged incidents as a list, or one of them whole; and who belongs to which."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.incident_lines import print_view, view_facts
from desk.terminal.spans import DAYS
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Incident
    from feeds.items import AlertItem
    from flows.merging import MergeTools
    from flows.publish import PublishTools


LIST = "list"


class Listing(click.Group):
    """A group that lists, or shows the one whose number follows, where no command of it is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read ``12`` and ``--days 3`` as the list's own."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else [LIST, *args])


@click.group(name="incidents", cls=Listing)
def command() -> None:
    """List the incidents, show one by its number, or say which articles belong together.

    Without a command the incidents are listed, the most urgent first; kentongan incidents 12 shows the one of that
    number. merge, split and move are a person's: everything is kept, the opposite undoes it, and the machine never
    does.
    """


@command.command(name=LIST)
@click.argument("incident_id", type=int, required=False)
@click.option("--min-severity", type=click.IntRange(0, 4), default=0, help="Only from this level on (0 to 4).")
@click.option("--signal", help="Only with this signal, by its slug.")
@click.option("--place", help="Only within this Kemendagri code, such as 13 or 13.77.")
@click.option("--days", type=DAYS, help="Only those seen in the last days.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most this many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_command(
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


@command.command(name="merge")
@click.argument("incident_ids", nargs=-1, required=True, type=click.IntRange(min=1))
@click.option("--as", "person", metavar="NAME", required=True, help="Who decides.")
@click.option("--reason", default="", help="Why; it stands in the history of each.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def merge_command(ctx: click.Context, incident_ids: tuple[int, ...], person: str, reason: str, *, as_json: bool) -> int:
    """Make incidents one: all articles of INCIDENT_IDS go into the first.

    The others stay to be read and say where they went; an alert of theirs is taken back at the next publishing. split
    undoes it.
    """
    from flows.merging import merge

    return _decided(ctx, lambda tools: merge(tools, incident_ids, person, reason), as_json=as_json)


@command.command(name="split")
@click.argument("incident_id", type=click.IntRange(min=1))
@click.argument("article_ids", nargs=-1, required=True, type=click.IntRange(min=1))
@click.option("--as", "person", metavar="NAME", required=True, help="Who decides.")
@click.option("--reason", default="", help="Why; it stands in the history of each.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def split_command(
    ctx: click.Context, incident_id: int, article_ids: tuple[int, ...], person: str, reason: str, *, as_json: bool
) -> int:
    """Take ARTICLE_IDS out of INCIDENT_ID into an incident of their own.

    Where they came with an incident that was merged into it, that one stands again. merge undoes it.
    """
    from flows.merging import split

    return _decided(ctx, lambda tools: split(tools, incident_id, article_ids, person, reason), as_json=as_json)


@command.command(name="move")
@click.argument("article_id", type=click.IntRange(min=1))
@click.option("--to", "incident_id", type=click.IntRange(min=1), required=True, help="Into this incident.")
@click.option("--as", "person", metavar="NAME", required=True, help="Who decides.")
@click.option("--reason", default="", help="Why; it stands in the history of each.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def move_command(
    ctx: click.Context, article_id: int, incident_id: int, person: str, reason: str, *, as_json: bool
) -> int:
    """Put ARTICLE_ID, wherever it is, into another incident."""
    from flows.merging import move

    return _decided(ctx, lambda tools: move(tools, article_id, incident_id, person, reason), as_json=as_json)


def _decided(ctx: click.Context, decide: Callable[[MergeTools], Incident], *, as_json: bool) -> int:
    """Let a person's decision be done, and show the incident as it stands then."""
    from flows.merging import MergeTools
    from flows.settings import Settings
    from flows.tools import publish_tools, utc_now

    with publish_tools(Settings.from_environ()) as tools:
        incident = decide(MergeTools(tools.store, tools.sources, utc_now))
        show_one(incident, tools, speaker_of(ctx), as_json=as_json)
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
    from feeds.facts import facts

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
    from flows.incident_view import view_of
    from flows.publish import incident_item
    from flows.rescore import DIFFERENCE

    item = incident_item(incident, tools)
    view = view_of(incident, tools.store, tools.sources)
    history = tools.store.incidents.history(incident.id)
    if as_json:
        changes = [
            {"pada": change.at.isoformat(), "oleh": change.by, "perubahan": sorted(change.changes)}
            | ({DIFFERENCE: list(change.changes[DIFFERENCE])} if DIFFERENCE in change.changes else {})
            for change in history
        ]
        write_json({**facts_of(item), **view_facts(view), "digabung_ke": incident.merged_into, "riwayat": changes})
        return
    click.echo(f"#{incident.id} {incident.title}\n")
    if incident.merged_into is not None:
        into = incident.merged_into
        click.echo(say(f"Digabung ke kejadian {into}; lihat di sana.\n", f"Merged into incident {into}; look there.\n"))
    click.echo(item.body)
    print_view(view, item, say)
    click.echo(say("\nRiwayat:", "\nHistory:"))
    for change in history:
        click.echo(f"  {item.shown(change.at)}  {change.by}: {words_of(change, say)}")
