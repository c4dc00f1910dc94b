"""``kentongan sample``: the main job, end to end, on the bundled sample sites; what `make run` runs.

The sites are served on loopback by this process, at a made-up moment: the first run leaves out the last posts, a later
one finds them and asks for the rest with *changed since?*. What is found lies apart from an installation's own data.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desk.terminal.crawl import judge_and_publish, report, watched
from desk.terminal.speech import speaker_of

if TYPE_CHECKING:
    from datetime import datetime

    from data.records import Tally
    from data.samples.server import SampleServer
    from flows.settings import Settings

FOLDER = "contoh"
"""Below the home: the sample's own store, archive and feeds."""

HELD_BACK = 4
"""Posts that the first run does not see yet, so that the next one has something new to find."""


def sample_settings(settings: Settings, server: SampleServer | None = None) -> Settings:
    """Return ``settings`` for the sample sites: a home of their own, their catalogue, and loopback for their hosts."""
    from data.samples.network import HOSTS

    home = settings.home / FOLDER
    hosts = frozenset(HOSTS)
    return replace(
        settings,
        home=home,
        database_url=f"sqlite:///{home / 'kentongan.sqlite3'}",
        catalogues=(Path(__file__).resolve().parents[2] / "data" / "samples" / "sources.toml",),
        contact=settings.contact or "contoh: kentongan sample",
        allow_private_hosts=hosts,
        connect_to=tuple((host, server.address) for host in sorted(hosts)) if server else (),
        exercise=True,
    )


@click.command(name="sample")
@click.option("--fresh", is_flag=True, help="Begin anew: what an earlier run kept is moved aside first.")
@click.option("--json", "as_json", is_flag=True, help="Print the incidents as JSON.")
@click.pass_context
def command(ctx: click.Context, fresh: bool, as_json: bool) -> int:
    """Crawl the sample sites, judge what they say, list the flagged incidents, write the feeds."""
    from data.samples.server import SampleServer
    from flows.feed_files import DRILLS
    from flows.settings import Settings
    from flows.tools import open_store, publish_tools

    say = speaker_of(ctx)
    given = Settings.from_environ()
    if fresh:
        _move_aside(given.home / FOLDER)
    with SampleServer() as server:
        settings = sample_settings(given, server)
        with open_store(settings) as store:
            first = not store.runs.recent("crawl", 1)
        server.at = first_moment() if first else None
        _step(say("1/4 Membaca situs contoh", "1/4 Reading the sample sites"))
        tallies = asyncio.run(_crawl(settings))
    if not as_json:
        report(tallies, say, as_json=False)
    _step(say("2/4 Menilai berita", "2/4 Judging the articles"))
    judge_and_publish(settings)
    _step(say("3/4 Kejadian yang ditandai", "3/4 Flagged incidents"))
    with publish_tools(settings) as tools:
        from desk.terminal.incidents import show_list

        show_list(tools.store.incidents.list(limit=100), tools, say, as_json=as_json)
    _step(say("4/4 Umpan", "4/4 Feeds"))
    if not as_json:
        folder = settings.feeds_dir / DRILLS
        for path in sorted(folder.glob("alerts.*")):
            click.echo(f"  {path}")
        click.echo(f"  {folder / 'cap'}/")
        address = f"http://{given.desk_host}:{given.desk_port}/"
        program = Path(sys.argv[0]).name if Path(sys.argv[0]).parent == Path() else sys.argv[0]
        click.echo(
            say(
                f"\nBuka desk: jalankan `{program} desk --sample`, lalu buka {address}",
                f"\nOpen the desk: run `{program} desk --sample`, then open {address}",
            )
        )
    return 0


def _step(words: str) -> None:
    click.echo(f"\n== {words}", err=True)


def first_moment() -> datetime:
    """Return the made-up moment of a first run: just before the last posts come out."""
    from data.samples.network import posts

    times = sorted({post.published for post in posts()}, reverse=True)
    return times[HELD_BACK]


async def _crawl(settings: Settings) -> tuple[Tally, ...]:
    from flows.crawl import crawl_pass
    from flows.tools import crawl_tools, load_sources

    async with crawl_tools(settings) as tools:
        return await watched(
            lambda watch: crawl_pass(load_sources(settings), tools, watch=watch), quiet=not sys.stderr.isatty()
        )


def _move_aside(home: Path) -> None:
    """Give an earlier run's folder another name; nothing is deleted."""
    if home.exists():
        number = 1
        while (aside := home.with_name(f"{home.name}.{number}")).exists():
            number += 1
        home.rename(aside)
