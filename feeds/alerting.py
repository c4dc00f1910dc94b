"""Which incidents leave the house by themselves, and when what has left is updated or taken back: pure rules.

The table is the domain dossier's (section 4.3, "What leaves the house, and when"). A machine never has the last word:
what these rules raise is unverified until a verifikator or ketua says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from data.records import IncidentStatus, Modality

if TYPE_CHECKING:
    from data.records import Alert, Incident

RAISED_BY_ITSELF_FROM = 3
"""Severity from which an incident leaves by itself."""

TRUSTED_TIER = 3
"""Tier 4 (clones and spinners) alone never raises anything: it waits for an analyst."""

ASSERTING = frozenset({Modality.KEJADIAN, Modality.DUGAAN})
VERIFIED = frozenset({IncidentStatus.TERVERIFIKASI, IncidentStatus.DITINDAKLANJUTI, IncidentStatus.SELESAI})
REJECTED = frozenset({IncidentStatus.BUKAN_ANCAMAN, IncidentStatus.DUPLIKAT, IncidentStatus.DITUTUP})

Step = Literal["raise", "update", "cancel"]


def next_step(
    incident: Incident, current: Alert | None, *, withdrawn: bool, armed_threat: bool = False, fresh: bool = True
) -> Step | None:
    """Return what is to be done about an incident now; None where nothing is.

    ``current`` is the last revision of its alert. What was merged into another incident is told of by that one.
    ``withdrawn`` says that every outlet has taken its article down. ``armed_threat`` marks a threat with a bomb or
    arms, the one kind of mere threat that leaves by itself. ``fresh`` says that something was read of it lately: what
    a new model finds in the archive waits for a person.
    """
    standing = current is not None and current.state != "cancelled"
    merged = incident.merged_into is not None
    over = incident.status in REJECTED or withdrawn or incident.severity == 0 or merged
    if standing:
        if over:
            return "cancel"
        assert current is not None  # noqa: S101  # said by ``standing``; for the type checker
        changed = incident.revision != current.incident_revision or (incident.status in VERIFIED) != current.verified
        return "update" if changed else None
    if over:
        return None
    if incident.status in VERIFIED:
        return "raise"
    asserting = incident.modality in ASSERTING or (incident.modality is Modality.ANCAMAN_POTENSI and armed_threat)
    if not fresh:
        return None
    if incident.severity >= RAISED_BY_ITSELF_FROM and asserting and incident.best_tier <= TRUSTED_TIER:
        return "raise"
    return None


def is_verified(incident: Incident) -> bool:
    """Return whether a person has verified the incident."""
    return incident.status in VERIFIED
