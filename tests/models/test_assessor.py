"""The assessor put together of a judge and a locator that answer what the test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from classifiers.stages import load_calendar
from data.records import Evidence, Modality, Place, PlaceRole, Urgency
from models.assessor import AssessItem, Assessor, event_codes, tables_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from classifiers.text import Document

WIB = ZoneInfo("Asia/Jakarta")


@dataclass
class Said:
    signals: dict[str, float] = field(default_factory=dict)
    flagged_signals: tuple[str, ...] = ()
    modality: Modality = Modality.KEJADIAN
    negasi: bool = False
    historis: bool = False
    flag_score: float = 0.9
    evidence: tuple[Evidence, ...] = (Evidence("modality", "text", 0, 3, 1.0, "isyarat"),)


@dataclass
class Judge:
    said: Said
    model_version: str = "model-1"
    rules_version: str = "cues-1"
    batches: list[int] = field(default_factory=list)

    def judge(self, documents: Sequence[Document]) -> list[Said]:
        self.batches.append(len(documents))
        return [self.said for _ in documents]


@dataclass
class Locator:
    places: tuple[Place, ...] = ()
    asked: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def locate(
        self, title: str, text: str, *, outlet_provinces: Iterable[str] = (), outlet_regencies: Iterable[str] = ()
    ) -> tuple[Place, ...]:
        self.asked.append((tuple(outlet_provinces), tuple(outlet_regencies)))
        return self.places


def place(code: str, role: PlaceRole = PlaceRole.KEJADIAN) -> Place:
    return Place(code, code, role, "text", 0, 1, 0.9)


def assessor(said: Said, *places: Place) -> Assessor:
    return Assessor(Judge(said), Locator(places), load_calendar())


VIOLENCE = Said({"kekerasan_intimidasi": 0.9}, ("kekerasan_intimidasi",))
THREAT = "Ketua KPPS didatangi dua pria yang mengancam dirinya soal hasil TPS, Senin (25/11) malam."


def test_signals_places_time_severity_and_urgency_come_together() -> None:
    item = AssessItem("a", "Ketua KPPS Diancam", THREAT, datetime(2024, 11, 26, 9, 0, tzinfo=WIB))
    judged = assessor(VIOLENCE, place("13.06.02.2001")).assess([item])[0]
    assert judged.severity == 3
    assert judged.urgency is Urgency.P1
    assert judged.flagged
    assert judged.flag_score == 0.9
    assert sum(points for _, points in judged.severity_points) == 3
    assert ("+1 H-2 Pilkada 2024", 1) in judged.severity_points
    assert judged.event_time is not None
    assert judged.event_time.start.astimezone(WIB) == datetime(2024, 11, 25, 18, 0, tzinfo=WIB)
    assert {one.subject for one in judged.evidence} == {"modality", "severity", "event_time"}
    assert (judged.model_version, judged.rules_version) == ("model-1", "cues-1+2")


def test_without_a_time_of_publication_no_stage_counts() -> None:
    text = THREAT.replace("(25/11)", "(25/11/2024)")
    judged = assessor(VIOLENCE, place("13.06")).assess([AssessItem("a", "", text)])[0]
    assert judged.event_time is not None
    assert not [reason for reason, _ in judged.severity_points if "Pilkada" in reason]


def test_the_time_of_the_event_decides_the_stage_not_that_of_publication() -> None:
    text = "Rumah ketua KPPS diserang tiga pria, Rabu (30/10)."
    item = AssessItem("a", "", text, datetime(2024, 11, 25, 9, 0, tzinfo=WIB))
    judged = assessor(VIOLENCE, place("13.06")).assess([item])[0]
    assert not [reason for reason, _ in judged.severity_points if "Pilkada" in reason]


def test_a_trial_counts_when_it_is_reported() -> None:
    said = Said({"konflik_massa": 0.9}, ("konflik_massa",), Modality.PENANGANAN_HUKUM)
    text = "Kerusuhan itu terjadi 27 November 2024. Kini terdakwanya disidang."
    item = AssessItem("a", "", text, datetime(2025, 3, 4, 9, 0, tzinfo=WIB))
    judged = assessor(said, place("13.06")).assess([item])[0]
    assert judged.severity == 2
    assert judged.event_time is not None


def test_a_risk_to_the_vote_is_not_near_before_the_vote_is() -> None:
    said = Said({"logistik_tps": 0.9}, ("logistik_tps",), Modality.ANCAMAN_POTENSI)
    text = "Pengiriman hasil pada 27 November terancam terlambat karena sinyal."
    early = AssessItem("a", "", text, datetime(2024, 11, 10, 9, 0, tzinfo=WIB))
    late = AssessItem("b", "", text, datetime(2024, 11, 25, 9, 0, tzinfo=WIB))
    assert [one.severity for one in assessor(said, place("13.06")).assess([early, late])] == [1, 2]


def test_of_an_event_of_these_days_the_tenser_stage_counts() -> None:
    item = AssessItem("a", "", "Ketua KPPS diancam, Sabtu (23/11).", datetime(2024, 11, 24, 9, 0, tzinfo=WIB))
    judged = assessor(VIOLENCE, place("13.06")).assess([item])[0]
    assert ("+1 H-3 Pilkada 2024", 1) in judged.severity_points


def test_an_unknown_time_of_the_event_is_never_that_of_publication() -> None:
    item = AssessItem("a", "", "Ketua KPPS diancam dua pria.", datetime(2024, 11, 25, 9, 0, tzinfo=WIB))
    judged = assessor(VIOLENCE, place("13.06")).assess([item])[0]
    assert judged.event_time is None
    assert ("+1 H-2 Pilkada 2024", 1) in judged.severity_points


def test_days_are_those_of_the_place_of_the_event() -> None:
    text = "Tembakan terdengar di distrik itu, Senin (25/11) pukul 06.00."
    item = AssessItem("a", "", text, datetime(2024, 11, 25, 9, 0, tzinfo=WIB))
    judged = assessor(VIOLENCE, place("94.05")).assess([item])[0]
    assert judged.event_time is not None
    assert judged.event_time.start.astimezone(WIB).hour == 4


@pytest.mark.parametrize("modality", [Modality.PENCEGAHAN_KEGIATAN, Modality.OPINI, Modality.TIDAK_RELEVAN])
def test_what_is_no_watched_modality_is_not_flagged(modality: Modality) -> None:
    said = Said({"politik_uang": 0.8}, ("politik_uang",), modality)
    judged = assessor(said).assess([AssessItem("a", "Rakor", "Bupati memimpin rakor, Selasa (5/11/2024).")])[0]
    assert not judged.flagged
    assert judged.urgency is Urgency.P4


def test_no_signal_is_no_flag() -> None:
    assert not assessor(Said()).assess([AssessItem("a", "", "Warga berkumpul.")])[0].flagged


def test_an_opinion_has_no_time_of_an_event() -> None:
    said = Said(modality=Modality.OPINI)
    assert assessor(said).assess([AssessItem("a", "", "Saya menulis ini Selasa (5/11/2024).")])[0].event_time is None


def test_a_batch_is_judged_at_once_and_answered_in_order() -> None:
    judge = Judge(VIOLENCE)
    mine = Assessor(judge, Locator(), load_calendar())
    answers = mine.assess([AssessItem("a", "", "Warga dipukul."), AssessItem("b", "", "Warga tewas ditembak.")])
    assert judge.batches == [2]
    assert [one.severity for one in answers] == [2, 4]


def test_an_empty_batch_is_an_empty_answer() -> None:
    assert assessor(Said()).assess([]) == []


def test_an_outlet_tells_the_locator_where_it_stands() -> None:
    locator = Locator()
    mine = Assessor(Judge(Said()), locator, load_calendar())
    mine.assess([AssessItem("a", "", "x", provinces=("13",), regencies=("13.77",))])
    assert locator.asked == [(("13",), ("13.77",))]


def test_event_codes_are_those_of_the_event_then_of_its_scope_the_finest_first() -> None:
    kota, nagari, province = place("13.77"), place("13.06.02.2001"), place("13", PlaceRole.CAKUPAN)
    assert event_codes([kota, nagari, province, place("13.75", PlaceRole.SUMBER)]) == ("13.06.02.2001", "13.77")
    assert event_codes([province, place("13.75", PlaceRole.SUMBER)]) == ("13",)
    assert event_codes([]) == ()


def test_a_changed_table_is_a_new_version_of_the_rules(tmp_path: Path) -> None:
    table = tmp_path / "a.toml"
    table.write_text("a = 1", encoding="utf-8")
    before = tables_version([table])
    table.write_text("a = 2", encoding="utf-8")
    assert tables_version([table]) != before
