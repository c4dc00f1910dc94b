"""Claims, looks, follow-ups, duty, notices and saved views, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.errors import UnknownItemError
from data.records import Incident, IncidentStatus, Modality, Urgency
from data.work import Claim

if TYPE_CHECKING:
    from data.store import Store

NOW = datetime(2024, 11, 26, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HUGE = 2**40


@pytest.fixture
def number(store: Store) -> int:
    incident = Incident(
        id=0, title="Posko", signals=(), modality=Modality.KEJADIAN, severity=3, urgency=Urgency.P1,
        status=IncidentStatus.BELUM_DITINJAU, places=(), opened_at=NOW, first_seen=NOW, last_seen=NOW, event_time=None,
        article_ids=(), spread=1, independent_sources=1, best_tier=2,
    )  # fmt: skip
    return store.incidents.open(incident, (), NOW).id


@pytest.fixture
def people(store: Store) -> tuple[int, int]:
    rina, budi = (store.users.add(name, name, "analis", (), "x", NOW).id for name in ("rina", "budi"))
    return rina, budi


def test_a_claim_is_the_last_ones_until_its_time_is_over(store: Store, number: int, people: tuple[int, int]) -> None:
    rina, budi = people
    store.claims.put(Claim(number, rina, NOW, NOW + 30 * MINUTE))
    store.claims.put(Claim(number, budi, NOW, NOW + 20 * MINUTE))
    assert store.claims.held(number, NOW) == Claim(number, budi, NOW, NOW + 20 * MINUTE)
    assert store.claims.held(number, NOW + 20 * MINUTE) is None
    assert store.claims.renew(number, budi, NOW + 50 * MINUTE)
    assert not store.claims.renew(number, rina, NOW + 90 * MINUTE)
    assert [one.until for one in store.claims.of_user(budi, NOW)] == [NOW + 50 * MINUTE]
    store.claims.drop(number)
    assert store.claims.of([number], NOW) == {}


def test_who_looks_is_seen_until_they_leave_or_give_no_sign(store: Store, number: int, people: tuple[int, int]) -> None:
    rina, budi = people
    store.looks.see(number, rina, NOW)
    store.looks.see(number, budi, NOW + MINUTE)
    store.looks.see(number, rina, NOW + 2 * MINUTE)
    assert store.looks.present([number], NOW) == {number: [rina, budi]}
    assert store.looks.present([number], NOW + 2 * MINUTE) == {number: [rina]}
    store.looks.leave(number, rina)
    store.looks.forget(NOW + 2 * MINUTE)
    assert store.looks.present([number], NOW) == {}


def test_a_follow_up_has_its_answer_and_an_answered_one_is_not_taken_back(store: Store, number: int) -> None:
    first = store.follow_ups.add(number, "Polres", "rina", NOW, letter="1/2024")
    store.follow_ups.answered(first, "sudah ditangani", "rina", NOW + MINUTE)
    store.follow_ups.add(number, "Bawaslu", "rina", NOW)
    store.follow_ups.remove(number, "rina", NOW)
    (kept,) = store.follow_ups.of_incident(number)
    assert (kept.recipient, kept.letter, kept.answer, kept.answered_at) == (
        "Polres",
        "1/2024",
        "sudah ditangani",
        NOW + MINUTE,
    )
    with pytest.raises(UnknownItemError):
        store.follow_ups.answered(99, "x", "rina", NOW)


def test_a_person_is_on_duty_once(store: Store, people: tuple[int, int]) -> None:
    rina, budi = people
    assert store.duties.begin(rina, NOW)
    assert not store.duties.begin(rina, NOW + MINUTE)
    assert store.duties.begin(budi, NOW + MINUTE)
    assert [one.user_id for one in store.duties.now(NOW - MINUTE)] == [rina, budi]
    assert [one.user_id for one in store.duties.now(NOW)] == [budi]
    assert store.duties.end(rina, NOW + 2 * MINUTE)
    assert not store.duties.end(rina, NOW + 3 * MINUTE)
    assert [(one.user_id, one.until) for one in store.duties.recent()] == [(budi, None), (rina, NOW + 2 * MINUTE)]


def test_notices_are_unread_until_they_are_read(store: Store, number: int, people: tuple[int, int]) -> None:
    rina, budi = people
    first, second = (store.notices.add(rina, NOW, "sebutan", f"ke-{one}", number) for one in (1, 2))
    store.notices.add(budi, NOW, "sebutan", "lain")
    assert store.notices.unread(rina) == 2
    assert [one.text for one in store.notices.of_user(rina)] == ["ke-2", "ke-1"]
    assert [one.id for one in store.notices.of_user(rina, before=second)] == [first]
    assert store.notices.read(rina, NOW, [first]) == 1
    assert store.notices.read(rina, NOW) == 1
    assert (store.notices.unread(rina), store.notices.unread(budi)) == (0, 1)


def test_a_view_of_one_name_is_replaced_and_only_shared_ones_are_others(store: Store, people: tuple[int, int]) -> None:
    rina, budi = people
    store.saved_views.add(rina, "Gawat", "tingkat=3", NOW, shared=False)
    last = store.saved_views.add(rina, "Gawat", "tingkat=4", NOW, shared=False)
    store.saved_views.add(budi, "Sumbar", "wilayah=13", NOW, shared=True)
    assert [(one.name, one.query) for one in store.saved_views.of_user(rina)] == [
        ("Gawat", "tingkat=4"),
        ("Sumbar", "wilayah=13"),
    ]
    assert [one.name for one in store.saved_views.of_user(budi)] == ["Sumbar"]
    store.saved_views.remove(last)
    assert store.saved_views.get(last) is None


def test_a_number_larger_than_any_id_is_nobodys_and_no_error(store: Store, people: tuple[int, int]) -> None:
    assert store.saved_views.get(HUGE) is None
    assert store.follow_ups.get(HUGE) is None
    assert store.reviews.get(HUGE) is None
    assert store.incidents.of([HUGE]) == []
    assert list(store.incidents.changes_after(1, HUGE)) == []
    assert store.queue.news(HUGE).opened == ()
    store.looks.leave(HUGE, people[0])
