"""``kentongan replay FILE.warc.gz``: read archived pages through the whole pipeline again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from data.errors import InputError, UnknownItemError
from desk.terminal.crawl import judge_and_publish, report
from desk.terminal.speech import reword, speaker_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from data.records import Page, Tally
    from flows.settings import Settings
    from scrapers.warc import WarcLocation


@click.command(name="replay")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--read-only", "only_read", is_flag=True, help="Leave judging and the feeds to the next assessment.")
@click.option("--json", "as_json", is_flag=True, help="Print the tally as JSON.")
@click.pass_context
def command(ctx: click.Context, files: tuple[Path, ...], only_read: bool, as_json: bool) -> int:
    """Read the pages of FILES (WARC) again: extract, keep, judge, join, publish.

    A page that was read later than the archived one is left as it is; nothing is fetched. Ends with 65 where a file
    is damaged: what is whole in it is read all the same. Ends with 66, before anything is read, where one is not there.
    """
    from flows.settings import Settings

    for path in files:
        if not path.exists():
            raise UnknownItemError("file", path, hint="give the path of a WARC file")
    say = speaker_of(ctx)
    settings = Settings.from_environ()
    damages: list[InputError] = []
    tally = asyncio.run(_replay(settings, files, damages.append))
    report([tally], say, as_json=as_json)
    if not only_read:
        judge_and_publish(settings)
    for damage in damages:
        click.echo(f"kentongan: {reword(say, str(damage))}", err=True)
    if damages:
        click.echo(
            say("Selebihnya terbaca utuh dan tersimpan.", "All that is whole was read and is kept."),
            err=True,
        )
        return InputError.exit_code
    return 0


async def _replay(settings: Settings, files: Sequence[Path], report_damage: Callable[[InputError], None]) -> Tally:
    from data.catalogue import source_for_url
    from flows.replay import by_catalogue, replay
    from flows.tools import crawl_tools, load_sources

    sources = load_sources(settings)
    whose = by_catalogue({source.id: source for source in sources}, lambda url: source_for_url(sources, url))
    async with crawl_tools(settings) as tools:
        return await replay(_pages(files, report_damage), whose, tools)


def _pages(files: Sequence[Path], report_damage: Callable[[InputError], None]) -> Iterator[tuple[Page, WarcLocation]]:
    from scrapers.warc import read_warc_located

    for path in files:
        yield from read_warc_located(path, report=report_damage)
