"""``kentongan crawl``: read what the sources have new, in the foreground."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from desk.terminal.spans import MINUTES
from desk.terminal.speech import reword, speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from data.records import Source, Tally
    from flows.crawl import Progress
    from flows.settings import Settings

IDLE_S = 20.0
"""How long a crawl without --once waits before it asks again which sources are due; they are due every 5 to 60 min."""

HEADINGS = {
    "sumber": "source",
    "ditawarkan": "offered",
    "baru": "new",
    "revisi": "revised",
    "tetap": "unchanged",
    "tak_berubah": "not modified",
    "dikenal": "known",
    "ditunda": "deferred",
    "lain": "others",
    "permintaan": "requests",
    "permintaan_304": "requests 304",
}
"""The columns of a tally in English; in JSON they have the names of ``flows.tallies``."""


@click.command(name="crawl")
@click.argument("sources", nargs=-1)
@click.option("--once", is_flag=True, help="One pass, then end (otherwise: go on until Ctrl-C).")
@click.option("--all", "everything", is_flag=True, help="Ask every enabled source, due or not.")
@click.option("--assess", "go_on", is_flag=True, help="Afterwards judge what was read and write the feeds, too.")
@click.option("--minutes", type=MINUTES, help="Ask for nothing more after this time.")
@click.option("--json", "as_json", is_flag=True, help="Print the tallies as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    sources: tuple[str, ...],
    once: bool,
    everything: bool,
    go_on: bool,
    minutes: float | None,
    as_json: bool,
) -> int:
    """Read what SOURCES (default: all that are due) have new; no server is needed.

    Ends with 0 where every source answered, 1 where one did not, 75 where another crawl holds them.
    """
    from flows.settings import Settings

    settings = Settings.from_environ()
    wanted = _Wanted(sources, everything=everything, minutes=minutes, as_json=as_json, quiet=not _has_screen())
    code = 0
    while True:
        code = asyncio.run(_pass(settings, wanted, ctx))
        if go_on:
            judge_and_publish(settings)
        if once:
            return code
        asyncio.run(asyncio.sleep(IDLE_S))


class _Wanted:
    """What one call of the command asked for."""

    def __init__(self, ids: Sequence[str], *, everything: bool, minutes: float | None, as_json: bool, quiet: bool):
        self.ids, self.everything, self.minutes, self.as_json, self.quiet = ids, everything, minutes, as_json, quiet


def _has_screen() -> bool:
    import sys

    return sys.stderr.isatty()


async def _pass(settings: Settings, wanted: _Wanted, ctx: click.Context) -> int:
    from flows.crawl import crawl_pass, due_sources
    from flows.tools import chosen_sources, crawl_tools, load_sources, utc_now

    say = speaker_of(ctx)
    declared = load_sources(settings)
    async with crawl_tools(settings) as tools:
        chosen: Sequence[Source]
        if wanted.ids:
            chosen = chosen_sources(declared, wanted.ids)
        elif wanted.everything:
            chosen = tuple(
                source for source in declared if source.enabled and tools.store.sources.state(source.id).enabled
            )
        else:
            chosen = due_sources(declared, tools.store.sources.state, utc_now())
        if not chosen:
            if not wanted.as_json:
                click.echo(say("Belum ada sumber yang jatuh tempo.", "No source is due yet."), err=True)
            else:
                write_json([])
            return 0
        warn_without_contact(settings, chosen, say)
        until = utc_now() + timedelta(minutes=wanted.minutes) if wanted.minutes else None
        tallies = await watched(lambda watch: crawl_pass(chosen, tools, watch=watch, until=until), quiet=wanted.quiet)
        waiting = tools.store.articles.count()
    report(tallies, say, as_json=wanted.as_json, articles=waiting)
    left_out = {source.id for source in chosen} - {tally.source_id for tally in tallies}
    if left_out and not tallies:
        names = ", ".join(sorted(left_out))
        click.echo(say(f"Sedang dibaca proses lain: {names}", f"Being read by another process: {names}"), err=True)
        return 75
    homes = {source.id: source.home for source in chosen}
    for tally in tallies:
        if tally.error:
            name, home, why = tally.source_id, homes[tally.source_id], reword(say, tally.error)
            click.echo(
                say(
                    f"kentongan: {home} tidak terbaca ({why}). Yang sudah ada tetap tersimpan dan dicoba lagi "
                    f"nanti; periksa dengan: kentongan sources check {name}",
                    f"kentongan: {home} could not be read ({why}). What was there is kept and will be tried "
                    f"again; look at it with: kentongan sources check {name}",
                ),
                err=True,
            )
    return 1 if any(tally.error for tally in tallies) else 0


def warn_without_contact(settings: Settings, sources: Sequence[Source], say: Callable[[str, str], str]) -> None:
    """Say on standard error that sites cannot tell who reads them, where that is so; sites of one's own need not."""
    from urllib.parse import urlsplit

    hosts = {urlsplit(source.home).hostname or "" for source in sources}
    if settings.contact or hosts <= settings.allow_private_hosts:
        return
    click.echo(
        say(
            "kentongan: situs tidak tahu siapa yang membaca mereka. Setel KENTONGAN_CONTACT ke alamat surel atau "
            "situs desk Anda.",
            "kentongan: sites cannot tell who reads them. Set KENTONGAN_CONTACT to your desk's mail address or site.",
        ),
        err=True,
    )


async def watched(
    run: Callable[[Callable[[Progress], None]], Awaitable[tuple[Tally, ...]]], *, quiet: bool
) -> tuple[Tally, ...]:
    """Run a crawl under a progress display on standard error, a bar per source; without one where ``quiet``."""
    if quiet:
        return await run(lambda _: None)
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, progress.TaskID] = {}

        def watch(step: Progress) -> None:
            if step.source_id not in tasks:
                tasks[step.source_id] = bars.add_task(step.source_id, total=step.total)
            bars.update(tasks[step.source_id], completed=step.done, total=step.total)

        return await run(watch)


def report(
    tallies: Sequence[Tally], say: Callable[[str, str], str], *, as_json: bool, articles: int | None = None
) -> None:
    """Print what each source brought, and the sums: every offered URL is counted exactly once."""
    from flows.tallies import tally_row

    rows = [tally_row(tally) for tally in tallies]
    if as_json:
        write_json([{**row, "adds_up": tally.adds_up()} for row, tally in zip(rows, tallies, strict=True)])
        return
    for row in rows:
        del row["galat"]  # whole sentences, which would fold into towers: they follow below
    if rows:
        numbers = [name for name, value in rows[0].items() if isinstance(value, int)]
        total = {name: sum(row[name] for row in rows) if name in numbers else "" for name in rows[0]}
        shown = [*rows, {**total, "sumber": say("jumlah", "total")}]
        show(
            [{say(name.replace("_", " "), HEADINGS[name]): value for name, value in row.items()} for row in shown],
            title=say("Hasil pembacaan", "What was read"),
        )
    if articles is not None:
        click.echo(say(f"{articles} berita tersimpan.", f"{articles} articles are kept."))


def judge_and_publish(settings: Settings) -> None:
    """Judge what waits and bring alerts and feed files up to date, as the scheduled flows do."""
    from flows.assess import assess_pending
    from flows.publish import publish
    from flows.tools import assess_tools, publish_tools

    with assess_tools(settings) as tools:
        assess_pending(tools)
    with publish_tools(settings) as leaving:
        publish(leaving)
