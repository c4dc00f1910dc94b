"""What is kept of an article so that it can be joined with others without reading it again."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from classifiers.copies import Signature
from classifiers.incidents.members import event_places
from classifiers.incidents.words import Words, words_of
from data.errors import InputError
from data.records import Modality, PlaceRole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from classifiers.incidents.members import Member

FORMAT: Final = 1
"""Raised whenever a profile of the same article would be another one: then those that are kept are made anew."""

KABKOTA: Final = 5
"""Length of a kabupaten's or kota's code."""

RECAP_REGENCIES: Final = 3
"""Event places in so many kabupaten make an article a recap: it tells of several events and joins none together."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An article as it is compared with others.

    ``places`` are codes of event places, the finest first; ``firm`` says that they are more than the scope of the
    article, and none of them a guess. ``start`` and ``end`` bound the time of the event, None where the text names
    none. ``digest`` is that of its signature of copies, b"" where the text is too short for one.
    """

    article_id: int
    moment: datetime
    places: tuple[str, ...]
    firm: bool
    start: datetime | None
    end: datetime | None
    signals: frozenset[str]
    modality: Modality
    flagged: bool
    source_id: str
    words: Words
    digest: bytes

    @property
    def regencies(self) -> frozenset[str]:
        """Return the kabupaten and kota of its event places."""
        return frozenset(code[:KABKOTA] for code in self.places if len(code) >= KABKOTA)

    @property
    def regions(self) -> frozenset[str]:
        """Return where it is looked for: its kabupaten and kota, else its provinces, else "" for nowhere."""
        return self.regencies or frozenset(code[:2] for code in self.places) or frozenset({""})

    @property
    def recap(self) -> bool:
        """Return whether it tells of several events."""
        return len(self.regencies) >= RECAP_REGENCIES

    @property
    def handling(self) -> bool:
        """Return whether it tells of what authorities did about an event: an arrest or hearing has its own day."""
        return self.modality is Modality.PENANGANAN_HUKUM


def profile_of(member: Member) -> Profile:
    """Return the profile of an article."""
    assessment = member.assessment
    places = event_places(assessment)
    time = assessment.event_time
    return Profile(
        article_id=member.article_id,
        moment=member.moment,
        places=tuple(place.code for place in places),
        firm=any(place.role is PlaceRole.KEJADIAN and not place.ambiguous for place in places),
        start=time.start if time else None,
        end=time.end if time else None,
        signals=frozenset(assessment.flagged_signals),
        modality=assessment.modality,
        flagged=assessment.flagged,
        source_id=member.source_id,
        words=words_of(member.title, member.text),
        digest=member.signature.digest,
    )


def to_json(profile: Profile) -> dict[str, Any]:
    """Return a profile as JSON may hold it; the article's id is not in it."""
    words = profile.words
    return {
        "format": FORMAT,
        "moment": profile.moment.isoformat(),
        "places": list(profile.places),
        "firm": profile.firm,
        "time": [profile.start.isoformat(), profile.end.isoformat()] if profile.start and profile.end else None,
        "signals": sorted(profile.signals),
        "modality": profile.modality.value,
        "flagged": profile.flagged,
        "source": profile.source_id,
        "words": [value for word in sorted(words.weights) for value in (word, round(words.weights[word], 3))],
        "title": sorted(words.title),
        "rare": sorted(words.rare),
        "names": sorted(words.names),
        "numbers": sorted(words.numbers),
        "digest": base64.b64encode(profile.digest).decode(),
    }


def from_json(article_id: int, kept: Mapping[str, Any]) -> Profile:
    """Return the profile that ``to_json`` was given; InputError where it was made by another version."""
    if kept.get("format") != FORMAT:
        raise InputError("a stored profile is of another version; make it again from the article")
    time = kept["time"]
    words = kept["words"]
    return Profile(
        article_id=article_id,
        moment=datetime.fromisoformat(kept["moment"]),
        places=tuple(kept["places"]),
        firm=kept["firm"],
        start=datetime.fromisoformat(time[0]) if time else None,
        end=datetime.fromisoformat(time[1]) if time else None,
        signals=frozenset(kept["signals"]),
        modality=Modality(kept["modality"]),
        flagged=kept["flagged"],
        source_id=kept["source"],
        words=Words(
            weights=dict(zip(words[::2], words[1::2], strict=True)),
            title=frozenset(kept["title"]),
            rare=frozenset(kept["rare"]),
            names=frozenset(kept["names"]),
            numbers=frozenset((unit, many) for unit, many in kept["numbers"]),
        ),
        digest=base64.b64decode(kept["digest"]),
    )


def signature_of(profile: Profile) -> Signature:
    """Return the signature of copies, its bands left out: for comparing, not for finding."""
    return Signature(profile.digest, ())
