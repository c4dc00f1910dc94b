"""Which of the places is where it happened: a logistic weighing of the cues, and the finest unit of each group chosen.

The weights lie in ``data/reference/gazetteer/event_place.toml``; ``scripts/learn_places.py`` learns them from labelled articles.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from classifiers.places.cues import group_features, group_of, unit_features
from classifiers.places.resolve import is_above
from data.errors import SettingsError
from data.gazetteer import read_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from classifiers.places.cues import Reading
    from classifiers.places.resolve import Resolved


@dataclass(frozen=True, slots=True)
class EventWeights:
    """What each cue speaks for, in log-odds: ``groups`` of a kabupaten/kota or province, ``units`` of the kecamatan and desa within one.

    ``threshold`` is the probability from which a group is an event's place; ``alone`` the lower one that suffices for the best when none
    reaches it; ``unit`` that of the finer units.
    """

    groups: Mapping[str, float]
    units: Mapping[str, float]
    threshold: float
    alone: float
    unit: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """The event's units, likeliest first, with their probability, and the probability of every group."""

    units: tuple[tuple[str, float], ...]
    groups: Mapping[str, float]


def read_weights(path: Path) -> EventWeights:
    """Return the weights of a table; SettingsError where it is missing, no TOML or lacks one."""
    try:
        table: dict[str, Any] = tomllib.loads("\n".join(read_lines(path)))
        at = table["thresholds"]
        return EventWeights(table["groups"], table["units"], at["group"], at["alone"], at["unit"])
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise SettingsError(
            f"the weights are not as scripts/learn_places.py writes them: {error}", where=str(path)
        ) from error


def probability(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the logistic of the weighed features; a feature without a weight counts nothing."""
    total = math.fsum(value * weights.get(name, 0.0) for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def units_below(places: Sequence[Resolved]) -> dict[str, list[Resolved]]:
    """Return the kecamatan and desa among the places with their mentions."""
    units: dict[str, list[Resolved]] = defaultdict(list)
    for place in places:
        if len(place.code) > 5:
            units[place.code].append(place)
    return units


def all_unit_features(reading: Reading) -> dict[str, dict[str, float]]:
    """Return the features of every kecamatan and desa of a reading."""
    units = units_below(reading.places)
    levels: dict[tuple[str, int], int] = defaultdict(int)
    for code in units:
        levels[group_of(code), len(code)] += 1
    return {
        code: unit_features(code, places, reading, levels[group_of(code), len(code)]) for code, places in units.items()
    }


def choose(reading: Reading, weights: EventWeights) -> Chosen:
    """Return where the text's event happened, as far as it says."""
    groups = {group: probability(features, weights.groups) for group, features in group_features(reading).items()}
    selected = [group for group, p in groups.items() if p >= weights.threshold]
    if not selected and groups:
        best = max(groups, key=lambda group: groups[group])
        selected = [best] if groups[best] >= weights.alone else []
    # the province of a chosen kabupaten says nothing more
    selected = [group for group in selected if not any(is_above(group, other) for other in selected)]
    below = {code: probability(features, weights.units) for code, features in all_unit_features(reading).items()}
    chosen: list[tuple[str, float]] = []
    for group in sorted(selected, key=lambda group: -groups[group]):
        finer = {code: p for code, p in below.items() if group_of(code) == group and p >= weights.unit}
        finest = [code for code in finer if not any(is_above(code, other) for other in finer)]
        chosen.extend((code, round(groups[group] * finer[code], 3)) for code in finest)
        if not finest:
            chosen.append((group, round(groups[group], 3)))
    return Chosen(tuple(chosen), groups)
