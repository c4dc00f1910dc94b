"""Labels, the queue that hands texts out, and what training gets of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import InputError, UnknownItemError
from data.outcomes import Outcome
from data.records import (
    Assessment,
    AuditDraw,
    AuditRound,
    DriftFinding,
    DriftLook,
    Incident,
    IncidentStatus,
    Label,
    LabelTask,
    Modality,
    PageRef,
    Review,
    Urgency,
)


@pytest.fixture
def prints(store, now, piece):
    """Return what lets the outlet print (or revise) an article; it returns the article's id."""

    def printing(path, title=None, at=None):
        url = f"https://kabar.example/{path}"
        article = piece(url, title or f"Berita {path}", f"Isi berita {path} {title or ''} yang lain dari yang lain.")
        ref = PageRef(url, url, "kabar", "feed")
        run = f"run-{path}-{title}"
        return store.settle(run, ref, None, Outcome.FETCHED, article, at or now).article_id

    return printing


@pytest.fixture
def label(now):
    """Return what makes a label; ``minutes`` after the beginning."""

    def making(article_id, who, *signals, minutes=0, **fields):
        given = {"revision": 1, "modality": Modality.KEJADIAN} | fields
        return Label(article_id, given.pop("revision"), who, now + timedelta(minutes=minutes), tuple(signals), **given)

    return making


@pytest.fixture
def task(now):
    def making(article_id, **fields):
        return LabelTask(article_id, 1, "ragu", "skor tanda 0,50", 0.9, now, **fields)

    return making


def assessment(*signals, modality=Modality.KEJADIAN, flagged=True, negasi=False):
    return Assessment(
        signals=dict.fromkeys(signals, 0.9),
        flagged_signals=signals,
        modality=modality,
        severity=2,
        severity_points=(),
        urgency=Urgency.P3,
        flagged=flagged,
        flag_score=0.9,
        places=(),
        evidence=(),
        model_version="m",
        rules_version="r",
        negasi=negasi,
    )


def incident(now, **fields):
    given = {
        "id": 0, "title": "Kejadian", "signals": ("perusakan",), "modality": Modality.KEJADIAN, "severity": 2,
        "urgency": Urgency.P3, "status": IncidentStatus.BELUM_DITINJAU, "places": (), "opened_at": now,
        "first_seen": now, "last_seen": now, "event_time": None, "article_ids": (), "spread": 1,
        "independent_sources": 1, "best_tier": 2,
    }  # fmt: skip
    return Incident(**given | fields)


def test_a_label_comes_back_as_it_was_given(store, prints, label):
    number = prints("a")
    given = label(number, "Sari", "perusakan", optional=("konflik_massa",), severity=3, negasi=True, note="=1+1")
    store.labels.add(given)
    assert store.labels.of_article(number) == [given]
    assert store.labels.count() == 1
    assert store.labels.labelled() == {number}


def test_labels_are_appended_and_the_last_word_of_a_person_counts(store, prints, label):
    number = prints("a")
    store.labels.add(label(number, "sari", "politik_uang"))
    store.labels.add(label(number, "Sari", "perusakan", minutes=3))
    assert [one.signals for one in store.labels.of_article(number)] == [("politik_uang",), ("perusakan",)]
    [example] = store.labels.examples()
    assert (example.signals, example.persons, example.basis) == (("perusakan",), 1, "single")


def test_a_label_of_what_is_not_there_is_refused(store, prints, label):
    number = prints("a")
    for wrong in (label(number, "sari", revision=2), label(number + 1, "sari")):
        with pytest.raises(UnknownItemError, match="see kentongan label queue"):
            store.labels.add(wrong)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"optional": ("perusakan",)}, "perusakan cannot be asserted and optional at once"),
        ({"modality": Modality.TIDAK_RELEVAN}, "perusakan cannot stand beside tidak_relevan"),
        ({"severity": 5}, "severity 5 is not from 0 to 4"),
        ({"annotator": " "}, "a person's name has 1 to 80 letters"),
    ],
)
def test_a_label_that_contradicts_itself_is_refused_and_not_kept(store, prints, label, fields, why):
    number = prints("a")
    with pytest.raises(InputError, match=why):
        store.labels.add(replace(label(number, "sari", "perusakan"), **fields))
    assert store.labels.count() == 0


def test_training_gets_what_is_decided_with_its_text(store, prints, label, now):
    agreed, single, disputed, decided = (prints(name) for name in "abcd")
    store.labels.add(label(agreed, "sari", "perusakan", minutes=1))
    store.labels.add(label(agreed, "budi", "perusakan", minutes=2))
    store.labels.add(label(single, "sari", "politik_uang", minutes=3))
    for number, minutes in ((disputed, 4), (decided, 6)):
        store.labels.add(label(number, "sari", "perusakan", minutes=minutes))
        store.labels.add(label(number, "budi", minutes=minutes + 1, modality=Modality.OPINI))
    store.labels.add(label(decided, "tono", "sara_kebencian", kind="adjudication", minutes=9))
    found = store.labels.examples()
    assert [(one.article_id, one.basis, one.persons, one.signals) for one in found] == [
        (agreed, "agreement", 2, ("perusakan",)),
        (single, "single", 1, ("politik_uang",)),
        (decided, "adjudication", 3, ("sara_kebencian",)),
    ]
    assert (found[0].title, found[0].source_id, found[0].at) == ("Berita a", "kabar", now + timedelta(minutes=2))
    assert [one.article_id for one in store.labels.conflicts()] == [disputed]
    assert [one.article_id for one in store.labels.examples(now + timedelta(minutes=3))] == [single, decided]


def test_an_example_has_the_text_that_was_labelled(store, prints, label, now):
    number = prints("a", "Judul lama")
    store.labels.add(label(number, "sari", "perusakan"))
    prints("a", "Judul baru", now + timedelta(hours=1))
    assert store.articles.get(number).revision == 2
    [example] = store.labels.examples()
    assert (example.title, example.revision) == ("Judul lama", 1)
    store.labels.add(label(number, "sari", "politik_uang", revision=2, minutes=90))
    [example] = store.labels.examples()
    assert (example.title, example.revision, example.signals) == ("Judul baru", 2, ("politik_uang",))


def test_only_a_third_person_adjudicates_and_only_a_dispute(store, prints, label):
    number = prints("a")
    verdict = label(number, "tono", "perusakan", kind="adjudication")
    with pytest.raises(InputError, match=f"nothing is in dispute about article {number}"):
        store.labels.add(verdict)
    store.labels.add(label(number, "sari", "perusakan"))
    store.labels.add(label(number, "budi", "politik_uang"))
    with pytest.raises(InputError, match='"SARI" has labelled this article; a third person decides'):
        store.labels.add(replace(verdict, annotator="SARI"))
    store.labels.add(verdict)
    assert store.labels.conflicts() == []


def test_a_review_that_corrects_a_label_is_an_example_and_a_verdict_is_none(store, prints, now):
    corrected, judged = prints("a"), prints("b")
    for number in (corrected, judged):
        store.assessments.save(number, 1, assessment("perusakan", negasi=True), now)
    opened = store.incidents.open(incident(now), [corrected, judged], now)
    review = Review(opened.id, "rina", now + timedelta(minutes=5), article_id=corrected, modality=Modality.DUGAAN)
    store.reviews.add(review)
    store.reviews.add(Review(opened.id, "rina", now, verdict=IncidentStatus.BUKAN_ANCAMAN, article_id=judged))
    store.reviews.add(Review(opened.id, "rina", now, severity=4, article_id=judged))
    [example] = store.labels.examples()
    # The signals were seen and left standing.
    assert (example.article_id, example.modality, example.signals) == (corrected, Modality.DUGAAN, ("perusakan",))
    assert (example.negasi, example.severity, example.at) == (True, None, now + timedelta(minutes=5))
    assert store.labels.labelled() == {corrected}


def test_a_review_and_a_label_that_differ_are_a_dispute(store, prints, label, now):
    number = prints("a")
    store.assessments.save(number, 1, assessment("perusakan"), now)
    opened = store.incidents.open(incident(now), [number], now)
    store.reviews.add(Review(opened.id, "rina", now, article_id=number, modality=Modality.TIDAK_RELEVAN))
    assert store.labels.examples()[0].signals == ()
    store.labels.add(label(number, "sari", "perusakan", minutes=1))
    [conflict] = store.labels.conflicts()
    assert [one.annotator for one in conflict.resolution.labels] == ["rina", "sari"]
    with pytest.raises(InputError, match='"Rina" has labelled this article'):
        store.labels.add(label(number, "Rina", kind="adjudication"))


def test_a_review_is_of_the_revision_that_was_there_to_see(store, prints, now):
    number = prints("a", "Judul lama")
    store.assessments.save(number, 1, assessment("perusakan"), now)
    opened = store.incidents.open(incident(now), [number], now)
    prints("a", "Judul baru", now + timedelta(hours=2))
    at = now + timedelta(hours=1)
    store.reviews.add(Review(opened.id, "rina", at, article_id=number, signals=("politik_uang",)))
    [example] = store.labels.examples()
    assert (example.title, example.signals) == ("Judul lama", ("politik_uang",))


def test_each_person_is_shown_each_text_once(store, prints, label, task, now):
    ids = [prints(name) for name in "abc"]
    assert store.label_tasks.add([task(number) for number in ids]) == 3
    assert store.label_tasks.add([task(number) for number in ids]) == 0
    seen = []
    while (shown := store.label_tasks.next("sari", now)) is not None:
        assert store.label_tasks.next("SARI", now) == shown, "the same one until it is answered"
        assert store.label_tasks.shown("sari") == shown
        seen.append(shown.article_id)
        if len(seen) == 1:
            store.label_tasks.skip(shown, "sari", now)
        else:
            store.labels.add(label(shown.article_id, "sari"))
    assert sorted(seen) == ids
    assert store.label_tasks.shown("sari") is None
    assert len(store.label_tasks.queue("sari")) == 0
    assert len(store.label_tasks.queue("budi")) == 3


def test_a_text_leaves_the_queue_when_enough_persons_have_labelled_it(store, prints, label, task, now):
    number = prints("a")
    store.label_tasks.add([task(number, wanted=2)])
    states = []
    for who in ("sari", "budi"):
        states += [one.state for one in store.label_tasks.queue()]
        store.labels.add(label(number, who, who))
    assert states == ["open", "begun"]
    assert store.label_tasks.queue() == []
    assert [one.state for one in store.label_tasks.all()] == ["done"]
    assert store.label_tasks.next("tono", now) is None


def test_the_queue_knows_nothing_of_what_others_said(store, prints, label, task, now):
    number = prints("a")
    store.label_tasks.add([task(number)])
    before = store.label_tasks.next("budi", now)
    store.labels.add(label(number, "sari", "sara_kebencian", note="rahasia"))
    queued = store.label_tasks.queue("budi")
    assert store.label_tasks.next("budi", now) == before
    assert [(one.task, one.persons) for one in queued] == [(before, 1)]
    assert "sara_kebencian" not in repr(queued)
    assert "rahasia" not in repr(queued)
    assert "sari" not in repr(queued)


def test_the_last_place_of_a_text_is_not_given_to_two_at_once(store, prints, task, now):
    number = prints("a")
    store.label_tasks.add([task(number, wanted=1)])
    assert store.label_tasks.next("sari", now) is not None
    assert store.label_tasks.next("budi", now) is None
    # Whoever leaves it on the screen for half an hour loses it.
    assert store.label_tasks.next("budi", now + timedelta(minutes=31)) is not None


def test_begun_texts_come_first(store, prints, label, task, now):
    ids = [prints(name) for name in "abcdef"]
    store.label_tasks.add([task(number) for number in ids])
    begun = store.label_tasks.queue()[-1].task.article_id
    store.labels.add(label(begun, "sari"))
    assert store.label_tasks.next("budi", now).article_id == begun


def test_the_frame_of_the_audit_holds_each_unflagged_article_once(store, prints, now):
    quiet, loud, late, gone = (prints(name) for name in ("a", "b", "c", "d"))
    store.assessments.save(quiet, 1, assessment(flagged=False), now)
    store.assessments.save(loud, 1, assessment("perusakan"), now)
    store.assessments.save(late, 1, assessment(flagged=False), now + timedelta(days=2))
    store.assessments.save(gone, 1, assessment(flagged=False), now)
    url = "https://kabar.example/d"
    store.settle("gone", PageRef(url, url, "kabar", "feed"), None, Outcome.GONE, None, now)
    assert store.label_tasks.frame(None, now + timedelta(days=1)) == ([(quiet, 1)], 1)
    # Judged anew by another model: still in the frame in which it was first.
    store.assessments.save(quiet, 1, replace(assessment(flagged=False), model_version="n"), now + timedelta(days=2))
    assert store.label_tasks.frame(now + timedelta(days=1), now + timedelta(days=3)) == ([(late, 1)], 0)


def test_a_drawing_is_kept_with_its_chances(store, prints, task, now):
    first, copy = prints("a"), prints("b")
    one = AuditRound(0, now, None, now, frame=40, drawn=2, flagged=5, seed=2**40, model_version="m-1")
    draws = [AuditDraw(0, first, 1, 0.05, first, 1), AuditDraw(0, copy, 1, 0.05, first, 1)]
    number = store.label_tasks.open_round(one, [task(first)], draws)
    assert store.label_tasks.rounds() == [replace(one, id=number)]
    assert store.label_tasks.draws() == [replace(draw, round_id=number) for draw in draws]
    assert store.label_tasks.get(first) == task(first)
    assert store.label_tasks.articles() == {first}


def test_a_look_at_drift_comes_back_as_it_was_taken(store, now):
    finding = DriftFinding(
        "panjang_teks", "masukan", "psi", 0.31, 0.0004, True, (("<120", 0.5), (">=120", 0.5)), (("<120", 0.1), (">=120", 0.9)), 800, 100, "x"
    )  # fmt: skip
    look = DriftLook(now, now - timedelta(days=7), now, 8, "m-1", "kampanye", False, (finding,))
    calm = replace(look, at=now - timedelta(days=7), findings=(replace(finding, alarm=False, p_value=None),))
    store.drift.add(calm)
    store.drift.add(look)
    assert store.drift.recent() == [look, calm]
    assert [one.alarm for one in store.drift.recent()] == [True, False]
    assert store.drift.recent(limit=1) == [look]
