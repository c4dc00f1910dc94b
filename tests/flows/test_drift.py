"""Looks at drift: the last week's articles and reviews beside weeks before, from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from classifiers.stages import load_calendar
from data.records import Assessment, Modality, Review, Urgency
from flows.drift import DriftTools, corrections, drift_tools, rows_of, summary_of, take_look
from flows.settings import Settings
from models.judge import BASELINE
from models.registry import version_of

WEEK = timedelta(days=7)
END = datetime(2023, 6, 30, tzinfo=UTC)
"""No election is near: every week before is outside all stages."""


NOTHING = None
"""What the newsroom's own assessor is told; it is not asked here."""


def assessed(flagged, model="scripted-1"):
    return Assessment(
        signals={"perusakan": 0.9} if flagged else {},
        flagged_signals=("perusakan",) if flagged else (),
        modality=Modality.KEJADIAN if flagged else Modality.TIDAK_RELEVAN,
        severity=2 if flagged else 0,
        severity_points=(),
        urgency=Urgency.P3,
        flagged=flagged,
        flag_score=0.9 if flagged else 0.01,
        places=(),
        evidence=(),
        model_version=model,
        rules_version="1",
    )


@dataclass
class Archive:
    """A newsroom with weeks of articles behind it, of which some are flagged."""

    newsroom: object
    number: int = 0

    def week(self, start, count=54, outlets=("satu", "dua", "tiga"), flagged=6, model="scripted-1"):
        """Let outlets print ``count`` articles in the week from ``start`` on, ``flagged`` of which are flagged."""
        self.newsroom.now = start + timedelta(hours=1)
        with self.newsroom.store.transaction():
            for index in range(count):
                self.number += 1
                text = f"Artikel nomor {self.number}. " * 20
                outlet = outlets[index % len(outlets)]
                stored = self.newsroom.prints(outlet, f"Judul {self.number}", text, NOTHING, slug=f"a{self.number}")
                self.newsroom.store.assessments.save(stored.id, 1, assessed(index < flagged, model), self.newsroom.now)

    def look(self, now=END, strange=None):
        return take_look(DriftTools(self.newsroom.store, lambda: now, load_calendar(), "scripted-1", strange))


@pytest.fixture
def archive(newsroom):
    return Archive(newsroom)


def test_an_archive_of_a_day_is_not_judged(archive):
    archive.week(END - timedelta(days=3), count=10)
    look = archive.look()
    assert (look.weeks, look.alarm, look.stage, look.stage_changed) == (0, False, None, False)
    assert {finding.note for finding in look.findings} == {"belum cukup data"}
    assert summary_of(look) == "0 alarms of 0 measures tested"


def test_news_as_usual_raises_no_alarm_and_a_new_outlet_and_a_louder_model_do(archive):
    for back in range(8, 1, -1):
        archive.week(END - WEEK * back)
    archive.week(END - WEEK)
    calm = archive.look(strange=lambda title, text: 0.1)
    assert (calm.weeks, calm.alarm) == (6, False)  # of seven one is left out
    assert sum(finding.p_value is not None for finding in calm.findings) == 4  # all texts are equally long
    assert calm.since == END - WEEK
    assert archive.newsroom.store.drift.recent() == [calm]

    archive.week(END, outlets=("satu", "dua", "tiga", "baru", "baru2"), flagged=30)
    with capture_logs() as logs:
        loud = archive.look(END + WEEK)
    alarms = {finding.name: finding for finding in loud.findings if finding.alarm}
    assert {"campuran_sumber", "skor_tanda", "laju_tanda"} <= set(alarms)
    assert alarms["campuran_sumber"].note.endswith("; baru: baru 20%, baru2 19%")
    assert alarms["laju_tanda"].note == "terutama ditandai: 11% menjadi 56%"
    assert alarms["laju_tanda"].effect > 4
    assert summary_of(loud).startswith(f"{len(alarms)} alarms of ")
    assert {row["waspada"] for row in rows_of(loud)} == {"ya", "tidak"}
    assert {entry["measure"] for entry in logs if entry["event"] == "drift"} == set(alarms)


def test_in_another_stage_of_the_election_inputs_and_scores_may_differ(archive):
    # The Pilkada of 2024 was voted on 27 November; the weeks before are of the campaign.
    end = datetime(2024, 11, 28, 12, tzinfo=UTC)
    for back in range(8, 1, -1):
        archive.week(end - WEEK * back)
    archive.week(end - WEEK, outlets=("baru", "baru2"), flagged=40)
    look = archive.look(end)
    assert (look.stage, look.stage_changed, look.alarm) == ("pemungutan", True, False)
    excused = [finding for finding in look.findings if "tahapan berganti, dapat wajar" in finding.note]
    assert "campuran_sumber" in {finding.name for finding in excused}
    assert summary_of(look).endswith("; the stage of the election has changed")


def test_a_new_model_that_has_not_yet_judged_the_weeks_before_is_no_drift(archive):
    for back in range(8, 1, -1):
        archive.week(END - WEEK * back)
    archive.week(END - WEEK, outlets=("satu", "dua", "tiga", "baru", "baru2"), flagged=30, model="scripted-2")
    look = archive.look()
    assert {finding.name for finding in look.findings if finding.alarm} == {"campuran_sumber"}
    excused = {finding.name for finding in look.findings if "dinilai oleh model atau aturan lain" in finding.note}
    assert {"skor_tanda", "laju_tanda"} <= excused <= {"modalitas", "skor_tanda", "laju_tanda"}


def test_a_correction_is_another_signal_or_modality_than_what_stood(archive):
    archive.week(END - WEEK, count=1, flagged=1)
    store = archive.newsroom.store
    [article] = [one.id for one in store.articles.recent()]

    def review(**fields):
        return Review(1, "rina", END, article_id=article, **fields)

    assert corrections(store, []) == (0, 0)
    assert corrections(store, [review(severity=1)]) == (1, 0)
    assert corrections(store, [review(signals=("perusakan",), modality=Modality.KEJADIAN)]) == (1, 0)
    assert corrections(store, [review(signals=())]) == (1, 1)
    assert corrections(store, [review(), review(modality=Modality.OPINI)]) == (1, 1)


def test_the_tools_are_those_of_the_model_in_use(tmp_path):
    with drift_tools(Settings.from_environ({"KENTONGAN_HOME": str(tmp_path)})) as tools:
        assert tools.model_version == version_of(BASELINE)
        assert tools.strange("Bentrok", "Massa bentrok di depan kantor KPU.") < 0.2
        assert take_look(tools).findings
