"""What is taken out of the store again, and what of it stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError, UnknownItemError
from data.outcomes import Outcome
from data.records import (
    Assessment,
    Incident,
    IncidentStatus,
    Label,
    Modality,
    Page,
    PageRef,
    Urgency,
)
from data.store.retention import ERASED_TITLE
from scrapers.warc import WarcLocation

URL = "https://kabar.example/posko"
OTHER = "https://kabar.example/lain"


@pytest.fixture
def put(store, piece):
    def one(url, now, title="Posko dibakar", text="Joko Sembung membakar posko di pasar.", *, warc=None, run="r1"):
        page = Page(url, url, "kabar", now, Outcome.FETCHED, 200)
        article = piece(url, title, text, author="Budi", tags=("posko",))
        settled = store.settle(run, PageRef(url, url, "kabar", "feed"), page, Outcome.FETCHED, article, now, warc=warc)
        return settled.article_id

    return one


def judged(store, number, now):
    assessment = Assessment(
        signals={"perusakan": 0.9},
        flagged_signals=("perusakan",),
        modality=Modality.KEJADIAN,
        severity=3,
        severity_points=(),
        urgency=Urgency.P1,
        flagged=True,
        flag_score=0.9,
        places=(),
        evidence=(),
        model_version="m1",
        rules_version="r1",
    )
    store.assessments.save(number, 1, assessment, now)


def opened(store, number, now, title="Posko dibakar"):
    incident = Incident(
        id=0, title=title, signals=("perusakan",), modality=Modality.KEJADIAN, severity=3, urgency=Urgency.P1,
        status=IncidentStatus.BELUM_DITINJAU, places=(), opened_at=now, first_seen=now, last_seen=now,
        event_time=None, article_ids=(), spread=1, independent_sources=1, best_tier=3, best_article_id=number,
    )  # fmt: skip
    return store.incidents.open(incident, [number], now)


def test_an_old_text_goes_and_title_assessment_and_incident_stay(store, put, now):
    number = put(URL, now)
    judged(store, number, now)
    incident = opened(store, number, now)
    later = now + timedelta(days=100)
    assert store.retention.old_texts(later, 10) == [number]
    assert store.retention.count_old_texts(later) == (1, 0)
    store.retention.blank([number])
    kept = store.articles.get(number)
    assert (kept.article.title, kept.article.text) == ("Posko dibakar", "")
    assert store.assessments.of(number).severity == 3
    assert store.incidents.get(incident.id).title == "Posko dibakar"
    assert store.articles.search("sembung") == []
    assert [one.id for one in store.articles.search("posko")] == [number]
    assert store.retention.old_texts(later, 10) == []
    assert store.integrity_check() == []


def test_what_is_left_without_its_text_is_never_judged_anew(store, put, now):
    number = put(URL, now)
    judged(store, number, now)
    store.retention.blank([number])
    assert store.articles.to_assess(10) == []
    assert store.articles.to_rescore("m2", "r2", 10) == []
    assert store.articles.count_to_rescore("m2", "r2") == 0


def test_a_young_text_stays_and_so_does_one_that_was_revised_lately(store, put, piece, now):
    number = put(URL, now)
    put(OTHER, now + timedelta(days=90), title="Pasar ramai")
    revised = piece(URL, "Posko dibakar", "Posko dibakar, pelaku diperiksa polisi hari ini.")
    ref, later = PageRef(URL, URL, "kabar", "recheck"), now + timedelta(days=90)
    page = Page(URL, URL, "kabar", later, Outcome.FETCHED, 200)
    store.settle("r2", ref, page, Outcome.FETCHED, revised, later)
    assert store.retention.old_texts(now + timedelta(days=60), 10) == []
    assert store.retention.old_texts(now + timedelta(days=91), 10)[0] == number


def test_a_text_that_was_labelled_stays_for_the_model_to_learn_from(store, put, now):
    number = put(URL, now)
    store.labels.add(Label(number, 1, "sari", now, ("perusakan",), Modality.KEJADIAN))
    assert store.retention.old_texts(now + timedelta(days=100), 10) == []
    assert store.retention.count_old_texts(now + timedelta(days=100)) == (0, 1)


def test_an_erased_article_leaves_no_word_and_its_address_is_not_read_again(store, put, piece, now):
    number = put(URL, now, warc=WarcLocation("a.warc.gz", 120))
    judged(store, number, now)
    incident = opened(store, number, now)
    store.incidents.update(replace(store.incidents.get(incident.id), title="Kebakaran posko"), now, "mesin")
    store.signatures.put(number, b"sidik", [1, 2, 3])
    erased = store.retention.erase(number, "sari", now)
    assert (erased.names, erased.revisions, erased.incident_ids) == (1, 1, (incident.id,))
    assert [(page.file, page.offset) for page in erased.pages] == [("a.warc.gz", 120)]
    kept = store.articles.get(number).article
    assert (kept.title, kept.text, kept.author, kept.section, kept.tags) == (ERASED_TITLE, "", None, None, ())
    assert URL not in (kept.url, kept.canonical_url)
    assert store.articles.search("posko") == store.articles.search("sembung") == []
    assert store.signatures.of(number) is None
    assert not store.frontier.known(URL)
    assert store.pages.of_url(URL) == []
    assert "Posko dibakar" not in str(store.incidents.history(incident.id))
    assert store.assessments.of(number).severity == 3
    assert store.retention.is_erased(URL)
    assert store.integrity_check() == []

    ref = PageRef(URL, URL, "kabar", "feed")
    assert store.frontier.offer([ref], now) == {URL: True}
    assert store.frontier.due("kabar", now, 10) == []
    page = Page(URL, URL, "kabar", now, Outcome.FETCHED, 200)
    again = store.settle("r9", ref, page, Outcome.FETCHED, piece(URL), now)
    assert again.outcome is Outcome.KNOWN
    assert store.articles.count() == 1


def test_the_title_of_an_incident_goes_where_it_is_that_of_the_erased_article(store, put, now):
    number = put(URL, now)
    incident = opened(store, number, now)
    store.retention.erase(number, "sari", now)
    assert store.incidents.get(incident.id).title == ERASED_TITLE


def test_another_article_keeps_its_words_when_one_is_erased(store, put, now):
    number, other = put(URL, now), put(OTHER, now, "Posko lain", "Posko lain dijaga warga.")
    store.retention.erase(number, "sari", now)
    assert [one.id for one in store.articles.search("posko")] == [other]


def test_what_was_erased_cannot_be_erased_twice_and_what_is_not_there_not_at_all(store, put, now):
    number = put(URL, now)
    store.retention.erase(number, "sari", now)
    with pytest.raises(ConflictError, match="sari"):
        store.retention.erase(number, "dewi", now)
    with pytest.raises(UnknownItemError):
        store.retention.erase(999, "dewi", now)


def test_an_erasure_that_fails_in_between_takes_nothing_out(store, put, now):
    number = put(URL, now)

    def erased_and_failed():
        with store.transaction():
            store.retention.erase(number, "sari", now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        erased_and_failed()
    assert store.articles.get(number).article.text == "Joko Sembung membakar posko di pasar."
    assert store.frontier.known(URL)
    assert [one.id for one in store.articles.search("sembung")] == [number]


def test_the_beginning_of_the_log_is_cut_by_rule_and_the_rest_still_holds_together(store, now):
    for day in range(4):
        store.audit.add("sari", "teks_dibaca", f"artikel/{day}", now + timedelta(days=day))
    assert store.retention.cut_log(now + timedelta(days=2), "retensi", now + timedelta(days=9)) == 2
    assert [one.subject for one in store.audit.entries()] == ["audit", "artikel/3", "artikel/2"]
    assert store.audit.problems() == []
    store.audit.add("sari", "teks_dibaca", "artikel/9", now + timedelta(days=10))
    assert store.retention.cut_log(now + timedelta(days=4), "retensi", now + timedelta(days=11)) == 2
    assert store.audit.problems() == []
    assert store.retention.cut_log(now, "retensi", now + timedelta(days=12)) == 0


def test_what_is_cut_off_the_log_by_anybody_else_shows(store, now):
    for day in range(4):
        store.audit.add("sari", "teks_dibaca", f"artikel/{day}", now + timedelta(days=day))
    store.retention.cut_log(now + timedelta(days=1), "retensi", now)
    from sqlalchemy import delete

    from data.store.desk_tables import audit_entries

    with store._database.write() as connection:
        connection.execute(delete(audit_entries).where(audit_entries.c.id == 2))
    assert store.audit.problems() == ["entry 3 does not follow entry 1: one was removed or put in"]


def test_a_setting_can_be_set_back_to_what_was_installed(store, now):
    store.desk_settings.put("kantor", {"nama": "Desk Pariaman"}, "sari", now, "nama baru")
    store.desk_settings.put("kantor", None, "sari", now, "kembali")
    assert store.desk_settings.get("kantor", "bawaan") == "bawaan"
    assert [one.value for one in store.desk_settings.history("kantor")] == [None, {"nama": "Desk Pariaman"}]
