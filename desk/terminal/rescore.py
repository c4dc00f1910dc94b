"""``kentongan rescore``: judge anew what another model or other rules have judged."""

from __future__ import annotations

from dataclasses import asdict

import click

from desk.terminal.speech import speaker_of
from desk.terminal.tables import write_json

BITE = 1000
"""As the scheduled run: about a quarter of a minute."""


@click.command(name="rescore")
@click.option(
    "--limit", type=click.IntRange(1, 100_000_000), default=BITE, show_default=True, help="Articles at most, this time."
)
@click.option("--all", "everything", is_flag=True, help="All that waits.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, limit: int, everything: bool, as_json: bool) -> int:
    """Judge anew what another model or other rules have judged, the newest first.

    Earlier judgements stay. An incident that somebody has dealt with, or that an alert was raised for, is shown as it
    was: what the new model says otherwise is noted in its history. New articles go first: where some wait, this ends at
    once. It can be stopped at any moment and goes on where it was. Ends with 1 where an article could not be judged.
    """
    from flows.rescore import rescore
    from flows.settings import Settings
    from flows.tools import assess_tools

    say = speaker_of(ctx)
    with assess_tools(Settings.from_environ()) as tools:
        tally = rescore(tools, limit=None if everything else limit)
    if as_json:
        write_json(asdict(tally))
        return 1 if tally.failed else 0
    click.echo(
        say(
            f"{tally.rescored} artikel dinilai ulang: {tally.flagged} kini ditandai, {tally.unflagged} tidak lagi; "
            f"{tally.opened} kejadian dibuka, {tally.joined} artikel bergabung, {tally.updated} kejadian diperbarui. "
            f"{tally.kept} milik kejadian yang sudah ditangani dan tetap seperti semula ({tally.differing} berbeda, "
            f"tercatat di riwayat). Sisa {tally.waiting}.",
            f"{tally.rescored} articles judged anew: {tally.flagged} are flagged now, {tally.unflagged} no longer; "
            f"{tally.opened} incidents opened, {tally.joined} articles joined, {tally.updated} incidents updated. "
            f"{tally.kept} belong to incidents that were dealt with and stay as they were ({tally.differing} differ, "
            f"noted in their history). {tally.waiting} are left.",
        )
    )
    if tally.failed:
        click.echo(
            say(
                f"{tally.failed} artikel gagal dinilai karena kesalahan program; sebabnya ada di catatan (-v).",
                f"{tally.failed} articles could not be judged, through a fault of the program; the log says why (-v).",
            ),
            err=True,
        )
    return 1 if tally.failed else 0
