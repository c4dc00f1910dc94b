"""Assessments, signatures, runs, leases, politeness: what is put in comes back, and is found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import LeaseError, UnknownItemError
from data.outcomes import Outcome
from data.records import (
    Assessment,
    EventTime,
    Evidence,
    Modality,
    PageRef,
    Place,
    PlaceRole,
    RobotsRecord,
    SourceState,
    Tally,
    Urgency,
)


def assessment(now, *, flagged=True, model="m1", rules="r1"):
    return Assessment(
        signals={"konflik_massa": 0.91, "kekerasan": 0.4},
        flagged_signals=("konflik_massa",) if flagged else (),
        modality=Modality.KEJADIAN,
        severity=3,
        severity_points=(("ada korban luka", 2),),
        urgency=Urgency.P2,
        flagged=flagged,
        flag_score=0.875,
        places=(Place("13.77", "Kota Pariaman", PlaceRole.KEJADIAN, "title", 0, 8, 0.95, (("13.05", 0.05),)),),
        evidence=(Evidence("konflik_massa", "text", 3, 10, -1.25, "kata “bentrok”"),),
        model_version=model,
        rules_version=rules,
        event_time=EventTime(now, now + timedelta(hours=1), "text", 0, 4),
    )


@pytest.fixture
def settle(store, now, piece):
    def one(number, *, at=now, run="r", text=None):
        url = f"https://kabar.example/{number}"
        article = piece(url, f"Berita {number}", text or f"Isi berita nomor {number}.")
        return store.settle(f"{run}", PageRef(url, url, "kabar", "feed"), None, Outcome.FETCHED, article, at).article_id

    return one


def test_an_assessment_comes_back_as_it_was_made(store, settle, now):
    number = settle(1)
    made = assessment(now)
    store.assessments.save(number, 1, made, now)
    assert store.assessments.of(number) == made
    assert store.assessments.of(number, 1) == made
    assert store.assessments.of(number, 2) is None


def test_every_version_of_model_and_rules_keeps_its_own_assessment(store, settle, now):
    number = settle(1)
    made = [assessment(now, model=model, rules=rules) for model, rules in (("m1", "r1"), ("m1", "r2"), ("m2", "r2"))]
    for hours, one in enumerate(made):
        store.assessments.save(number, 1, one, now + timedelta(hours=hours))
    assert [judged.assessment for judged in store.assessments.history(number)] == made
    assert store.assessments.of(number) == made[2]
    store.assessments.save(number, 1, replace(made[0], severity=1), now + timedelta(days=1))
    assert len(store.assessments.history(number)) == 3
    assert store.assessments.of(number).severity == 1


def test_articles_wait_until_something_has_judged_them(store, settle, now):
    old, new = settle(1), settle(2, at=now + timedelta(minutes=1))
    assert [found.id for found in store.articles.to_assess(10)] == [old, new]
    store.assessments.save(old, 1, assessment(now), now)
    assert [found.id for found in store.articles.to_assess(10)] == [new]


def test_what_other_versions_have_judged_waits_the_last_seen_first(store, settle, now):
    numbers = [settle(number, at=now + timedelta(minutes=number)) for number in range(1, 6)]
    by = [("m1", "r1"), ("m2", "r1"), ("m1", "r2"), ("m2", "r2")]  # the fifth is new: no re-scoring of it
    for number, (model, rules) in zip(numbers, by, strict=False):
        store.assessments.save(number, 1, assessment(now, model=model, rules=rules), now)
    one, two, three, four, _ = numbers
    assert [found.id for found in store.articles.to_rescore("m2", "r2", 10)] == [three, two, one]
    assert [found.id for found in store.articles.to_rescore("m1", "r1", 2)] == [four, three]
    assert [found.id for found in store.articles.to_rescore("m3", "r3", 10)] == [four, three, two, one]
    assert store.articles.count_to_rescore("m2", "r2") == 3
    store.assessments.save(three, 1, assessment(now, model="m2", rules="r2"), now)
    assert [found.id for found in store.articles.to_rescore("m2", "r2", 10)] == [two, one]


def test_an_assessment_kept_beside_does_not_stand(store, settle, now):
    number = settle(1)
    old, new = assessment(now), assessment(now, flagged=False, model="m2")
    store.assessments.save(number, 1, old, now)
    store.assessments.save(number, 1, new, now + timedelta(hours=1), beside=True)
    assert store.assessments.of(number) == store.assessments.of(number, 1) == old
    assert [(judged.assessment, judged.stood_at) for judged in store.assessments.history(number)] == [
        (old, now),
        (new, None),
    ]
    assert store.articles.to_rescore("m2", "r1", 10) == []
    # Back to the first model: what stood goes on standing.
    store.assessments.save(number, 1, old, now + timedelta(hours=2), beside=True)
    assert store.assessments.of(number) == old
    assert store.articles.to_rescore("m1", "r1", 10) == []


def test_an_assessment_that_is_made_again_keeps_its_time_and_stands(store, settle, now):
    number = settle(1)
    old, new = assessment(now), assessment(now, flagged=False, model="m2")
    for hours, one in enumerate((old, new, old)):
        store.assessments.save(number, 1, one, now + timedelta(hours=hours))
    assert store.assessments.of(number) == old
    assert [(judged.assessment, judged.at) for judged in store.assessments.history(number)] == [
        (old, now),
        (new, now + timedelta(hours=1)),
    ]


def test_a_new_revision_waits_to_be_judged_again(store, settle, now):
    number = settle(1)
    store.assessments.save(number, 1, assessment(now), now)
    settle(1, run="later", text="Isi yang disunting.")
    assert [(found.id, found.revision) for found in store.articles.to_assess(10)] == [(number, 2)]
    assert store.assessments.of(number) is None
    assert store.assessments.of(number, 1) is not None


def test_judging_a_former_revision_does_not_settle_the_present_one(store, settle, now):
    number = settle(1)
    settle(1, run="later", text="Isi yang disunting.")
    store.assessments.save(number, 1, assessment(now), now)
    assert len(store.articles.to_assess(10)) == 1


def test_a_flagged_article_is_looked_at_more_often(store, settle, now):
    number = settle(1)
    later = now + timedelta(days=10)
    for hours in (1, 6, 24, 168):
        settle(1, at=now + timedelta(hours=hours), run=f"look-{hours}")
    assert store.frontier.due("kabar", later, 10) == []
    store.assessments.save(number, 1, assessment(now), later)
    assert store.frontier.due("kabar", later, 10) == []
    due = store.frontier.due("kabar", later + timedelta(hours=1), 10)
    assert [(ref.canonical_url, ref.found_by) for ref in due] == [("https://kabar.example/1", "recheck")]


def test_an_old_article_that_is_flagged_only_now_is_left_in_peace(store, settle, now):
    number = settle(1)
    later = now + timedelta(days=40)
    for hours in (1, 6, 24, 168):
        settle(1, at=now + timedelta(hours=hours), run=f"look-{hours}")
    store.assessments.save(number, 1, assessment(now), later)
    assert store.frontier.due("kabar", later + timedelta(days=7), 10) == []


def test_an_assessment_of_no_article_is_refused(store, now):
    with pytest.raises(UnknownItemError, match='no such article revision "5/1"'):
        store.assessments.save(5, 1, assessment(now), now)


def test_flagged_assessments_are_found_since_a_time(store, settle, now):
    one, two = settle(1), settle(2)
    store.assessments.save(one, 1, assessment(now), now)
    store.assessments.save(two, 1, assessment(now, flagged=False), now)
    assert [judged.article_id for judged in store.assessments.flagged(now)] == [one]
    assert store.assessments.flagged(now + timedelta(seconds=1)) == []


def test_signatures_are_found_by_a_band_in_the_same_place(store, settle):
    one, two, three = settle(1), settle(2), settle(3)
    low, high = -(2**63), 2**63 - 1
    store.signatures.put(one, b"\x00one", [low, 5, 7])
    store.signatures.put(two, b"two", [9, 5, 7])
    store.signatures.put(three, b"three", [5, low, high])
    assert store.signatures.sharing([low, 5, 8]) == [(one, b"\x00one"), (two, b"two")]
    assert store.signatures.sharing([low, 5, 8], exclude=one) == [(two, b"two")]
    assert store.signatures.sharing([1, 1, high]) == [(three, b"three")]
    assert store.signatures.sharing([]) == []


def test_a_new_signature_takes_the_place_of_the_old_one(store, settle):
    number = settle(1)
    store.signatures.put(number, b"old", [1, 2])
    store.signatures.put(number, b"", [])
    assert (store.signatures.of(number), store.signatures.sharing([1, 2])) == (b"", [])


def test_a_run_begins_and_ends(store, now):
    run_id = store.runs.start("crawl", now)
    assert run_id.startswith("20261126T030000Z-")
    assert store.runs.get(run_id).state == "running"
    store.runs.finish(run_id, now + timedelta(minutes=1), "failed", "cakram penuh")
    run = store.runs.recent("crawl", 5)[0]
    assert (run.id, run.state, run.error, run.ended_at) == (
        run_id,
        "failed",
        "cakram penuh",
        now + timedelta(minutes=1),
    )
    assert store.runs.recent("assess", 5) == []


def test_a_run_that_never_began_cannot_end(store, now):
    with pytest.raises(UnknownItemError, match='no such run "x"'):
        store.runs.finish("x", now, "done")


def test_runs_of_dead_processes_are_abandoned(store, now):
    alive, dead = store.runs.start("crawl", now), store.runs.start("crawl", now + timedelta(seconds=1))
    store.runs.finish(store.runs.start("crawl", now), now, "done")
    holder = store.runs.get(alive).holder
    asked = []

    def is_dead(name):
        asked.append(name)
        return len(asked) == 2

    assert [run.id for run in store.runs.abandoned(is_dead)] == [dead]
    assert asked == [holder, holder]


def test_the_holder_of_a_run_is_this_process_as_flows_name_it(store, now):
    from flows.holders import this_holder

    assert store.runs.get(store.runs.start("crawl", now)).holder == this_holder()


def test_tallies_come_back_by_run_and_by_source(store, now):
    run_id = store.runs.start("crawl", now)
    early, late = store.runs.start("crawl", now), store.runs.start("crawl", now)
    tally = Tally(
        run_id,
        "kabar",
        now,
        now + timedelta(minutes=2),
        3,
        {Outcome.BARU: 2, Outcome.GONE: 1},
        {"page": 3, "feed": 1},
        requests_not_modified=1,
        wire_bytes=5_000_000_000,
        error="",
    )
    older = replace(tally, run_id=early, ended_at=now - timedelta(days=1))
    for one in (tally, older, replace(tally, run_id=late, source_id="lain")):
        store.runs.save_tally(one)
    store.runs.save_tally(tally)
    assert store.runs.tallies(run_id) == [tally]
    assert store.runs.tallies_of("kabar", since=now - timedelta(days=2)) == [tally, older]
    assert store.runs.tallies_of("kabar", since=now) == [tally]


def test_a_tally_of_no_run_is_refused(store, now):
    with pytest.raises(UnknownItemError, match='no such run "x"; start it first'):
        store.runs.save_tally(Tally("x", "kabar", now, now, 0, {}, {}))


def test_a_source_never_seen_is_due_now(store):
    assert store.sources.state("kabar") == SourceState("kabar", enabled=True, poll_minutes=15.0)


def test_a_source_state_comes_back_as_it_was_saved(store, now):
    state = SourceState("kabar", False, 7.5, now, now, None, now, now, 3, now, "DNS: tidak ada")
    store.sources.save(state)
    store.sources.save(replace(state, failures=4))
    assert store.sources.state("kabar") == replace(state, failures=4)
    assert store.sources.all() == [replace(state, failures=4)]


def test_a_lease_is_held_by_one_until_it_ends(store, now):
    ttl = timedelta(minutes=10)
    store.leases.acquire("source:kabar", "a", now, ttl)
    store.leases.acquire("source:kabar", "a", now, ttl)
    with pytest.raises(LeaseError, match="being done by a until 2026-11-26 03:10:00 UTC"):
        store.leases.acquire("source:kabar", "b", now + timedelta(minutes=9), ttl)
    store.leases.renew("source:kabar", "a", now + timedelta(minutes=9), ttl)
    store.leases.acquire("source:kabar", "b", now + timedelta(minutes=19), ttl)
    with pytest.raises(LeaseError):
        store.leases.renew("source:kabar", "a", now + timedelta(minutes=19), ttl)
    store.leases.release("source:kabar", "a")
    assert store.leases.held(now + timedelta(minutes=20)) == {"source:kabar": ("b", now + timedelta(minutes=29))}
    store.leases.release("source:kabar", "b")
    store.leases.acquire("source:kabar", "a", now + timedelta(minutes=20), ttl)


def test_robots_and_blocks_outlive_a_restart(store, now):
    record = RobotsRecord("https://kabar.example", now, 200, b"User-agent: *\nDisallow: /\xff")
    store.robots.put(replace(record, status=None, body=b""))
    store.robots.put(record)
    assert store.robots.get("https://kabar.example") == record
    assert store.robots.get("https://lain.example") is None
    store.hosts.block("kabar.example", now + timedelta(hours=1))
    store.hosts.block("kabar.example", now)
    assert store.hosts.blocked_until("kabar.example") == now
    assert store.hosts.blocked_until("lain.example") is None


def test_an_offered_url_is_new_once(store, now):
    refs = [
        PageRef(f"https://kabar.example/{n}", f"https://kabar.example/{n}", "kabar", "sitemap") for n in range(1200)
    ]
    first = store.frontier.offer(refs, now)
    assert (len(first), set(first.values())) == (1200, {False})
    assert set(store.frontier.offer(refs[:3], now).values()) == {True}
    assert store.frontier.count_due("kabar", now) == 1200
    assert store.frontier.count_due("lain", now) == 0


def test_the_newest_published_are_read_first(store, now):
    refs = [
        PageRef(f"https://kabar.example/{n}", f"https://kabar.example/{n}", "kabar", "feed", published=published)
        for n, published in enumerate([None, now - timedelta(hours=5), now - timedelta(hours=1)])
    ]
    store.frontier.offer(refs, now)
    assert [ref.canonical_url[-1] for ref in store.frontier.due("kabar", now, 10)] == ["2", "1", "0"]


def test_what_was_no_article_is_tried_again_when_offered_a_week_later(store, now):
    ref = PageRef("https://kabar.example/x", "https://kabar.example/x", "kabar", "feed")
    store.frontier.offer([ref], now)
    store.settle("r", ref, None, Outcome.NOT_ARTICLE, None, now)
    assert store.frontier.last_outcome("https://kabar.example/x") is Outcome.NOT_ARTICLE
    for days, due in ((6, 0), (7, 1)):
        store.frontier.offer([ref], now + timedelta(days=days))
        assert store.frontier.count_due("kabar", now + timedelta(days=days)) == due


def test_quarantined_pages_are_made_due_again_when_their_parser_was_mended(store, now):
    ref = PageRef("https://kabar.example/x", "https://kabar.example/x", "kabar", "feed")
    store.settle("r", ref, None, Outcome.QUARANTINED, None, now)
    assert [log.url for log in store.pages.quarantined()] == ["https://kabar.example/x"]
    assert store.frontier.reopen(Outcome.QUARANTINED, now, source_id="kabar") == 1
    assert store.frontier.count_due("kabar", now) == 1
