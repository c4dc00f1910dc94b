"""What is kept of an article so that it can be joined with others without reading it again."""

from __future__ import annotations

import json
import sys
from array import array
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from classifiers.copies import Signature
from classifiers.incidents.members import event_places
from classifiers.incidents.words import Words, words_of
from data.errors import InputError
from data.records import WATCHED, Modality, PlaceRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from classifiers.incidents.members import Member
    from data.records import Assessment, Place

FORMAT: Final = 3
"""Raised whenever a profile of the same article would be another one: then those that are kept are made anew."""

KABKOTA: Final = 5
"""Length of a kabupaten's or kota's code."""

LIKELY_SIGNAL: Final = 0.15
"""Probability from which a signal counts for likeness, asserted or not: what is not flagged is about something, too."""

MOST_MENTIONED: Final = 5
"""Kabupaten and kota under which an article is looked for besides its event places."""

RECAP_REGENCIES: Final = 3
"""Event places in so many kabupaten make an article a recap: it tells of several events and joins none together."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An article as it is compared with others.

    ``places`` are codes of event places, the finest first; ``firm`` says that they are more than the scope of the
    article, and not all of them guesses. ``mentioned`` are the kabupaten and kota that the text names in whatever role:
    a report of the arrest names where the deed was. ``start`` and ``end`` bound the time of the event, None where the
    text names none. ``digest`` is that of its signature of copies, b"" where the text is too short for one.
    """

    article_id: int
    moment: datetime
    places: tuple[str, ...]
    mentioned: frozenset[str]
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
        return self.regencies | self.mentioned or frozenset(code[:2] for code in self.places) or frozenset({""})

    @property
    def recap(self) -> bool:
        """Return whether it tells of several events."""
        return len(self.regencies) >= RECAP_REGENCIES

    @property
    def handling(self) -> bool:
        """Return whether it tells of what authorities did about an event: an arrest or hearing has its own day."""
        return self.modality is Modality.PENANGANAN_HUKUM


def _mentioned(places: Sequence[Place]) -> frozenset[str]:
    """Return the kabupaten and kota named most, those of whatever role; a list of all of a province says nothing."""
    counts = Counter(place.code[:KABKOTA] for place in places if len(place.code) >= KABKOTA)
    return frozenset(sorted(counts, key=lambda code: (-counts[code], code))[:MOST_MENTIONED])


def _region_names(member: Member) -> Iterator[str]:
    """Yield the names of the provinces, kabupaten and kota in a text: official ones, and as they stand there."""
    for place in member.assessment.places:
        if len(place.code) <= KABKOTA:
            yield place.name
            yield (member.title if place.zone == "title" else member.text)[place.start : place.end]


def is_joinable(assessment: Assessment) -> bool:
    """Return whether an article may be part of an incident: flagged, or of a watched subject all the same.

    Only flagged articles open incidents; the others may be context of one (domain dossier, 2.1).
    """
    return assessment.flagged or bool(assessment.signals) or assessment.modality in WATCHED


def profile_of(member: Member) -> Profile:
    """Return the profile of an article."""
    assessment = member.assessment
    places = event_places(assessment)
    time = assessment.event_time
    return Profile(
        article_id=member.article_id,
        moment=member.moment,
        places=tuple(place.code for place in places),
        mentioned=_mentioned(assessment.places),
        firm=any(place.role is PlaceRole.KEJADIAN and not place.ambiguous for place in places),
        start=time.start if time else None,
        end=time.end if time else None,
        signals=frozenset(assessment.flagged_signals).union(
            signal for signal, chance in assessment.signals.items() if chance >= LIKELY_SIGNAL
        ),
        modality=assessment.modality,
        flagged=assessment.flagged,
        source_id=member.source_id,
        words=words_of(member.title, member.text, _region_names(member)),
        digest=member.signature.digest,
    )


def to_bytes(profile: Profile) -> bytes:
    """Return a profile as a table may hold it, about 2 KB: a line of JSON, then the words as little-endian numbers.

    The article's id is not in it.
    """
    words = profile.words
    ordered = sorted(words.weights)
    numbers = [number for pair in sorted(words.numbers) for number in pair]
    parts: tuple[array[Any], ...] = (
        array("I", ordered),
        array("f", [words.weights[word] for word in ordered]),
        array("I", sorted(words.whole)),
        array("f", [words.whole[word] for word in sorted(words.whole)]),
        *(array("I", sorted(kind)) for kind in (words.title, words.rare, words.names, words.spots)),
        array("I", numbers),
    )
    head = {
        "format": FORMAT,
        "moment": profile.moment.isoformat(),
        "places": profile.places,
        "mentioned": sorted(profile.mentioned),
        "firm": profile.firm,
        "time": (profile.start.isoformat(), profile.end.isoformat()) if profile.start and profile.end else None,
        "signals": sorted(profile.signals),
        "modality": profile.modality.value,
        "flagged": profile.flagged,
        "source": profile.source_id,
        "counts": [len(part) for part in parts],
    }
    for part in parts:
        _turned(part)
    line = json.dumps(head, separators=(",", ":")).encode()
    return b"\n".join((line, b"".join(part.tobytes() for part in parts) + profile.digest))


def from_bytes(article_id: int, kept: bytes) -> Profile:
    """Return the profile that ``to_bytes`` was given; InputError where another version made it."""
    line, _, body = kept.partition(b"\n")
    try:
        head = json.loads(line)
    except ValueError:
        head = {}
    if head.get("format") != FORMAT:
        raise InputError("a stored profile is of another version; make it again from the article")
    parts, at = [], 0
    for kind, count in zip("IfIfIIIII", head["counts"], strict=True):
        part = array(kind)
        part.frombytes(body[at : at + 4 * count])
        parts.append(_turned(part))
        at += 4 * count
    time = head["time"]
    return Profile(
        article_id=article_id,
        moment=datetime.fromisoformat(head["moment"]),
        places=tuple(head["places"]),
        mentioned=frozenset(head["mentioned"]),
        firm=head["firm"],
        start=datetime.fromisoformat(time[0]) if time else None,
        end=datetime.fromisoformat(time[1]) if time else None,
        signals=frozenset(head["signals"]),
        modality=Modality(head["modality"]),
        flagged=head["flagged"],
        source_id=head["source"],
        words=Words(
            weights=dict(zip(parts[0], parts[1], strict=True)),
            whole=dict(zip(parts[2], parts[3], strict=True)),
            title=frozenset(parts[4]),
            rare=frozenset(parts[5]),
            names=frozenset(parts[6]),
            spots=frozenset(parts[7]),
            numbers=frozenset(zip(parts[8][::2], parts[8][1::2], strict=True)),
        ),
        digest=body[at:],
    )


def moment_of(kept: bytes) -> datetime | None:
    """Return the moment of a kept profile without reading its words; None where another version made it."""
    try:
        head = json.loads(kept.partition(b"\n")[0])
        return datetime.fromisoformat(head["moment"]) if head["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError):
        return None


def _turned(part: array[Any]) -> array[Any]:
    if sys.byteorder == "big":
        part.byteswap()
    return part


def signature_of(profile: Profile) -> Signature:
    """Return the signature of copies, its bands left out: for comparing, not for finding."""
    return Signature(profile.digest)
