"""``kentongan places`` from the outside: a correction, its trial, a name in use, and what the locator then reads."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from data.errors import UnknownItemError
from data.outcomes import Outcome
from data.records import Article, PageRef
from data.store import Store
from flows.settings import Settings
from flows.tools import versions_in_use
from kentongan import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("stored_home")

NINE = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
FLOOD = "Banjir merendam puluhan rumah di Simpang Kandih Raya, Rabu (6/11)."


@pytest.fixture
def run(own_home: Path) -> Callable[..., str]:  # the home of this test alone
    """Return what runs a command on a store of one article, in Indonesian, and gives back what it printed."""
    url = "https://kabar.example/1"
    digest = hashlib.sha256(FLOOD.encode()).hexdigest()
    article = Article("kabar", url, url, "Banjir rendam rumah", FLOOD, digest, published=NINE)
    with Store.open(Settings.from_environ().database_url) as store:
        store.settle("r", PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, article, NINE)

    def call(*words: str, lang: str = "id") -> str:
        outcome = CliRunner().invoke(cli, ["--lang", lang, *words], standalone_mode=False)
        if outcome.exception is not None:
            raise outcome.exception
        return outcome.output

    return call


def test_a_correction_becomes_a_name_that_locate_reads(run: Callable[..., str]) -> None:
    before = versions_in_use(Settings.from_environ())
    assert json.loads(run("locate", FLOOD, "--json")) == []
    told = run("places", "correct", "1", "Simpang Kandih Raya", "13.12.05", "--as", "Sari")
    assert told == "dicatat untuk artikel 1: Kecamatan Kinali (13.12.05)\n"
    (proposal,) = json.loads(run("places", "proposals", "--json"))
    assert (proposal["helped"], proposal["harmed"], proposal["objections"]) == (["1"], [], [])
    assert "dapat dipakai" in run("places", "proposals")
    assert run("places", "adopt", "Simpang Kandih Raya", "--as", "Budi") == (
        '"Simpang Kandih Raya" dipakai: Kecamatan Kinali (13.12.05)\n'
        "membantu 1 artikel terkoreksi dan merusak 0; artikel lain dengan nama itu: 0, 0 di antaranya kehilangan tempat\n"
    )
    assert [place["code"] for place in json.loads(run("locate", FLOOD, "--json"))] == ["13.12.05"]
    model, rules = versions_in_use(Settings.from_environ())
    assert model == before[0]
    assert rules != before[1]  # so that what was judged before is judged anew
    run("places", "withdraw", "Simpang Kandih Raya", "--as", "Budi")
    assert json.loads(run("locate", FLOOD, "--json")) == []
    assert versions_in_use(Settings.from_environ()) == before
    states = [one["state"] for one in json.loads(run("places", "taught", "--json"))]
    assert states == ["dipakai", "dicabut"]


def test_the_event_of_an_article_is_corrected_and_exported(run: Callable[..., str]) -> None:
    assert run("places", "event", "1", "13.12.05", "--as", "Sari") == (
        "dicatat untuk artikel 1: Kecamatan Kinali (13.12.05)\n"
    )
    (row,) = [json.loads(line) for line in run("places", "export").splitlines()]
    assert (row["id"], row["event_places"]) == ("1", [{"code": "13.12.05"}])
    assert run("places", "event", "1", "--none", "--as", "Sari") == ("dicatat untuk artikel 1: tanpa tempat kejadian\n")
    (one,) = json.loads(run("places", "corrections", "--json"))
    assert (one["kind"], one["codes"]) == ("kejadian", [])


def test_what_is_not_there_is_told_and_nothing_is_kept(run: Callable[..., str]) -> None:
    with pytest.raises(UnknownItemError, match="unit"):
        run("places", "correct", "1", "Simpang Kandih Raya", "99.99", "--as", "Sari")
    with pytest.raises(UnknownItemError, match="article"):
        run("places", "correct", "7", "Simpang Kandih Raya", "13.12", "--as", "Sari")
    with pytest.raises(click.UsageError, match="one of the two"):
        run("places", "correct", "1", "Simpang Kandih Raya", "--as", "Sari")
    assert json.loads(run("places", "corrections", "--json")) == []
