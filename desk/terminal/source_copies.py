"""``kentongan sources copies``: who copies whom, how often and how late, and which sources are no witnesses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.spans import DAYS
from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from classifiers.syndication import Edge, Standing, Syndication

MOST_ROWS = 40
"""Rows of the table of who copies whom; all of them are in the JSON."""


@click.command()
@click.argument("source_id", required=False, metavar="[ID]")
@click.option("--days", type=DAYS, default=90.0, show_default=True, help="Only articles seen in the last days.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def copies(ctx: click.Context, source_id: str | None, days: float, *, as_json: bool) -> int:
    """Show who copies whom: pairs, share, delay, and the sources that mostly copy or spin.

    With ID only what that source takes and gives. A source that is taken for a clone or spinner counts as tier 4 for a
    witness; tier_fixed = true in $KENTONGAN_HOME/sources.toml keeps its tier.
    """
    from flows.settings import Settings
    from flows.syndication import graph
    from flows.tools import chosen_sources, load_sources, open_store, utc_now

    settings, say = Settings.from_environ(), speaker_of(ctx)
    declared = load_sources(settings)
    if source_id is not None:
        chosen_sources(declared, [source_id])
    with open_store(settings) as store:
        seen = graph(store, {source.id: source for source in declared}, utc_now() - timedelta(days=days))
    edges = [edge for edge in seen.edges if source_id in {None, edge.copier, edge.origin}]
    standings = [one for one in seen.standings if source_id in {None, one.source_id}]
    groups = [group for group in seen.groups if source_id is None or source_id in group]
    if as_json:
        write_json(
            {
                "pairs": [_edge_record(edge) for edge in edges],
                "sources": [_standing_record(one) for one in standings],
                "groups": [list(group) for group in groups],
            }
        )
        return 0
    _print(edges, standings, groups, seen, say)
    return 0


def _print(
    edges: list[Edge],
    standings: list[Standing],
    groups: list[tuple[str, ...]],
    seen: Syndication,
    say: Callable[[str, str], str],
) -> None:
    verdicts = {one.source_id: _verdict(one, say) for one in seen.standings}
    if edges:
        show([_row(edge, verdicts, say) for edge in edges[:MOST_ROWS]])
    if len(edges) > MOST_ROWS:
        more = len(edges) - MOST_ROWS
        click.echo(say(f"… dan {more} pasangan lagi (--json)", f"… and {more} more (--json)"))
    habits = [one for one in standings if one.habit is not None or (one.copied + one.spun) > 0]
    if habits:
        show([_habit_row(one, verdicts, say) for one in habits[:MOST_ROWS]])
    for group in groups:
        click.echo(say("Satu kelompok: ", "One group: ") + ", ".join(group))
    taken = sum(edge.pairs for edge in edges)
    click.echo(
        say(
            f"{taken} salinan di antara {len(edges)} pasangan sumber",
            f"{taken} copies between {len(edges)} pairs of sources",
        )
    )


def _row(edge: Edge, verdicts: dict[str, str], say: Callable[[str, str], str]) -> dict[str, Any]:
    return {
        say("penyalin", "copier"): edge.copier,
        say("asal", "origin"): edge.origin,
        say("salinan", "pairs"): edge.pairs,
        say("putaran", "spun"): edge.spun,
        say("bagian", "share"): f"{edge.share:.0%}",
        say("jeda tengah", "median delay"): _span(edge.median_delay),
        say("jeda 10–90 %", "delay 10–90 %"): f"{_span(edge.early_delay)} – {_span(edge.late_delay)}",
        say("putusan", "verdict"): say("sejaringan", "one network") if edge.sisters else verdicts[edge.copier],
    }


def _habit_row(one: Standing, verdicts: dict[str, str], say: Callable[[str, str], str]) -> dict[str, Any]:
    return {
        "id": one.source_id,
        say("berita", "articles"): one.printed,
        say("salinan", "copied"): one.copied,
        say("putaran", "spun"): one.spun,
        say("tak tentu", "undecided"): one.undecided,
        say("bagian terendah", "share at least"): f"{one.share_low:.0%}",
        say("tingkat", "tier"): one.tier if one.tier == one.effective_tier else f"{one.tier} → {one.effective_tier}",
        say("putusan", "verdict"): verdicts[one.source_id],
    }


def _verdict(one: Standing, say: Callable[[str, str], str]) -> str:
    if one.habit is None:
        return ""
    word = {
        "klon": say("klon", "clone"),
        "pemutar": say("pemutar", "spinner"),
        "pemutar_dikenal": say("pemutar (dikenal)", "spinner (known)"),
    }[one.habit]
    return word + (say(" (saran: tingkat 4)", " (suggested: tier 4)") if one.suggested else "")


def _span(delay: timedelta) -> str:
    minutes = round(delay.total_seconds() / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours // 24}d {hours % 24}h" if hours >= 24 else f"{hours}:{minutes:02}"  # a day


def _edge_record(edge: Edge) -> dict[str, Any]:
    return {
        "copier": edge.copier,
        "origin": edge.origin,
        "pairs": edge.pairs,
        "spun": edge.spun,
        "share": round(edge.share, 4),
        "median_delay_s": edge.median_delay.total_seconds(),
        "delay_10_s": edge.early_delay.total_seconds(),
        "delay_90_s": edge.late_delay.total_seconds(),
        "one_network": edge.sisters,
    }


def _standing_record(one: Standing) -> dict[str, Any]:
    return {
        "source": one.source_id,
        "printed": one.printed,
        "copied": one.copied,
        "spun": one.spun,
        "undecided": one.undecided,
        "share_low": round(one.share_low, 4),
        "spun_low": round(one.spun_low, 4),
        "verdict": one.habit,
        "tier": one.tier,
        "effective_tier": one.effective_tier,
        "suggested": one.suggested,
    }
