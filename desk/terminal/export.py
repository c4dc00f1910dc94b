"""``kentongan export FORMAT``: alerts to standard output, a file or a folder, for whatever takes them further."""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.spans import DAYS
from desk.terminal.speech import speaker_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from data.records import Alert
    from data.store.alert_feed import AlertFilter
    from feeds import Format
    from feeds.items import AlertItem
    from flows.publish import PublishTools


@click.command(name="export")
@click.argument("name", metavar="[FORMAT]", required=False)
@click.option("--region", "regions", multiple=True, help="Only this code and all below it; repeat.")
@click.option("--signal", "signals", multiple=True, help="Only this signal; repeat.")
@click.option("--from-level", "--min-severity", "level", default="", help="Only from this level on (0 to 4).")
@click.option("--urgency", "urgencies", multiple=True, help="Only this urgency, P1 to P4; repeat.")
@click.option("--status", default="", help="terverifikasi or belum_terverifikasi.")
@click.option("--since", default="", help="Only what changed since a day (of UTC) or moment, as 2024-11-26.")
@click.option("--days", type=DAYS, help="Only what changed in the last days.")
@click.option("--view", "view", type=click.IntRange(min=1), help="Only what a saved view of the desk shows (number).")
@click.option("--drills/--no-drills", default=None, help="Only drills, or none (default: both, each marked).")
@click.option("--incidents", "whole_queue", is_flag=True, help="Every incident, not only those that have an alert.")
@click.option("--id", "incident_id", type=int, help="Only this incident (CAP messages are about exactly one).")
@click.option("--limit", type=click.IntRange(min=1), help="At most this many (default: all).")
@click.option("--base-url", default="", help="Where the files will be had, ending with a slash.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Into this file, or a folder that is there.")
@click.option("--all", "site", is_flag=True, help="Write every feed of the desk, for a plain web server.")
@click.option("--folder", type=click.Path(path_type=Path), help="With --all: into this folder.")
@click.pass_context
def command(ctx: click.Context, /, name: str | None, **given: Any) -> int:
    """Write alerts as FORMAT: atom, rss, jsonfeed, geojson, csv, xlsx, ndjson, cap or cap-index.

    Names of suspects, victims, children are masked. With --all and --folder every format of every selection is written,
    CAP messages and a page that lists them; files that say the same as before are left as they are.
    """
    from data.errors import InputError
    from feeds import format_named
    from flows.settings import Settings
    from flows.tools import publish_tools

    if given["base_url"] and not given["base_url"].endswith("/"):
        raise InputError("an address of a folder ends with a slash")
    if not name and not given["site"]:
        raise click.MissingParameter(ctx=ctx, param_hint="'FORMAT'", param_type="argument")
    if given["site"] == bool(name) or given["site"] != (given["folder"] is not None):
        raise click.UsageError("name a format, or take --all with --folder")
    chosen = format_named(name) if name else None
    settings = Settings.from_environ()
    with publish_tools(settings) as tools:
        if chosen is None:
            return _site(ctx, tools, given["folder"], given["base_url"] or settings.feeds_url)
        _write(chosen, tools, given)
    return 0


def _site(ctx: click.Context, tools: PublishTools, folder: Path, base_url: str) -> int:
    from dataclasses import replace

    from flows.feed_files import FEEDS_KEY, selections_of, write_files

    setting = tools.store.desk_settings.get(FEEDS_KEY)
    there = replace(tools, folder=folder.absolute(), feeds_url=base_url)
    files = write_files(there, selections_of(setting, tools.gazetteer, tools.taxonomy))
    say = speaker_of(ctx)
    click.echo(say(f"{len(files)} berkas ada di {folder}", f"{len(files)} files stand in {folder}"))
    return 0


def _write(chosen: Format, tools: PublishTools, given: dict[str, Any]) -> None:
    from dataclasses import replace

    from data.errors import InputError
    from desk.terminal.files import write_pieces
    from feeds import message_file
    from flows.alert_items import alert_items

    output: Path | None = given["output"]
    items: Iterable[AlertItem]
    newest = None
    if given["whole_queue"] or given["incident_id"] is not None:
        items = _incidents(tools, given)
    else:
        alerts = _alerts(tools, _filters(tools, given), given["limit"])
        first = next(alerts, None)
        newest = first.at if first is not None else None
        items = alert_items(tools, chain(() if first is None else (first,), alerts))
    channel = replace(tools.channel(tools.clock()), base_url=given["base_url"], updated=newest)
    folder = output if output is not None and output.is_dir() else None
    if chosen.single:
        if folder is None:
            items = list(islice(items, 2))
            if len(items) != 1:
                raise InputError("a CAP message is about exactly one alert; name one with --id, or a folder with -o")
            _out(chosen.chunks(items, channel), output)
            return
        (folder / message_file(0)).parent.mkdir(exist_ok=True)
        for item in items:
            write_pieces(folder / message_file(item.incident.id), chosen.chunks([item], channel))
        return
    target = output if folder is None else folder / Path(chosen.file).name
    _out(chosen.chunks(items, channel), target)


def _out(pieces: Iterable[bytes], path: Path | None) -> None:
    from desk.terminal.files import write_pieces

    if path is not None:
        write_pieces(path, pieces)
        return
    sys.stdout.buffer.writelines(pieces)
    sys.stdout.buffer.flush()


def _incidents(tools: PublishTools, given: dict[str, Any]) -> Iterator[AlertItem]:
    """Yield incidents as they would be alerted of now; of the filters, level, days and limit hold."""
    from data.errors import InputError, UnknownItemError
    from flows.publish import incident_item

    stray = [name for name in ("regions", "signals", "urgencies", "status", "since", "view") if given[name]]
    if stray or given["drills"] is not None:
        raise InputError("incidents are narrowed by level, days and number only; alerts by all the rest")
    store, number = tools.store, given["incident_id"]
    if number is not None:
        incident = store.incidents.get(number)
        if incident is None:
            raise UnknownItemError("incident", number, hint="see kentongan incidents")
        yield incident_item(incident, tools)
        return
    asked = _filters(tools, given)[0]
    limit = given["limit"] or 1_000_000
    for incident in store.incidents.list(min_severity=asked.from_level, since=asked.since, limit=limit):
        yield incident_item(incident, tools)


def _alerts(tools: PublishTools, filters: list[AlertFilter], limit: int | None) -> Iterator[Alert]:
    return islice(chain.from_iterable(tools.store.alert_feed.all(filters)), limit)


def _filters(tools: PublishTools, given: dict[str, Any]) -> list[AlertFilter]:
    """Return what the options ask for; a view is seen as its owner sees it, with all regions."""
    from data.errors import UnknownItemError
    from flows.feed_filters import filter_of

    words = {
        "wilayah": given["regions"],
        "sinyal": given["signals"],
        "tingkat": [given["level"]],
        "urgensi": given["urgencies"],
        "status": [given["status"]],
        "sejak": [given["since"]],
        "latihan": [{True: "ya", False: "tidak"}.get(given["drills"], "")],
    }
    filters = [filter_of(words, tools.gazetteer, tools.taxonomy)]
    if given["days"]:
        from dataclasses import replace

        since = tools.clock() - timedelta(days=given["days"])
        filters = [replace(filters[0], since=max(filter(None, (since, filters[0].since))))]
    if given["view"] is not None:
        kept = tools.store.saved_views.get(given["view"])
        owner = None if kept is None else tools.store.users.get(kept.user_id)
        if kept is None or owner is None:
            raise UnknownItemError("view", given["view"])
        from zoneinfo import ZoneInfo

        from desk.feed_views import view_filter
        from desk.permissions import Actor

        zone = ZoneInfo(tools.timezone)
        filters.append(view_filter(kept, Actor(owner, frozenset()), tools.store, tools.taxonomy, tools.clock(), zone))
    return filters
