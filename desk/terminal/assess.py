"""``kentongan assess``: judge articles from a JSONL file or a pipe, or those in the store that wait."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from data.errors import InputError, UnknownItemError
from desk.terminal.speech import reword, speaker_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data.records import Source
    from desk.terminal.assess_lines import Line, Wrong
    from models.assessor import Assessor

    Say = Callable[[str, str], str]

BATCH: Final = 64
"""Lines judged and written at once: the matrix arithmetic pays from about 30, and a reader never waits long."""


@click.command("assess")
@click.option("--jsonl", metavar="FILE", type=click.Path(), help='Judge the lines of FILE ("-": standard input).')
@click.option("--model", metavar="DIR", type=click.Path(path_type=Path), help="A model (default: the one in use).")
@click.option("--batch", type=click.IntRange(1, 10_000), default=BATCH, show_default=True, help="Articles at once.")
@click.option("--json", "as_json", is_flag=True, help="Without --jsonl: print what was done as JSON.")
@click.pass_context
def command(ctx: click.Context, jsonl: str | None, model: Path | None, batch: int, as_json: bool) -> None:
    """Judge articles: signals with evidence, modality, places, time of the event, severity, urgency.

    With --jsonl each line is an object {id, title, text, published?, url?, source?} and one line of JSON is written
    for each, in the same order, in batches. PUBLISHED is a date or a time (2024-11-05, 2024-11-05T22:13+07:00);
    without a zone it is the outlet's, WIB for an unknown one. URL or SOURCE find the outlet in the catalogue.
    A line that cannot be read is reported on standard error with its number and the others are still judged.

    Without --jsonl the articles in the store that nothing has judged yet are judged. Those that another model or other
    rules have judged are judged again by `kentongan rescore`.

    Exit codes: 0 all were judged, 1 some could not be judged or read, 65 no line could be read, 66 no such file.
    """
    say = speaker_of(ctx)
    if jsonl is None:
        failed = _judge_store(model, batch, say, as_json=as_json)
        ctx.exit(1 if failed else 0)
    lines = sys.stdin.buffer if jsonl == "-" else opened(jsonl)
    with lines:
        read, wrong = judge_lines(lines, sys.stdout.buffer, _Workshop(model), batch, complainer(say))
    if wrong:
        of = read + wrong
        click.echo(
            say(f"{wrong} dari {of} baris tidak dapat dibaca", f"{wrong} of {of} lines could not be read"), err=True
        )
        ctx.exit(1 if read else InputError.exit_code)


class _Workshop:
    """The assessor and the catalogue, made when the first good line needs them: bad input is told of at once."""

    def __init__(self, model: Path | None) -> None:
        self._model = model
        self._assessor: Assessor | None = None
        self._sources: tuple[Source, ...] | None = None

    @property
    def assessor(self) -> Assessor:
        """Return the assessor; ModelError where the model cannot be used."""
        if self._assessor is None:
            from flows.settings import Settings
            from flows.tools import desk_calendar, load_assessor

            settings = Settings.from_environ()
            chosen = replace(settings, model_dir=self._model or settings.model_dir)
            self._assessor = load_assessor(chosen, calendar=desk_calendar(settings))
        return self._assessor

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return the sources of this installation."""
        if self._sources is None:
            from flows.settings import Settings
            from flows.tools import load_sources

            self._sources = load_sources(Settings.from_environ())
        return self._sources


def judge_lines(
    lines: BinaryIO, out: BinaryIO, workshop: _Workshop, batch: int, complain: Callable[[Wrong], None]
) -> tuple[int, int]:
    """Judge every line and write the answers batch by batch; return how many were judged and how many were wrong."""
    from desk.terminal.assess_lines import Line, Outlets, read_items

    outlets = Outlets(lambda: workshop.sources)
    read = wrong = 0
    waiting: list[Line] = []
    for line in read_items(lines, outlets):
        if not isinstance(line, Line):
            complain(line)
            wrong += 1
            continue
        waiting.append(line)
        if len(waiting) >= batch:
            failed = _write(waiting, out, workshop.assessor, complain)
            read, wrong, waiting = read + len(waiting) - failed, wrong + failed, []
    if waiting:
        failed = _write(waiting, out, workshop.assessor, complain)
        read, wrong = read + len(waiting) - failed, wrong + failed
    return read, wrong


def _write(waiting: Sequence[Line], out: BinaryIO, assessor: Assessor, complain: Callable[[Wrong], None]) -> int:
    """Judge and write one batch; return how many of it could not be judged."""
    from desk.terminal.assess_lines import line_of

    failed = 0
    try:
        answers = list(assessor.assess([line.item for line in waiting]))
    except Exception:  # noqa: BLE001 - one text must not cost the other lines their answer; each is tried alone below
        answers = []
    for index, line in enumerate(waiting):
        try:
            written = line_of(line, answers[index] if answers else assessor.assess([line.item])[0])
        except Exception as error:  # noqa: BLE001 - told of with its line, and the exit code says so
            complain((line.number, f"could not be judged: {type(error).__name__}: {error}"))
            failed += 1
            continue
        out.write(written)
    out.flush()
    return failed


def complainer(say: Say) -> Callable[[Wrong], None]:
    """Return a function that tells on standard error which line is wrong, and why."""

    def complain(wrong: Wrong) -> None:
        number, why = wrong[0], reword(say, wrong[1])
        click.echo(say(f"baris {number}: {why}", f"line {number}: {why}"), err=True)

    return complain


def opened(name: str) -> BinaryIO:
    """Return a file's bytes as a stream; the errors of opening say what to do."""
    try:
        return Path(name).open("rb")
    except FileNotFoundError as error:
        raise UnknownItemError("file", name, hint='give a JSONL file, or "-" for standard input') from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=name) from error


def _judge_store(model: Path | None, batch: int, say: Say, *, as_json: bool) -> int:
    """Judge what waits in the store and print what was done; return how many could not be judged."""
    from flows.assess import assess_pending
    from flows.settings import Settings
    from flows.tools import assess_tools

    settings = Settings.from_environ()
    if model is not None:
        settings = replace(settings, model_dir=model)
    with assess_tools(settings) as tools:
        tally = assess_pending(tools, batch=batch)
    if as_json:
        click.echo(json.dumps(asdict(tally)))
        return tally.failed
    click.echo(
        say(
            f"{tally.assessed} artikel dinilai, {tally.flagged} ditandai; {tally.opened} kejadian dibuka, "
            f"{tally.joined} artikel bergabung, {tally.updated} kejadian diperbarui",
            f"{tally.assessed} articles judged, {tally.flagged} flagged; {tally.opened} incidents opened, "
            f"{tally.joined} articles joined, {tally.updated} incidents updated",
        )
    )
    if tally.failed:
        click.echo(
            say(
                f"{tally.failed} artikel gagal dinilai karena kesalahan program; dicoba lagi pada penilaian "
                "berikutnya. Sebabnya ada di catatan (-v).",
                f"{tally.failed} articles could not be judged, through a fault of the program; they are tried again at "
                "the next assessment. The log says why (-v).",
            ),
            err=True,
        )
    return tally.failed
