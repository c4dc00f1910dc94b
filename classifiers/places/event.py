"""Which of the places is where it happened: a logistic weighing of the cues, and the finest unit of each group chosen.

Each kabupaten/kota or province is weighed twice: by itself, then against the others (a city beside its likely province,
one of five likely cities). The weights lie in ``event_place.toml`` and ``event_words.tsv`` of the gazetteer's folder;
``scripts/learn_places.py`` learns them from labelled articles. The second weighing is stacking (Wolpert 1992): it
learns from first weighings that were made without the article.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from classifiers.places.context import is_above
from classifiers.places.cues import group_features, group_of, only_office, unit_features
from classifiers.places.wording import NO_WORDING, Wording, add_wording, read_wording
from data.errors import SettingsError
from data.gazetteer import KABKOTA, PROVINCE, read_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from classifiers.places.cues import Reading
    from classifiers.places.resolve import Resolved


@dataclass(frozen=True, slots=True)
class EventWeights:
    """What each cue speaks for, in log-odds.

    ``groups`` weighs kabupaten/kota and provinces by themselves, ``again`` the same with what the first weighing says
    of the others, ``units`` the kecamatan and desa within one; ``wording`` is what single words say.

    ``threshold`` is the probability from which a group is an event's place; ``alone`` the lower one that suffices
    for the best when none reaches it; ``unit`` that of the finer units; ``scope`` that of a province around the event.
    """

    groups: Mapping[str, float]
    units: Mapping[str, float]
    threshold: float
    alone: float
    unit: float
    scope: float
    again: Mapping[str, float] = field(default_factory=dict)
    wording: Wording = NO_WORDING


@dataclass(frozen=True, slots=True)
class Chosen:
    """The event's units, likeliest first, with their probability, and the probability of every group.

    ``scope`` are the provinces around those units that the event concerns as a whole.
    """

    units: tuple[tuple[str, float], ...]
    groups: Mapping[str, float]
    scope: tuple[str, ...] = ()

    @property
    def codes(self) -> set[str]:
        """Return the codes of the event and its scope."""
        return {code for code, _ in self.units}.union(self.scope)


def read_weights(path: Path, words: Path) -> EventWeights:
    """Return the weights of a table and one of words; SettingsError where it is missing, no TOML or lacks one."""
    try:
        table: dict[str, Any] = tomllib.loads("\n".join(read_lines(path)))
        at = table["thresholds"]
        return EventWeights(
            table["groups"],
            table["units"],
            at["group"],
            at["alone"],
            at["unit"],
            at["scope"],
            table["again"],
            read_wording(words),
        )
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise SettingsError(
            f"the weights are not as scripts/learn_places.py writes them: {error}", where=str(path)
        ) from error


def weigh(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the sum of the weighed features, in log-odds; a feature without a weight counts nothing."""
    return math.fsum([value * weights[name] for name, value in features.items() if name in weights])


def logistic(odds: float) -> float:
    """Return the probability of log-odds."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def first_features(reading: Reading, wording: Wording) -> dict[str, dict[str, float]]:
    """Return the features of every group for the first weighing."""
    table = group_features(reading)
    add_wording(table, reading, wording)
    return table


SIBLING, WITHIN, AROUND = (
    ("has_" + kind, kind + "_best", kind + "_ahead", kind + "_count", kind + "_sum")
    for kind in ("sibling", "within", "around")
)
"""The features of the rivals of each kind."""


def add_rivals(table: Mapping[str, dict[str, float]], odds: Mapping[str, float]) -> None:
    """Add to the features of each group how the first weighing (``odds``) sees it against the others.

    ``sibling`` are the other kabupaten/kota of its province, ``within`` those that a province contains, ``around`` the
    province that contains it.
    """
    for group, features in table.items():
        own = odds[group]
        others = [(name, value) for name, value in odds.items() if name != group]
        features["odds"] = own
        features["odds_groups"] = len(odds) / 5
        features["odds_rank"] = float(sum([value > own for _, value in others]))
        if len(group) == PROVINCE:
            features["odds_province"] = own
        if not others:
            features["odds_alone"] = 1.0
            continue
        features["odds_best"] = max([value for _, value in others])
        features["odds_ahead"] = own - features["odds_best"]
        siblings = (
            [value for name, value in others if len(name) == KABKOTA and name[:PROVINCE] == group[:PROVINCE]]
            if len(group) == KABKOTA
            else []
        )
        within = [value for name, value in others if is_above(group, name)]
        around = [value for name, value in others if is_above(name, group)]
        for names, values in ((SIBLING, siblings), (WITHIN, within), (AROUND, around)):
            if values:
                has, highest, ahead, count, total = names
                best = max(values)
                features[has] = 1.0
                features[highest] = best
                features[ahead] = own - best
                features[count] = len(values) / 3
                features[total] = math.fsum(map(logistic, values))


def weigh_groups(reading: Reading, weights: EventWeights) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return the features of every group and its probability, weighed by itself and then against the others."""
    table = first_features(reading, weights.wording)
    add_rivals(table, {group: weigh(features, weights.groups) for group, features in table.items()})
    return table, {group: logistic(weigh(features, weights.again)) for group, features in table.items()}


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
    table, likely = weigh_groups(reading, weights)
    groups = likely
    border = {place.code[:KABKOTA] for place in reading.places if place.mention.border}
    if border:
        inside = {
            group_of(place.code)
            for place in reading.places
            if not place.mention.border and not place.mention.dateline and not only_office(place.mention)
        }
        # what is only a border's side, or its office besides, is never the place of the event
        groups = {group: p for group, p in likely.items() if group in inside or group not in border}
    selected = select(groups, table, weights)
    if not selected:
        return Chosen((), groups)
    below = {code: logistic(weigh(features, weights.units)) for code, features in all_unit_features(reading).items()}
    named = {place.code for place in reading.places}
    chosen: list[tuple[str, float]] = []
    for group in sorted(selected, key=lambda group: -groups[group]):
        inner = {code: p for code, p in below.items() if group_of(code) == group}
        finer = {code: p for code, p in inner.items() if p >= weights.unit}
        if not finer and group not in named:
            # the kabupaten is named only through what lies in it: that is then what the text says
            finer = {code: p for code, p in inner.items() if p == max(inner.values())}
        finest = [code for code in finer if not any(is_above(code, other) for other in finer)]
        chosen.extend((code, round(groups[group] * finer[code], 3)) for code in finest)
        if not finest:
            chosen.append((group, round(groups[group], 3)))
    return Chosen(tuple(chosen), groups, scopes(reading, groups, selected, weights))


def scopes(
    reading: Reading, groups: Mapping[str, float], selected: Sequence[str], weights: EventWeights
) -> tuple[str, ...]:
    """Return the provinces around selected kabupaten/kota that the event likely concerns as a whole.

    What is only the end of an address (*Lubuk Sikaping, Pasaman, Sumatera Barat*) or in the dateline is none.
    """
    around = [
        group
        for group, p in groups.items()
        if p >= weights.scope and len(group) == PROVINCE and any(is_above(group, other) for other in selected)
    ]
    if not around:
        return ()
    named = {
        place.code
        for place in reading.places
        if place.mention.chained is None
        and not place.mention.dateline
        and not place.mention.organ
        and not only_office(place.mention)
    }
    return tuple([group for group in around if group in named])


def select(groups: Mapping[str, float], table: Mapping[str, Mapping[str, float]], weights: EventWeights) -> list[str]:
    """Return the groups where the event happened, in the order of the text.

    A kabupaten/kota that only an office or the dateline names gives way to one where something was plainly held
    (section 3.1: the explicit place comes before institution, title and dateline); so does the province around it.
    """
    venues = [group for group in groups if "venue" in table[group]]
    rivals = [group for group in groups if not gives_way(group, table[group], venues)]
    selected = [group for group in rivals if groups[group] >= weights.threshold]
    if not selected and rivals:
        best = max(rivals, key=lambda group: groups[group])
        gave_way = len(rivals) < len(groups) and max(groups.values()) >= weights.threshold
        if gave_way:
            selected = [max(venues, key=lambda group: groups[group])]
        elif groups[best] >= weights.alone:
            selected = [best]
    # the province of a chosen kabupaten says nothing more
    return [group for group in selected if not any(is_above(group, other) for other in selected)]


def gives_way(group: str, features: Mapping[str, float], venues: Sequence[str]) -> bool:
    """Return whether a group is no event place because something was plainly held elsewhere, or somewhere within it."""
    if len(group) == KABKOTA:
        return bool(venues) and "weak_only" in features
    return "title" not in features and any(is_above(group, venue) for venue in venues)
