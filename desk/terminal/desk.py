"""``kentongan desk``: serve the desk to a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.terminal.speech import speaker_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.desk import DeskTools

SAMPLE_USER = "contoh"
BY = "kentongan"

STOP_S = 5
"""How long a stop waits for requests under way; every one of them is answered well within a second."""


@click.command(name="desk")
@click.option("--host", help="Address to listen on (default: KENTONGAN_DESK_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port (default: KENTONGAN_DESK_PORT, 8787).")
@click.option("--sample", is_flag=True, help="Show what `make run` found on the sample sites.")
@click.pass_context
def command(ctx: click.Context, host: str | None, port: int | None, sample: bool) -> int:
    """Serve the desk until Ctrl-C. Who may enter is set with kentongan user; with --sample a password is made up."""
    import os

    import uvicorn

    from data.errors import SettingsError
    from desk.terminal.sample import sample_settings
    from desk.web import LOCAL, make_desk
    from flows.announce import announcing
    from flows.settings import Settings
    from flows.tools import desk_tools

    say = speaker_of(ctx)
    settings = Settings.from_environ()
    host, port = host or settings.desk_host, port or settings.desk_port
    if sample:
        settings = sample_settings(settings)
    with desk_tools(settings) as tools:
        _refuse_taken_port(host, port, SettingsError)
        if sample:
            _let_in(tools, say)
        elif tools.store.users.count() == 0:
            click.echo(
                say(
                    "Belum ada pengguna. Buat yang pertama: kentongan user add NAMA --role admin",
                    "There is no user yet. Make the first one: kentongan user add NAME --role admin",
                )
            )
        where = f"Desk: http://{host}:{port}/"
        click.echo(say(f"{where}  (berhenti: Ctrl-C)", f"{where}  (stop: Ctrl-C)"))
        desk = make_desk(tools, hosts=LOCAL if host in LOCAL else ("*",))
        config = uvicorn.Config(
            desk, host=host, port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=STOP_S
        )
        with announcing(tools.store, os.environ):
            uvicorn.Server(config).run()
    return 0


def _let_in(tools: DeskTools, say: Callable[[str, str], str]) -> None:
    """Give the sample's desk a person who may do everything that an analyst's chair does, and say the password."""
    from desk.actions.people import add_person
    from desk.entry.guard import set_password
    from desk.entry.passwords import made_up

    store, now = tools.store, tools.clock()
    user, secret = store.users.by_name(SAMPLE_USER), made_up()
    if user is None:
        add_person(store, tools.gazetteer, BY, SAMPLE_USER, "Contoh", "ketua", (), now, password=secret)
    else:
        set_password(store, user, secret, now, by=BY)
    click.echo(say(f"Masuk: {SAMPLE_USER}  Kata sandi: {secret}", f"Log in: {SAMPLE_USER}  Password: {secret}"))


def _refuse_taken_port(host: str, port: int, error: type[Exception]) -> None:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as reason:
            message = f"{host}:{port} cannot be listened on ({reason.strerror}); take another with --port"
            raise error(message) from reason
