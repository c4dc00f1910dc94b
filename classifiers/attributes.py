"""The attributes beside the modality: *negasi* (said not to have happened) and *historis* (an old event retold)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.records import Modality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifiers.cues import CueHit

LEAD_REACH = 3
"""Sentences from the head of an article (title included) in which a negation is about its subject."""

DENIAL = "negasi_bantahan"
"""The cue of a denial by whoever is accused."""
REMEMBERED = "historis_judul"
"""The cue of words that say in a title that an old event is looked back on."""


def is_negated(hits: Sequence[CueHit], *, modality: Modality, asserted: Sequence[str]) -> bool:
    """Return whether the article says that its subject did not happen, was not proven, or is denied by the accused."""
    if not asserted or modality in {Modality.OPINI, Modality.TIDAK_RELEVAN, Modality.ANCAMAN_POTENSI}:
        return False
    found = [hit for hit in hits if hit.cue.label == "negasi" and hit.sentence <= LEAD_REACH]
    if modality is not Modality.DUGAAN:
        # What a party denies beside an established event or a running case ("polisi bantah ada suap") unmakes neither.
        found = [hit for hit in found if hit.cue.id != DENIAL]
    if not found:
        return False
    in_title = any(hit.zone == "title" for hit in found)
    # A hoax that is debunked ("tidak benar") is an event of its own: the hoax went round (ruling in section 2.3).
    if "hoaks_disinformasi" in asserted and modality is not Modality.DUGAAN:
        return False
    # A petition that is refused ends a dispute; it does not say that there was none.
    if set(asserted) == {"sengketa_tahapan"} and modality is Modality.PENANGANAN_HUKUM:
        return False
    return in_title or len({hit.sentence for hit in found}) > 1


def is_historical(hits: Sequence[CueHit], *, modality: Modality) -> bool:
    """Return whether the event told of is an old one: remembered, commemorated, or of an earlier election."""
    if modality in {Modality.TIDAK_RELEVAN, Modality.PENANGANAN_HUKUM}:
        return False  # a process is of today, whatever it is about
    found = [hit for hit in hits if hit.cue.label == "historis"]
    titles = [hit for hit in found if hit.zone == "title"]
    named = any(hit.cue.id == REMEMBERED for hit in titles)
    return named or (bool(titles) and len({hit.sentence for hit in found}) > 1)
