"""``kentongan sources copies``: the graph of who copies whom, as a table and as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from data.copying import CopyPair, Sameness
from data.errors import UnknownItemError
from data.outcomes import Outcome
from data.records import Article, PageRef
from data.store import Store
from flows.settings import Settings
from kentongan import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")

CATALOGUE = """
[[source]]
id = "kabar-lembah"
name = "Kabar Lembah"
home = "http://kabarlembah.test/"
provinces = ["13"]
profile = "wordpress"
tier = 2

[[source]]
id = "tiru-saja"
name = "Tiru Saja"
home = "http://tirusaja.test/"
provinces = ["13"]
profile = "wordpress"
"""


@pytest.fixture
def run(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    (own_home / "small.toml").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setenv("KENTONGAN_CATALOGUES", str(own_home / "small.toml"))

    def call(*words: str, lang: str = "en") -> str:
        outcome = CliRunner().invoke(cli, ["--lang", lang, "sources", "copies", *words], standalone_mode=False)
        if outcome.exception is not None:
            raise outcome.exception
        return outcome.output

    return call


@pytest.fixture
def copied(run: Callable[..., Any]) -> Callable[..., Any]:
    """Return the command, over a store in which one source has copied all its thirty texts."""
    now = datetime.now(UTC)
    with Store.open(Settings.from_environ().database_url) as store:
        for number in range(30):
            ids = [put(store, source, number, now) for source in ("kabar-lembah", "tiru-saja")]
            pair = CopyPair(ids[1], "tiru-saja", ids[0], "kabar-lembah", Sameness.NEAR, 0.9, timedelta(minutes=90))
            store.copies.replace(ids[1], [pair], now)
    return run


def put(store: Store, source: str, number: int, now: datetime) -> int:
    url = f"http://{source}.test/{number}"
    article = Article(source, url, url, f"Berita {number}", f"Isi {number} {source}", f"{number}{source}")
    settled = store.settle("r", PageRef(url, url, source, "feed"), None, Outcome.FETCHED, article, now)
    assert settled.article_id is not None
    store.signatures.put(settled.article_id, b"mark", [])
    return settled.article_id


def test_the_table_tells_pairs_share_delay_and_verdict(copied: Callable[..., Any]) -> None:
    shown = copied()
    for word in ("tiru-saja", "kabar-lembah", "30", "100%", "1:30", "clone", "3 → 4"):
        assert word in shown
    assert "30 copies between 1 pairs of sources" in shown


def test_in_indonesian_it_speaks_indonesian(copied: Callable[..., Any]) -> None:
    shown = copied(lang="id")
    for word in ("penyalin", "asal", "jeda tengah", "klon"):
        assert word in shown


def test_json_holds_the_figures(copied: Callable[..., Any]) -> None:
    seen = json.loads(copied("--json"))
    assert seen["pairs"][0] == {
        "copier": "tiru-saja",
        "origin": "kabar-lembah",
        "pairs": 30,
        "spun": 0,
        "share": 1.0,
        "median_delay_s": 5400.0,
        "delay_10_s": 5400.0,
        "delay_90_s": 5400.0,
        "one_network": False,
    }
    clone = next(one for one in seen["sources"] if one["source"] == "tiru-saja")
    assert (clone["verdict"], clone["tier"], clone["effective_tier"]) == ("klon", 3, 4)
    assert seen["groups"] == [["kabar-lembah", "tiru-saja"]]


def test_one_source_is_shown_alone(copied: Callable[..., Any]) -> None:
    seen = json.loads(copied("kabar-lembah", "--json"))
    assert [one["source"] for one in seen["sources"]] == ["kabar-lembah"]
    assert len(seen["pairs"]) == 1


def test_a_person_can_overrule_in_the_catalogue(copied: Callable[..., Any], own_home: Path) -> None:
    with (own_home / "small.toml").open("a", encoding="utf-8") as file:
        file.write("tier_fixed = true\n")
    clone = next(one for one in json.loads(copied("--json"))["sources"] if one["source"] == "tiru-saja")
    assert (clone["verdict"], clone["effective_tier"]) == ("klon", 3)


def test_an_empty_store_has_no_copies(run: Callable[..., Any]) -> None:
    assert "0 copies" in run()


def test_an_unknown_source_is_said_so(run: Callable[..., Any]) -> None:
    with pytest.raises(UnknownItemError, match="tiada"):
        run("tiada")
