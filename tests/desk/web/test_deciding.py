"""Deciding: what is kept of it, who may, what two at once get to hear, and undoing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import ConflictError, InputError, LeaseError, UnknownItemError
from data.records import IncidentStatus as S
from data.work import Claim
from desk.actions.deciding import UNDO_WITHIN, decide, duplicate_of_which, undo, version_of
from desk.entry.guard import actor_of
from desk.permissions import ForbiddenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store
    from desk.permissions import Actor


@pytest.fixture
def person(store: Store, add_user: Callable[..., Any]) -> Callable[..., Actor]:
    return lambda role="analis", name="", regions=(): actor_of(store, add_user(role, name, regions))


@pytest.fixture
def number(newsdesk: Any) -> int:
    return int(newsdesk.opens("Posko dibakar").id)


class Desk:
    """Decides against what stands now, a minute after the last time."""

    def __init__(self, store: Store, clock: Any) -> None:
        self.store, self.clock = store, clock

    def decides(self, actor: Actor, number: int, to: S, **values: Any) -> Any:
        self.clock.forward(minutes=1)
        seen = values.pop("seen", None)
        seen = version_of(self.store, number) if seen is None else seen
        return decide(self.store, actor, number, to, self.clock(), seen=seen, **values)


@pytest.fixture
def desk(store: Store, clock: Any) -> Desk:
    return Desk(store, clock)


def test_a_decision_is_the_status_a_review_an_audit_entry_and_the_first_look(
    desk: Desk, person: Any, number: int
) -> None:
    made = desk.decides(person(), number, S.BUKAN_ANCAMAN, reason=" simulasi  ")
    assert (made.before, made.incident.status) == (S.BELUM_DITINJAU, S.BUKAN_ANCAMAN)
    (review,) = desk.store.reviews.of_incident(number)
    assert (review.verdict, review.reviewer, review.reason) == (S.BUKAN_ANCAMAN, "analis", "simulasi")
    (entry,) = desk.store.audit.entries(action="diputuskan")
    assert entry.subject == f"kejadian/{number}"
    assert entry.detail == {"dari": "belum_ditinjau", "ke": "bukan_ancaman", "alasan": "simulasi"}
    assert desk.store.looks.first([number]) == {number: desk.clock()}


def test_whoever_decides_second_is_told_who_was_first_and_nothing_is_lost(desk: Desk, person: Any, number: int) -> None:
    seen = version_of(desk.store, number)
    desk.decides(person(name="rina"), number, S.VERIFIKASI, seen=seen)
    first = desk.clock()
    with pytest.raises(ConflictError) as told:
        desk.decides(person(name="budi"), number, S.BUKAN_ANCAMAN, seen=seen)
    assert (told.value.by, told.value.at) == ("rina", first)
    assert [review.reviewer for review in desk.store.reviews.of_incident(number)] == ["rina"]
    assert len(desk.store.audit.entries(action="diputuskan")) == 1


def test_a_further_copy_stops_nobody_but_a_graver_level_does(
    desk: Desk, person: Any, number: int, newsdesk: Any
) -> None:
    seen = version_of(desk.store, number)
    desk.store.incidents.add_article(number, newsdesk.prints("Posko dibakar lagi"), desk.clock())
    desk.decides(person(), number, S.VERIFIKASI, seen=seen)
    seen = version_of(desk.store, number)
    incident = desk.store.incidents.get(number)
    assert incident is not None
    desk.store.incidents.update(replace(incident, severity=4), desk.clock())
    with pytest.raises(ConflictError, match="kentongan"):
        desk.decides(person(name="budi"), number, S.BUKAN_ANCAMAN, seen=seen)


@pytest.mark.parametrize(
    ("role", "to", "values", "error"),
    [
        ("analis", S.SELESAI, {}, InputError),
        ("pengamat", S.VERIFIKASI, {}, ForbiddenError),
        ("analis", S.DUPLIKAT, {}, InputError),
        ("analis", S.DUPLIKAT, {"duplicate_of": 99}, UnknownItemError),
        ("analis", S.VERIFIKASI, {"reason": "x" * 4001}, InputError),
    ],
)
def test_what_may_not_be_leaves_no_trace(
    desk: Desk, person: Any, number: int, role: str, to: S, values: Any, error: Any
) -> None:
    with pytest.raises(error):
        desk.decides(person(role), number, to, **values)
    incident = desk.store.incidents.get(number)
    assert incident is not None
    assert incident.status is S.BELUM_DITINJAU
    assert desk.store.reviews.of_incident(number) == []
    assert desk.store.audit.entries(action="diputuskan") == []


def test_an_incident_of_another_region_is_not_there(desk: Desk, person: Any, number: int) -> None:
    with pytest.raises(UnknownItemError):
        desk.decides(person(regions=("32",)), number, S.VERIFIKASI)


def test_a_duplicate_says_of_which_and_not_of_itself_or_of_another_duplicate(
    desk: Desk, person: Any, newsdesk: Any
) -> None:
    one, two, three = (newsdesk.opens(f"Posko {index}").id for index in range(3))
    rina = person()
    desk.decides(rina, two, S.DUPLIKAT, duplicate_of=one)
    assert duplicate_of_which(desk.store, two) == one
    for other in (three, two):
        with pytest.raises(InputError):
            desk.decides(rina, three, S.DUPLIKAT, duplicate_of=other)


def test_the_whole_way_to_done_with_recipient_and_letter(desk: Desk, person: Any, number: int) -> None:
    vera = person("verifikator")
    desk.decides(vera, number, S.VERIFIKASI)
    desk.decides(vera, number, S.TERVERIFIKASI)
    with pytest.raises(InputError, match="to whom"):
        desk.decides(vera, number, S.DITINDAKLANJUTI)
    desk.decides(vera, number, S.DITINDAKLANJUTI, recipient="Bawaslu Kota Pariaman", letter="12/DP/XI/2024")
    (handed,) = desk.store.follow_ups.of_incident(number)
    assert (handed.recipient, handed.letter, handed.by) == ("Bawaslu Kota Pariaman", "12/DP/XI/2024", "verifikator")
    desk.decides(vera, number, S.SELESAI)
    with pytest.raises(InputError, match="say why"):
        desk.decides(vera, number, S.DITINDAKLANJUTI)
    desk.decides(vera, number, S.DITINDAKLANJUTI, reason="ada laporan baru")
    assert len(desk.store.follow_ups.of_incident(number)) == 1


def test_who_works_on_it_is_not_overtaken_but_by_a_verifikator_and_the_end_ends_the_claim(
    desk: Desk, person: Any, number: int
) -> None:
    rina, budi, vera = person(name="rina"), person(name="budi"), person("verifikator")
    now = desk.clock()
    desk.store.claims.put(Claim(number, rina.user.id, now, now + timedelta(minutes=30)))
    with pytest.raises(LeaseError, match="rina"):
        desk.decides(budi, number, S.VERIFIKASI)
    desk.decides(vera, number, S.VERIFIKASI)
    assert number in desk.store.claims.of([number], desk.clock())
    desk.decides(rina, number, S.BUKAN_ANCAMAN)
    assert desk.store.claims.of([number], desk.clock()) == {}


def test_undoing_restores_what_was_before_and_stands_in_the_log(desk: Desk, person: Any, newsdesk: Any) -> None:
    one, two = newsdesk.opens("Satu").id, newsdesk.opens("Dua").id
    rina = person()
    made = desk.decides(rina, two, S.DUPLIKAT, duplicate_of=one)
    desk.clock.forward(minutes=2)
    assert undo(desk.store, rina, made.review, desk.clock()).status is S.BELUM_DITINJAU
    assert duplicate_of_which(desk.store, two) is None
    (entry,) = desk.store.audit.entries(action="keputusan_diurungkan")
    assert entry.detail == {"dari": "duplikat", "ke": "belum_ditinjau", "tinjauan": made.review}
    with pytest.raises(ConflictError):
        undo(desk.store, rina, made.review, desk.clock())
    assert desk.store.audit.problems() == []


def test_undoing_a_follow_up_takes_its_recipient_back(desk: Desk, person: Any, number: int) -> None:
    vera = person("verifikator")
    for to in (S.VERIFIKASI, S.TERVERIFIKASI):
        desk.decides(vera, number, to)
    made = desk.decides(vera, number, S.DITINDAKLANJUTI, recipient="Polres")
    assert undo(desk.store, vera, made.review, desk.clock()).status is S.TERVERIFIKASI
    assert desk.store.follow_ups.of_incident(number) == []


def test_undo_is_for_who_decided_and_for_ten_minutes(desk: Desk, person: Any, number: int) -> None:
    rina, budi = person(name="rina"), person(name="budi")
    made = desk.decides(rina, number, S.VERIFIKASI)
    with pytest.raises(InputError, match="only who decided"):
        undo(desk.store, budi, made.review, desk.clock())
    with pytest.raises(UnknownItemError):
        undo(desk.store, rina, 999, desk.clock())
    with pytest.raises(InputError, match="10 minutes"):
        undo(desk.store, rina, made.review, desk.clock() + UNDO_WITHIN + timedelta(seconds=1))


def test_what_somebody_built_on_is_not_undone(desk: Desk, person: Any, number: int) -> None:
    rina, budi = person(name="rina"), person(name="budi")
    made = desk.decides(rina, number, S.VERIFIKASI)
    desk.decides(budi, number, S.BUKAN_ANCAMAN)
    with pytest.raises(ConflictError, match="budi"):
        undo(desk.store, rina, made.review, desk.clock())


def test_what_was_merged_away_is_decided_where_it_went(desk: Desk, person: Any, newsdesk: Any) -> None:
    one, two = newsdesk.opens("Satu"), newsdesk.opens("Dua")
    desk.store.incidents.update(replace(two, merged_into=one.id), desk.clock())
    with pytest.raises(InputError, match=f"merged into {one.id}"):
        desk.decides(person(), two.id, S.VERIFIKASI)
