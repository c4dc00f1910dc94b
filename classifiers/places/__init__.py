"""Places in Indonesian text: names found, resolved to Kemendagri codes, and given a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from classifiers.places.cues import Reading, read_sentences
from classifiers.places.event import EventWeights, choose, read_weights
from classifiers.places.lexicon import Lexicon, load_lexicon
from classifiers.places.recognise import MAX_MENTIONS, find_mentions
from classifiers.places.resolve import resolve
from classifiers.places.roles import attribute, make_places
from classifiers.places.sightings import sightings_of
from classifiers.places.tokens import MAX_CHARACTERS
from data.gazetteer import FOLDER, Gazetteer
from data.records import FoundPlace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from data.records import Place

__all__ = ["Locator"]


class Locator:
    """Finds the places of a text; loaded once per process, shared between threads (it keeps nothing of a text)."""

    def __init__(self, lexicon: Lexicon, weights: EventWeights):
        self.lexicon = lexicon
        self.weights = weights

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Return a locator of the tables in ``folder`` (None: the product's own); SettingsError names a broken table.

        About 0.3 s and 55 MB.
        """
        folder = folder or FOLDER
        return cls(load_lexicon(folder), read_weights(folder / "event_place.toml", folder / "event_words.tsv"))

    @property
    def gazetteer(self) -> Gazetteer:
        """Return the gazetteer that the codes are of."""
        return self.lexicon.gazetteer

    def read(
        self, title: str, text: str, *, outlet_provinces: Iterable[str] = (), outlet_regencies: Iterable[str] = ()
    ) -> Reading:
        """Return a text's tokens and resolved mentions, before any role: what `scripts/learn_places.py` learns from."""
        title_tokens, in_title = find_mentions(title, "title", self.lexicon)
        text_tokens, in_text = find_mentions(text, "text", self.lexicon)
        found = resolve(
            in_title + in_text, self.lexicon, outlet_provinces=outlet_provinces, outlet_regencies=outlet_regencies
        )
        reading = Reading(title, text, {"title": title_tokens, "text": text_tokens}, found)
        read_sentences(reading)
        return reading

    def locate(
        self, title: str, text: str, *, outlet_provinces: Iterable[str] = (), outlet_regencies: Iterable[str] = ()
    ) -> tuple[Place, ...]:
        """Return the places of a text, one record per unit, those of the event first.

        ``outlet_provinces`` and ``outlet_regencies`` are the codes that the outlet covers: they decide between units
        of one name, never add a place. Spans are half open, in code points of title or text.
        """
        reading = self.read(title, text, outlet_provinces=outlet_provinces, outlet_regencies=outlet_regencies)
        return make_places(reading, choose(reading, self.weights), self.gazetteer)

    def trace(
        self, title: str, text: str, *, outlet_provinces: Iterable[str] = (), outlet_regencies: Iterable[str] = ()
    ) -> tuple[FoundPlace, ...]:
        """Return the places of `locate`, each with all its mentions and what spoke for them: what a person checks."""
        reading = self.read(title, text, outlet_provinces=outlet_provinces, outlet_regencies=outlet_regencies)
        return tuple(
            FoundPlace(place, sightings_of(mentions, reading, self.lexicon))
            for place, mentions in attribute(reading, choose(reading, self.weights), self.gazetteer)
        )

    def reach(self, text: str) -> int:
        """Return how many characters of a text are read: all, unless it is too long or names too much."""
        _, mentions = find_mentions(text, "text", self.lexicon)
        return mentions[-1].end if len(mentions) >= MAX_MENTIONS else min(len(text), MAX_CHARACTERS)
