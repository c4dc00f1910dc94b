"""``kentongan coverage``: from which regions anything is read, so that *no alert* is never taken for *all quiet*."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from desk.terminal.speech import speaker_of
from desk.terminal.tables import show, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from data.gazetteer import Gazetteer
    from data.watching import Coverage
    from flows.settings import Settings

    Say = Callable[[str, str], str]

STATES = ("terliput", "tipis", "sunyi", "terputus", "tanpa_sumber")
"""The same as `data.watching.CoverageState`, from the best to the worst."""

ENGLISH = {
    "terliput": "covered",
    "tipis": "thin",
    "sunyi": "silent",
    "terputus": "cut off",
    "tanpa_sumber": "no source",
}


@click.command(name="coverage")
@click.argument("area", required=False, metavar="[AREA]")
@click.option("--days", type=click.IntRange(1, 365), default=7, show_default=True, help="The last days that count.")
@click.option("--state", type=click.Choice(STATES), help="List only the kabupaten and kota in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, area: str | None, days: int, state: str | None, *, as_json: bool) -> int:
    """Show from which regions anything is read, and from which nobody reports.

    Without AREA: the provinces, with the number of their kabupaten and kota in each state. AREA is the Kemendagri code
    of a province (13: its kabupaten and kota) or of one of those (13.77). A region is covered where two sources or more
    report from it, thin where fewer do, silent where its sources answer and nothing came, cut off where none of them
    answers, and without a source where the catalogue declares none.
    """
    from datetime import timedelta

    from data.gazetteer import load_gazetteer
    from flows.coverage import coverage_of
    from flows.settings import Settings
    from flows.tools import load_sources, open_store, utc_now

    settings, say, gazetteer = Settings.from_environ(), speaker_of(ctx), load_gazetteer()
    if area is not None and (area not in gazetteer or len(area) > len("13.77")):
        raise click.BadParameter(
            f'"{area}" is no code of a province or kabupaten/kota; one looks like 13 or 13.77', param_hint="AREA"
        )
    now = utc_now()
    with open_store(settings) as store:
        found = coverage_of(store, load_sources(settings), gazetteer, now - timedelta(days=days), now)
    shown = _chosen(found, area, state)
    counts = Counter(str(one.state) for one in found.values() if len(one.region) > 2 and _within(one.region, area))
    if as_json:
        regions = [_record(one, gazetteer) for one in shown]
        write_json({"days": days, "counts": {name: counts[name] for name in STATES}, "regions": regions})
        return 0
    below = found if area is None and state is None else {}
    rows = [_row(one, gazetteer, settings, say, below) for one in shown]
    if rows:
        show(rows)
    told = ", ".join(f"{counts[name]} {say(name, ENGLISH[name])}" for name in STATES)
    click.echo(say(f"Kabupaten/kota: {told}", f"Kabupaten and kota: {told}"))
    return 0


def _chosen(found: Mapping[str, Coverage], area: str | None, state: str | None) -> Sequence[Coverage]:
    """Return what is listed: provinces, or an area with what lies in it; kabupaten/kota only where a state is asked."""
    if state is not None:
        return [
            one for one in found.values() if one.state == state and len(one.region) > 2 and _within(one.region, area)
        ]
    if area is None:
        return [one for one in found.values() if len(one.region) == 2]
    return [one for one in found.values() if _within(one.region, area)]


def _within(region: str, area: str | None) -> bool:
    return area is None or region == area or region.startswith(f"{area}.")


def _record(one: Coverage, gazetteer: Gazetteer) -> dict[str, Any]:
    return {
        "region": one.region,
        "name": gazetteer.name(one.region),
        "state": str(one.state),
        "declared": one.declared,
        "answering": one.answering,
        "reporting": one.reporting,
        "articles": one.articles,
        "last_article": one.last_article,
    }


def _row(
    one: Coverage, gazetteer: Gazetteer, settings: Settings, say: Say, below: Mapping[str, Coverage]
) -> dict[str, Any]:
    from zoneinfo import ZoneInfo

    last = one.last_article
    row: dict[str, Any] = {
        say("kode", "code"): one.region,
        say("wilayah", "region"): gazetteer.name(one.region),
        say("keadaan", "state"): say(one.state.value, ENGLISH[one.state.value]),
        say("terdaftar", "declared"): one.declared,
        say("menjawab", "answering"): one.answering,
        say("memberitakan", "reporting"): one.reporting,
        say("artikel", "articles"): one.articles,
        say("terakhir", "last"): f"{last.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M}" if last else "",
    }
    if below:
        states = Counter(str(other.state) for other in below.values() if other.region.startswith(f"{one.region}."))
        row[say("kab/kota", "kab/kota")] = ", ".join(
            f"{states[name]} {say(name, ENGLISH[name])}" for name in STATES if states[name]
        )
    return row
