"""The search for articles, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.outcomes import Outcome
from data.records import (
    Article,
    Assessment,
    Incident,
    IncidentStatus,
    Modality,
    Page,
    PageRef,
    Place,
    PlaceRole,
    Urgency,
)
from data.store import matching
from data.store.article_search import FORMS, TITLE, TYPED, ArticleFilter
from data.store.article_search import Place as Behind
from data.store.matching import read_terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

NOW = datetime(2024, 11, 26, 8, 0, tzinfo=UTC)

NEWS = {
    "title": ("Posko dibakar massa", "Api padam pukul tiga."),
    "typed": ("Malam di Pariaman", "Sebuah posko dibakar orang tak dikenal."),
    "form": ("Pembakaran posko diselidiki", "Polisi mencari pelaku."),
    "other": ("Posko dibuka", "Calon bupati hadir di lapangan Café Merdeka."),
}


@pytest.fixture
def ids(store: Store) -> dict[str, int]:
    """Return the articles' ids by their names; printed an hour after one another."""
    return {
        name: put(store, name, title, text, NOW + timedelta(hours=at))
        for at, (name, (title, text)) in enumerate(NEWS.items())
    }


def put(store: Store, name: str, title: str, text: str, at: datetime, source: str = "kabar") -> int:
    url = f"http://{source}.example/{name}"
    run = store.runs.start("crawl", at)
    article = Article(source, url, url, title, text, f"{abs(hash((name, title))):064d}", published=at)
    page = Page(url, url, source, at, Outcome.FETCHED, 200)
    found = store.settle(run, PageRef(url, url, source, "feed"), page, Outcome.FETCHED, article, at)
    assert found.article_id is not None
    return found.article_id


def judge(store: Store, article_id: int, code: str | None, *, flagged: bool = True, severity: int = 3) -> None:
    places = (Place(code, "X", PlaceRole.KEJADIAN, "text", 0, 1, 0.9),) if code else ()
    said = Assessment(
        signals={}, flagged_signals=("perusakan",) if flagged else (), modality=Modality.KEJADIAN, severity=severity,
        severity_points=(), urgency=Urgency.P1, flagged=flagged, flag_score=0.9, places=places, evidence=(),
        model_version="m", rules_version="r",
    )  # fmt: skip
    store.assessments.save(article_id, 1, said, NOW)


@pytest.fixture
def find(store: Store, ids: dict[str, int]) -> Callable[..., list[tuple[str, int]]]:
    names = {number: name for name, number in ids.items()}

    def finding(query: str, **filters: Any) -> list[tuple[str, int]]:
        terms = store.article_search.widened(read_terms(query))
        found = store.article_search.page(ArticleFilter(terms, **filters), 20)
        assert found.next is None
        return [(names[number], step) for number, step in found.hits]

    return finding


def test_what_is_typed_comes_before_other_forms_of_it(find: Any) -> None:
    assert find("dibakar") == [("title", TITLE), ("typed", TYPED), ("form", FORMS)]
    assert find("kebakaran posko") == [("form", FORMS), ("typed", FORMS), ("title", FORMS)]


def test_newest_first_knows_no_steps(find: Any) -> None:
    assert [name for name, _ in find("membakar", newest=True)] == ["form", "typed", "title"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('"posko dibakar"', {"title", "typed"}),
        ('"dibakar posko"', set()),
        ("posko -dibakar", {"form", "other"}),
        ('posko -"calon bupati"', {"title", "typed", "form"}),
        ("pembak*", {"form"}),
        ("cafe", {"other"}),
        ("-posko", set()),
        ("", set()),
        ('" OR title:* NEAR( ^ -- "', set()),
        ("posko & !dibakar | ':A", set()),
    ],
)
def test_phrases_exclusions_beginnings_and_odd_signs(find: Any, query: str, names: set[str]) -> None:
    assert {name for name, _ in find(query)} == names


def test_filters_narrow_by_judgement_outlet_and_time(store: Store, find: Any, ids: dict[str, int]) -> None:
    judge(store, ids["title"], "13.77", severity=3)
    judge(store, ids["form"], None, flagged=False, severity=0)
    assert [name for name, _ in find("posko", flagged=True)] == ["title"]
    assert [name for name, _ in find("posko", flagged=False)] == ["form"]
    assert [name for name, _ in find("posko", min_severity=2, modality="kejadian")] == ["title"]
    assert [name for name, _ in find("posko", place="13.77")] == ["title"]
    assert find("posko", source="lain") == []
    assert {name for name, _ in find("posko", since=NOW + timedelta(hours=2))} == {"form", "other"}
    assert {name for name, _ in find("posko", until=NOW + timedelta(hours=1))} == {"title"}


def test_a_person_sees_what_names_a_part_of_their_regions_or_no_place(
    store: Store, find: Any, ids: dict[str, int]
) -> None:
    judge(store, ids["title"], "13.77")
    judge(store, ids["typed"], "14.71")
    judge(store, ids["form"], "13")
    assert {name for name, _ in find("posko", regions=("13",))} == {"title", "form", "other"}
    assert {name for name, _ in find("posko", regions=("13.77",))} == {"title", "form", "other"}
    assert {name for name, _ in find("posko", regions=("13.08",))} == {"form", "other"}
    assert not store.article_search.visible(ids["typed"], ("13",))
    assert store.article_search.visible(ids["typed"], ())


def test_pages_go_on_behind_the_last_one(store: Store, ids: dict[str, int]) -> None:
    asked = ArticleFilter(store.article_search.widened(read_terms("dibakar posko")))
    first = store.article_search.page(asked, 2)
    assert [number for number, _ in first.hits] == [ids["title"], ids["typed"]]
    assert first.next == Behind(TYPED, ids["typed"])
    rest = store.article_search.page(asked, 2, first.next)
    assert [number for number, _ in rest.hits] == [ids["form"]]
    assert rest.next is None
    assert store.article_search.count(asked) == 3


def test_those_of_incidents_are_found_in_any_form_the_newest_first(store: Store, ids: dict[str, int]) -> None:
    assert store.article_search.of_incidents("posko", 10) == ([], False)
    base = Incident(
        id=0, title="Posko", signals=("perusakan",), modality=Modality.KEJADIAN, severity=3, urgency=Urgency.P1,
        status=IncidentStatus.BELUM_DITINJAU, places=(), opened_at=NOW, first_seen=NOW, last_seen=NOW,
        event_time=None, article_ids=(), spread=2, independent_sources=1, best_tier=2,
    )  # fmt: skip
    store.incidents.open(base, (ids["title"], ids["form"]), NOW)
    store.incidents.open(base, (ids["other"],), NOW)
    assert store.article_search.of_incidents("posko", 10) == ([ids["other"], ids["form"], ids["title"]], False)
    assert store.article_search.of_incidents("posko", 2) == ([ids["other"], ids["form"]], True)
    assert store.article_search.of_incidents("dibakar", 10) == ([ids["form"], ids["title"]], False)
    assert store.article_search.of_incidents("posko -dibakar", 10) == ([ids["other"], ids["form"]], False)
    assert store.article_search.of_incidents('"posko dibakar"', 10) == ([ids["title"]], False)
    assert store.article_search.of_incidents('"dibakar posko"', 10) == ([], False)
    assert store.article_search.of_incidents("-posko", 10) == ([], False)


@pytest.mark.parametrize("newest", [1, 2, 3])
def test_however_the_articles_are_gone_through_the_same_are_found(
    find: Any, monkeypatch: pytest.MonkeyPatch, newest: int
) -> None:
    monkeypatch.setattr(matching, "NEWEST", newest)
    assert find("dibakar") == [("title", TITLE), ("typed", TYPED), ("form", FORMS)]
    assert [name for name, _ in find("posko", newest=True)] == ["other", "form", "typed", "title"]
    assert find('"posko dibakar"') == [("title", TITLE), ("typed", TYPED)]
    assert find('"dibakar posko"') == []
    assert find("posko -diselidiki") == [("other", TITLE), ("title", TITLE), ("typed", TYPED)]
