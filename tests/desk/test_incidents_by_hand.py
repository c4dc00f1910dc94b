"""``kentongan incidents merge | split | move`` from the outside: who decides is named, the history tells it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from classifiers.copies import signature
from classifiers.incidents import Member, summarise
from data.errors import InputError, UnknownItemError
from data.outcomes import Outcome
from data.records import Article, Assessment, Modality, Page, PageRef, Place, PlaceRole, Urgency
from data.store import Store
from flows.settings import Settings
from kentongan import cli

NOON = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)
JUDGED = Assessment(
    signals={"perusakan": 0.9}, flagged_signals=("perusakan",), modality=Modality.KEJADIAN, severity=3,
    severity_points=(), urgency=Urgency.P2, flagged=True, flag_score=0.9,
    places=(Place("13.77.01", "Pariaman Tengah", PlaceRole.KEJADIAN, "text", 0, 1, 0.9),), evidence=(),
    model_version="m", rules_version="r",
)  # fmt: skip


def run(*words: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(cli, ["--lang", "id", "incidents", *words], standalone_mode=False)
    if outcome.exception is not None:
        raise outcome.exception
    return outcome.return_value if isinstance(outcome.return_value, int) else outcome.exit_code, outcome.output


def told(*words: str) -> dict[str, Any]:
    code, printed = run(*words, "--json")
    assert code == 0
    found: dict[str, Any] = json.loads(printed)
    return found


def stands() -> dict[int, tuple[tuple[int, ...], int | None]]:
    """Return the articles of each incident, and where it went."""
    with Store.open(Settings.from_environ().database_url) as store:
        every = [*store.incidents.list(), *store.incidents.list(merged=True)]
        return {one.id: (tuple(sorted(one.article_ids)), one.merged_into) for one in every}


def who_decided(number: int) -> list[str]:
    with Store.open(Settings.from_environ().database_url) as store:
        return [change.by for change in store.incidents.history(number) if change.by != "kentongan"]


@pytest.fixture(autouse=True)
def _two_incidents(own_home: object) -> None:
    """Fill this test's own store: incident 1 of articles 1 and 2, incident 2 of article 3."""
    with Store.open(Settings.from_environ().database_url) as store:
        run_id, members = store.runs.start("crawl", NOON), []
        for number, title in enumerate(("Posko dibakar", "Posko dibakar OTK", "Kaca kantor pecah"), 1):
            url, at = f"http://kabar.example/{number}", NOON + timedelta(minutes=number)
            article = Article("kabar", url, url, title, f"{title} di Pariaman.", f"h{number}", published=at)
            page = Page(url, url, "kabar", at, Outcome.FETCHED, 200)
            stored = store.settle(run_id, PageRef(url, url, "kabar", "feed"), page, Outcome.FETCHED, article, at)
            assert stored.article_id == number
            store.assessments.save(number, 1, JUDGED, at)
            mark = signature(title, article.text)
            members.append(Member(number, "kabar", "kabar", 3, title, article.text, mark, at, at, JUDGED))
        store.incidents.open(summarise(members[:2], NOON), (1, 2), NOON, "kentongan")
        store.incidents.open(summarise(members[2:], NOON), (3,), NOON, "kentongan")


def test_what_is_merged_by_a_person_is_undone_by_split() -> None:
    whole = told("merge", "1", "2", "--as", "Sari", "--reason", "satu rombongan")
    assert whole["incident_id"] == 1
    assert stands() == {1: ((1, 2, 3), None), 2: ((), 1)}
    assert set(who_decided(1)) == {"Sari"}
    run("split", "1", "3", "--as", "Budi")
    assert stands() == {1: ((1, 2), None), 2: ((3,), None)}
    assert set(who_decided(2)) == {"Sari", "Budi"}


def test_what_is_split_stands_under_a_number_of_its_own() -> None:
    code, printed = run("split", "1", "2", "--as", "Sari", "--reason", "dua posko")
    assert code == 0
    assert "Posko dibakar OTK" in printed
    assert stands() == {1: ((1,), None), 2: ((3,), None), 3: ((2,), None)}


def test_an_article_moves_and_moves_back() -> None:
    run("move", "2", "--to", "2", "--as", "Sari")
    assert stands() == {1: ((1,), None), 2: ((2, 3), None)}
    run("move", "2", "--to", "1", "--as", "Sari")
    assert stands() == {1: ((1, 2), None), 2: ((3,), None)}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("merge", "1", "99", "--as", "Sari"), UnknownItemError),
        (("merge", "1", "--as", "Sari"), InputError),
        (("split", "1", "3", "--as", "Sari"), InputError),
        (("move", "99", "--to", "1", "--as", "Sari"), UnknownItemError),
        (("merge", "1", "2", "--as", " "), InputError),
    ],
    ids=["no such incident", "one alone", "not one of its articles", "no such article", "nobody"],
)
def test_what_cannot_be_decided_changes_nothing(words: tuple[str, ...], error: type[Exception]) -> None:
    before = stands()
    with pytest.raises(error):
        run(*words)
    assert stands() == before


def test_without_a_name_nothing_is_decided() -> None:
    outcome = CliRunner().invoke(cli, ["--lang", "en", "incidents", "merge", "1", "2"])
    assert outcome.exit_code != 0
    assert "--as" in outcome.output
    assert stands() == {1: ((1, 2), None), 2: ((3,), None)}
