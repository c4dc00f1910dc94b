"""How severity, urgency and modality become CAP's severity, urgency, certainty, category and response: one table.

CAP 1.2, section 3.2.2, says what its words mean; the domain dossier (2.1, 2.2) what ours mean. `docs/feeds.md` prints
the table. What the press says is second-hand: *Observed* is never said, and nothing is more than *Possible* before a
person has verified it (source value C3 at best, B2 after that).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from data.records import Modality, Urgency

SEVERITY: Final = ("Minor", "Minor", "Moderate", "Severe", "Extreme")
"""By our level, 0 to 4. *Minor* is "minimal to no known threat"; *Unknown* would hide that nothing is feared."""

URGENCY: Final = {
    Urgency.P1: "Immediate",  # call the duty officer now
    Urgency.P2: "Expected",  # verify within two hours; CAP: within the next hour
    Urgency.P3: "Future",  # in this shift; CAP: in the near future
    Urgency.P4: "Future",  # with the next morning's digest
}

CERTAINTY: Final = {
    # modality: (until a person has verified it, after that)
    Modality.KEJADIAN: ("Possible", "Likely"),
    Modality.PENANGANAN_HUKUM: ("Possible", "Likely"),
    # Verified is that it was alleged or threatened, not that it is so or comes.
    Modality.DUGAAN: ("Possible", "Possible"),
    Modality.ANCAMAN_POTENSI: ("Possible", "Possible"),
    Modality.PENCEGAHAN_KEGIATAN: ("Unknown", "Unknown"),
    Modality.OPINI: ("Unknown", "Unknown"),
    Modality.TIDAK_RELEVAN: ("Unknown", "Unknown"),
}

EXPIRES: Final = {
    Urgency.P1: timedelta(hours=24),
    Urgency.P2: timedelta(hours=24),
    Urgency.P3: timedelta(hours=72),
    Urgency.P4: timedelta(hours=72),
}
"""For how long a message is worth acting on: a day of the desk's report (00.00 to 24.00), or the three days within
which an incident still counts as fresh. By reasoning; each update begins it anew."""

CATEGORY: Final = {
    "perusakan": ("Security",),
    "kekerasan_intimidasi": ("Security",),
    "konflik_massa": ("Safety", "Security"),
    "sara_kebencian": ("Security",),
    "politik_uang": ("Security",),
    "hoaks_disinformasi": ("Security",),
    "logistik_tps": ("Infra",),
    "bencana_cuaca": ("Met", "Geo"),
    "netralitas_aparatur": ("Other",),
    "penyalahgunaan_wewenang": ("Other",),
    "pelanggaran_kampanye": ("Other",),
    "data_pemilih": ("Other",),
    "integritas_penyelenggara": ("Other",),
    "sengketa_tahapan": ("Other",),
}
"""CAP's categories of each signal: Security is law enforcement, Met and Geo flood and landslide, Other all that is of
the election alone."""


@dataclass(frozen=True, slots=True)
class CapWords:
    """What CAP says of an alert in its own words."""

    categories: tuple[str, ...]
    response: str
    urgency: str
    severity: str
    certainty: str
    expires_after: timedelta


def cap_words(
    *, signals: tuple[str, ...], modality: str, severity: int, urgency: str, verified: bool, cancelled: bool
) -> CapWords:
    """Return the words of the table; a cancelled alert is *Past* and *Unknown*, and asks for no response.

    Until it is verified the response is *Assess* (look into it), after that *Monitor*: what is to be done is for the
    authorities to say. *AllClear* is never said: that an alert was taken back does not end a danger.
    """
    found = dict.fromkeys(category for signal in signals for category in CATEGORY.get(signal, ("Other",)))
    own = Urgency(urgency)
    return CapWords(
        categories=tuple(found) or ("Other",),
        response="None" if cancelled else "Monitor" if verified else "Assess",
        urgency="Past" if cancelled else URGENCY[own],
        severity=SEVERITY[severity],
        certainty="Unknown" if cancelled else CERTAINTY[Modality(modality)][verified],
        expires_after=EXPIRES[own],
    )
