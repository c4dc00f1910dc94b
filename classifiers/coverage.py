"""Whether silence from a region means anything: who should report from there, who answers, who does.

Pure: what was declared, asked and named is handed in; ``flows.coverage`` has it from catalogue and store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.watching import Coverage, CoverageState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from data.records import Source

ENOUGH_SOURCES = 2
"""Sources from which at least one article must name a region before it counts as covered: one alone may be wrong, on
holiday, or partial. By reasoning: the desk's own rule asks for a second independent outlet (domain dossier, 4.3)."""

ENOUGH_ARTICLES = 3
"""Articles that must name it: two outlets that print one release are one text."""

ENOUGH_ANSWERS = 0.5
"""Share of the declared sources that must answer: with more than half of them away a region is not watched as usual."""

PROVINCE_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Named:
    """That ``articles`` of ``sources`` named a region; ``last`` is when the newest of them was first seen."""

    region: str
    sources: int
    articles: int
    last: datetime


def declared_for(source: Source, region: str) -> bool:
    """Return whether the catalogue says that ``source`` covers a province or kabupaten/kota.

    A source that names kabupaten/kota of a province covers those of it, and the province in part; one that names none
    there covers all of them. A national source (no province) is declared for none: that it may report is no promise.
    """
    if len(region) == PROVINCE_LENGTH:
        return region in source.provinces or any(code.startswith(f"{region}.") for code in source.regencies)
    province = region[:PROVINCE_LENGTH]
    within = [code for code in source.regencies if code.startswith(f"{province}.")]
    return region in within if within else province in source.provinces


def coverages(
    regions: Iterable[str], sources: Iterable[Source], answering: Collection[str], named: Iterable[Named]
) -> Mapping[str, Coverage]:
    """Return the coverage of each of ``regions``, in their order.

    ``sources`` are those that are switched on, ``answering`` the ids of those that were reached in the period,
    ``named`` what was read in it, of any source, one for each region that was named.
    """
    heard = {one.region: one for one in named}
    regions = tuple(regions)
    declared = declared_in(regions, sources)
    return {region: _coverage(region, declared[region], answering, heard.get(region)) for region in regions}


def declared_in(regions: Iterable[str], sources: Iterable[Source]) -> Mapping[str, Sequence[str]]:
    """Return for each region the ids of the sources that `declared_for` says cover it, in their order.

    Source by source, as hundreds of them name two or three provinces each, and not region by region.
    """
    found: dict[str, list[str]] = {region: [] for region in regions}
    below: dict[str, list[str]] = {}
    for region in found:
        below.setdefault(region[:PROVINCE_LENGTH], []).append(region)
    for source in sources:
        near = dict.fromkeys([*source.provinces, *(code[:PROVINCE_LENGTH] for code in source.regencies)])
        for region in [region for province in near for region in below.get(province, ())]:
            if declared_for(source, region):
                found[region].append(source.id)
    return found


def _coverage(region: str, declared: Sequence[str], answering: Collection[str], heard: Named | None) -> Coverage:
    reached = sum(name in answering for name in declared)
    reporting, articles = (heard.sources, heard.articles) if heard is not None else (0, 0)
    return Coverage(
        region=region,
        state=state_of(declared=len(declared), answering=reached, reporting=reporting, articles=articles),
        declared=len(declared),
        answering=reached,
        reporting=reporting,
        articles=articles,
        last_article=heard.last if heard is not None else None,
    )


def state_of(*, declared: int, answering: int, reporting: int, articles: int) -> CoverageState:
    """Return what the figures of one region come to.

    Where none is declared, others' articles make it thin at best: nobody is bound to come back. Where none of the
    declared ones answers it is cut off, whatever others wrote.
    """
    if not declared:
        return CoverageState.TIPIS if reporting else CoverageState.TANPA_SUMBER
    if not answering:
        return CoverageState.TERPUTUS
    if not reporting:
        return CoverageState.SUNYI
    few = reporting < ENOUGH_SOURCES or articles < ENOUGH_ARTICLES or answering < ENOUGH_ANSWERS * declared
    return CoverageState.TIPIS if few else CoverageState.TERLIPUT
