"""``kentongan export`` from the outside: what is chosen, and where it goes."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner
from lxml import etree

from data.errors import InputError, UnknownItemError
from data.records import Alert, Incident, IncidentStatus, Modality, Place, PlaceRole, Urgency
from data.store import Store
from feeds import FORMATS
from kentongan import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")

NOW = datetime(2024, 11, 26, 8, 0, tzinfo=UTC)


@pytest.fixture
def run(own_home: Path) -> Callable[..., bytes]:
    """Return what runs the command and gives back what it wrote; our errors are raised."""

    def call(*words: object, lang: str = "id") -> bytes:
        outcome = CliRunner().invoke(cli, ["--lang", lang, "export", *map(str, words)], standalone_mode=False)
        if outcome.exception is not None:
            raise outcome.exception
        return outcome.stdout_bytes

    return call


@pytest.fixture
def store(own_home: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{own_home / 'kentongan.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def alerts(store: Store) -> list[int]:
    """Three alerts, an hour apart: level 3 in Pariaman, level 4 in Jakarta, and a drill."""
    numbers = []
    for hour, (code, level, drill) in enumerate((("13.77", 3, False), ("31.71", 4, False), ("13.01", 3, True))):
        at = NOW.replace(hour=8 + hour)
        place = Place(code, code, PlaceRole.KEJADIAN, "text", 0, 1, 0.9)
        incident = Incident(
            id=0, title=f"Posko dibakar {hour}", signals=("perusakan",), modality=Modality.KEJADIAN, severity=level,
            urgency=Urgency.P1, status=IncidentStatus.BELUM_DITINJAU, places=(place,), opened_at=at, first_seen=at,
            last_seen=at, event_time=None, article_ids=(), spread=1, independent_sources=1, best_tier=3,
        )  # fmt: skip
        number = store.incidents.open(incident, [], at).id
        store.alerts.raise_(Alert(f"tag:x,2024:{number}", number, 1, "raised", at, at, verified=False, exercise=drill))
        numbers.append(number)
    return numbers


def chosen(output: bytes) -> list[int]:
    return [item["_kentongan"]["incident_id"] for item in json.loads(output)["items"]]


def test_the_options_choose(run: Callable[..., bytes], alerts: list[int], store: Store) -> None:
    pariaman, jakarta, drill = alerts
    assert chosen(run("jsonfeed")) == [drill, jakarta, pariaman]
    assert chosen(run("jsonfeed", "--no-drills", "--limit", 1)) == [jakarta]
    assert chosen(run("jsonfeed", "--region", "13", "--region", "31.71", "--no-drills")) == [jakarta, pariaman]
    assert chosen(run("jsonfeed", "--from-level", 4, "--signal", "perusakan")) == [jakarta]
    assert chosen(run("jsonfeed", "--since", "2024-11-26T09:00:00Z", "--status", "belum_terverifikasi")) == [
        drill,
        jakarta,
    ]
    user = store.users.add("rina", "Rina", "analis", (), "x", NOW)
    view = store.saved_views.add(user.id, "Jakarta", "wilayah=31&tier=3", NOW, shared=False)
    assert chosen(run("jsonfeed", "--view", view)) == [jakarta]
    assert chosen(run("jsonfeed", "--incidents", "--min-severity", 4)) == [jakarta]


def test_it_goes_to_a_file_or_a_folder(run: Callable[..., bytes], alerts: list[int], tmp_path: Path) -> None:
    assert run("csv", "-o", tmp_path / "semua.csv", "--drills") == b""
    rows = list(csv.DictReader(io.StringIO((tmp_path / "semua.csv").read_text("utf-8-sig"))))
    assert [row["latihan"] for row in rows] == ["ya"]
    run("atom", "-o", tmp_path)
    run("cap", "-o", tmp_path)
    assert {path.name for path in tmp_path.rglob("*.*")} == {
        "semua.csv", "alerts.atom", *(f"kejadian-{number}.xml" for number in alerts)
    }  # fmt: skip
    message = run("cap", "--id", alerts[0])
    assert etree.fromstring(message).tag.endswith("alert")
    assert message == (tmp_path / "cap" / f"kejadian-{alerts[0]}.xml").read_bytes()


def test_a_site_is_written_once_and_then_only_where_it_changed(
    run: Callable[..., bytes], alerts: list[int], tmp_path: Path
) -> None:
    words = ("--all", "--folder", tmp_path / "situs", "--base-url", "https://umpan.example/p/")
    count = sum(not one.single for one in FORMATS.values()) + 2 + 1
    assert run(*words).decode() == f"{count} berkas ada di {tmp_path / 'situs'}\n"
    feed = json.loads((tmp_path / "situs" / "alerts.json").read_bytes())
    assert feed["feed_url"] == "https://umpan.example/p/alerts.json"
    assert chosen((tmp_path / "situs" / "alerts.json").read_bytes()) == [alerts[1], alerts[0]]
    for path in (tmp_path / "situs").rglob("*.*"):
        if path.is_file():
            os.utime(path, (1, 1))
    assert "files stand in" in run(*words, lang="en").decode()
    assert {path.stat().st_mtime for path in (tmp_path / "situs").rglob("*.*") if path.is_file()} == {1}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ((), click.UsageError),
        (("atom", "--all", "--folder", "x"), click.UsageError),
        (("--all",), click.UsageError),
        (("zip",), UnknownItemError),
        (("cap",), InputError),
        (("atom", "--region", "99"), UnknownItemError),
        (("atom", "--signal", "gosip"), UnknownItemError),
        (("atom", "--from-level", "7"), InputError),
        (("atom", "--view", "9"), UnknownItemError),
        (("atom", "--id", "99"), UnknownItemError),
        (("atom", "--incidents", "--region", "13"), InputError),
        (("atom", "--base-url", "https://x.example/a"), InputError),
    ],
)
def test_what_will_not_do_is_refused_and_nothing_is_written(
    run: Callable[..., bytes], alerts: list[int], words: tuple[str, ...], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        run(*words)
