"""How soon somebody has to look at an article: from its severity and the nearness of a polling day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.records import Severity, Urgency

if TYPE_CHECKING:
    from classifiers.stages import StageWindow


def urgency(severity: int, window: StageWindow | None) -> Urgency:
    """Return P1 for severity 4, or 3 within H-3 to H+1; P2 for 3; P3 for 2; else P4 (domain dossier, section 2.2)."""
    near = window is not None and window.near_poll
    if severity >= Severity.KRITIS or (severity == Severity.TINGGI and near):
        return Urgency.P1
    if severity == Severity.TINGGI:
        return Urgency.P2
    return Urgency.P3 if severity == Severity.SEDANG else Urgency.P4
