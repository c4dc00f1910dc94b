"""The stages that the desk has set count wherever stages count: corrections, the picture, assessments, the check-up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from classifiers.stages import CALENDAR_KEY, load_calendar, with_own
from data.errors import UnknownItemError
from data.records import Assessment, Modality, Place, PlaceRole, Review, Urgency
from data.store import Store
from data.store.database import is_there
from flows.corrected import corrected
from flows.settings import Settings
from flows.tools import desk_calendar
from kentongan import cli

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

RERUN = {
    "tahapan": [
        {
            "id": "psu-uji",
            "pemilihan": "PSU Uji",
            "jenis": "pemungutan",
            "wilayah": ["13.77"],
            "mulai": "2031-03-02",
            "selesai": "2031-03-02",
            "zona": "Asia/Jakarta",
            "dasar": "putusan",
        }
    ],
    "tanpa": [],
}
"""A polling day in Pariaman of which the calendar that comes with the program knows nothing."""

EVE = datetime(2031, 3, 1, 5, 0, tzinfo=UTC)


@pytest.fixture
def settings(own_home: Path) -> Settings:
    return Settings.from_environ()


@pytest.fixture
def set_in_desk(settings: Settings) -> None:
    with Store.open(settings.database_url) as store:
        store.desk_settings.put(CALENDAR_KEY, RERUN, "ketua", EVE, "putusan MK")


def called(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(cli, ["--lang", "en", *words], input=given)


def test_a_level_that_was_corrected_is_urgent_by_the_desks_polling_day() -> None:
    said = Assessment(
        signals={"perusakan": 0.9}, flagged_signals=("perusakan",), modality=Modality.KEJADIAN, severity=1,
        severity_points=(), urgency=Urgency.P4, flagged=True, flag_score=0.9,
        places=(Place("13.77", "Kota Pariaman", PlaceRole.KEJADIAN, "text", 0, 8, 0.9),), evidence=(),
        model_version="m", rules_version="r",
    )  # fmt: skip
    review = Review(1, "sari", EVE, article_id=1, severity=3)
    installed, own = load_calendar(), with_own(load_calendar(), RERUN)
    assert corrected(said, [review], EVE, lambda: installed).urgency is Urgency.P2
    assert corrected(said, [review], EVE, lambda: own).urgency is Urgency.P1


def test_where_there_is_no_store_none_is_made_to_look_for_a_calendar(settings: Settings) -> None:
    assert desk_calendar(settings) is None
    assert not is_there(settings.database_url)
    assert is_there("postgresql+psycopg://nobody@127.0.0.1/none")


@pytest.mark.usefixtures("set_in_desk")
def test_the_picture_knows_the_desks_stages() -> None:
    outcome = called("picture", "13.77", "--stage", "psu-uji", "--json")
    assert outcome.exit_code == 0, outcome.output
    picture = json.loads(outcome.output)
    assert (picture["stage"], picture["start"][:16]) == ("pemungutan PSU Uji", "2031-03-01T17:00")
    other = CliRunner().invoke(cli, ["picture", "--stage", "tidak-ada"], standalone_mode=False)
    assert isinstance(other.exception, UnknownItemError)
    assert "psu-uji" in str(other.exception)


@pytest.mark.usefixtures("set_in_desk")
@pytest.mark.parametrize("words", [("assess", "--jsonl", "-"), ("doctor",)])
def test_what_loads_the_model_judges_by_the_desks_stages(
    words: tuple[str, ...], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk_calendar(settings) is not None
    used: list[Any] = []

    def loading(_: Settings, *, calendar: Any = None, **__: Any) -> Any:
        used.append(calendar)
        raise ZeroDivisionError

    monkeypatch.setattr("flows.tools.load_assessor", loading)
    line = json.dumps({"id": "a", "title": "Posko dibakar", "text": "Posko dibakar orang."})
    called(*words, given=line)
    assert [stage.id for stage in used[0].stages if stage.id == "psu-uji"] == ["psu-uji"]


def test_a_broken_store_is_the_databases_finding_and_the_model_is_looked_at_all_the_same(settings: Settings) -> None:
    from desk.terminal.doctor import _model

    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "kentongan.sqlite3").write_bytes(b"this is no database at all" * 100)
    assert "rules" in _model(settings)
