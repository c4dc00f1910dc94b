"""Labels to and from files of other tools."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.files import OWNER_ONLY, write_file
from desk.terminal.label_words import plain
from desk.terminal.person import person
from desk.terminal.speech import reword, speaker_of
from desk.terminal.tables import write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str, str], str]

FORMATS = ("label-studio", "doccano", "csv", "jsonl")
"""The same as `data.exchange.FORMATS`, which help must not import."""

USUAL: dict[str, Any] = {"label-studio": "queue", "doccano": "queue", "csv": "labels", "jsonl": "examples"}
SHOWN = 20
"""Refused lines that are told of one by one on the terminal; --json has them all."""

MOST_BYTES = 512 << 20


@click.command(name="import")
@click.argument("file", metavar="FILE")
@click.option("--format", "name", type=click.Choice(FORMATS), required=True, help="What FILE is.")
@click.option("--as", "annotator", metavar="NAME", required=True, help="Who labelled what the file does not say of.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def import_command(ctx: click.Context, file: str, name: str, annotator: str, *, as_json: bool) -> int:
    """Take in the labels of FILE ("-": standard input); the same file again changes nothing.

    Every label is taken or refused with its line and why. Exit codes: 0 all were taken or known, 1 some were refused,
    65 none could be taken, 66 no such file.
    """
    from data.errors import InputError
    from flows.exchange import import_labels
    from flows.labelling import label_tools
    from flows.settings import Settings

    say = speaker_of(ctx)
    raw = _read(file)
    with label_tools(Settings.from_environ()) as tools:
        try:
            found = import_labels(tools, raw, name, annotator)
        except InputError as error:
            if error.where is not None:
                raise
            raise InputError(str(error), where=file) from error
    if as_json:
        refused = [{"line": one.line, "why": one.why} for one in found.refused]
        write_json({"read": found.read, "taken": found.taken, "known": found.known, "refused": refused})
    else:
        for one in found.refused[:SHOWN]:
            why = plain(reword(say, one.why))  # it quotes the file
            click.echo(say(f"baris {one.line}: {why}", f"line {one.line}: {why}"), err=True)
        if len(found.refused) > SHOWN:
            more = len(found.refused) - SHOWN
            click.echo(say(f"… dan {more} lagi (lihat --json)", f"… and {more} more (see --json)"), err=True)
        click.echo(
            say(
                f"{found.read} label: {found.taken} diambil, {found.known} sudah ada, {len(found.refused)} ditolak",
                f"{found.read} labels: {found.taken} taken, {found.known} known, {len(found.refused)} refused",
            )
        )
    if not found.refused:
        return 0
    return 1 if found.taken or found.known else InputError.exit_code


@click.command(name="export")
@click.option("--format", "name", type=click.Choice(FORMATS), required=True, help="What to write.")
@click.option(
    "--what",
    type=click.Choice(["queue", "labels", "examples"]),
    help="The queue (label-studio, doccano), all labels (csv), or what training learns from (jsonl).",
)
@click.option("--as", "annotator", metavar="NAME", help="Of the queue only what NAME has not labelled.")
@click.option("--blind", is_flag=True, help="Without what the model said of the queue: it sways whoever labels.")
@click.option("-o", "--output", metavar="FILE", help="Where to write (default: standard output).")
@click.option("--interface", is_flag=True, help="Write the labelling interface for Label Studio instead, to be pasted.")
@click.pass_context
def export_command(
    ctx: click.Context, name: str, what: Any, annotator: str | None, output: str | None, *, blind: bool, interface: bool
) -> int:
    """Write the queue, or labels, with the whole texts, for another tool or for training.

    They are other people's texts: for your own work, not for publication. Each export is written down; a FILE can be
    read by you alone. The queue holds no label that a person gave.
    """
    from flows.exchange import export_labels
    from flows.labelling import label_tools
    from flows.settings import Settings

    say = speaker_of(ctx)
    if interface:
        if name != "label-studio":
            raise click.UsageError("only Label Studio has a labelling interface", ctx)
        from data.exchange.label_studio import labelling_config
        from data.taxonomy import load_taxonomy

        raw = labelling_config({signal.slug: signal.name for signal in load_taxonomy().signals}).encode()
    else:
        with label_tools(Settings.from_environ()) as tools:
            raw = export_labels(tools, name, what or USUAL[name], annotator=annotator, blind=blind, by=person())
    if output is None or output == "-":
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
    else:
        write_file(Path(output), raw, mode=OWNER_ONLY)
    if not interface:
        click.echo(
            say(
                "Berisi teks media secara utuh: untuk pekerjaan sendiri dan pelatihan, BUKAN UNTUK DITERBITKAN.",
                "Holds whole texts of news media: for your own work and for training, NOT FOR PUBLICATION.",
            ),
            err=True,
        )
    return 0


def _read(name: str) -> bytes:
    from data.errors import InputError, UnknownItemError

    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"is larger than {MOST_BYTES >> 20} MB; import it in parts", where=name)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnknownItemError("file", name, hint='give a file of labels, or "-" for standard input') from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=name) from error
