"""``kentongan warnings``: the early warnings over regions that stand, or all, or what a look at some moment finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desk.terminal.spans import DAYS
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from data.watching import EarlyWarning


@click.command(name="warnings")
@click.option("--all", "everything", is_flag=True, help="Those that have ended, too.")
@click.option("--days", type=DAYS, help="Only those that stood within the last days; with --all.")
@click.option("--look", is_flag=True, help="Look now first, as the flow does every quarter of an hour.")
@click.option("--at", help="What a look at this moment finds, as 2024-11-27 or 2024-11-27T14:00; nothing is kept.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    ctx: click.Context, *, everything: bool, days: float | None, look: bool, at: str | None, as_json: bool
) -> int:
    """List the early warnings over regions: bursts of incidents, and threats that build up before a stage.

    A burst is more incidents of a signal in a province or kabupaten/kota than its own past lets expect. The machine
    raises them and nobody has verified them: read the incidents behind each.
    """
    from datetime import timedelta

    from data.gazetteer import load_gazetteer
    from flows.desk_rules import calendar_in_use
    from flows.early_warning import look as take_look
    from flows.early_warning import seen_at
    from flows.picture import region_names
    from flows.settings import Settings
    from flows.tools import load_sources, open_store, utc_now

    say = speaker_of(ctx)
    settings = Settings.from_environ()
    with open_store(settings) as store:
        if at is not None:
            from desk.terminal.moments import moment

            found = seen_at(
                store, load_sources(settings), calendar_in_use(store), moment(at, settings.timezone)
            ).changes
            listed = [*found.raised, *found.updated, *(found.ended if everything else ())]
        else:
            if look:
                take_look(store, load_sources(settings), calendar_in_use(store), utc_now)
            since = utc_now() - timedelta(days=days) if days else None
            listed = store.early_warnings.list(since=since) if everything else store.early_warnings.standing()
        titles = _titles(store, listed)
    if as_json:
        write_json([facts_of(one) for one in listed])
        return 0
    if not listed:
        click.echo(say("Tidak ada peringatan dini.", "There is no early warning."))
        return 0
    names = region_names(load_gazetteer())
    show(
        [row_of(one, names, titles, settings.timezone, say) for one in listed],
        title=say("Peringatan dini (belum terverifikasi)", "Early warnings (unverified)"),
    )
    return 0


def _titles(store: Any, warnings: Iterable[EarlyWarning]) -> dict[int, str]:
    """Return the title of the gravest incident behind each warning, by incident."""
    ids = {one.incident_ids[0] for one in warnings if one.incident_ids}
    found = (store.incidents.get(number) for number in sorted(ids))
    return {incident.id: incident.title for incident in found if incident is not None}


def row_of(
    one: EarlyWarning,
    names: Mapping[str, str],
    titles: Mapping[int, str],
    timezone: str,
    say: Callable[[str, str], str],
) -> dict[str, Any]:
    """Return a warning as a row for people: what, where, since when, how many against how many, what is behind it."""
    from flows.early_warning import rows_of

    (row,) = rows_of([one], names)
    first = one.incident_ids[0] if one.incident_ids else None
    behind = ", ".join(f"#{number}" for number in one.incident_ids[:5])
    more = len(one.incident_ids) - 5
    state = say(row["keadaan"], "stands" if one.ended_at is None else "ended")
    return {
        "no": one.id or say("(baru)", "(new)"),
        say("jenis", "kind"): row["jenis"],
        say("wilayah", "region"): row["wilayah"],
        say("sinyal", "signal"): row["sinyal"] if one.signal else say("semua sinyal", "all signals"),
        say("sejak", "since"): _shown(one.start, timezone),
        say("sampai", "until"): _shown(one.end, timezone),
        say("kejadian", "incidents"): one.observed,
        say("biasanya", "usually"): f"{one.expected:.1f}",
        say("keadaan", "state"): state,
        "status": say(row["status"], "unverified"),
        say(
            "di belakangnya", "behind it"
        ): f"{behind}{f' +{more}' if more > 0 else ''} {titles.get(first or 0, '')}".strip(),
        say("catatan", "note"): one.note,
    }


def _shown(moment: datetime, timezone: str) -> str:
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(timezone)).strftime("%d-%m-%Y %H.%M")


def facts_of(one: EarlyWarning) -> dict[str, Any]:
    """Return a warning as JSON for machines; every field of the record, and that it is unverified."""
    from dataclasses import asdict

    from flows.early_warning import UNVERIFIED

    facts = asdict(one)
    for name in ("start", "end", "raised_at", "updated_at", "ended_at"):
        facts[name] = facts[name].isoformat() if facts[name] is not None else None
    return facts | {"incident_ids": list(one.incident_ids), "verified": False, "status": UNVERIFIED}
