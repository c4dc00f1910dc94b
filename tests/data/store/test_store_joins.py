"""What articles are joined by, as the store keeps it: near in place and time, and what persons said of pairs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from data.outcomes import Outcome
from data.records import Assessment, Modality, PageRef, Urgency
from data.store.joins import PersonsLink

DAY = timedelta(days=1)


@pytest.fixture
def settle(store, piece):
    def one(number, at):
        url = f"https://kabar.example/{number}"
        ref = PageRef(url, url, "kabar", "feed")
        return store.settle("r", ref, None, Outcome.FETCHED, piece(url, f"Berita {number}"), at).article_id

    return one


def judged(*, flagged=True):
    signals = ("konflik_massa",) if flagged else ()
    return Assessment(
        dict.fromkeys(signals, 0.9), signals, Modality.KEJADIAN, 2, (), Urgency.P2, flagged, 0.4, (), (), "m", "r"
    )


def near(store, regions, since, until, limit=10):
    return [one.article_id for one in store.joins.near(regions, since, until, limit)]


def test_what_is_near_is_of_the_kabupaten_of_its_province_alone_or_of_nowhere(store, settle, now):
    where = [["13.77"], ["13.71"], ["13"], [""], ["14.71"], ["13.77", "13.05"]]
    ids = [settle(number, now) for number in range(len(where))]
    for number, (article, regions) in enumerate(zip(ids, where, strict=True)):
        store.joins.put(article, b"p%d" % number, regions, now + number * timedelta(hours=1))
    pariaman, padang, province, nowhere, riau, both = ids
    assert near(store, ["13.77"], now, now + DAY) == [both, nowhere, province, pariaman]
    assert near(store, ["13"], now, now + DAY) == [both, nowhere, province, padang, pariaman]
    assert near(store, ["14.71"], now, now + DAY) == [riau, nowhere]
    assert near(store, [""], now, now + DAY) == [both, riau, nowhere, province, padang, pariaman]
    assert near(store, ["13.77", "13.05"], now, now + DAY, limit=1) == [both]
    assert near(store, ["13.77"], now + 4 * timedelta(hours=1), now + DAY) == [both]


def test_a_profile_put_again_is_looked_for_in_its_new_place_only(store, settle, now):
    article = settle(1, now)
    store.joins.put(article, b"old", ["13.77"], now)
    store.joins.put(article, b"new", ["13.05"], now + DAY)
    assert near(store, ["13.77"], now, now + 2 * DAY) == []
    (kept,) = store.joins.near(["13.05"], now, now + 2 * DAY, 5)
    assert (kept.article_id, kept.incident_id, kept.profile) == (article, None, b"new")
    assert store.joins.of([article, 999]) == [kept]


def test_the_last_word_of_a_person_on_a_pair_counts_whoever_is_named_first(store, settle, now):
    one, other, third = (settle(number, now) for number in range(3))
    store.joins.link([PersonsLink(other, one, False, now, "sari", "dua posko")])
    store.joins.link([PersonsLink(one, other, True, now + DAY, "budi"), PersonsLink(one, third, False, now, "budi")])
    assert store.joins.links_of([one, other]) == [PersonsLink(one, other, True, now + DAY, "budi")]
    assert [link.other_id for link in store.joins.links_of([one, other, third])] == [other, third]
    assert store.joins.links_of([one]) == []


def test_when_the_first_of_some_was_flagged_is_told(store, settle, now):
    quiet, first, later = (settle(number, now) for number in range(3))
    store.assessments.save(quiet, 1, judged(flagged=False), now)
    store.assessments.save(later, 1, judged(), now + 2 * DAY)
    store.assessments.save(first, 1, judged(), now + DAY)
    assert store.joins.first_flagged([quiet, first, later]) == now + DAY
    assert store.joins.first_flagged([quiet]) is None
    assert store.joins.first_flagged([]) is None


@pytest.mark.parametrize("regions", [["13.77"], ["13"], [""]], ids=["kabupaten", "province", "nowhere"])
def test_what_is_near_is_found_by_region_and_moment_without_a_walk_through_all(store, engine, now, regions):
    if engine != "sqlite":
        return  # an empty table is read whole by the other engine's planner, whatever indexes it has
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    event.listen(store._database.engine, "before_cursor_execute", note)
    store.joins.near(regions, now, now + DAY, 10)
    event.remove(store._database.engine, "before_cursor_execute", note)
    statement, parameters = next(one for one in asked if "join_regions" in one[0])
    with store._database.read() as connection:
        plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert not [step for step in plan if step.startswith("SCAN join_regions")]
    if regions == ["13.77"]:
        assert "SEARCH join_regions USING PRIMARY KEY (region=? AND moment>? AND moment<?)" in plan
