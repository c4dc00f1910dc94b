"""What the states and kinds of deliveries are called, on pages and on the command line: Indonesian and English."""

from __future__ import annotations

from typing import Final

STATES: Final = {
    "waiting": ("menunggu", "waiting"),
    "held": ("ditahan", "held back"),
    "carried": ("dalam ringkasan", "in a digest"),
    "sent": ("terkirim", "sent"),
    "superseded": ("digantikan revisi baru", "superseded"),
    "parked": ("gagal dan diparkir", "failed and parked"),
    "not_wanted": ("bukan untuknya", "not for it"),
}
"""What each state of a delivery is called."""

KINDS: Final = {
    "alert": ("peringatan", "alert"),
    "digest": ("ringkasan", "digest"),
    "summary": ("ringkasan yang ditahan", "summary of what was held back"),
    "escalation": ("eskalasi", "escalation"),
    "test": ("uji kirim", "trial"),
}
"""What each kind of message is called."""
