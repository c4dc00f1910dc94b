"""``kentongan recipient``: who outside is sent alerts, which, when, and by which channel."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.person import person
from desk.terminal.recipient_options import changed_rule, rule_options
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from data.delivering import Recipient
    from data.store import Store
    from desk.actions.recipients import Checks
    from flows.settings import Settings

CHANNELS = click.Choice(["webhook", "surel", "apprise"])


@click.group(name="recipient")
def command() -> None:
    """Say who outside is sent alerts: add, list, show, edit, pause, resume, remove.

    What is done here stands in the desk's audit log, without targets and keys. `kentongan deliver` sends.
    """


@command.command(name="add")
@click.argument("name")
@click.option(
    "--channel", type=CHANNELS, required=True, help="How: webhook, surel (e-mail), apprise (Telegram and more)."
)
@click.option(
    "--to",
    "target",
    required=True,
    help='Where: URL or address; env:NAME is looked up later, "-" is read from standard input.',
)
@click.option("--secret", default="", help="A webhook's key, or env:NAME (default: one is made up and shown once).")
@rule_options
@click.pass_context
def add_command(ctx: click.Context, /, name: str, channel: str, target: str, secret: str, **given: Any) -> None:
    """Add NAME, who is sent every alert from now on that fits the rule.

    With --unverified it is told early, marked *belum terverifikasi*; else once a person has verified it. `kentongan
    deliver test NAME` sends a trial.
    """
    from data.delivering import DeliveryRule, Recipient
    from desk.actions.recipients import add_recipient, made_up_secret
    from flows.tools import utc_now

    say = speaker_of(ctx)
    made_up = made_up_secret() if channel == "webhook" and not secret else ""
    with _open() as (settings, store, checks):
        recipient = Recipient(
            id=0,
            name=" ".join(name.split()),
            channel=channel,  # type: ignore[arg-type]  # one of the choices
            target=_read(target),
            secret=made_up or secret,
            exercise=bool(given["exercise"]),
            rule=changed_rule(DeliveryRule(), given),
            timezone=given["timezone"] or settings.timezone,
        )
        added = add_recipient(store, checks, _by(), recipient, utc_now())
    click.echo(
        say(
            f"{added.name} terdaftar: {added.channel} {added.shown_target}",
            f"{added.name} is registered: {added.channel} {added.shown_target}",
        )
    )
    if made_up:
        click.echo(
            say(f"kunci tanda tangan, hanya sekali ini: {made_up}", f"key to sign with, only this once: {made_up}")
        )


@command.command(name="edit")
@click.argument("name")
@click.option("--rename", help="Its new name.")
@click.option("--to", "target", help="Where it is sent from now on, as with add.")
@click.option("--secret", help="A webhook's new key, or env:NAME.")
@click.option("--new-secret", is_flag=True, help="Make up a new key for a webhook and show it once.")
@rule_options
@click.pass_context
def edit_command(
    ctx: click.Context,
    /,
    name: str,
    rename: str | None,
    target: str | None,
    secret: str | None,
    *,
    new_secret: bool,
    **given: Any,
) -> None:
    """Change what NAME is sent, and where; what is not named stays as it is."""
    from desk.actions.recipients import change_recipient, made_up_secret
    from flows.tools import utc_now

    say = speaker_of(ctx)
    if new_secret and secret is not None:
        raise click.UsageError("--secret and --new-secret exclude each other")
    made_up = made_up_secret() if new_secret else ""
    with _open() as (_, store, checks):
        before = store.recipients.named(name)
        changed = replace(
            before,
            name=before.name if rename is None else " ".join(rename.split()),
            target=before.target if target is None else _read(target),
            secret=made_up or (before.secret if secret is None else secret),
            exercise=before.exercise if given["exercise"] is None else given["exercise"],
            rule=changed_rule(before.rule, given),
            timezone=given["timezone"] or before.timezone,
        )
        after = change_recipient(store, checks, _by(), changed, utc_now())
    click.echo(
        say(f"{after.name} diubah (versi {after.version})", f"{after.name} was changed (version {after.version})")
    )
    if made_up:
        click.echo(
            say(f"kunci tanda tangan, hanya sekali ini: {made_up}", f"key to sign with, only this once: {made_up}")
        )


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_command(ctx: click.Context, *, as_json: bool) -> None:
    """List all recipients, paused ones too; targets are cut short."""
    say = speaker_of(ctx)
    with _open() as (_, store, _checks):
        recipients = store.recipients.all()
        records = [_record(one, store) for one in recipients]
    if as_json:
        write_json(records)
    elif records:
        show([_row(record, say) for record in records])
    else:
        click.echo(
            say(
                "belum ada penerima; lihat kentongan recipient add --help",
                "there is no recipient yet; see kentongan recipient add --help",
            )
        )


@command.command(name="show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show_command(ctx: click.Context, name: str, *, as_json: bool) -> None:
    """Show what NAME is sent, what was sent so far, and every version of the record."""
    say = speaker_of(ctx)
    with _open() as (_, store, _checks):
        one = store.recipients.named(name)
        record = _record(one, store)
        versions = store.recipients.versions(one.id)
    if as_json:
        write_json({**record, "versions": versions})
        return
    for key, value in _row(record, say).items():
        click.echo(f"{key}: {value}")
    for key, value in record["rule"].items():
        click.echo(
            f"  {key}: {'-' if value in (None, [], ()) else ', '.join(value) if isinstance(value, list) else value}"
        )
    show(
        [
            {
                say("versi", "version"): one["version"],
                say("waktu", "at"): f"{one['at']:%Y-%m-%d %H:%M} UTC",
                say("oleh", "by"): one["by"],
            }
            for one in versions
        ]
    )


@command.command(name="pause")
@click.argument("name")
@click.pass_context
def pause_command(ctx: click.Context, name: str) -> None:
    """Send NAME nothing until it is resumed; what comes meanwhile is kept, and told in one summary then."""
    say = speaker_of(ctx)
    _set_active(name, active=False)
    click.echo(say(f"{name} dijeda", f"{name} is paused"))


@command.command(name="resume")
@click.argument("name")
@click.pass_context
def resume_command(ctx: click.Context, name: str) -> None:
    """Send to NAME again."""
    say = speaker_of(ctx)
    _set_active(name, active=True)
    click.echo(say(f"{name} dikirimi lagi", f"{name} is sent to again"))


@command.command(name="remove")
@click.argument("name")
@click.pass_context
def remove_command(ctx: click.Context, name: str) -> None:
    """Take NAME out, its target and key with it; what was still to be sent is parked."""
    from desk.actions.recipients import remove_recipient
    from flows.tools import utc_now

    say = speaker_of(ctx)
    with _open() as (_, store, _checks):
        waiting = remove_recipient(store, _by(), store.recipients.named(name), utc_now())
    click.echo(
        say(
            f"{name} dihapus; {waiting} kiriman tidak terkirim", f"{name} was removed; {waiting} deliveries stay unsent"
        )
    )


def _set_active(name: str, *, active: bool) -> None:
    from desk.actions.recipients import set_active
    from flows.tools import utc_now

    with _open() as (_, store, _checks):
        set_active(store, _by(), store.recipients.named(name), utc_now(), active=active)


@contextmanager
def _open() -> Iterator[tuple[Settings, Store, Checks]]:
    from data.gazetteer import load_gazetteer
    from data.taxonomy import load_taxonomy
    from desk.actions.recipients import Checks
    from flows.settings import Settings
    from flows.tools import open_store

    settings = Settings.from_environ()
    checks = Checks(load_gazetteer(), load_taxonomy(), settings.allow_private_hosts)
    with open_store(settings) as store:
        yield settings, store, checks


def _read(target: str) -> str:
    return sys.stdin.readline().strip() if target == "-" else target.strip()


def _record(recipient: Recipient, store: Store) -> dict[str, Any]:
    from data.store.recipients import public

    circuit = store.endpoints.get(recipient.endpoint)
    return {
        "id": recipient.id,
        **public(recipient),
        "version": recipient.version,
        "since": recipient.since,
        "deliveries": store.deliveries.counts(recipient.id),
        "left_alone_until": circuit.open_until,
        "last_failure": circuit.detail,
    }


def _row(record: dict[str, Any], say: Callable[[str, str], str]) -> dict[str, Any]:
    rule, counts = record["rule"], record["deliveries"]
    wants = [
        ", ".join(rule["regions"]) or say("semua wilayah", "all regions"),
        ", ".join(rule["signals"]) or say("semua sinyal", "all signals"),
        say(f"tingkat ≥ {rule['from_level']}", f"level ≥ {rule['from_level']}"),
    ]
    if not rule["unverified"]:
        wants.append(say("terverifikasi saja", "verified only"))
    when = [rule["mode"], *rule["digest_at"]]
    if rule["quiet"]:
        when.append(say("tenang ", "quiet ") + "–".join(rule["quiet"]))
    if rule["most_per_hour"]:
        when.append(say(f"≤ {rule['most_per_hour']} per jam", f"≤ {rule['most_per_hour']} an hour"))
    state = [] if record["active"] else [say("dijeda", "paused")]
    if record["exercise"]:
        state.append(say("latihan", "drills"))
    if record["left_alone_until"]:
        state.append(say("gagal berulang", "keeps failing"))
    return {
        say("nama", "name"): record["name"],
        say("lewat", "by"): f"{record['channel']} {record['target']}",
        say("yang dikirim", "what"): "; ".join(wants),
        say("kapan", "when"): "; ".join(when),
        say("keadaan", "state"): ", ".join(state),
        say("terkirim", "sent"): counts.get("sent", 0),
        say("menunggu", "waiting"): sum(counts.get(state, 0) for state in ("waiting", "held", "carried")),
        say("diparkir", "parked"): counts.get("parked", 0),
    }


def _by() -> str:
    return f"cli:{person()}"
