"""``kentongan coverage``, ``timeliness``, ``missed`` and ``sources health`` from the outside."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from data.errors import UnknownItemError
from data.outcomes import Outcome
from data.records import Article, Assessment, Modality, PageRef, Place, PlaceRole, Tally, Urgency
from data.store import Store
from flows.settings import Settings
from flows.tools import load_sources, utc_now
from flows.watch import watch_pass
from kentongan import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CATALOGUE = """
[[source]]
id = "kabar-lembah"
name = "Kabar Lembah"
home = "http://kabarlembah.test/"
provinces = ["13"]
regencies = ["13.77"]
profile = "wordpress"

[[source]]
id = "suara-teluk"
name = "Suara Teluk"
home = "http://suarateluk.test/"
provinces = ["13"]
regencies = ["13.77", "13.05"]
profile = "wordpress"
"""


@pytest.fixture
def home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (own_home / "two.toml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setenv("KENTONGAN_CATALOGUES", str(own_home / "two.toml"))
    return own_home


@pytest.fixture
def run(home: Path) -> Callable[..., str]:
    """Return what runs a command and gives back what it printed; it must end with 0, and our errors are raised."""

    def call(*words: str, lang: str = "en") -> str:
        outcome = CliRunner().invoke(cli, ["--lang", lang, *words], standalone_mode=False)
        if outcome.exception is not None:
            raise outcome.exception
        assert outcome.return_value == 0
        return outcome.output

    return call


@pytest.fixture
def read(home: Path) -> None:
    """Let one source answer and print two articles, one of them by a wrong clock; the other source is away."""
    now = utc_now()
    minute = timedelta(minutes=1)
    with Store.open(Settings.from_environ().database_url) as store:
        store.runs.start("crawl", now, run_id="r")
        seen = [
            (now - timedelta(days=20), None),
            (now - 10 * minute, now - 20 * minute),
            (now - 10 * minute, now + 90 * minute),
        ]
        for number, (at, published) in enumerate(seen):
            url = f"http://kabarlembah.test/{number}"
            article = Article("kabar-lembah", url, url, f"Berita {number}", "Isi.", f"{number}", published)
            ref = PageRef(url, url, "kabar-lembah", "feed")
            stored = store.settle("r", ref, None, Outcome.FETCHED, article, at).article_id
            place = Place("13.77.01", "Pariaman Tengah", PlaceRole.KEJADIAN, "text", 0, 1, 0.9)
            said = Assessment(
                {},
                (),
                Modality.OPINI,
                0,
                (),
                Urgency.P4,
                False,
                0.1,
                (place,),
                (),
                model_version="m",
                rules_version="1",
            )
            assert stored is not None
            store.assessments.save(stored, 1, said, at + 5 * minute)
        store.runs.save_tally(Tally("r", "kabar-lembah", now, now, 2, {Outcome.BARU: 2}, {"finder": 1}))
        well, away = (store.sources.state(name) for name in ("kabar-lembah", "suara-teluk"))
        store.sources.save(replace(well, last_run=now, last_ok=now, last_new=now))
        store.sources.save(replace(away, last_run=now, failures=3, last_error="feed: dns_error: no such host"))
        watch_pass(load_sources(Settings.from_environ()), store, now)


@pytest.mark.usefixtures("read")
def test_coverage_of_one_city_in_figures(run: Callable[..., str]) -> None:
    told = json.loads(run("coverage", "13.77", "--json"))
    (city,) = told["regions"]
    assert {name: city[name] for name in city if name != "last_article"} == {
        "region": "13.77",
        "name": "Kota Pariaman",
        "state": "tipis",
        "declared": 2,
        "answering": 1,
        "reporting": 1,
        "articles": 2,
    }
    assert told["counts"] == {"terliput": 0, "tipis": 1, "sunyi": 0, "terputus": 0, "tanpa_sumber": 0}


@pytest.mark.usefixtures("read")
def test_regions_that_nobody_reports_from_are_counted_and_can_be_listed(run: Callable[..., str]) -> None:
    shown = run("coverage")
    assert "Kabupaten and kota: 0 covered, 1 thin, 0 silent, 1 cut off, 512 no source" in shown
    assert shown.count("no source") > 38  # every other province, its kabupaten and kota, and the line below
    below = run("coverage", "13", "--state", "tanpa_sumber", lang="id")
    assert "Kabupaten Kepulauan Mentawai" in below
    assert "Kota Pariaman" not in below
    assert "0 terliput, 1 tipis, 0 sunyi, 1 terputus, 17 tanpa_sumber" in below


def test_a_region_that_is_none_is_refused(run: Callable[..., str]) -> None:
    for area in ("99", "13.77.01", "padang"):
        with pytest.raises(click.BadParameter, match="is no code of a province or kabupaten/kota"):
            run("coverage", area)


@pytest.mark.usefixtures("read")
def test_timeliness_tells_each_leg_and_errors_of_clocks(run: Callable[..., str]) -> None:
    told = json.loads(run("timeliness", "--json"))
    legs: dict[str, Any] = told["all"]["legs"]
    assert legs["terbit_terlihat"] == {
        "n": 1,
        "median": 10.0,
        "p90": 10.0,
        "worst": 10.0,
        "negative": 1,
        "earliest": -100.0,
    }
    assert legs["terlihat_dinilai"]["median"] == 5.0
    assert list(told["sources"]) == ["kabar-lembah"]
    shown = run("timeliness", "--sources", "--source", "kabar-lembah", lang="id")
    assert "terbit sampai terlihat" in shown
    assert "10 menit" in shown
    assert "1 (-100 menit)" in shown
    assert "2 artikel: 0 tanpa waktu terbit" in shown
    assert "0 articles" in run("timeliness", "--source", "suara-teluk")
    with pytest.raises(UnknownItemError, match='did you mean "suara-teluk"'):
        run("timeliness", "--source", "suara-telok")


@pytest.mark.usefixtures("read")
def test_health_says_what_to_do_and_its_history_what_was_told(run: Callable[..., str]) -> None:
    shown = run("sources", "health")
    assert "3 times in a row without an answer: feed:" in shown
    assert "2 sources" in shown
    told = json.loads(run("sources", "health", "--json"))
    assert [(line["source"], line["health"], [one["kind"] for one in line["findings"]]) for line in told] == [
        ("suara-teluk", "mati", ["mati"]),
        ("kabar-lembah", "sehat", []),
    ]
    assert "periksa apakah situs berganti domain atau tutup" in told[0]["advice"]
    (once,) = json.loads(run("sources", "health", "--history", "--json"))
    assert (once["source_id"], once["kind"], once["closed_at"]) == ("suara-teluk", "mati", None)
    assert "1 peringatan tentang sumber" in run("sources", "health", "--history", lang="id")


@pytest.mark.usefixtures("read")
def test_nothing_missed_is_said_too(run: Callable[..., str]) -> None:
    assert "0 cerita tidak ditandai, 0 sumber" in run("missed", lang="id")
    assert json.loads(run("missed", "--queue", "--json")) == {"stories": [], "sources": [], "queued": 0}
    assert "0 are new in the labelling queue" in run("missed", "--queue")
