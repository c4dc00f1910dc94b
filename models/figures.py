"""How figures are named and written for people, in Indonesian and English."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from data.records import Modality
from models.measure import LEAST_GOLD

if TYPE_CHECKING:
    from models.measurement import Interval, LabelFigures

FIGURE_NAMES = {
    "signals_micro_f1": ("Sinyal: F1 mikro", "Signals: micro F1"),
    "signals_macro_f1": ("Sinyal: F1 makro (label dengan ≥ 7 artikel)", "Signals: macro F1 (labels with ≥ 7 articles)"),
    "signals_ece": ("Sinyal: galat kalibrasi (ECE)", "Signals: calibration error (ECE)"),
    "modality_accuracy": ("Modalitas: akurasi", "Modality: accuracy"),
    "modality_macro_f1": ("Modalitas: F1 makro", "Modality: macro F1"),
    "severity_exact": ("Keparahan: tepat", "Severity: exact"),
    "severity_within_one": ("Keparahan: selisih paling banyak satu", "Severity: within one"),
    "flag_precision": ("Tanda: presisi", "Flag: precision"),
    "flag_recall": ("Tanda: recall", "Flag: recall"),
    "flag_f1": ("Tanda: F1", "Flag: F1"),
    "flag_ap": ("Tanda: presisi rata-rata (AP)", "Flag: average precision (AP)"),
    "flag_p_at_r90": ("Tanda: presisi pada recall 0,90", "Flag: precision at recall 0.90"),
    "flag_p_at_r95": ("Tanda: presisi pada recall 0,95", "Flag: precision at recall 0.95"),
    "flag_ece": ("Tanda: galat kalibrasi (ECE)", "Flag: calibration error (ECE)"),
}
"""Figures in Indonesian and English."""

MODALITY_NAMES = {
    Modality.KEJADIAN: ("kejadian", "event", "kejadian"),
    Modality.DUGAAN: ("dugaan", "allegation", "dugaan"),
    Modality.ANCAMAN_POTENSI: ("ancaman atau potensi", "threat or risk", "ancaman"),
    Modality.PENCEGAHAN_KEGIATAN: ("pencegahan atau kegiatan", "prevention or activity", "pencegahan"),
    Modality.PENANGANAN_HUKUM: ("penanganan hukum", "legal process", "hukum"),
    Modality.OPINI: ("opini", "opinion", "opini"),
    Modality.TIDAK_RELEVAN: ("tidak relevan", "not relevant", "tidak rel."),
}
"""Modalities in Indonesian and English, and the short form for narrow columns."""


def shown_number(value: float, lang: str, digits: int = 3) -> str:
    """Return a number as people write it: a comma in Indonesian; a dash where there is none."""
    if math.isnan(value):
        return "–"
    written = f"{value:.{digits}f}"
    return written.replace(".", ",") if lang == "id" else written


def shown(one: Interval, lang: str, *, few: bool = False) -> str:
    """Return a figure with its interval in brackets, a dash where there was nothing to measure.

    ``few``: without the interval, as that of two or three articles would look surer than it is.
    """
    value = shown_number(one.value, lang)
    if few or not one.known or math.isnan(one.low):
        return value
    return f"{value} ({shown_number(one.low, lang)}–{shown_number(one.high, lang)})"


def too_few(label: LabelFigures) -> bool:
    """Return whether a label has too few gold articles to conclude anything from its figures."""
    return label.n < LEAST_GOLD
