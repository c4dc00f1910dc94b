"""``kentongan audit``: the log of what was done in the desk, and whether it is whole."""

from __future__ import annotations

import json
import sys

import click

from desk.terminal.speech import reword, speaker_of


@click.group(name="audit")
def command() -> None:
    """Check and show the log of what was done in the desk."""


@command.command(name="verify")
@click.pass_context
def verify_command(ctx: click.Context) -> int:
    """Check that no entry was changed, removed or put in; end with 1 where one was.

    Prints number and digest of the last entry: noted elsewhere, they prove that the log was not written anew.
    """
    from flows.settings import Settings
    from flows.tools import open_store

    say = speaker_of(ctx)
    with open_store(Settings.from_environ()) as store:
        problems, (number, digest) = store.audit.problems(), store.audit.head()
    for problem in problems:
        click.echo(reword(say, problem), err=True)
    if problems:
        return 1
    click.echo(say(f"utuh: {number} catatan, terakhir {digest}", f"whole: {number} entries, the last {digest}"))
    return 0


@command.command(name="show")
@click.option("--subject", help="Only what was done to it, such as kejadian/12.")
@click.option("--actor", help="Only what this user did.")
@click.option("--limit", type=click.IntRange(1, 100000), default=100, show_default=True, help="At most this many.")
@click.pass_context
def show_command(ctx: click.Context, subject: str | None, actor: str | None, limit: int) -> None:  # noqa: ARG001
    """Print entries as lines of JSON, the newest first."""
    from flows.settings import Settings
    from flows.tools import open_store

    with open_store(Settings.from_environ()) as store:
        for entry in store.audit.entries(subject=subject, actor=actor, limit=limit):
            row = {
                "id": entry.id,
                "at": entry.at.isoformat(),
                "actor": entry.actor,
                "action": entry.action,
                "subject": entry.subject,
                "detail": entry.detail,
                "digest": entry.digest,
            }
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
