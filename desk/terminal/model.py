"""``kentongan model``: which model is in use, which ones there were, and changing that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.files import write_file
from desk.terminal.person import person
from desk.terminal.retrain import floors, retrain
from desk.terminal.speech import reword, speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from models.registry import Entry, Registry, VersionInfo

    Say = Callable[[str, str], str]

LENGTHS = (2, 4)
"""Numbers that a figure of a card has: without and with its interval."""

SHORT = 90
"""Characters of a reason in a table; the whole one is in --json."""


@click.group(name="model")
def command() -> None:
    """List, show, promote, roll back and retrain the model that judges articles.

    Versions are never changed nor deleted: what has judged an article can always be looked up. VERSION may be cut short
    as long as it stays clear; 0 is the model that came with the program.
    """


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_command(ctx: click.Context, *, as_json: bool) -> int:
    """List the versions; the one in use is marked.

    Ends with 1 where one of them is damaged.
    """
    say, registry = speaker_of(ctx), _registry()
    found = registry.versions()
    if as_json:
        write_json([_facts(info) for info in found])
    else:
        show([_row(info, say) for info in found])
    return 1 if any(info.problem for info in found) else 0


@command.command(name="show")
@click.argument("version")
@click.option("--json", "as_json", is_flag=True, help="Print the whole card as JSON.")
@click.option("--html", "page", metavar="FILE", type=click.Path(path_type=Path), help="Write the card as a page.")
@click.pass_context
def show_command(ctx: click.Context, version: str, page: Path | None, *, as_json: bool) -> int:
    """Show the card of VERSION: what it has learned from, how good it is, what is known to be weak."""
    from flows.settings import Settings
    from flows.tools import registry_of

    say, settings = speaker_of(ctx), Settings.from_environ()
    registry = registry_of(settings)
    card, info = registry.card(version), registry.info(version)
    if page is not None:
        from models.report import card_report

        write_file(page, card_report(card, version=info.version, lang=say("id", "en")).encode("utf-8"))
    if as_json:
        write_json({"version": info.version, "current": info.current, "shipped": info.shipped, "card": card})
        return 0
    in_use = say("sedang dipakai", "in use") if info.current else say("tidak dipakai", "not in use")
    if info.problem:
        click.echo(f"kentongan: {reword(say, info.problem)}", err=True)
    click.echo(f"{info.version} ({in_use}{say(', bawaan program', ', shipped') if info.shipped else ''})")
    for name, value in card.items():
        if isinstance(value, str | int | float) and name not in {"format", "name"}:
            click.echo(f"  {name}: {reword(say, value) if isinstance(value, str) else value}")
    facts = _facts(info)
    learned = (facts["examples"], facts["desk_labels"])
    click.echo(
        say(
            f"  belajar dari {learned[0]} contoh, {learned[1]} di antaranya label desk",
            f"  learned from {learned[0]} examples, {learned[1]} of them labels of the desk",
        )
    )
    figures = _figures(card, say)
    if figures:
        show(figures, title=say("Angka", "Figures"))
    limits = card.get("limits")
    for limit in limits if isinstance(limits, list) else ():
        click.echo(f"  ! {reword(say, str(limit))}")
    for entry in registry.history():
        if entry.version == info.version:
            click.echo(f"  {_local(entry.at, settings.timezone)} {_done(entry, say)} ({entry.by})")
    return 0


@command.command()
@click.argument("version")
@click.option("--why", default="", help="The reason, for the history.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def promote(ctx: click.Context, version: str, why: str, *, as_json: bool) -> int:
    """Put VERSION in use, or the model in a folder, without asking the gate.

    It is checked first; one that cannot be used is refused and the model in use stays. What was judged until now is
    judged anew by `kentongan rescore`, bit by bit.
    """
    from flows.tools import utc_now

    registry = _registry()
    folder = Path(version)
    # A version is a plain name: what has a slash in it, or a card, is a folder.
    name = registry.add(folder) if "/" in version or (folder / "card.json").is_file() else version
    before = registry.current_version()
    entry = registry.promote(name, by=person(), at=utc_now(), why=why)
    say = speaker_of(ctx)
    if entry.version == before and not as_json:
        click.echo(say(f"{before} sudah dipakai dan tetap dipakai.", f"{before} is in use already, and stays so."))
        return 0
    return _tell(entry, say, as_json=as_json)


@command.command()
@click.option("--why", default="", help="The reason, for the history.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def rollback(ctx: click.Context, why: str, *, as_json: bool) -> int:
    """Put the version in use that was promoted before the present one."""
    from flows.tools import utc_now

    entry = _registry().rollback(by=person(), at=utc_now(), why=why)
    return _tell(entry, speaker_of(ctx), as_json=as_json)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def history(ctx: click.Context, *, as_json: bool) -> int:
    """Show who put which version in use, rolled back or refused it, when and why."""
    from flows.settings import Settings
    from flows.tools import registry_of

    say = speaker_of(ctx)
    settings = Settings.from_environ()
    entries, zone = registry_of(settings).history(), settings.timezone
    if as_json:
        write_json([_entry(entry) for entry in entries])
        return 0
    if not entries:
        click.echo(
            say("Belum ada: model bawaan program dipakai.", "Nothing yet: the model that came with the program serves.")
        )
        return 0
    show(
        [
            {
                say("waktu", "time"): _local(entry.at, zone),
                say("tindakan", "action"): _done(entry, say),
                say("versi", "version"): entry.version,
                say("sebelumnya", "before"): entry.before,
                say("oleh", "by"): entry.by,
                say("alasan", "why"): _cut(entry.why),
            }
            for entry in entries
        ]
    )
    return 0


command.add_command(retrain)
command.add_command(floors)


def _registry() -> Registry:
    from flows.settings import Settings
    from flows.tools import registry_of

    return registry_of(Settings.from_environ())


def _tell(entry: Entry, say: Say, *, as_json: bool) -> int:
    if as_json:
        write_json(_entry(entry))
        return 0
    click.echo(
        say(
            f"{entry.version} dipakai, menggantikan {entry.before}. Penilaian lama dinilai ulang sedikit demi sedikit; "
            "sekaligus: kentongan rescore --all",
            f"{entry.version} is in use in place of {entry.before}. What was judged before is judged anew bit by bit; "
            "all at once: kentongan rescore --all",
        )
    )
    return 0


def _facts(info: VersionInfo) -> dict[str, Any]:
    from flows.retrain import learned_from

    count, desk = learned_from(info.card)
    return {
        "version": info.version,
        "current": info.current,
        "shipped": info.shipped,
        "examples": count,
        "desk_labels": desk,
        "folder": str(info.folder),
        "problem": info.problem,
    }


def _row(info: VersionInfo, say: Say) -> dict[str, object]:
    facts = _facts(info)
    return {
        say("versi", "version"): info.version,
        say("dipakai", "in use"): say("ya", "yes") if info.current else "",
        say("bawaan", "shipped"): say("ya", "yes") if info.shipped else "",
        say("contoh", "examples"): facts["examples"],
        say("label desk", "labels of the desk"): facts["desk_labels"],
        say("masalah", "problem"): reword(say, info.problem),
    }


def _figures(card: Mapping[str, Any], say: Say) -> list[dict[str, object]]:
    """Return a row per figure of a card: [value, low, high, number] or [value, number]; what is none is left out."""
    rows = []
    figures = card.get("figures")
    for name, numbers in figures.items() if isinstance(figures, dict) else ():
        if (
            isinstance(numbers, list)
            and len(numbers) in LENGTHS
            and all(isinstance(one, int | float) for one in numbers)
        ):
            rows.append(
                {
                    say("angka", "figure"): name,
                    say("nilai", "value"): f"{numbers[0]:.3f}",
                    say("selang 95%", "95 % interval"): f"{numbers[1]:.3f} – {numbers[2]:.3f}" if numbers[2:] else "",
                    "n": numbers[-1],
                }
            )
    return rows


def _entry(entry: Entry) -> dict[str, Any]:
    names = ("number", "action", "version", "before", "by", "why")
    return {name: getattr(entry, name) for name in names} | {"at": _iso(entry.at)}


def _local(at: datetime, zone: str) -> str:
    from zoneinfo import ZoneInfo

    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def _iso(at: datetime) -> str:
    return at.isoformat()


def _done(entry: Entry, say: Say) -> str:
    return {
        "promote": say("dipakai", "put in use"),
        "rollback": say("dikembalikan", "rolled back to"),
        "refuse": say("ditolak", "refused"),
    }[entry.action]


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"
