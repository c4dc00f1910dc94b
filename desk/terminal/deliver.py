"""``kentongan deliver``: send what is due; say what would be sent, what was, what was given up, and send it again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from desk.delivery_words import STATES
from desk.terminal.person import person
from desk.terminal.speech import reword, speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from data.delivering import Delivery
    from data.store import Store
    from flows.deliver_preview import Line

COUNTED = {
    **STATES,
    "retried": ("dicoba lagi", "tried again later"),
    "digest": ("ringkasan", "digests"),
    "summary": ("rangkuman", "summaries"),
}
"""What a pass counts: what became of deliveries, attempts that are repeated, what was put together."""
SAID = click.Choice(list(STATES))
LIMIT = click.IntRange(1, 100_000)


@click.group(name="deliver", invoke_without_command=True)
@click.option("--dry-run", is_flag=True, help="Only say what would go out now and why the rest would not.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, *, dry_run: bool, as_json: bool) -> int:
    """Send what is due to everybody who is to get it.

    The same runs by itself after every publication and every two minutes. May run several times at once: nothing is
    sent twice. Exits with 1 where something was given up.
    """
    if ctx.invoked_subcommand is not None:
        if dry_run or as_json:
            raise click.UsageError("these options are for kentongan deliver itself; give them behind the subcommand")
        return 0
    say = speaker_of(ctx)
    return _preview(say, as_json=as_json) if dry_run else _send(say, as_json=as_json)


def _send(say: Callable[[str, str], str], *, as_json: bool) -> int:
    from flows.deliver import deliver, deliver_tools
    from flows.settings import Settings

    async def run() -> Counter[str]:
        async with deliver_tools(Settings.from_environ()) as tools:
            return await deliver(tools)

    counts = asyncio.run(run())
    if as_json:
        write_json(dict(counts))
    else:
        told = [f"{say(*COUNTED[name])} {count}" for name, count in counts.items() if count]
        click.echo(", ".join(told) or say("tidak ada yang perlu dikirim", "there is nothing to send"))
    return 1 if counts["parked"] else 0


def _preview(say: Callable[[str, str], str], *, as_json: bool) -> int:
    import random

    from flows.deliver_plan import DeliverTools
    from flows.deliver_preview import preview
    from flows.settings import Settings
    from flows.tools import publish_tools, utc_now

    settings = Settings.from_environ()
    with publish_tools(settings) as publish:
        lines = preview(DeliverTools(publish, {}, utc_now, random.SystemRandom().random))
    if as_json:
        write_json([_line_record(line) for line in lines])
    elif lines:
        show([_line_row(line, say) for line in lines])
    else:
        click.echo(say("tidak ada yang perlu dikirim", "there is nothing to send"))
    return 0


def _line_record(line: Line) -> dict[str, Any]:
    return {
        "recipient": line.recipient.name,
        "kind": line.kind,
        "alert": line.alert_uid or None,
        "revision": line.revision or None,
        "what": line.what,
        "due": line.due,
        "count": line.count,
    }


def _line_row(line: Line, say: Callable[[str, str], str]) -> dict[str, Any]:
    return {
        say("penerima", "recipient"): line.recipient.name,
        say("apa", "what"): f"{line.alert_uid} r{line.revision}" if line.alert_uid else f"{line.kind} ({line.count})",
        say("jadinya", "becomes"): say(*_words(line.what)),
        say("nanti pada", "not before"): f"{line.due:%Y-%m-%d %H:%M} UTC" if line.due else "",
    }


def _words(slug: str) -> tuple[str, str]:
    from feeds.delivering import HELD, NOT_WANTED
    from flows.deliver_preview import PREVIEW

    return {**NOT_WANTED, **HELD, **PREVIEW}.get(slug, (slug, slug))


@command.command(name="log")
@click.option("--alert", help="Only this alert: its uid, or the number of its incident.")
@click.option("--recipient", help="Only this recipient.")
@click.option("--state", "states", multiple=True, type=SAID, help="Only in this state; repeat.")
@click.option("--limit", type=LIMIT, default=100, show_default=True, help="At most this many, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def log_command(
    ctx: click.Context, alert: str | None, recipient: str | None, states: tuple[str, ...], limit: int, *, as_json: bool
) -> None:
    """Say who got what and when, and who did not and why."""
    say = speaker_of(ctx)
    with _store() as store:
        found = store.deliveries.log(
            alert_uid=_uid(store, alert) if alert is not None else None,
            recipient_id=store.recipients.named(recipient).id if recipient is not None else None,
            states=states,
            limit=limit,
        )
        names = store.recipients.names()
    _tell(found, names, say, as_json=as_json)


@command.command(name="parked")
@click.option("--recipient", help="Only this recipient.")
@click.option("--limit", type=LIMIT, default=100, show_default=True, help="At most this many, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def parked_command(ctx: click.Context, recipient: str | None, limit: int, *, as_json: bool) -> None:
    """List what was given up, each with the reason; `kentongan deliver replay` sends it again."""
    say = speaker_of(ctx)
    with _store() as store:
        found = store.deliveries.log(
            recipient_id=store.recipients.named(recipient).id if recipient is not None else None,
            states=("parked",),
            limit=limit,
        )
        names = store.recipients.names()
    _tell(found, names, say, as_json=as_json)


@command.command(name="replay")
@click.argument("ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--recipient", help="All that was parked for this recipient.")
@click.pass_context
def replay_command(ctx: click.Context, ids: tuple[int, ...], recipient: str | None) -> None:
    """Let what was parked go out again with the next pass, under the keys that it had.

    What a later revision was sent in place of meanwhile is not sent any more.
    """
    from desk.actions.recipients import replay
    from flows.tools import utc_now

    say = speaker_of(ctx)
    if bool(ids) == (recipient is not None):
        raise click.UsageError("name what is to be sent again: numbers of deliveries, or --recipient NAME")
    with _store() as store:
        if recipient is not None:
            mine = store.recipients.named(recipient).id
            parked = store.deliveries.log(recipient_id=mine, states=("parked",), limit=100_000)
            # What is in a digest goes out with that.
            found = [one for one in reversed(parked) if one.carried_by is None]
        else:
            found = [store.deliveries.get(number) for number in ids]
        done = replay(store, f"cli:{person()}", found, utc_now())
    again = sum(one.state == "waiting" for one in done)
    click.echo(
        say(
            f"{again} kiriman dicoba lagi, {len(done) - again} sudah digantikan",
            f"{again} deliveries are tried again, {len(done) - again} were superseded",
        )
    )


@command.command(name="test")
@click.argument("name")
@click.pass_context
def test_command(ctx: click.Context, name: str) -> int:
    """Send NAME one message that is marked LATIHAN and says only that it arrived; exits with 1 where it did not."""
    from flows.deliver import deliver_tools, send_trial
    from flows.settings import Settings
    from flows.tools import utc_now

    async def run() -> Delivery:
        async with deliver_tools(Settings.from_environ()) as tools:
            tools.store.audit.add(
                f"cli:{person()}", "kiriman_uji", f"penerima/{tools.store.recipients.named(name).id}", utc_now()
            )
            return await send_trial(tools, name)

    say = speaker_of(ctx)
    done = asyncio.run(run())
    why = reword(say, done.detail)
    click.echo(f"{name}: {say(*STATES[done.state])}" + (f" ({why})" if why else ""))
    return 0 if done.state == "sent" else 1


def _tell(found: Sequence[Delivery], names: dict[int, str], say: Callable[[str, str], str], *, as_json: bool) -> None:
    if as_json:
        write_json([_record(one, names) for one in found])
    elif found:
        show([_row(one, names, say) for one in found])
    else:
        click.echo(say("tidak ada", "there is none"))


def _record(one: Delivery, names: dict[int, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "key": one.key,
        "recipient": names.get(one.recipient_id, ""),
        "kind": one.kind,
        "alert": one.alert_uid,
        "revision": one.revision or None,
        "state": one.state,
        "why": one.why or None,
        "detail": one.detail,
        "attempts": one.attempts,
        "at": one.at,
        "due": one.due,
        "ended_at": one.ended_at,
        "carried_by": one.carried_by,
    }


def _row(one: Delivery, names: dict[int, str], say: Callable[[str, str], str]) -> dict[str, Any]:
    why = [say(*_words(one.why))] if one.why and one.state in {"held", "waiting", "not_wanted"} else []
    if one.detail:
        why.append(reword(say, one.detail))
    if one.carried_by is not None:
        why.append(say(f"dalam kiriman {one.carried_by}", f"in delivery {one.carried_by}"))
    return {
        say("nomor", "number"): one.id,
        say("penerima", "recipient"): names.get(one.recipient_id, ""),
        say("apa", "what"): f"{one.alert_uid} r{one.revision}" if one.alert_uid else one.kind,
        say("keadaan", "state"): say(*STATES[one.state]),
        say("sejak", "since"): f"{one.ended_at or one.at:%Y-%m-%d %H:%M:%S} UTC",
        say("percobaan", "attempts"): one.attempts,
        say("keterangan", "why"): "; ".join(why),
    }


def _uid(store: Store, alert: str) -> str:
    """Return the uid that a person means: the uid itself, or the number of an incident that was alerted of."""
    from data.errors import UnknownItemError

    found = store.alerts.of_incident(int(alert)) if alert.isascii() and alert.isdigit() else store.alerts.get(alert)
    if found is None:
        raise UnknownItemError("alert", alert, hint="see kentongan deliver log")
    return found.uid


def _store() -> Any:
    from flows.settings import Settings
    from flows.tools import open_store

    return open_store(Settings.from_environ())
