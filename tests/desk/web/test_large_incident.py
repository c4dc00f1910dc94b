"""An incident that everybody writes about: its page reads a few articles and leads to all of them."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from data.store import tables
from desk.incident_articles import EARLIEST, READ, page_of, read_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from data.records import Incident
    from data.store import Store

MANY = 1000


@pytest.fixture
def large(newsdesk: Any, store: Store, tmp_path: Path) -> Incident:
    """A thousand articles: one that was printed, judged and joined, and the rows of it 999 times over."""
    opened: Incident = newsdesk.opens("Posko dibakar", newsdesk.prints("Posko dibakar"))
    (first,) = opened.article_ids
    new = {"id": "n", "article_id": "n", "canonical_url": "canonical_url || n", "read_url": "read_url || n"}
    with sqlite3.connect(tmp_path / "desk.sqlite3") as connection:
        for table, key in (
            (tables.articles, "id"),
            (tables.article_revisions, "article_id"),
            (tables.assessments, "article_id"),
            (tables.incident_articles, "article_id"),
        ):
            names = [column.name for column in table.columns]
            values = ", ".join(new.get(name, name) for name in names)
            connection.execute(
                f"WITH RECURSIVE counted(n) AS (SELECT {first + 1} UNION ALL SELECT n + 1 FROM counted "
                f"WHERE n < {first + MANY - 1}) INSERT INTO {table.name} ({', '.join(names)}) "
                f"SELECT {values} FROM {table.name}, counted WHERE {table.name}.{key} = {first}"
            )
    found = store.incidents.get(opened.id)
    assert found is not None
    assert len(found.article_ids) == MANY
    return found


def test_a_thousand_articles_are_a_page_of_a_few_and_a_list_of_all(
    large: Incident, visit: Callable[..., Any], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    many = type(store.articles).many

    def counted(articles: Any, ids: Iterable[int]) -> Any:
        wanted = list(ids)
        read.append(len(wanted))
        return many(articles, wanted)

    monkeypatch.setattr(type(store.articles), "many", counted)
    client = visit("verifikator")
    page = client.get(f"/kejadian/{large.id}").text
    assert max(read) == READ, "no more texts are read than are shown"
    timeline = page.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    assert len(re.findall(r"<li", timeline)) == READ
    assert f">{MANY - READ} berita lagi</a>" in page
    assert len(page) < 150_000

    found: list[str] = []
    for number in range(1, MANY // 50 + 1):
        listed = client.get(f"/kejadian/{large.id}/artikel?hal={number}").text
        found += re.findall(r'<li id="artikel-(\d+)"', listed)
    assert [int(one) for one in found] == sorted(large.article_ids, reverse=True)
    assert "Lebih lama" not in listed
    assert f'href="/kejadian/{large.id}/artikel?hal=19"' in listed
    for odd in ("0", "-1", "x", "999999", "1000000000"):
        assert client.get(f"/kejadian/{large.id}/artikel?hal={odd}").status_code == 200

    # The same of what is looked at before a merge, and of the API.
    assert client.get(f"/kejadian/{large.id}/gabung/tinjau?dengan={large.id}").status_code == 200
    assert len(client.get(f"/api/v1/incidents/{large.id}").json()["article_ids"]) == MANY
    assert max(read) == READ


def test_the_best_the_first_and_what_is_no_copy_go_before_copies(incident: Incident, store: Store, clock: Any) -> None:
    ids = tuple(range(100, 200))
    known = replace(incident, article_ids=ids, best_article_id=150)
    originals = {100, 110, 120, 130, 140, 150, 160, 170, 180, 190}

    class Copies:
        def among(self, asked: Any) -> list[tuple[int, int]]:
            return [(one - one % 10, one) for one in asked if one % 10]

    class Known:
        copies = Copies()

    chosen = read_first(known, Known(), most=20)  # type: ignore[arg-type]
    assert (chosen.more, chosen.copies, len(chosen.ids)) == (80, 90, 20)
    assert originals < set(chosen.ids)
    assert set(ids[:EARLIEST]) < set(chosen.ids)
    assert set(chosen.ids) - originals - set(ids[:EARLIEST]) == {199, 198, 197, 196, 195, 194}
    assert list(chosen.ids) == sorted(chosen.ids)


def test_a_usual_incident_is_read_whole(incident: Incident, store: Store) -> None:
    chosen = read_first(incident, store)
    assert (chosen.ids, chosen.more, chosen.copies) == (incident.article_ids, 0, None)


@pytest.mark.parametrize(("number", "found"), [(1, (5, 4)), (2, (3, 2)), (3, (1,)), (4, ())])
def test_a_list_is_cut_into_pages_the_newest_first(number: int, found: tuple[int, ...]) -> None:
    assert page_of([3, 1, 2, 5, 4], number, 2) == (found, 3)
    assert page_of([], 1, 2) == ((), 1)


def test_a_long_history_shows_the_newest_lines_and_leads_to_the_rest(
    incident: Incident, visit: Callable[..., Any], store: Store, clock: Any
) -> None:
    for number in range(70):
        clock.forward(seconds=1)
        store.audit.add("sari", "komentar", f"kejadian/{incident.id}", clock.now, {"catatan": f"catatan-{number}."})
    client = visit("analis")
    page = client.get(f"/kejadian/{incident.id}").text
    # 70 comments, the opening, its article, the first look of who asks: the 13 oldest are one click away.
    assert ("catatan-69." in page, "catatan-11." in page, "catatan-10." in page) == (True, True, False)
    assert ">13 baris yang lebih lama</a>" in page
    whole = client.get(f"/kejadian/{incident.id}?riwayat=semua").text
    assert "catatan-0." in whole
    assert "baris yang lebih lama" not in whole
