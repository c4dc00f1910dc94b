from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from classifiers.stages import Calendar, StageWindow, load_calendar
from data.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


def named(window: StageWindow | None) -> str | None:
    return window.label if window else None


@pytest.mark.parametrize(
    ("moment", "codes", "label", "near", "tense"),
    [
        ("2024-10-15 10:00", ["13.06"], "kampanye Pilkada 2024", False, False),
        ("2024-11-24 08:00", ["13.06"], "H-3 Pilkada 2024", True, True),
        ("2024-11-27 09:00", ["13.06"], "hari-H Pilkada 2024", True, True),
        ("2024-11-28 09:00", ["13.06"], "H+1 Pilkada 2024", True, True),
        ("2024-12-03 13:00", ["13.02"], "rekapitulasi Pilkada 2024", False, True),
        ("2025-04-18 20:00", ["13.08.14"], "H-1 PSU 2025", True, True),
        ("2025-04-18 20:00", ["13.06"], None, False, False),
        ("2025-04-18 20:00", [], None, False, False),
        ("2025-08-27 09:00", ["19.71"], "hari-H Pilkada ulang 2025", True, True),
        ("2024-02-14 09:00", ["33.74"], "hari-H Pemilu 2024", True, True),
        ("2020-12-09 09:00", ["31.71"], None, False, False),
        ("2020-12-09 09:00", ["33.74"], "hari-H Pilkada 2020", True, True),
        ("2019-04-17 09:00", [], "hari-H Pemilu 2019", True, True),
        ("2026-06-01 09:00", ["13.06"], None, False, False),
    ],
)
def test_a_moment_in_a_place_lies_in_a_stage(
    calendar: Calendar, moment: str, codes: list[str], label: str | None, near: bool, tense: bool
) -> None:
    window = calendar.stage_at(at(moment), codes)
    assert named(window) == label
    assert (window.near_poll if window else False) is near
    assert (window.tense if window else False) is tense


def test_without_a_moment_there_is_no_stage(calendar: Calendar) -> None:
    assert calendar.stage_at(None, ["13.06"]) is None


def test_days_are_counted_where_the_place_is(calendar: Calendar) -> None:
    late_on_23_november_in_jakarta = datetime(2024, 11, 23, 16, 0, tzinfo=UTC)
    assert named(calendar.stage_at(late_on_23_november_in_jakarta, ["13.06"])) == "kampanye Pilkada 2024"
    assert named(calendar.stage_at(late_on_23_november_in_jakarta, ["94.05"])) == "H-3 Pilkada 2024"


def test_a_province_is_not_in_a_stage_of_one_of_its_kabupaten(calendar: Calendar) -> None:
    assert calendar.stage_at(at("2025-04-19 09:00"), ["13"]) is None


GOOD = """
[[tahapan]]
id = "a"
pemilihan = "Pilwana"
jenis = "pemungutan"
wilayah = ["13.06"]
mulai = 2026-03-01
selesai = 2026-03-01
zona = "Asia/Jakarta"
"""


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (GOOD.replace('jenis = "pemungutan"', 'jenis = "coblosan"'), "coblosan"),
        (GOOD.replace("selesai = 2026-03-01", "selesai = 2026-02-01"), "lies before"),
        (GOOD.replace("mulai = 2026-03-01", 'mulai = "1 Maret"'), "must be days"),
        (GOOD.replace('wilayah = ["13.06"]', "wilayah = [13.06]"), "codes in quotes"),
        (GOOD.replace('zona = "Asia/Jakarta"', 'zona = "WIB"'), "neither"),
        (GOOD.replace('id = "a"\n', ""), "id missing"),
        (GOOD + GOOD, "two stages are called"),
        ("[[tahapan]", "cannot be read"),
    ],
)
def test_a_wrong_calendar_says_what_to_mend(tmp_path: Path, wrong: str, complaint: str) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(SettingsError, match=complaint) as error:
        load_calendar(path)
    assert "calendar.toml" in str(error.value)


def test_a_stage_is_an_entry_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "calendar.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert named(load_calendar(path).stage_at(at("2026-02-27 12:00"), ["13.06.02.2001"])) == "H-2 Pilwana"
