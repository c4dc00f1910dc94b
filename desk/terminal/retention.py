"""``kentongan retention``: take out what is older than the desk wants to keep, and one article on request."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from desk.terminal.speech import speaker_of
from desk.terminal.tables import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from flows.retention import RetentionRules, RetentionTally, RetentionTools

    Say = Callable[[str, str], str]


@click.group(name="retention", invoke_without_command=True)
@click.option("--dry-run", is_flag=True, help="Only say what would go; nothing is changed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, *, dry_run: bool, as_json: bool) -> None:
    """Take out old texts, raw pages, log entries, logins and deliveries, by the rules that are set in the desk.

    As installed everything is kept but the traces of logins older than 90 days. Incidents, counts, labels and texts
    that were labelled always stay. The same runs every night by itself.
    """
    if ctx.invoked_subcommand is not None:
        return
    from flows.retention import RETENTION_KEY, keep_to_rules, retention_of

    say = speaker_of(ctx)
    with _tools() as tools:
        rules = retention_of(tools.store.desk_settings.get(RETENTION_KEY))
        tally = keep_to_rules(tools, dry_run=dry_run)
    if as_json:
        write_json({"rules": asdict(rules), "dry_run": dry_run, **asdict(tally)})
        return
    for line in _lines(rules, tally, say):
        click.echo(line)
    if dry_run:
        click.echo(say("Tidak ada yang dihapus (--dry-run).", "Nothing was taken out (--dry-run)."))


@command.command()
@click.argument("article", type=click.IntRange(min=1), metavar="ARTICLE")
@click.option("--as", "person", required=True, metavar="NAME", help="Who erases it; stands in the audit log.")
@click.option("--reason", required=True, help="Why, and who asked for it; stands in the audit log.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def erase(ctx: click.Context, article: int, person: str, reason: str, *, as_json: bool) -> None:
    """Erase ARTICLE (its number) for good: title, text, author, addresses, revisions, search, raw pages.

    Its incident, its assessment and the counts stay; its addresses are known by a hash and are not read again. Reports
    that were made and feeds that were fetched are not reached.
    """
    from flows.retention import erase_article

    say = speaker_of(ctx)
    with _tools() as tools:
        erased = erase_article(tools, article, person, reason)
    if as_json:
        write_json(asdict(erased))
        return
    click.echo(
        say(
            f"artikel {article} dihapus: {erased.revisions} revisi, {erased.names} alamat, "
            f"{len(erased.pages)} halaman arsip",
            f"article {article} is erased: {erased.revisions} revisions, {erased.names} addresses, "
            f"{len(erased.pages)} archived pages",
        )
    )
    for number in erased.incident_ids:
        click.echo(
            say(
                f"periksa kejadian {number}: komentar, peninjauan, dan laporan orang tidak diubah",
                f"look at incident {number}: what persons wrote in comments, reviews and reports is not changed",
            )
        )


def _lines(rules: RetentionRules, tally: RetentionTally, say: Say) -> Iterator[str]:
    ever = say("selamanya", "for ever")

    def kept(value: int | None, unit: str) -> str:
        return ever if value is None else f"{value} {unit}"

    days, years = say("hari", "days"), say("tahun", "years")
    texts = kept(rules.text_days, days)
    yield say(f"teks lengkap ({texts}): {tally.texts} artikel", f"full texts ({texts}): {tally.texts} articles")
    if tally.labelled:
        yield say(
            f"  {tally.labelled} lagi tetap: dilabeli, model belajar darinya",
            f"  {tally.labelled} more stay: they are labelled, and the model learns from them",
        )
    pages = kept(rules.archive_days, days)
    size = f"{tally.bytes / 1e6:.1f} MB"
    yield say(f"arsip ({pages}): {tally.files} berkas, {size}", f"archive ({pages}): {tally.files} files, {size}")
    entries = kept(rules.log_years, years)
    yield say(f"catatan audit ({entries}): {tally.entries}", f"audit log ({entries}): {tally.entries}")
    logins = kept(rules.login_days, days)
    yield say(
        f"riwayat masuk ({logins}): {tally.logins}, percobaan gagal {tally.failures}",
        f"logins ({logins}): {tally.logins}, failed attempts {tally.failures}",
    )
    deliveries = kept(rules.delivery_days, days)
    yield say(f"kiriman ({deliveries}): {tally.deliveries}", f"deliveries ({deliveries}): {tally.deliveries}")


def _tools() -> AbstractContextManager[RetentionTools]:
    from flows.settings import Settings
    from flows.tools import retention_tools

    return retention_tools(Settings.from_environ())
