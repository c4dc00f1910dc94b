"""``kentongan report`` from the outside: files, words, JSON and exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from data.errors import InputError, SettingsError, UnknownItemError
from kentongan import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")


@pytest.fixture
def run(own_home: Path) -> Callable[..., Any]:
    """Return what runs the command and gives back its result; our errors are raised."""

    def call(*words: object, lang: str = "id") -> Any:
        outcome = CliRunner().invoke(cli, ["--lang", lang, "report", *map(str, words)], standalone_mode=False)
        if outcome.exception is not None:
            raise outcome.exception
        return outcome

    return call


def test_a_day_of_which_nothing_was_read_is_never_called_quiet(run: Callable[..., Any], own_home: Path) -> None:
    outcome = run("daily", "--date", "2024-11-27", "--area", "13", "--format", "txt,html")
    assert outcome.output.splitlines() == [
        "Laporan Harian Desk Pilkada: Rabu, 27 November 2024 (revisi 1)",
        f"  {own_home}/reports/2024/laporan-harian-2024-11-27-13-r1.html",
        f"  {own_home}/reports/2024/laporan-harian-2024-11-27-13-r1.txt",
    ]
    text = (own_home / "reports" / "2024" / "laporan-harian-2024-11-27-13-r1.txt").read_text("utf-8")
    assert "Tidak dapat disimpulkan: tidak ada sumber yang menjawab hari ini" in text
    assert "situasi kondusif, tidak ada" not in text


def test_the_same_again_is_unchanged_and_copied_where_wanted(run: Callable[..., Any], tmp_path: Path) -> None:
    words = ("weekly", "--week", "2024-W48", "--format", "txt", "--json")
    first = json.loads(run(*words).output)
    again = json.loads(run(*words, "--out", tmp_path / "keluar").output)
    assert (first["new"], again["new"], again["revision"], again["subject"]) == (True, False, 1, "2024-W48")
    assert again["copies"] == [str(tmp_path / "keluar" / "tren-mingguan-2024-W48-r1.txt")]
    said = run("weekly", "--date", "2024-11-28", "--format", "txt", lang="en").output
    assert "unchanged; revision 1 stands" in said


def test_the_list_shows_every_revision_and_what_is_no_longer_whole(run: Callable[..., Any], own_home: Path) -> None:
    assert run("list").output == "Belum ada laporan.\n"
    run("daily", "--date", "2024-11-27", "--format", "txt", "--as", "Sari")
    (row,) = json.loads(run("list", "--json").output)
    assert (row["kind"], row["subject"], row["revision"], row["made_by"]) == ("daily", "2024-11-27", 1, "Sari")
    assert row["files"][0]["intact"] is True
    assert "utuh" in run("list").output
    (own_home / "reports" / "2024" / "laporan-harian-2024-11-27-r1.txt").unlink()
    outcome = run("list", "--kind", "daily")
    assert "hilang atau berubah" in outcome.output
    assert outcome.return_value == 1


def test_wrong_calls_say_what_would_be_right(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(click.UsageError, match='"odt" is no list of formats; there are html, docx'):
        run("daily", "--format", "odt")
    with pytest.raises(click.UsageError, match="give one of them"):
        run("weekly", "--week", "2024-W48", "--date", "2024-11-27")
    with pytest.raises(InputError, match="weeks are written 2024-W48"):
        run("weekly", "--week", "48")
    with pytest.raises(InputError, match="lies deeper"):
        run("daily", "--date", "2024-11-27", "--area", "13.77.01")
    with pytest.raises(UnknownItemError, match='no such incident "7"'):
        run("incident", 7)
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(SettingsError, match="PDF needs Chromium"):
        run("daily", "--date", "2024-11-27", "--format", "pdf")
    assert json.loads(run("list", "--json").output) == []


def test_formats_and_kinds_are_those_of_the_feeds() -> None:
    from desk.terminal.report import FORMAT_NAMES, KINDS
    from feeds import REPORTS
    from feeds.reports import FILE_FORMATS

    assert tuple(FILE_FORMATS) == FORMAT_NAMES
    assert tuple(REPORTS) == KINDS
