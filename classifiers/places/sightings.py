"""Every mention of a place, with what around it spoke: what a person sees who checks why a name became this unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifiers.places.context import follows_parent
from classifiers.places.cues import SCOPE, at_hall, stamped
from classifiers.places.lexicon import normal
from data.records import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from classifiers.places.cues import Reading
    from classifiers.places.lexicon import Lexicon
    from classifiers.places.resolve import Resolved

REASONS = {
    "admin": "a type word stands before it (kabupaten, kec., nagari)",
    "head": "the head of such a unit is named (bupati, wali kota, camat)",
    "institution": "an institution of that place is named (Polres, KPU, Bawaslu)",
    "hall": "an office is named for its building: something was held there",
    "parent": "the unit in which it lies follows",
    "alias": "the gazetteer knows the word as another name of it; the word is the kind (singkatan, ibu_kota, ejaan)",
    "landmark": "a building, a mountain or a region, placed where it lies",
    "scope": "the whole unit is meant (se-, seluruh)",
    "dateline": "it stands in the dateline: where the piece was written",
    "route": "it is an end of a road or way",
    "border": "it stands at a border",
    "told": "somebody spoke to the press there",
    "day": "a day or date follows",
    "preposition": "a preposition stands before it (di, ke, dari)",
    "undecided": "nothing in the text rules the alternatives out",
    "context": "nothing beside it; the rest of the text, or the outlet, fits",
}
"""What each slug of a sighting's ``why`` says."""


def sightings_of(mentions: Iterable[Resolved], reading: Reading, lexicon: Lexicon) -> tuple[Sighting, ...]:
    """Return the mentions of one place as sightings, title first, each span once."""
    found: dict[tuple[bool, int, int], Sighting] = {}
    for resolved in mentions:
        mention = resolved.mention
        key = (mention.zone != "title", mention.start, mention.end)
        if key not in found:
            why = tuple(reasons(resolved, reading, lexicon))
            found[key] = Sighting(mention.zone, mention.start, mention.end, why or (("context", ""),))
    return tuple(found[key] for key in sorted(found))


def reasons(resolved: Resolved, reading: Reading, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Yield what spoke for a mention's unit and role, with the words of the text, the strongest kind first."""
    mention = resolved.mention
    if mention.frame:
        yield mention.frame, mention.anchor
        if at_hall(mention):
            yield "hall", ""
    if mention.chain is not None and follows_parent(mention, (resolved.code,)):
        yield "parent", mention.chain.form
    kind = lexicon.alias_kinds.get(mention.form)
    if resolved.landmark:
        yield "landmark", ""
    elif kind and mention.form != normal(lexicon.gazetteer.unit(resolved.code).name):
        yield "alias", kind
    if mention.preposition in SCOPE:
        yield "scope", mention.preposition
    for slug, holds in (
        ("dateline", mention.dateline),
        ("route", mention.route),
        ("border", mention.border),
        ("told", mention.told),
        ("day", not mention.dateline and stamped(mention, reading)),
    ):
        if holds:
            yield slug, ""
    place = mention.preposition or mention.reached
    if place and place not in SCOPE:
        yield "preposition", place
    if resolved.ambiguous:
        yield "undecided", ""
