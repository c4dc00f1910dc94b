"""Merging, splitting and moving on the desk: offered, looked at, done, undone, and stopped where somebody was faster."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import ConflictError, InputError, UnknownItemError
from data.records import IncidentStatus as S
from desk.actions.deciding import UNDO_WITHIN, decide, version_of
from desk.actions.merging import merge, move, similar, split, unmerge
from desk.entry.guard import actor_of
from desk.permissions import ForbiddenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store
    from desk.permissions import Actor
    from tests.desk.web.conftest import Visitor


@pytest.fixture
def person(store: Store, add_user: Callable[..., Any]) -> Callable[..., Actor]:
    return lambda role="analis", name="", regions=(): actor_of(store, add_user(role, name, regions))


def seen(store: Store, *numbers: int) -> dict[int, int]:
    return {number: version_of(store, number) for number in numbers}


def articles(store: Store, number: int) -> tuple[int, ...]:
    found = store.incidents.get(number)
    assert found is not None
    return found.article_ids


def test_the_near_ones_are_offered_with_what_speaks_for_them_and_none_of_other_regions(
    store: Store, person: Any, newsdesk: Any, clock: Any
) -> None:
    fire = newsdesk.opens("Posko dibakar")
    clock.forward(hours=3)
    same = newsdesk.opens("Posko di Pariaman terbakar")
    newsdesk.opens("Gudang dirusak", code="32.01")
    clock.forward(days=20)
    newsdesk.opens("Posko lain dibakar")
    (found,) = similar(store, person(), fire)
    assert (found.incident.id, found.signals, found.same_place, found.hours) == (same.id, ("perusakan",), True, 3)
    assert similar(store, person(name="jabar", regions=("32",)), fire) == []


def test_a_merge_is_kept_audited_and_undone_within_ten_minutes_by_who_made_it(
    store: Store, person: Any, newsdesk: Any, clock: Any
) -> None:
    one, two = newsdesk.opens("Posko dibakar").id, newsdesk.opens("Posko terbakar").id
    both, theirs = (*articles(store, one), *articles(store, two)), articles(store, two)
    rina, budi = person(name="rina"), person(name="budi")
    clock.forward(minutes=1)
    made = merge(store, newsdesk.sources, rina, one, [two], "sama", clock(), seen=seen(store, one, two))
    assert (made.id, made.article_ids) == (one, both)
    assert [entry.subject for entry in store.audit.entries(action="digabung")] == [f"kejadian/{one}", f"kejadian/{two}"]
    with pytest.raises(InputError, match="only who"):
        unmerge(store, newsdesk.sources, budi, one, two, clock())
    with pytest.raises(InputError, match="10 minutes"):
        unmerge(store, newsdesk.sources, rina, one, two, clock() + UNDO_WITHIN + timedelta(minutes=1))
    clock.forward(minutes=1)
    (again,) = unmerge(store, newsdesk.sources, rina, one, two, clock())
    assert (again.id, again.article_ids, again.merged_into) == (two, theirs, None)
    with pytest.raises(InputError, match="not merged"):
        unmerge(store, newsdesk.sources, rina, one, two, clock())


def test_a_merge_of_several_is_undone_as_a_whole_and_nothing_else(
    store: Store, person: Any, newsdesk: Any, clock: Any
) -> None:
    one, two, three, before = (newsdesk.opens(f"Posko {name} terbakar").id for name in ("A", "B", "C", "D"))
    own = {number: articles(store, number) for number in (one, two, three, before)}
    rina = person("verifikator", name="rina")
    merge(store, newsdesk.sources, rina, one, [before], "", clock(), seen=seen(store, one, before))
    clock.forward(minutes=1)
    decide(store, rina, three, S.VERIFIKASI, clock(), seen=version_of(store, three))
    clock.forward(minutes=1)
    whole = merge(store, newsdesk.sources, rina, one, [two, three], "", clock(), seen=seen(store, one, two, three))
    assert whole.status is S.VERIFIKASI, "what was decided of one of them holds for the whole"
    clock.forward(minutes=1)
    again = unmerge(store, newsdesk.sources, rina, one, three, clock())
    assert sorted(number.id for number in again) == [two, three]
    assert (articles(store, two), articles(store, three)) == (own[two], own[three])
    assert set(articles(store, one)) == {*own[one], *own[before]}, "an earlier merge is another decision"
    standing = {number.id: (number.status, number.merged_into) for number in map(store.incidents.get, own) if number}
    assert standing == {
        one: (S.BELUM_DITINJAU, None),
        two: (S.BELUM_DITINJAU, None),
        three: (S.VERIFIKASI, None),
        before: (S.BELUM_DITINJAU, one),
    }


def test_what_was_split_off_or_decided_since_is_no_part_of_what_is_undone(
    store: Store, person: Any, newsdesk: Any, clock: Any
) -> None:
    one, two, three = (newsdesk.opens(f"Posko {name} terbakar").id for name in ("A", "B", "C"))
    gone = articles(store, three)
    rina = person("verifikator")
    merge(store, newsdesk.sources, rina, one, [two, three], "", clock(), seen=seen(store, one, two, three))
    clock.forward(minutes=1)
    split(store, newsdesk.sources, rina, one, gone, "", clock(), seen=version_of(store, one))
    decided = decide(store, rina, one, S.VERIFIKASI, clock(), seen=version_of(store, one))
    # What stands again by itself is no part of the merge any more; a decision since is not taken back with it.
    (again,) = unmerge(store, newsdesk.sources, rina, one, two, clock())
    assert (again.id, decided.incident.status) == (two, S.VERIFIKASI)
    kept = store.incidents.get(one)
    assert kept is not None
    assert kept.status is S.VERIFIKASI
    with pytest.raises(InputError, match="not merged"):
        unmerge(store, newsdesk.sources, rina, one, three, clock())


def test_a_merge_is_stopped_by_what_somebody_did_meanwhile_and_by_what_may_not_be(
    store: Store, person: Any, newsdesk: Any, clock: Any
) -> None:
    one, two = newsdesk.opens("Posko dibakar").id, newsdesk.opens("Posko terbakar").id
    far = newsdesk.opens("Gudang dirusak", code="32.01").id
    rina, stale = person(name="rina"), seen(store, one, two)
    with pytest.raises(ForbiddenError):
        merge(store, newsdesk.sources, person("pengamat"), one, [two], "", clock(), seen=stale)
    with pytest.raises(InputError, match="was not looked at"):
        merge(store, newsdesk.sources, rina, one, [far], "", clock(), seen=stale)
    with pytest.raises(UnknownItemError):
        merge(
            store, newsdesk.sources, person(name="s", regions=("13",)), one, [far], "", clock(), seen=stale | {far: 99}
        )
    decide(store, person(name="budi"), two, S.VERIFIKASI, clock(), seen=stale[two])
    with pytest.raises(ConflictError, match="budi"):
        merge(store, newsdesk.sources, rina, one, [two], "", clock(), seen=stale)
    assert (len(articles(store, one)), len(articles(store, two))) == (1, 1)
    assert store.audit.entries(action="digabung") == []


def test_an_article_is_split_off_and_moved_back(store: Store, person: Any, newsdesk: Any, clock: Any) -> None:
    first, second = newsdesk.prints("Posko dibakar"), newsdesk.prints("Banjir di Agam", "Banjir merendam 12 rumah.")
    whole = newsdesk.opens("Posko dibakar", first, second).id
    rina = person()
    clock.forward(minutes=1)
    apart = split(store, newsdesk.sources, rina, whole, [second], "lain", clock(), seen=version_of(store, whole))
    assert (articles(store, whole), apart.article_ids) == ((first,), (second,))
    third = newsdesk.prints("Banjir surut", "Banjir mulai surut sore tadi.")
    store.incidents.add_article(apart.id, third, clock())
    newsdesk.judged(third)
    back = move(store, newsdesk.sources, rina, apart.id, third, whole, "", clock(), seen=version_of(store, apart.id))
    assert (back.id, set(articles(store, whole))) == (whole, {first, third})
    assert [
        entry.detail["artikel"] for entry in store.audit.entries(subject=f"kejadian/{whole}", action="dipisah")
    ] == [[second]]


def test_merging_on_the_pages_from_the_offer_to_the_undo(
    visit: Callable[..., Visitor], newsdesk: Any, store: Store, clock: Any
) -> None:
    one, two = newsdesk.opens("Posko dibakar").id, newsdesk.opens("Posko terbakar habis").id
    rina = visit("analis", name="rina")
    page = rina.get(f"/kejadian/{one}/gabung").text
    assert f'name="dengan" value="{two}" checked' in page
    preview = rina.get(f"/kejadian/{one}/gabung/tinjau", params={"dengan": two}).text
    versions = [f"{number}:{version_of(store, number)}" for number in (one, two)]
    assert all(f'value="{version}"' in preview for version in versions)
    clock.forward(minutes=1)
    answer = rina.submit(f"/kejadian/{one}/gabung", utama=str(two), versi=versions, alasan="satu posko")
    assert answer.headers["location"].startswith(f"/kejadian/{two}?")
    page = rina.get(answer.headers["location"]).text
    assert "satu posko" in page
    assert f'href="/kejadian/{two}"' in rina.get(f"/kejadian/{one}").text, "what was merged away says where it went"
    clock.forward(minutes=1)
    undo = page.partition('class="message good"')[2].partition('action="')[2].partition('"')[0]
    assert rina.submit(undo).status_code == 303
    assert len(articles(store, one)) == len(articles(store, two)) == 1


def test_a_stale_merge_shows_the_incidents_as_they_are_now_and_keeps_the_reason(
    visit: Callable[..., Visitor], newsdesk: Any, store: Store
) -> None:
    one, two = newsdesk.opens("Posko dibakar").id, newsdesk.opens("Posko terbakar").id
    versions = [f"{number}:{version_of(store, number)}" for number in (one, two)]
    visit("analis", name="budi").submit(f"/kejadian/{two}/putuskan", ke="verifikasi", versi=str(version_of(store, two)))
    answer = visit("analis", name="rina").submit(
        f"/kejadian/{one}/gabung", utama=str(one), versi=versions, alasan="satu"
    )
    assert answer.status_code == 409
    assert "budi" in answer.text
    assert ">satu</textarea>" in answer.text
    assert f'value="{two}:{version_of(store, two)}"' in answer.text


def test_splitting_on_the_page(visit: Callable[..., Visitor], newsdesk: Any, store: Store) -> None:
    first, second = newsdesk.prints("Posko dibakar"), newsdesk.prints("Banjir di Agam", "Banjir merendam 12 rumah.")
    whole = newsdesk.opens("Posko dibakar", first, second).id
    rina = visit("analis")
    assert "Banjir di Agam" in rina.get(f"/kejadian/{whole}/pisah").text
    version = str(version_of(store, whole))
    assert rina.submit(f"/kejadian/{whole}/pisah", versi=version).status_code == 422
    assert rina.submit(f"/kejadian/{whole}/pisah", versi=version, artikel=[first, second]).status_code == 422
    answer = rina.submit(f"/kejadian/{whole}/pisah", versi=version, artikel=[second])
    assert answer.status_code == 303
    assert articles(store, whole) == (first,)


def test_others_are_searched_by_number_or_words(visit: Callable[..., Visitor], newsdesk: Any) -> None:
    one, two = newsdesk.opens("Posko dibakar").id, newsdesk.opens("Gudang terbakar", code="32.01").id
    rina = visit("analis")
    for query, found in ((f"{two}", True), (f"#{two}", True), ("terbakar", True), ("'\"<", False), ("9" * 12, False)):
        page = rina.get(f"/kejadian/{one}/gabung", params={"q": query})
        assert (page.status_code, "Gudang terbakar" in page.text) == (200, found), query
