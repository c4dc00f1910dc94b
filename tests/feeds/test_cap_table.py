"""The one table by which severity, urgency and modality become CAP's words: row by row, and as the documents print it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from data.records import Modality, Urgency
from data.taxonomy import load_taxonomy
from feeds.cap_table import CATEGORY, CERTAINTY, EXPIRES, SEVERITY, URGENCY, CapWords, cap_words

PAGE = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")


def words(
    *,
    signals: tuple[str, ...] = ("perusakan",),
    modality: str = "kejadian",
    severity: int = 3,
    urgency: str = "P2",
    verified: bool = False,
    cancelled: bool = False,
) -> CapWords:
    return cap_words(
        signals=signals,
        modality=modality,
        severity=severity,
        urgency=urgency,
        verified=verified,
        cancelled=cancelled,
    )


@pytest.mark.parametrize(
    ("level", "said"), [(0, "Minor"), (1, "Minor"), (2, "Moderate"), (3, "Severe"), (4, "Extreme")]
)
def test_each_level_has_its_severity(level: int, said: str) -> None:
    assert words(severity=level).severity == said


@pytest.mark.parametrize(
    ("ours", "said", "hours"),
    [("P1", "Immediate", 24), ("P2", "Expected", 24), ("P3", "Future", 72), ("P4", "Future", 72)],
)
def test_each_urgency_has_its_word_and_its_time(ours: str, said: str, hours: int) -> None:
    assert words(urgency=ours).urgency == said
    assert words(urgency=ours).expires_after == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("modality", "unverified", "verified"),
    [
        ("kejadian", "Possible", "Likely"),
        ("penanganan_hukum", "Possible", "Likely"),
        ("dugaan", "Possible", "Possible"),
        ("ancaman_potensi", "Possible", "Possible"),
        ("pencegahan_kegiatan", "Unknown", "Unknown"),
        ("opini", "Unknown", "Unknown"),
        ("tidak_relevan", "Unknown", "Unknown"),
    ],
)
def test_each_modality_has_its_certainty(modality: str, unverified: str, verified: str) -> None:
    assert words(modality=modality).certainty == unverified
    assert words(modality=modality, verified=True).certainty == verified


def test_what_the_press_says_is_never_observed() -> None:
    assert "Observed" not in {word for pair in CERTAINTY.values() for word in pair}


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        ("perusakan", ("Security",)),
        ("kekerasan_intimidasi", ("Security",)),
        ("konflik_massa", ("Safety", "Security")),
        ("sara_kebencian", ("Security",)),
        ("politik_uang", ("Security",)),
        ("hoaks_disinformasi", ("Security",)),
        ("logistik_tps", ("Infra",)),
        ("bencana_cuaca", ("Met", "Geo")),
        ("netralitas_aparatur", ("Other",)),
        ("penyalahgunaan_wewenang", ("Other",)),
        ("pelanggaran_kampanye", ("Other",)),
        ("data_pemilih", ("Other",)),
        ("integritas_penyelenggara", ("Other",)),
        ("sengketa_tahapan", ("Other",)),
    ],
)
def test_each_signal_has_its_categories(signal: str, said: tuple[str, ...]) -> None:
    assert words(signals=(signal,)).categories == said


def test_several_signals_say_each_category_once() -> None:
    assert words(signals=("bencana_cuaca", "perusakan", "konflik_massa")).categories == (
        "Met", "Geo", "Security", "Safety",
    )  # fmt: skip
    assert words(signals=()).categories == ("Other",)


def test_what_was_taken_back_is_past_and_asks_for_nothing() -> None:
    gone = words(verified=True, cancelled=True)
    assert (gone.urgency, gone.certainty, gone.response) == ("Past", "Unknown", "None")
    assert words().response == "Assess"
    assert words(verified=True).response == "Monitor"


def test_no_signal_modality_or_urgency_is_left_out() -> None:
    assert set(CATEGORY) == set(load_taxonomy().slugs)
    assert set(CERTAINTY) == set(Modality)
    assert set(URGENCY) == set(EXPIRES) == set(Urgency)


def printed(*cells: str) -> bool:
    """Return whether the documents have a row of a table with these cells."""
    return re.search(r"^\|\s*" + r"\s*\|\s*".join(map(re.escape, cells)) + r"\s*\|", PAGE, re.MULTILINE) is not None


def test_the_documents_print_the_same_table() -> None:
    for level, said in enumerate(SEVERITY):
        assert printed(f"{level}", said), level
    for urgency in Urgency:
        hours = f"{EXPIRES[urgency].total_seconds() / 3600:g} h"
        assert printed(urgency.value, URGENCY[urgency], hours), urgency
    for modality in Modality:
        assert printed(f"`{modality.value}`", *CERTAINTY[modality]), modality
    for signal, categories in CATEGORY.items():
        assert printed(f"`{signal}`", ", ".join(categories)), signal
