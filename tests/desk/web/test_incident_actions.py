"""What persons do with an incident beside deciding: read, comment, value, follow up, correct, alert; who may, and when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import ConflictError, InputError, UnknownItemError
from data.records import IncidentStatus as S
from data.records import Modality
from desk.actions.alerting import cancel_alert, raise_alert, update_alert
from desk.actions.commenting import comment
from desk.actions.correcting import CorrectTools, Labels, correct, name_means, standing, take_back
from desk.actions.deciding import UNDO_WITHIN, decide, version_of
from desk.actions.following import record_answer, record_outcome
from desk.actions.reading import read_text
from desk.actions.valuing import proposed, set_value
from desk.entry.guard import actor_of
from desk.permissions import ForbiddenError
from flows.joining import refreshed
from flows.publish import publish

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Incident
    from data.store import Store
    from desk.permissions import Actor


@pytest.fixture
def person(store: Store, add_user: Callable[..., Any]) -> Callable[..., Actor]:
    return lambda role="analis", name="", regions=(): actor_of(store, add_user(role, name, regions))


@pytest.fixture
def fire(newsdesk: Any) -> Incident:
    made: Incident = newsdesk.opens("Posko dibakar")
    return made


@pytest.fixture
def correcting(store: Store, tools: Any) -> CorrectTools:
    return CorrectTools(store, tools.gazetteer, tools.taxonomy, tools.publish.sources)


def audited(store: Store, action: str) -> list[Any]:
    return [entry.detail for entry in store.audit.entries(action=action)]


# Reading.


def test_a_text_is_logged_once_an_hour_for_each_reader(store: Store, person: Any, fire: Incident, clock: Any) -> None:
    rina, budi, article = person(), person(name="budi"), fire.article_ids[0]
    for who in (rina, rina, budi):
        assert read_text(store, who, fire.id, article, clock()).article.text.startswith("PARIAMAN")
        clock.forward(minutes=20)
    assert [entry.actor for entry in store.audit.entries(action="baca_teks")] == ["budi", "analis"]
    clock.forward(minutes=30)
    read_text(store, rina, fire.id, article, clock())
    assert len(store.audit.entries(subject=f"artikel/{article}")) == 3


def test_a_text_is_read_by_who_may_and_of_this_incident_and_region_only(
    store: Store, person: Any, fire: Incident, newsdesk: Any, clock: Any
) -> None:
    other = newsdesk.opens("Kantor lurah dirusak", code="32.01").article_ids[0]
    with pytest.raises(ForbiddenError):
        read_text(store, person("pengamat"), fire.id, fire.article_ids[0], clock())
    for who, article in ((person(), other), (person(name="jabar", regions=("32",)), fire.article_ids[0])):
        with pytest.raises(UnknownItemError):
            read_text(store, who, fire.id, article, clock())
    assert store.audit.entries(action="baca_teks") == []


# Comments.


def test_whoever_a_comment_names_is_told_unless_the_incident_is_not_theirs_or_they_wrote_it(
    store: Store, person: Any, fire: Incident, clock: Any
) -> None:
    rina, budi = person(name="rina"), person(name="budi.s")
    person(name="jabar", regions=("32",))
    text = "Tolong cek, @Budi.S. dan @rina @jabar @tidakada; surat ke budi@rina.example"
    _, told = comment(store, rina, fire.id, text, clock())
    assert [user.name for user in told] == ["budi.s"]
    (notice,) = store.notices.of_user(budi.user.id)
    assert (notice.kind, notice.incident_id) == ("sebutan", fire.id)
    assert notice.text == f"Rina: {text}"
    (kept,) = store.comments.of_incident(fire.id)
    assert (kept.text, kept.mentions) == (text, (budi.user.id, rina.user.id))
    assert audited(store, "komentar") == [{"komentar": kept.id, "sebutan": ["budi.s"]}]


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_a_comment_says_something_and_not_a_book(
    store: Store, person: Any, fire: Incident, clock: Any, text: str
) -> None:
    with pytest.raises(InputError):
        comment(store, person(), fire.id, text, clock())
    assert store.comments.count(fire.id) == 0


# After the decision.


@pytest.fixture
def handed(store: Store, person: Any, fire: Incident, clock: Any) -> Actor:
    """Hand the fire to the police and return who did."""
    vera: Actor = person("verifikator", "vera")
    for to in (S.VERIFIKASI, S.TERVERIFIKASI, S.DITINDAKLANJUTI):
        clock.forward(minutes=1)
        decide(store, vera, fire.id, to, clock(), seen=version_of(store, fire.id), recipient="Polres", letter="1/XI")
    return vera


def test_what_comes_back_is_recorded_and_of_two_at_once_the_second_is_told(
    store: Store, person: Any, fire: Incident, clock: Any, handed: Actor
) -> None:
    (sent,) = store.follow_ups.of_incident(fire.id)
    record_answer(store, handed, fire.id, sent.id, " Dua orang diperiksa. ", clock())
    with pytest.raises(ConflictError) as told:
        record_answer(store, person("ketua"), fire.id, sent.id, "Belum ada hasil", clock())
    assert told.value.by == "vera"
    record_answer(store, handed, fire.id, sent.id, "Tiga orang diperiksa.", clock(), seen="Dua orang diperiksa.")
    (kept,) = store.follow_ups.of_incident(fire.id)
    assert (kept.answer, kept.answered_by) == ("Tiga orang diperiksa.", "vera")
    assert audited(store, "jawaban_dicatat")[0]["sebelumnya"] == "Dua orang diperiksa."


def test_an_answer_is_of_this_incident_and_by_who_may_verify(
    store: Store, person: Any, fire: Incident, clock: Any, newsdesk: Any, handed: Actor
) -> None:
    (sent,) = store.follow_ups.of_incident(fire.id)
    other = newsdesk.opens("Lain").id
    with pytest.raises(UnknownItemError):
        record_answer(store, handed, other, sent.id, "Sudah", clock())
    with pytest.raises(ForbiddenError):
        record_answer(store, person(), fire.id, sent.id, "Sudah", clock())
    with pytest.raises(InputError):
        record_answer(store, handed, fire.id, sent.id, "  ", clock())


def test_the_outcome_is_one_of_three_and_the_last_one_counts(
    store: Store, person: Any, fire: Incident, clock: Any
) -> None:
    vera = person("verifikator")
    with pytest.raises(InputError):
        record_outcome(store, vera, fire.id, "entah", "", clock())
    record_outcome(store, vera, fire.id, "benar", "", clock())
    record_outcome(store, vera, fire.id, "sebagian", "korban satu, bukan dua", clock())
    assert [one.outcome for one in store.outcomes.of_incident(fire.id)] == ["benar", "sebagian"]
    assert store.outcomes.counted() == {"sebagian": 1}
    assert audited(store, "hasil_dicatat")[0] == {"hasil": "sebagian", "catatan": "korban satu, bukan dua"}


def test_the_press_alone_is_c3_and_more_than_that_says_why(
    store: Store, person: Any, fire: Incident, clock: Any
) -> None:
    assert proposed(fire) == "C3"
    rina = person()
    for source, content in (("B", "3"), ("C", "1"), ("G", "3"), ("C", "7"), ("", "")):
        with pytest.raises(InputError):
            set_value(store, rina, fire.id, source, content, "", clock())
    set_value(store, rina, fire.id, "c", "3", "", clock())
    set_value(store, rina, fire.id, "B", "2", "camat membenarkan lewat telepon", clock())
    assert [one.shown for one in store.information_values.of_incident(fire.id)] == ["C3", "B2"]
    assert audited(store, "nilai_informasi")[0] == {
        "nilai": "B2", "sebelumnya": "C3", "usulan": "C3", "catatan": "camat membenarkan lewat telepon",
    }  # fmt: skip


def test_two_independent_sources_or_a_persons_verification_make_it_b2(fire: Incident) -> None:
    assert proposed(replace(fire, independent_sources=2)) == "B2"
    assert proposed(replace(fire, status=S.TERVERIFIKASI)) == "B2"
    assert proposed(replace(fire, best_tier=4)) == "D6"


# Corrections.


def test_a_correction_keeps_what_differs_counts_in_the_incident_and_is_history(
    store: Store, person: Any, fire: Incident, clock: Any, correcting: CorrectTools
) -> None:
    article = fire.article_ids[0]
    assert standing(store, article) == Labels(("perusakan",), Modality.KEJADIAN, 3, ("13.77",))
    said = Labels(("perusakan", "kekerasan_intimidasi"), Modality.KEJADIAN, 4, ("13.77.01",))
    number = correct(
        correcting, person(), fire.id, article, said, "ada korban", clock(), seen=version_of(store, fire.id)
    )
    review = store.reviews.get(number)
    assert review is not None
    assert (review.verdict, review.modality, review.severity) == (None, None, 4)
    assert (set(review.signals or ()), review.place_codes) == ({"perusakan", "kekerasan_intimidasi"}, ("13.77.01",))
    now = store.incidents.get(fire.id)
    assert now is not None
    assert (now.severity, now.urgency.value, now.status) == (4, "P1", S.BELUM_DITINJAU)
    assert [place.code for place in now.places] == ["13.77.01"]
    assert set(now.signals) == {"perusakan", "kekerasan_intimidasi"}
    (entry,) = audited(store, "label_dikoreksi")
    assert (entry["dari"]["tingkat"], entry["ke"]["tingkat"], entry["catatan"]) == (3, 4, "ada korban")
    assert standing(store, article) == Labels(review.signals or (), Modality.KEJADIAN, 4, ("13.77.01",))


def test_what_was_corrected_stays_when_the_machine_judges_again(
    store: Store, person: Any, fire: Incident, clock: Any, correcting: CorrectTools, newsdesk: Any
) -> None:
    article = fire.article_ids[0]
    said = Labels((), Modality.PENCEGAHAN_KEGIATAN, 0, ())
    clock.forward(minutes=1)
    correct(correcting, person(), fire.id, article, said, "simulasi", clock(), seen=version_of(store, fire.id))
    clock.forward(minutes=1)
    newsdesk.judged(article, severity=4)
    refreshed([fire.id], store, correcting.sources, clock())
    now = store.incidents.get(fire.id)
    assert now is not None
    assert (now.severity, now.modality, now.places) == (0, Modality.PENCEGAHAN_KEGIATAN, ())


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Labels(("perusakan",), Modality.KEJADIAN, 3, ("13.77",)), InputError),
        (Labels(("tidak_ada",), Modality.KEJADIAN, 3, ("13.77",)), UnknownItemError),
        (Labels(("perusakan",), Modality.TIDAK_RELEVAN, 3, ("13.77",)), InputError),
        (Labels(("perusakan",), Modality.KEJADIAN, 5, ("13.77",)), InputError),
        (Labels(("perusakan",), Modality.KEJADIAN, 3, ("99.99",)), UnknownItemError),
        (Labels(("perusakan",), Modality.KEJADIAN, 3, tuple(f"13.{n:02}" for n in range(1, 40))), InputError),
    ],
)
def test_what_is_no_correction_leaves_no_trace(
    store: Store, person: Any, fire: Incident, clock: Any, correcting: CorrectTools, said: Labels, error: Any
) -> None:
    with pytest.raises(error):
        correct(correcting, person(), fire.id, fire.article_ids[0], said, "", clock(), seen=version_of(store, fire.id))
    assert store.reviews.of_incident(fire.id) == []
    assert audited(store, "label_dikoreksi") == []


def test_of_two_who_correct_at_once_the_second_is_told(
    store: Store, person: Any, fire: Incident, clock: Any, correcting: CorrectTools
) -> None:
    seen, article = version_of(store, fire.id), fire.article_ids[0]
    labels = Labels(("perusakan",), Modality.KEJADIAN, 2, ("13.77",))
    correct(correcting, person(name="rina"), fire.id, article, labels, "", clock(), seen=seen)
    with pytest.raises(ConflictError, match="rina"):
        correct(
            correcting,
            person(name="budi"),
            fire.id,
            article,
            Labels(("perusakan",), Modality.DUGAAN, 3, ("13.77",)),
            "",
            clock(),
            seen=seen,
        )


def test_a_correction_is_taken_back_by_who_made_it_within_ten_minutes(
    store: Store, person: Any, fire: Incident, clock: Any, correcting: CorrectTools
) -> None:
    rina, article = person(name="rina"), fire.article_ids[0]
    before = standing(store, article)
    labels = Labels(("perusakan",), Modality.DUGAAN, 1, ("13.77.02",))
    number = correct(correcting, rina, fire.id, article, labels, "", clock(), seen=version_of(store, fire.id))
    with pytest.raises(InputError, match="only who"):
        take_back(correcting, person(name="budi"), number, clock())
    with pytest.raises(InputError, match="10 minutes"):
        take_back(correcting, rina, number, clock() + UNDO_WITHIN * 2)
    clock.forward(minutes=2)
    assert take_back(correcting, rina, number, clock()) == article
    assert standing(store, article) == before
    now = store.incidents.get(fire.id)
    assert now is not None
    assert (now.severity, now.modality) == (3, Modality.KEJADIAN)
    with pytest.raises(ConflictError):
        take_back(correcting, rina, number, clock())


def test_a_name_is_taught_as_it_stands_in_the_article(
    store: Store, person: Any, fire: Incident, clock: Any, correcting: CorrectTools
) -> None:
    article = fire.article_ids[0]
    with pytest.raises(InputError, match="does not stand"):
        name_means(correcting, person(name="rina"), fire.id, article, "Bukittinggi", ("13.75",), "", clock())
    name_means(correcting, person(name="budi"), fire.id, article, "Pariaman", ("13.77",), "", clock())
    (taught,) = store.place_corrections.all()
    assert (taught.kind, taught.name, taught.codes, taught.person) == ("nama", "Pariaman", ("13.77",), "budi")


# Alerts.


def by_hand(tools: Any) -> dict[str, Any]:
    return {"authority": tools.publish.authority, "exercise": False}


def test_an_alert_is_raised_updated_and_cancelled_by_a_person_and_the_machine_leaves_it_so(
    store: Store, person: Any, newsdesk: Any, clock: Any, tools: Any
) -> None:
    fire = newsdesk.opens("Spanduk dirusak", severity=2)
    vera, hand = person("verifikator"), by_hand(tools)
    with pytest.raises(InputError, match="raise one first"):
        update_alert(store, vera, fire.id, "baru", clock(), seen=0, **hand)
    first = raise_alert(store, vera, fire.id, "", clock(), seen=0, **hand)
    assert (first.state, first.revision, first.verified) == ("raised", 1, False)
    with pytest.raises(InputError, match="say in the note"):
        update_alert(store, vera, fire.id, " ", clock(), seen=1, **hand)
    update_alert(store, vera, fire.id, "polisi di lokasi", clock(), seen=1, **hand)
    with pytest.raises(ConflictError):
        cancel_alert(store, vera, fire.id, "keliru", clock(), seen=1, **hand)
    gone = cancel_alert(store, vera, fire.id, "keliru", clock(), seen=2, **hand)
    assert (gone.state, gone.reason, gone.uid) == ("cancelled", "dibatalkan petugas: keliru", first.uid)
    actions = [entry.action for entry in store.audit.entries(subject=f"kejadian/{fire.id}")]
    assert actions == ["peringatan_dibatalkan", "peringatan_diperbarui", "peringatan_dinaikkan"]


def test_what_a_person_cancelled_no_pass_raises_again_but_a_person_does(
    store: Store, person: Any, fire: Incident, clock: Any, tools: Any
) -> None:
    vera, hand = person("verifikator"), by_hand(tools)
    assert publish(tools.publish).raised == 1
    cancel_alert(store, vera, fire.id, "bukan posko", clock(), seen=1, **hand)
    tally = publish(tools.publish)
    assert (tally.raised, tally.updated, tally.cancelled) == (0, 0, 0)
    again = raise_alert(store, vera, fire.id, "ternyata benar", clock(), seen=2, **hand)
    assert (again.state, again.revision) == ("updated", 3)


def test_no_alert_of_what_was_rejected_and_none_by_who_may_not(
    store: Store, person: Any, fire: Incident, clock: Any, tools: Any
) -> None:
    hand = by_hand(tools)
    with pytest.raises(ForbiddenError):
        raise_alert(store, person(), fire.id, "", clock(), seen=0, **hand)
    vera = person("verifikator")
    decide(store, vera, fire.id, S.BUKAN_ANCAMAN, clock(), seen=version_of(store, fire.id))
    with pytest.raises(InputError, match="no alert is raised"):
        raise_alert(store, vera, fire.id, "", clock(), seen=0, **hand)
    assert store.alerts.of_incident(fire.id) is None
