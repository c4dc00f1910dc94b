"""``kentongan up``: keep everything running on this machine."""

from __future__ import annotations

import os

import click

from desk.terminal.crawl import warn_without_contact
from desk.terminal.speech import speaker_of


@click.command(name="up")
@click.option("--no-desk", is_flag=True, help="Leave the desk out.")
@click.pass_context
def command(ctx: click.Context, no_desk: bool) -> int:
    """Run the engine's server, the scheduled flows and the desk, until Ctrl-C or SIGTERM.

    Logs lie in $KENTONGAN_HOME/log. After a crash, start it again: it goes on where it was.
    """
    from flows.settings import Settings
    from flows.tools import load_sources, open_store
    from flows.up import Up

    say = speaker_of(ctx)
    settings = Settings.from_environ()
    # What would fail in every flow fails here first, with its own words: catalogue and database.
    sources = [source for source in load_sources(settings) if source.enabled]
    enabled = len(sources)
    warn_without_contact(settings, sources, say)
    with open_store(settings):
        pass
    states = {
        "started": say("dimulai", "started"),
        "stopped": say("berhenti", "stopped"),
        "ready": say("siap", "ready"),
    }

    def tell(name: str, what: str) -> None:
        click.echo(f"{name}: {states.get(what, what)}")
        if name == "up" and what == "ready":
            desk = "" if no_desk else f" desk http://{settings.desk_host}:{settings.desk_port}/ ·"
            click.echo(
                say(
                    f"{enabled} sumber ·{desk} Prefect http://127.0.0.1:{settings.prefect_port}/ · berhenti: Ctrl-C",
                    f"{enabled} sources ·{desk} Prefect http://127.0.0.1:{settings.prefect_port}/ · stop: Ctrl-C",
                )
            )

    Up(settings, os.environ, tell, with_desk=not no_desk).run()
    return 0
