"""``kentongan user``: who may enter the desk; the first admin is made here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from desk.terminal.person import person
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from data.people import User
    from data.store import Store


@click.group(name="user")
def command() -> None:
    """Say who may enter the desk: add, list, change role, new password.

    Everything that is done here stands in the desk's audit log, under the name of the account on this machine.
    """


@command.command(name="add")
@click.argument("name")
@click.option("--role", default="analis", show_default=True, help="pengamat, analis, verifikator, ketua, admin.")
@click.option("--display", default="", help="The name that is shown (default: NAME).")
@click.option("--region", "regions", multiple=True, help="Code of a province or kabupaten/kota; repeat (default: all).")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input (default: one is made up).")
@click.pass_context
def add_command(
    ctx: click.Context, name: str, role: str, display: str, regions: tuple[str, ...], *, password_stdin: bool
) -> None:
    """Add NAME, who then logs in with the password that is printed and chooses another."""
    from data.gazetteer import load_gazetteer
    from desk.actions.people import add_person
    from flows.settings import Settings
    from flows.tools import open_store, utc_now

    say = speaker_of(ctx)
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with open_store(Settings.from_environ()) as store:
        user, secret = add_person(
            store, load_gazetteer(), _by(), name, display, role, regions, utc_now(), password=given
        )
    click.echo(say(f"{user.name} ({role}) boleh masuk", f"{user.name} ({role}) may log in"))
    if given is None:
        click.echo(say(f"kata sandi, hanya sekali ini: {secret}", f"password, only this once: {secret}"))


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_command(ctx: click.Context, *, as_json: bool) -> None:
    """List everybody, those who may no longer log in too."""
    from flows.settings import Settings
    from flows.tools import open_store

    say = speaker_of(ctx)
    with open_store(Settings.from_environ()) as store:
        users = store.users.all()
    rows = [
        {
            say("nama", "name"): one.name,
            say("tampil", "shown"): one.display,
            say("peran", "role"): one.role,
            say("wilayah", "regions"): one.regions,
            say("faktor kedua", "second factor"): say("ya", "yes") if one.totp_on else "",
            say("nonaktif", "disabled"): f"{one.disabled_at:%Y-%m-%d}" if one.disabled_at else "",
        }
        for one in users
    ]
    if as_json:
        write_json(
            [
                {
                    "name": one.name,
                    "display": one.display,
                    "role": one.role,
                    "regions": one.regions,
                    "second_factor": one.totp_on,
                    "disabled_at": one.disabled_at,
                }
                for one in users
            ]
        )
    elif rows:
        show(rows)
    else:
        click.echo(say("belum ada pengguna", "there is no user yet"))


@command.command(name="role")
@click.argument("name")
@click.argument("role")
@click.option(
    "--region", "regions", multiple=True, help="Code of a province or kabupaten/kota; repeat (default: as is)."
)
@click.pass_context
def role_command(ctx: click.Context, name: str, role: str, regions: tuple[str, ...]) -> None:
    """Give NAME another ROLE; whoever is logged in under it must log in again."""
    _change(ctx, name, role, regions or None, enabled=None)


@command.command(name="disable")
@click.argument("name")
@click.pass_context
def disable_command(ctx: click.Context, name: str) -> None:
    """Let NAME log in no more, from now on; what they did stays under their name."""
    _change(ctx, name, None, None, enabled=False)


@command.command(name="enable")
@click.argument("name")
@click.pass_context
def enable_command(ctx: click.Context, name: str) -> None:
    """Let NAME log in again."""
    _change(ctx, name, None, None, enabled=True)


def _change(
    ctx: click.Context, name: str, role: str | None, regions: tuple[str, ...] | None, *, enabled: bool | None
) -> None:
    from data.gazetteer import load_gazetteer
    from desk.actions.people import change_person
    from flows.settings import Settings
    from flows.tools import open_store, utc_now

    say = speaker_of(ctx)
    with open_store(Settings.from_environ()) as store:
        user = _named(store, name)
        after = change_person(
            store,
            load_gazetteer(),
            _by(),
            user,
            utc_now(),
            role=role or user.role,
            regions=user.regions if regions is None else regions,
            enabled=user.disabled_at is None if enabled is None else enabled,
        )
    if after.disabled_at is not None:
        click.echo(say(f"{after.name} tidak boleh masuk lagi", f"{after.name} may no longer log in"))
    else:
        click.echo(say(f"{after.name} ({after.role}) boleh masuk", f"{after.name} ({after.role}) may log in"))


@command.command(name="password")
@click.argument("name")
@click.pass_context
def password_command(ctx: click.Context, name: str) -> None:
    """Give NAME a new password, which is printed; the second factor is to be set up anew."""
    from desk.actions.people import reset_password
    from flows.settings import Settings
    from flows.tools import open_store, utc_now

    say = speaker_of(ctx)
    with open_store(Settings.from_environ()) as store:
        secret = reset_password(store, _by(), _named(store, name), utc_now())
    click.echo(say(f"kata sandi, hanya sekali ini: {secret}", f"password, only this once: {secret}"))


def _named(store: Store, name: str) -> User:
    from data.errors import UnknownItemError

    user = store.users.by_name(" ".join(name.split()).casefold())
    if user is None:
        raise UnknownItemError("user", name, hint="see kentongan user list")
    return user


def _by() -> str:
    return f"cli:{person()}"
