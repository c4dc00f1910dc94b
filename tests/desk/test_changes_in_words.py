"""A re-scoring's difference is told in words; other changes by the names of their fields."""

from datetime import UTC, datetime
from typing import Any

import pytest

from data.store import IncidentChange
from desk.changes import words_of
from desk.terminal.speech import speaker

NOW = datetime(2024, 12, 1, tzinfo=UTC)


def said(model: str, *, flagged: bool, signals: tuple[str, ...], modality: str, severity: int) -> dict[str, Any]:
    return {
        "artikel": 7,
        "model": model,
        "ditandai": flagged,
        "sinyal": list(signals),
        "modalitas": modality,
        "keparahan": severity,
        "urgensi": "P2" if flagged else "P4",
    }


STOOD = said("lama-1111", flagged=True, signals=("perusakan",), modality="kejadian", severity=3)
NEW = said("baru-2222", flagged=False, signals=(), modality="tidak_relevan", severity=0)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "id",
            (
                "model baru-2222 menilai artikel 7 lain: tidak ditandai, tidak_relevan, tingkat 0, P4 (yang ditampilkan, dari "
                "lama-1111: ditandai, perusakan, kejadian, tingkat 3, P2)"
            ),
        ),
        (
            "en",
            (
                "the model baru-2222 judges article 7 otherwise: not flagged, tidak_relevan, severity 0, P4 (what is shown, by "
                "lama-1111: flagged, perusakan, kejadian, severity 3, P2)"
            ),
        ),
    ],
)
def test_what_a_new_model_says_otherwise(lang: str, words: str) -> None:
    change = IncidentChange(1, NOW, "kentongan", {"penilaian": (STOOD, NEW)})
    assert words_of(change, speaker(lang)) == words


def test_other_changes_are_named() -> None:
    change = IncidentChange(1, NOW, "rina", {"status": ("a", "b"), "severity": (3, 4)})
    assert words_of(change, speaker("id")) == "severity, status"
