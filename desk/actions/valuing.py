"""How far what is known of an incident is trusted: source A to F, content 1 to 6 (the admiralty's scale).

The press alone is C3 at best; B2 is for what a second independent source or an official has confirmed (domain dossier,
2.2): the machine proposes no more, and a person who says more says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.errors import InputError
from desk.actions.deciding import LONGEST_TEXT, seen_by
from desk.permissions import Permission
from feeds.alerting import is_verified
from feeds.reports.laporan_informasi import value_of

if TYPE_CHECKING:
    from datetime import datetime

    from data.records import Incident
    from data.store import Store
    from desk.permissions import Actor

SOURCES: Final = {
    "A": ("dipercaya sepenuhnya", "completely reliable"),
    "B": ("biasanya dapat dipercaya", "usually reliable"),
    "C": ("agak dapat dipercaya", "fairly reliable"),
    "D": ("biasanya tidak dapat dipercaya", "usually not reliable"),
    "E": ("tidak dapat dipercaya", "unreliable"),
    "F": ("kepercayaannya tidak dapat dinilai", "cannot be judged"),
}
CONTENTS: Final = {
    1: ("dibenarkan sumber lain", "confirmed by other sources"),
    2: ("sangat mungkin benar", "probably true"),
    3: ("mungkin benar", "possibly true"),
    4: ("diragukan", "doubtful"),
    5: ("tidak mungkin benar", "improbable"),
    6: ("kebenarannya tidak dapat dinilai", "cannot be judged"),
}
CONFIRMED: Final = "B2"


def proposed(incident: Incident) -> str:
    """Return the value that is proposed for an incident: B2 once a person has verified it, else as its sources are."""
    machine = value_of(incident.best_tier, incident.independent_sources)
    return min(machine, CONFIRMED) if is_verified(incident) else machine


def set_value(
    store: Store, actor: Actor, incident_id: int, source: str, content: str, note: str, now: datetime
) -> None:
    """Keep how far a person trusts what is known of an incident.

    A value above what is proposed needs a note that says why. Raises InputError for letters and figures that there are
    not, and without that note; ForbiddenError, UnknownItemError.
    """
    actor.require(Permission.TINJAU)
    letter, figure, said = source.strip().upper(), content.strip(), note.strip()
    if letter not in SOURCES or figure not in {str(number) for number in CONTENTS}:
        raise InputError("the value is a letter A to F for the source and a figure 1 to 6 for the content")
    if len(said) > LONGEST_TEXT:
        raise InputError(f"a text here has at most {LONGEST_TEXT} characters")
    with store.transaction():
        incident = seen_by(store, actor, incident_id)
        usual = proposed(incident)
        if not said and (letter < usual[0] or figure < usual[1]):
            raise InputError(f"say in the note why it is worth more than {usual}: who confirmed it, and how")
        before = store.information_values.of_incident(incident_id)
        store.information_values.add(incident_id, letter, int(figure), actor.name, now, said)
        detail = {"nilai": f"{letter}{figure}", "sebelumnya": before[-1].shown if before else None, "usulan": usual}
        if said:
            detail["catatan"] = said
        store.audit.add(actor.name, "nilai_informasi", f"kejadian/{incident_id}", now, detail)
