"""``kentongan report``: the daily report, the weekly trend, a Laporan Informasi; and what was made so far."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from flows.reports import Made, ReportTools

    Say = Callable[[str, str], str]

FORMAT_NAMES = ("html", "docx", "xlsx", "txt", "pdf")
"""The same as `feeds.reports.FILE_FORMATS`, known here so that --help need not load it."""

KINDS = ("daily", "weekly", "incident")
"""The same as `feeds.REPORTS`."""


class Formats(click.ParamType[tuple[str, ...]]):
    """Names of formats with commas between them."""

    name = "formats"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Return the names; click's usage error names what there is where one is unknown."""
        if isinstance(value, tuple):
            return value
        names = tuple(dict.fromkeys(name.strip().lower() for name in str(value).split(",") if name.strip()))
        wrong = [name for name in names if name not in FORMAT_NAMES]
        if wrong or not names:
            self.fail(f'"{value}" is no list of formats; there are {", ".join(FORMAT_NAMES)}', param, ctx)
        return names


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that every report has."""
    for option in reversed(
        (
            click.option("--area", help="Code of a province or kabupaten/kota (default: the whole country)."),
            click.option(
                "--format",
                "formats",
                type=Formats(),
                default="html,docx,xlsx,txt",
                show_default=True,
                help="Formats, with commas between them; pdf needs Chromium.",
            ),
            click.option(
                "--out",
                type=click.Path(file_okay=False, path_type=Path),
                help="Put copies into this folder, too.",
            ),
            click.option("--as", "by", default="kentongan", show_default=True, help="Who has it made."),
            click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        )
    ):
        command = option(command)
    return command


@click.group(name="report")
def command() -> None:
    """Make reports and keep them: every revision stays, nothing is overwritten.

    They lie in $KENTONGAN_HOME/reports. What says the same as the last revision makes no new one.
    """


@command.command(name="daily")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day, as 2024-11-27 (default: yesterday).")
@_shared
@click.pass_context
def daily(
    ctx: click.Context,
    day: datetime | None,
    area: str | None,
    formats: tuple[str, ...],
    out: Path | None,
    by: str,
    *,
    as_json: bool,
) -> int:
    """Make the daily report of a Desk Pilkada: a burst first, or a nil with its coverage."""
    from flows.report_facts import today
    from flows.reports import make_daily

    def make(tools: ReportTools) -> Made:
        chosen = day.date() if day else today(tools.leaving) - timedelta(days=1)
        return make_daily(chosen, area or None, tools, by=by, formats=formats)

    return _made(ctx, make, formats, out, as_json=as_json)


@command.command(name="weekly")
@click.option("--week", help="The week, as 2024-W48.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="A day in the week (default: last week).")
@_shared
@click.pass_context
def weekly(
    ctx: click.Context,
    week: str | None,
    day: datetime | None,
    area: str | None,
    formats: tuple[str, ...],
    out: Path | None,
    by: str,
    *,
    as_json: bool,
) -> int:
    """Make the trend of a week beside the week before: per day, level, signal and region."""
    from flows.report_facts import today
    from flows.reports import make_weekly, monday_of

    if week and day:
        raise click.UsageError("--week and --date name the same thing; give one of them")

    def make(tools: ReportTools) -> Made:
        chosen: date = monday_of(week) if week else day.date() if day else today(tools.leaving) - timedelta(days=7)
        monday = chosen - timedelta(days=chosen.weekday())
        return make_weekly(monday, area or None, tools, by=by, formats=formats)

    return _made(ctx, make, formats, out, as_json=as_json)


@command.command(name="incident")
@click.argument("incident_id", type=int)
@_shared
@click.pass_context
def incident(
    ctx: click.Context,
    incident_id: int,
    area: str | None,
    formats: tuple[str, ...],
    out: Path | None,
    by: str,
    *,
    as_json: bool,
) -> int:
    """Make the Laporan Informasi on the incident of INCIDENT_ID: facts apart from opinion, which is left to a person.

    --area is the desk's own, which stands at its head.
    """
    from flows.reports import make_information

    def make(tools: ReportTools) -> Made:
        return make_information(incident_id, area or None, tools, by=by, formats=formats)

    return _made(ctx, make, formats, out, as_json=as_json)


@command.command(name="list")
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind of report.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most this many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_(ctx: click.Context, kind: str | None, limit: int, *, as_json: bool) -> int:
    """List the reports made so far, the last first; ends with 1 where a file is gone or no longer what was written."""
    from feeds.reports.wording import short_moment
    from flows.reports import damaged, report_tools
    from flows.settings import Settings

    say = speaker_of(ctx)
    with report_tools(Settings.from_environ()) as tools:
        found = tools.leaving.store.reports.recent(kind, limit)
        broken = {one.id: damaged(one, tools.folder) for one in found}
        zone, folder = tools.leaving.timezone, tools.folder
    if as_json:
        write_json(
            [
                {
                    "kind": one.kind,
                    "subject": one.subject,
                    "area": one.area,
                    "revision": one.revision,
                    "title": one.title,
                    "made_at": one.made_at.isoformat(),
                    "made_by": one.made_by,
                    "files": [
                        {
                            "format": file.format,
                            "path": str(folder / file.path),
                            "sha256": file.sha256,
                            "bytes": file.size,
                            "intact": file.path not in broken[one.id],
                        }
                        for file in one.files
                    ],
                }
                for one in found
            ]
        )
    elif not found:
        click.echo(say("Belum ada laporan.", "No report was made yet."))
    else:
        show(
            [
                {
                    say("laporan", "report"): one.title,
                    say("wilayah", "area"): one.area or "Indonesia",
                    say("revisi", "revision"): one.revision,
                    say("dibuat", "made"): short_moment(one.made_at, zone),
                    say("oleh", "by"): one.made_by,
                    say("berkas", "files"): ", ".join(file.format for file in one.files),
                    say("keadaan", "state"): say("hilang atau berubah", "gone or changed")
                    if broken[one.id]
                    else say("utuh", "intact"),
                }
                for one in found
            ]
        )
    return 1 if any(broken.values()) else 0


def _made(
    ctx: click.Context,
    make: Callable[[ReportTools], Made],
    formats: tuple[str, ...],
    out: Path | None,
    *,
    as_json: bool,
) -> int:
    """Make a report, put copies where they are wanted, and say where its files lie."""
    from flows.reports import copy_out, report_tools
    from flows.settings import Settings

    say = speaker_of(ctx)
    with report_tools(Settings.from_environ()) as tools:
        made = make(tools)
        copies = copy_out(made.report, formats, tools, out) if out else ()
        paths = [tools.folder / file.path for file in made.report.files if file.format in formats]
    report = made.report
    if as_json:
        write_json(
            {
                "kind": report.kind,
                "subject": report.subject,
                "area": report.area,
                "revision": report.revision,
                "new": made.is_new,
                "files": [str(path) for path in paths],
                "copies": [str(path) for path in copies],
            }
        )
        return 0
    state = (
        say(f"revisi {report.revision}", f"revision {report.revision}")
        if made.is_new
        else say(f"tidak berubah; revisi {report.revision} berlaku", f"unchanged; revision {report.revision} stands")
    )
    click.echo(f"{report.title} ({state})")
    for path in (*paths, *copies):
        click.echo(f"  {path}")
    return 0
