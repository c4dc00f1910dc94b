"""Feeds as files for a plain web server: a folder for each selection, nothing written twice, nothing old left."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from data.errors import InputError, UnknownItemError
from feeds import FORMATS
from flows.feed_files import CAP_KEPT, EVERYTHING, FEEDS_KEY, STATE, Site, selections_of, write_site
from flows.publish import publish
from tests.flows.delivery_house import GAZETTEER, TAXONOMY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    # tests/flows/conftest.py has it; conftest modules cannot be imported.
    from typing import Any as Newsroom

    from flows.feed_files import Selection

BURNT = "Massa tak dikenal membakar posko pemenangan di kelurahan itu pada Selasa dini hari dan dua relawan luka ringan"
BROKEN = "Sekelompok orang merusak kaca kantor panwascam lalu pergi sebelum polisi datang dan seorang staf dirawat"
SUMBAR = [{"nama": "sumbar", "judul": "Sumatera Barat", "saring": "wilayah=13"}]


def chosen(setting: Any) -> tuple[Selection, ...]:
    return selections_of(setting, GAZETTEER(), TAXONOMY())


@pytest.fixture
def room(newsroom: Newsroom, says: Callable[..., Any]) -> Newsroom:
    """Two incidents that left by themselves: one in Pariaman, one in Jakarta."""
    newsroom.prints("kabar", "Posko dibakar massa", BURNT, says(place="13.77.01"))
    newsroom.prints("harian", "Posko lain dirusak", BROKEN, says(place="31.71.01"))
    newsroom.assess()
    newsroom.publish()
    return newsroom


def times(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in sorted(folder.rglob("*.*"))}


def titles(path: Path) -> list[str]:
    return [item["title"].rpartition(": ")[2] for item in json.loads(path.read_bytes())["items"]]


def test_what_says_the_same_keeps_its_time(room: Newsroom, says: Callable[..., Any]) -> None:
    before = times(room.folder)
    room.now += timedelta(minutes=3)
    room.publish()
    # Even where all is made anew: the note of what was written is gone.
    (room.folder / STATE).unlink()
    del before[STATE]
    room.publish()
    after = times(room.folder)
    del after[STATE]
    assert after == before
    room.prints("suara", "Posko dibakar, seorang tewas", f"{BURNT}. Satu meninggal.", says(severity=4))
    room.assess()
    room.publish()
    changed = {name for name, time in times(room.folder).items() if before.get(name) != time} - {STATE}
    assert changed == {
        *(one.file for one in FORMATS.values() if not one.single), "cap/kejadian-1.xml"
    }  # fmt: skip


def test_each_selection_has_a_folder_and_the_page_names_it(room: Newsroom) -> None:
    tools = replace(room.leaving, feeds_url="https://umpan.example/p/")
    room.store.desk_settings.put(FEEDS_KEY, SUMBAR, "ketua", room.now)
    publish(tools)
    folder = room.folder / "sumbar"
    assert titles(folder / "alerts.json") == ["Posko dibakar massa"]
    # A pass looks at the incident that was seen last first, so the other one is the last alert.
    assert titles(room.folder / "alerts.json") == ["Posko dibakar massa", "Posko lain dirusak"]
    assert json.loads((folder / "alerts.json").read_bytes())["feed_url"] == "https://umpan.example/p/sumbar/alerts.json"
    assert "https://umpan.example/p/cap/kejadian-1.xml" in (folder / "cap" / "index.rss").read_text()
    page = etree.HTML((room.folder / "index.html").read_text())
    assert page.xpath("//h2/text()") == [
        "semua peringatan",
        "Sumatera Barat",
    ]
    links = [str(link.get("href")) for link in page.iter("a")]
    assert {"alerts.atom", "sumbar/alerts.csv", "cap/index.rss"} <= set(links)
    assert all((room.folder / link).is_file() for link in links)


def test_a_selection_that_is_no_longer_wanted_goes_with_its_folder(room: Newsroom) -> None:
    room.store.desk_settings.put(FEEDS_KEY, SUMBAR, "ketua", room.now)
    room.publish()
    kept = room.folder / "catatan.txt"
    kept.write_text("bukan punya kami")
    room.store.desk_settings.put(FEEDS_KEY, [], "ketua", room.now)
    room.publish()
    assert not (room.folder / "sumbar").exists()
    assert kept.exists()
    assert (room.folder / "alerts.atom").exists()


def test_the_message_of_an_alert_stays_until_long_after_no_feed_has_it(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.feed_files.IN_FEEDS", 1)
    room.publish()
    old, new = (room.folder / "cap" / f"kejadian-{number}.xml" for number in (2, 1))
    assert (old.exists(), new.exists()) == (True, True)
    long_ago = (room.now - CAP_KEPT - timedelta(days=1)).timestamp()
    for path in (old, new):
        os.utime(path, (long_ago, long_ago))
    room.store.desk_settings.put("kantor", {"nama": "Desk"}, "ketua", room.now)
    room.publish()
    assert (old.exists(), new.exists()) == (False, True)


def test_every_alert_that_changed_gets_its_message_however_many_there_are(
    room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.feed_files.IN_FEEDS", 1)
    write_site(room.leaving, Site(tmp_path / "lain", "", drills=False), (EVERYTHING,))
    assert sorted(path.name for path in (tmp_path / "lain" / "cap").glob("*.xml")) == [
        "kejadian-1.xml",
        "kejadian-2.xml",
    ]


def test_a_note_that_cannot_be_read_costs_a_pass_and_nothing_else(room: Newsroom) -> None:
    for spoiled in (b"{", b"[]", b'{"files": 3}'):
        (room.folder / STATE).write_bytes(spoiled)
        room.publish()
        assert json.loads((room.folder / STATE).read_bytes())["change"] == 2


def test_a_file_that_somebody_removed_is_written_again(room: Newsroom) -> None:
    (room.folder / "alerts.csv").unlink()
    room.publish()
    assert (room.folder / "alerts.csv").exists()


@pytest.mark.parametrize(
    ("setting", "kind", "said"),
    [
        ({"nama": "x"}, InputError, "list"),
        ([{"nama": "cap", "saring": "wilayah=13"}], InputError, "cap"),
        ([{"nama": "../etc", "saring": "wilayah=13"}], InputError, "etc"),
        ([*SUMBAR, *SUMBAR], InputError, "sumbar"),
        ([{"nama": "semua", "saring": ""}], InputError, "names regions"),
        ([{"nama": "baru", "saring": "sejak=2024-11-26"}], InputError, "names regions"),
        ([{"nama": "satu", "saring": "wilayah=99"}], UnknownItemError, "99"),
        ([{"nama": "satu", "saring": "wilyah=13"}], InputError, "wilyah"),
        ([{"nama": "satu", "judul": "a\x00b", "saring": "wilayah=13"}], InputError, "title"),
        ([{"nama": f"n{number}", "saring": "wilayah=13"} for number in range(51)], InputError, "50"),
    ],
)
def test_a_selection_that_will_not_do_is_refused(setting: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        chosen(setting)


def test_without_a_setting_there_is_the_feed_of_everything() -> None:
    assert chosen(None) == (EVERYTHING,)
    assert [one.title for one in chosen([{"nama": "sumbar", "saring": "wilayah=13&tingkat=4"}])] == [
        "semua peringatan",
        "Sumatera Barat; tingkat 4 (kritis) ke atas",
    ]
