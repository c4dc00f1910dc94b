"""What click says itself, in Indonesian: the texts of ``--help`` and the complaints about a wrong call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from desk.terminal.indonesian import help_beginning, help_in_indonesian, in_indonesian

if TYPE_CHECKING:
    from collections.abc import Iterable

_USAGE_WORDS: Final = {"[OPTIONS]": "[OPSI]", "COMMAND": "PERINTAH", "[ARGS]...": "[ARGUMEN]..."}
_PARAGRAPHS = re.compile(r"\n\s*\n")


class IndonesianFormatter(click.HelpFormatter):
    """Writes a help text as click does, each paragraph and line of it in Indonesian."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        words = " ".join(_USAGE_WORDS.get(word, word) for word in args.split(" "))
        super().write_usage(prog, words, help_in_indonesian(prefix or "Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(help_in_indonesian(heading))

    def write_text(self, text: str) -> None:
        """Write paragraphs; those of the table are found by their words, however they are broken into lines."""
        paragraphs = [" ".join(paragraph.split()) for paragraph in _PARAGRAPHS.split(text.strip())]
        super().write_text("\n\n".join(help_in_indonesian(paragraph) for paragraph in paragraphs))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options, or commands, with what each is for."""
        super().write_dl([(name, _line(text)) for name, text in rows], col_max, col_spacing)


def _line(text: str) -> str:
    """Return one line of a list; click cuts the English off ("...") before it comes here."""
    if text.endswith("...") and (whole := help_beginning(text.removesuffix("..."))) is not None:
        return whole
    return help_in_indonesian(text)


def show_in_indonesian(error: click.ClickException) -> None:
    """Print to standard error what was wrong with a call, as click does it."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()  # the help text, which the formatter above has written
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
        click.echo(f"Bantuan: {error.ctx.command_path} --help\n", err=True)
    click.echo(f"Galat: {in_indonesian(error.format_message())}", err=True)
