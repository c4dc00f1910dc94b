"""What each place has to do with the event, and the one record per unit that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifiers.places.context import is_above
from classifiers.places.cues import SCOPE, only_office, stamped
from classifiers.places.recognise import PLACED_BY_OFFICE
from data.gazetteer import KABKOTA, PROVINCE
from data.records import Place, PlaceRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifiers.places.cues import Reading
    from classifiers.places.event import Chosen
    from classifiers.places.recognise import Mention
    from classifiers.places.resolve import Resolved
    from data.gazetteer import Gazetteer

CERTAIN_AT_MOST = 0.98
UNFRAMED_BELOW = 0.85
"""How much an unframed kecamatan or desa is believed against one with its type word; a judgement, not tuned."""

OF_EVENT = frozenset({PlaceRole.KEJADIAN, PlaceRole.CAKUPAN})
ORDER = {role: rank for rank, role in enumerate(PlaceRole)}


def is_scope(place: Resolved) -> bool:
    """Return whether a mention speaks of the whole unit: *se-Sumatera Barat*."""
    return place.mention.preposition in SCOPE


def role_of(code: str, places: Sequence[Resolved], events: Sequence[str]) -> PlaceRole:
    """Return the role of a unit from all its mentions and the units of the event."""
    scope = any(is_scope(place) for place in places)
    if code in events:
        return PlaceRole.CAKUPAN if scope and any(is_above(code, other) for other in events) else PlaceRole.KEJADIAN
    if scope and (not events or any(is_above(code, event) for event in events)):
        return PlaceRole.CAKUPAN
    mentions = [place.mention for place in places]
    elsewhere = [mention for mention in mentions if not mention.dateline]
    if len(elsewhere) < len(mentions) and all(only_office(mention) for mention in elsewhere):
        # The seed's kind: the newsroom's city, whose office-holders went to the event. An office says where somebody
        # comes from, the dateline that the piece was written there.
        return PlaceRole.SUMBER
    # where offices are named too, the rest says what the place itself has to do with the event
    plain = [mention for mention in elsewhere if not of_office(mention)]
    if plain and all(mention.border for mention in plain):
        return PlaceRole.PERBATASAN
    if plain and all(mention.route or mention.passing for mention in plain):
        return PlaceRole.RUTE
    if mentions and not plain:
        return PlaceRole.PENANGANAN
    return PlaceRole.LATAR


def of_office(mention: Mention) -> bool:
    """Return whether a mention says whose an office is: *Polres X*, *Bupati X*, *Dinas Sosial Provinsi X*."""
    return mention.frame in PLACED_BY_OFFICE or mention.organ


def best_mention(places: Sequence[Resolved], role: PlaceRole, reading: Reading) -> Resolved:
    """Return the mention that shows a role best: for an event a plain one in the text, with a day or *di* beside it."""
    if len(places) == 1:
        return places[0]

    def rank(place: Resolved) -> tuple[bool, ...]:
        mention = place.mention
        if role is PlaceRole.CAKUPAN:
            return (is_scope(place),)
        if role is PlaceRole.KEJADIAN:
            plain = not only_office(mention) and not mention.dateline
            return (
                plain,
                mention.zone == "text" and stamped(mention, reading),
                mention.preposition == "di",
                mention.frame == "admin",
            )
        if role is PlaceRole.SUMBER:
            return (mention.dateline,)
        return (mention.frame == "admin",)

    return max(places, key=rank)


def confidence_of(place: Resolved) -> float:
    """Return how far a mention's unit is believed."""
    confidence = min(place.confidence, CERTAIN_AT_MOST)
    if len(place.code) > 5 and place.mention.frame != "admin":
        confidence *= UNFRAMED_BELOW
    return round(confidence, 3)


def make_places(reading: Reading, chosen: Chosen, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """Return a record for each unit: those of the event first, then by role and position."""
    return tuple(place for place, _ in attribute(reading, chosen, gazetteer))


def attribute(reading: Reading, chosen: Chosen, gazetteer: Gazetteer) -> tuple[tuple[Place, tuple[Resolved, ...]], ...]:
    """Return the records of `make_places`, each with the mentions that it was made from."""
    events = [code for code, _ in chosen.units]
    around = frozenset(chosen.scope)
    units: dict[str, list[Resolved]] = {}
    for place in reading.places:
        units.setdefault(place.code, []).append(place)
    named = any(not place.landmark for place in reading.places)
    made: list[tuple[Place, tuple[Resolved, ...]]] = []
    for code, places in units.items():
        role = PlaceRole.CAKUPAN if code in around else role_of(code, places, events)
        aside = role is PlaceRole.LATAR or (role is PlaceRole.RUTE and not any(one.mention.route for one in places))
        if named and aside and all(place.landmark and not place.ambiguous for place in places):
            continue  # a building or mountain in the background names no unit where others are named outright
        made.append((record(code, places, role, best_mention(places, role, reading), gazetteer), tuple(places)))
    # the event's kabupaten may be named only through what lies in it
    sure = {code: p for code, p in chosen.units if code not in units}
    for code in sure:
        inner = [place for place in reading.places if place.code.startswith(code + ".")]
        shown = best_mention(inner, PlaceRole.KEJADIAN, reading)
        made.append((record(code, inner, PlaceRole.KEJADIAN, shown, gazetteer), tuple(inner)))
    made.sort(key=lambda pair: (ORDER[pair[0].role], pair[0].zone != "title", pair[0].start))
    return tuple(made)


def record(code: str, places: Sequence[Resolved], role: PlaceRole, shown: Resolved, gazetteer: Gazetteer) -> Place:
    """Return the record of a unit, with the span of the mention that shows it."""
    mention = shown.mention
    best = max(places, key=confidence_of) if len(places) > 1 else places[0]
    if role not in OF_EVENT and len(code) == KABKOTA and all(place.ambiguous for place in places):
        # in the background nothing asks for the likelier of two: what both share is said, both are kept
        pair = ((code, best.confidence), *best.alternatives)
        if all(other[:PROVINCE] == code[:PROVINCE] for other, _ in pair):
            name = gazetteer.name(code[:PROVINCE])
            sure = round(CERTAIN_AT_MOST, 3)
            return Place(
                code[:PROVINCE], name, role, mention.zone, mention.start, mention.end, sure, pair, ambiguous=True
            )
    return Place(
        code,
        gazetteer.name(code),
        role,
        mention.zone,
        mention.start,
        mention.end,
        confidence_of(best),
        best.alternatives,
        best.ambiguous,
    )
