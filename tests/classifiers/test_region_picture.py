"""The picture of a region: every incident counted, none lost, the worst first, coverage beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.ikp import load_ikp
from classifiers.region_picture import UNPLACED, by_day, by_stage, picture_of, rows_of
from classifiers.stages import load_calendar
from data.errors import SettingsError
from data.records import Modality
from data.taxonomy import load_taxonomy
from data.watching import CountedIncident, Coverage, CoverageState

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2024, 11, 25, 17, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = {
    "13": "Sumatera Barat",
    "14": "Riau",
    "13.08": "Kabupaten Pasaman",
    "13.71": "Kota Padang",
    "13.77": "Kota Pariaman",
    "14.08": "Kabupaten Siak",
}


def happened(number, regions=("13", "13.77"), severity=1, signals=("perusakan",), at=START, verified=False):
    return CountedIncident(number, at, at, severity, Modality.KEJADIAN, tuple(signals), tuple(regions), verified)


def seen(*incidents, area=None, by=None, coverage=(), start=START, end=START + 2 * DAY):
    covered = {one.region: one for one in coverage}
    return picture_of(incidents, NAMES, covered, load_ikp(), start=start, end=end, area=area, by=by)


def totals(picture):
    return {row.region: row.total for row in picture.regions}


def test_the_kabupaten_with_the_gravest_incident_comes_first_however_many_minor_ones_another_has():
    minor = [happened(number, ("13", "13.71"), 2) for number in range(9)]
    picture = seen(*minor, happened(10, ("13", "13.77"), 3), area="13")
    assert [row.region for row in picture.regions] == ["13.77", "13.71", "13.08"]
    assert [row.levels for row in picture.regions] == [(0, 0, 0, 1, 0), (0, 0, 9, 0, 0), (0, 0, 0, 0, 0)]


def test_of_equal_gravest_levels_the_next_level_decides():
    picture = seen(
        happened(1, ("13", "13.71"), 3),
        happened(2, ("13", "13.77"), 3),
        happened(3, ("13", "13.77"), 1),
        area="13",
    )
    assert [row.region for row in picture.regions] == ["13.77", "13.71", "13.08"]


def test_an_incident_without_kabupaten_counts_under_its_province_and_one_without_place_as_such():
    picture = seen(happened(1, ("13",)), happened(2, ()), happened(3), by="kabkota")
    assert totals(picture) == {"13": 1, "13.08": 0, "13.71": 0, "13.77": 1, "14.08": 0, UNPLACED: 1}
    names = {row.region: row.name for row in picture.regions}
    assert names["13"] == "Sumatera Barat (tanpa kabupaten/kota)"
    assert names[UNPLACED] == "tanpa tempat"


def test_the_country_is_shown_by_province():
    picture = seen(happened(1), happened(2, ("13",)), happened(3, ("14", "14.08"), 2), happened(4, ()))
    assert totals(picture) == {"14": 1, "13": 2, UNPLACED: 1}


def test_an_incident_in_two_regions_counts_in_both_and_is_said_to_be_one():
    picture = seen(happened(1, ("13", "13.08", "14", "14.08")))
    assert totals(picture) == {"13": 1, "14": 1}
    assert (picture.total, picture.repeated) == (1, 1)


def test_what_lies_outside_the_period_or_the_area_is_not_counted():
    picture = seen(
        happened(1, at=START - timedelta(seconds=1)),
        happened(2, at=START + 2 * DAY),
        happened(3, ("14", "14.08")),
        area="13",
    )
    assert picture.total == 0


def test_a_region_without_incidents_still_has_its_row_with_its_coverage():
    pasaman = Coverage("13.08", CoverageState.TERPUTUS, 3, 0, 0, 0)
    picture = seen(area="13", coverage=[pasaman])
    rows = {row.region: row for row in picture.regions}
    assert rows["13.08"].coverage == pasaman
    assert rows["13.71"].coverage.state is CoverageState.TANPA_SUMBER


def test_signals_and_dimensions_are_counted_once_per_incident():
    picture = seen(
        happened(1, signals=("perusakan", "konflik_massa")),
        happened(2, signals=("politik_uang", "perusakan"), verified=True),
        area="13.77",
    )
    (row,) = picture.regions
    assert row.signals == {"perusakan": 2, "konflik_massa": 1, "politik_uang": 1}
    assert row.dimensions == {
        "konteks_sosial_politik": 2,
        "penyelenggaraan_pemilu": 0,
        "kontestasi": 1,
        "partisipasi": 0,
    }
    assert (row.total, row.verified) == (2, 1)


def test_the_method_says_in_indonesian_what_is_counted_and_that_it_is_no_score():
    method = seen().method
    assert "bukan nilai IKP" in method
    assert "belum terverifikasi" in method


REGIONS = st.sampled_from([(), ("13",), ("14",), ("13", "13.77"), ("13", "13.08", "13.71"), ("13", "13.77", "14")])


@given(
    st.lists(st.tuples(REGIONS, st.integers(0, 4)), max_size=30),
    st.sampled_from([None, "13", "13.77"]),
    st.sampled_from([None, "provinsi", "kabkota"]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=150, deadline=None)
def test_sums_add_up_and_the_order_of_incidents_is_irrelevant(given_incidents, area, by, lot):
    incidents = [happened(number, regions, severity) for number, (regions, severity) in enumerate(given_incidents)]
    picture = seen(*incidents, area=area, by=by)
    inside = [one for one in incidents if area is None or area in one.regions]
    assert picture.total == len(inside)
    assert sum(row.total for row in picture.regions) == picture.total + picture.repeated
    assert all(rows_of(one.regions, area, by or "kabkota") for one in inside)
    shuffled = list(incidents)
    lot.shuffle(shuffled)
    assert seen(*shuffled, area=area, by=by) == picture


def test_days_are_those_of_the_place_and_empty_days_are_shown():
    # 23.30 UTC on the 26th is 06.30 WIB on the 27th, and 08.30 WIT; 15.30 UTC is already the next day in Jayapura only.
    padang = happened(1, ("13", "13.71"), at=datetime(2024, 11, 26, 15, 30, tzinfo=UTC))
    jayapura = happened(2, ("91", "91.71"), 3, at=datetime(2024, 11, 26, 15, 30, tzinfo=UTC))
    days = by_day([padang, jayapura], START, START + 3 * DAY)
    assert [(day.label, day.levels) for day in days] == [
        ("2024-11-26", (0, 1, 0, 0, 0)),
        ("2024-11-27", (0, 0, 0, 1, 0)),
        ("2024-11-28", (0, 0, 0, 0, 0)),
    ]


def test_stages_are_those_of_the_place_in_the_order_of_time_what_is_outside_comes_last():
    incidents = [
        happened(1, at=datetime(2023, 3, 1, tzinfo=UTC)),
        happened(2, at=datetime(2024, 11, 27, 3, tzinfo=UTC)),
        happened(3, at=datetime(2024, 10, 1, tzinfo=UTC)),
        happened(4, ("13", "13.08"), at=datetime(2025, 4, 19, 3, tzinfo=UTC)),
        happened(5, ("13", "13.77"), at=datetime(2025, 4, 19, 3, tzinfo=UTC)),
    ]
    found = by_stage(incidents, load_calendar(), datetime(2023, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    assert [(one.label, one.total) for one in found] == [
        ("kampanye Pilkada 2024", 1),
        ("pemungutan Pilkada 2024", 1),
        ("pemungutan PSU 2025", 1),
        ("di luar tahapan", 2),
    ]


def test_every_signal_stands_under_a_dimension_and_every_slug_there_is_a_signal():
    ikp = load_ikp()
    placed = {signal for dimension in ikp.dimensions for signal in dimension.signals}
    assert placed == set(load_taxonomy().slugs)
    assert len(ikp.dimensions) == 4
    assert sum(len(dimension.parts) for dimension in ikp.dimensions) == 12


def test_a_broken_table_of_dimensions_is_named(tmp_path: Path):
    path = tmp_path / "ikp.toml"
    with pytest.raises(SettingsError, match="cannot be read"):
        load_ikp(path)
    path.write_text('edisi = "x"\n[[dimensi]]\nslug = "a"\nnama = "A"\nsub = []\n', "utf-8")
    with pytest.raises(SettingsError, match="sumber missing"):
        load_ikp(path)
