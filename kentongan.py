"""Kentongan's front door: the command line, which loads a command only when it is called."""

from __future__ import annotations

import sys
from typing import Any

import click

COMMANDS = {
    # command: (module that holds it, what it is for)
    "sample": ("desk.terminal.sample", "the main job, end to end, on the bundled sample sites"),
    "crawl": ("desk.terminal.crawl", "read what the sources have new"),
    "up": ("desk.terminal.up", "keep everything running on this machine: server, schedules, workers, desk"),
    "assess": ("desk.terminal.assess", "judge articles from a JSONL file, or those in the store"),
    "evaluate": ("desk.terminal.evaluate", "measure judgements against labelled articles, with a report"),
    "rescore": ("desk.terminal.rescore", "judge anew what another model or other rules have judged"),
    "train": ("desk.terminal.train", "learn a model from labels and compare it with the one in use"),
    "model": ("desk.terminal.model", "list, promote, roll back, retrain the model that judges"),
    "label": ("desk.terminal.label", "label articles, decide between labels, see what is missed"),
    "extract": ("desk.terminal.extract", "print the article record of one saved page"),
    "locate": ("desk.terminal.locate", "print the places in a text with their Kemendagri codes"),
    "places": ("desk.terminal.places", "correct the places of articles, and teach names of places"),
    "replay": ("desk.terminal.replay", "read archived pages (WARC) through the whole pipeline again"),
    "sources": ("desk.terminal.sources", "list, check, enable, add sources; show the health of each"),
    "coverage": ("desk.terminal.coverage", "show from which regions anything is read"),
    "timeliness": ("desk.terminal.timeliness", "show how long news takes from publication to the desk"),
    "missed": ("desk.terminal.missed", "put before analysts what may have been missed"),
    "incidents": ("desk.terminal.incidents", "list, show, merge and split the incidents"),
    "warnings": ("desk.terminal.early_warnings", "list the early warnings over regions, or look for them"),
    "picture": ("desk.terminal.picture", "count incidents per region, beside what is read from there"),
    "report": ("desk.terminal.report", "make the daily report, the weekly trend, a Laporan Informasi"),
    "export": ("desk.terminal.export", "write alerts to standard output in a feed format"),
    "recipient": ("desk.terminal.recipient", "who outside is sent alerts: add, list, edit, pause, remove"),
    "deliver": ("desk.terminal.deliver", "send alerts to recipients; say who got what; send again what was parked"),
    "desk": ("desk.terminal.desk", "serve the desk to a browser"),
    "user": ("desk.terminal.user", "who may enter the desk: add, change role, new password"),
    "audit": ("desk.terminal.audit", "check and show the log of what was done in the desk"),
    "retention": ("desk.terminal.retention", "take out what is old by the desk's rules; erase one article"),
    "doctor": ("desk.terminal.doctor", "say what is misconfigured and how to mend it"),
}


class SpeakingContext(click.Context):
    """A context whose help is in the language that was asked for, else in that of the locale."""

    def make_formatter(self) -> click.HelpFormatter:
        """Return what writes the help text."""
        from desk.terminal.speech import language

        if language((self.obj or {}).get("lang")) != "id":
            return super().make_formatter()
        from desk.terminal.usage import IndonesianFormatter

        return IndonesianFormatter(width=self.terminal_width, max_width=self.max_content_width)


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the module of one only when it is called."""

    context_class = SpeakingContext

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Return the command, imported now; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101  # a programmer's slip, not an input
        for one in (command, *getattr(command, "commands", {}).values()):
            one.context_class = SpeakingContext
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which commands are near when there is none of that name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else " See kentongan --help."
            raise click.UsageError(f'no such command "{args[0]}".{hint}', ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--lang", type=click.Choice(["id", "en"]), help="Language of what is printed for people (default: from the locale)."
)
@click.option("--verbose", "-v", count=True, help="Log to standard error; twice for everything.")
@click.version_option("0.1.0", prog_name="kentongan")
@click.pass_context
def cli(ctx: click.Context, lang: str | None, verbose: int) -> None:
    """Kentongan reads regional news sites and raises the alarm early.

    Settings come from $KENTONGAN_HOME/kentongan.toml and KENTONGAN_* variables; `kentongan doctor` shows them.
    Exit codes: 0 done, 1 done in part or failed, 2 wrong usage, 65 bad input, 66 no such file or thing, 74 disk
    or database, 75 try again later, 78 wrong setting.
    """
    # A --lang in the wrong place is complained of below, in the language that it asks for.
    ctx.obj = {"lang": lang or (ctx.obj or {}).get("lang"), "verbose": verbose}
    from desk.terminal.logs import configure

    configure(verbose)


def main(argv: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code; our own errors become one line on standard error."""
    from data.errors import KentonganError
    from desk.terminal.speech import asked_in, reword, speaker

    # Looked up before anything is parsed: what is wrong with a call is said in the language of the call.
    lang = asked_in(sys.argv[1:] if argv is None else argv)
    say = speaker(lang)
    try:
        result: Any = cli.main(args=argv, prog_name="kentongan", standalone_mode=False, obj={"lang": lang})
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        if say("id", "en") == "id":
            from desk.terminal.usage import show_in_indonesian

            show_in_indonesian(error)
        else:
            error.show()
        sys.exit(error.exit_code)
    except KentonganError as error:
        click.echo(f"kentongan: {reword(say, str(error))}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output (head, a closed pager) has had enough; leave without a second complaint at exit.
        sys.stdout = None
        sys.exit(141)
    sys.exit(result if isinstance(result, int) else 0)


if __name__ == "__main__":
    main()
