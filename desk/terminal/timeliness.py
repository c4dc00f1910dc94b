"""``kentongan timeliness``: what was seen when, from publication to the desk, of all sources and of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from classifiers.timeliness import Leg, Spread, Timeliness

    Say = Callable[[str, str], str]

LEGS = {
    "terbit_terlihat": ("terbit sampai terlihat", "published to seen"),
    "terbit_terlihat_zona_dugaan": ("sama, zona waktu diduga", "the same, zone assumed"),
    "terdaftar_terlihat": ("terdaftar sampai terbaca", "listed to read"),
    "terlihat_dinilai": ("terbaca sampai dinilai", "read to judged"),
    "dinilai_kejadian": ("ditandai sampai kejadian dibuka", "flagged to incident opened"),
    "kejadian_desk": ("kejadian sampai desk", "incident to desk"),
    "terbit_desk": ("terbit sampai desk", "published to desk"),
}


@click.command(name="timeliness")
@click.option("--days", type=click.IntRange(1, 365), default=7, show_default=True, help="The last days that count.")
@click.option("--source", "source_id", metavar="ID", help="Only this source.")
@click.option("--sources", "each", is_flag=True, help="Each source too, the slowest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, days: int, source_id: str | None, *, each: bool, as_json: bool) -> int:
    """Show what was seen when: how long news takes from publication to first sight, to judgement, to the desk.

    Middle, nine in ten and worst of each leg. Times of publication whose zone was assumed stand apart, and what is
    older than the first look at its source is archive. Negative delays are errors of a clock, and are counted.
    """
    from dataclasses import asdict
    from datetime import timedelta

    from classifiers.timeliness import by_source, timeliness
    from flows.settings import Settings
    from flows.tools import chosen_sources, load_sources, open_store, utc_now

    settings, say, now = Settings.from_environ(), speaker_of(ctx), utc_now()
    if source_id is not None:
        chosen_sources(load_sources(settings), [source_id])
    with open_store(settings) as store:
        passages = store.sightings.passages(now - timedelta(days=days), now)
    if source_id is not None:
        passages = [one for one in passages if one.source_id == source_id]
    total, lines = timeliness(passages), by_source(passages) if each or as_json else {}
    if as_json:
        sources = {name: asdict(line) for name, line in lines.items()}
        write_json({"days": days, "all": asdict(total), "sources": sources})
        return 0
    show([_row(leg, spread, say) for leg, spread in total.legs.items()])
    if each and lines:
        show([_source_row(name, line, say) for name, line in lines.items()])
    click.echo(
        say(
            f"{total.articles} artikel: {total.undated} tanpa waktu terbit, {total.assumed} dengan zona diduga, "
            f"{total.archive} arsip; {total.flagged} ditandai, {total.waiting} menunggu dinilai, "
            f"{total.unseen} kejadian belum dilihat desk",
            f"{total.articles} articles: {total.undated} without time of publication, {total.assumed} with an assumed "
            f"zone, {total.archive} archive; {total.flagged} flagged, {total.waiting} wait to be judged, "
            f"{total.unseen} incidents not seen by the desk yet",
        )
    )
    return 0


def _row(leg: Leg, spread: Spread, say: Say) -> dict[str, Any]:
    return {
        say("tahap", "leg"): say(*LEGS[leg.value]),
        "n": spread.n,
        say("tengah", "median"): _minutes(spread.median, say),
        say("9 dari 10", "9 in 10"): _minutes(spread.p90, say),
        say("terlama", "worst"): _minutes(spread.worst, say),
        say("galat jam", "clock errors"): f"{spread.negative} ({_minutes(spread.earliest, say)})"
        if spread.negative
        else "",
    }


def _source_row(name: str, line: Timeliness, say: Say) -> dict[str, Any]:
    legs: Mapping[str, Spread] = {leg.value: spread for leg, spread in line.legs.items()}
    named, assumed = legs["terbit_terlihat"], legs["terbit_terlihat_zona_dugaan"]
    seen = named if named.n or named.negative else assumed
    return {
        say("sumber", "source"): name,
        say("artikel", "articles"): line.articles,
        say("tengah", "median"): _minutes(seen.median, say),
        say("9 dari 10", "9 in 10"): _minutes(seen.p90, say),
        say("terlama", "worst"): _minutes(seen.worst, say),
        say("zona", "zone"): say("diduga", "assumed") if seen is assumed and seen.n else "",
        say("galat jam", "clock errors"): named.negative + assumed.negative or "",
        say("tanpa waktu", "undated"): line.undated or "",
    }


def _minutes(value: float | None, say: Say) -> str:
    """Return minutes as a person reads them: 45 m, 3.5 h, 2.1 d."""
    if value is None:
        return ""
    for unit, size in ((say("hari", "d"), 1440.0), (say("jam", "h"), 60.0)):
        if abs(value) >= 2 * size:
            return f"{value / size:.1f} {unit}"
    return f"{value:.0f} {say('menit', 'm')}"
