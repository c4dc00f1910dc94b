"""Who belongs to which incident, as persons decide it: everything is kept, the opposite undoes it, no machine does."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from data.errors import InputError, UnknownItemError
from data.records import IncidentStatus, Review
from flows.merging import REASON, MergeTools, merge, move, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Incident

    # tests/flows/conftest.py has it; conftest modules cannot be imported.
    Newsroom = Any

POSKO = "Posko pemenangan di Kampung Perak dibakar orang tak dikenal dan dua relawan luka bakar dibawa ke rumah sakit"
AMPLOP = "Seorang pria ditangkap warga saat membagikan amplop berisi uang seratus ribu rupiah di warung dekat pasar"


@pytest.fixture
def two(newsroom: Newsroom, says: Callable[..., Any]) -> Newsroom:
    """Return a newsroom with two incidents: the burnt posko of two outlets, and the envelopes of one."""
    newsroom.prints("kabar", "Posko dibakar", POSKO, says())
    newsroom.prints("harian", "Posko dibakar orang", POSKO, says())
    newsroom.prints("pos", "Amplop di warung", AMPLOP, says(2, signal="politik_uang"))
    newsroom.assess()
    assert newsroom.incident("kabar").id == newsroom.incident("harian").id != newsroom.incident("pos").id
    return newsroom


def tools(newsroom: Newsroom) -> MergeTools:
    return MergeTools(newsroom.store, newsroom.sources, lambda: newsroom.now)


def article(newsroom: Newsroom, outlet: str) -> int:
    stored = newsroom.store.articles.by_url(f"http://{outlet}.example/berita")
    assert stored is not None
    return int(stored.id)


def stands(newsroom: Newsroom, number: int) -> Incident:
    found: Incident | None = newsroom.store.incidents.get(number)
    assert found is not None
    return found


def test_all_articles_go_into_the_first_and_the_other_stays_to_be_read(two: Newsroom) -> None:
    first, other = two.incident("kabar"), two.incident("pos")
    whole = merge(tools(two), [first.id, other.id], "Sari", "satu malam, satu rombongan")
    assert (whole.id, whole.spread, whole.signals) == (first.id, 3, ("perusakan", "politik_uang"))
    away = stands(two, other.id)
    assert (away.title, away.article_ids, away.merged_into) == ("Amplop di warung", (), first.id)
    assert [one.id for one in two.store.incidents.list()] == [first.id]
    assert [one.id for one in two.store.incidents.list(merged=True)] == [other.id]
    for number in (first.id, other.id):
        told = [change for change in two.store.incidents.history(number) if change.by == "Sari"]
        assert told[-1].changes.get(REASON) or any(REASON in change.changes for change in told)


def test_an_alert_of_what_was_merged_is_taken_back_and_says_where_to_look(
    two: Newsroom, says: Callable[..., Any]
) -> None:
    two.prints(
        "lain", "Jembatan dirusak", "Jembatan desa dirusak massa hingga putus dan jalan tertutup sejak siang", says()
    )
    two.assess()
    two.publish()
    first, other = two.incident("kabar"), two.incident("lain")
    assert two.store.alerts.of_incident(other.id).state == "raised"
    merge(tools(two), [first.id, other.id], "Sari")
    two.publish()
    taken = two.store.alerts.of_incident(other.id)
    assert (taken.state, taken.reason) == ("cancelled", f"digabung ke kejadian {first.id}")
    split(tools(two), first.id, [article(two, "lain")], "Sari")
    two.publish()
    assert two.store.alerts.of_incident(other.id).state == "updated"


def test_splitting_what_was_merged_lets_it_stand_again(two: Newsroom) -> None:
    first, other = two.incident("kabar"), two.incident("pos")
    merge(tools(two), [first.id, other.id], "Sari")
    again = split(tools(two), first.id, [article(two, "pos")], "Budi")
    assert (again.id, again.merged_into, again.title, again.spread) == (other.id, None, "Amplop di warung", 1)
    assert (stands(two, first.id).spread, stands(two, first.id).signals) == (2, ("perusakan",))


def test_merging_what_was_split_undoes_it_and_the_machine_leaves_it_so(two: Newsroom, says: Callable[..., Any]) -> None:
    first = two.incident("kabar")
    apart = split(tools(two), first.id, [article(two, "harian")], "Sari", "dua posko")
    assert (apart.spread, stands(two, first.id).spread) == (1, 1)
    two.prints("ulang", "Posko dibakar lagi", POSKO, says())
    two.assess()  # a copy of both comes: it joins one of them, and makes no one of two
    assert two.incident("kabar").id != two.incident("harian").id
    whole = merge(tools(two), [first.id, apart.id], "Budi")
    two.prints("lagi", "Posko terbakar", POSKO, says())
    two.assess()
    assert two.incident("kabar").id == two.incident("harian").id == two.incident("lagi").id == whole.id


def test_an_article_moves_and_moves_back(two: Newsroom) -> None:
    first, other = two.incident("kabar"), two.incident("pos")
    number = article(two, "harian")
    assert set(move(tools(two), number, other.id, "Sari").article_ids) == {article(two, "pos"), number}
    assert stands(two, first.id).spread == 1
    assert move(tools(two), number, first.id, "Sari").spread == 2
    assert stands(two, other.id).spread == 1


def test_the_machine_does_not_bring_back_a_copy_that_a_person_took_out(two: Newsroom, says: Callable[..., Any]) -> None:
    other = two.incident("pos")
    move(tools(two), article(two, "harian"), other.id, "Sari")
    two.prints("harian", "Posko dibakar orang", POSKO + " pada Selasa", says())
    two.assess()
    assert two.incident("harian").id == other.id


def test_the_verdict_on_what_was_merged_stands_for_the_whole(two: Newsroom) -> None:
    first, other = two.incident("kabar"), two.incident("pos")
    two.store.reviews.add(Review(other.id, "Rina", two.now, IncidentStatus.TERVERIFIKASI))
    assert merge(tools(two), [first.id, other.id], "Sari").status is IncidentStatus.TERVERIFIKASI


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([1], "at least two different"),
        ([1, 1], "at least two different"),
    ],
)
def test_one_incident_is_nothing_to_merge(two: Newsroom, ids: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        merge(tools(two), ids, "Sari")


def test_what_is_not_there_or_not_so_any_more_is_said(two: Newsroom) -> None:
    first, other = two.incident("kabar"), two.incident("pos")
    with pytest.raises(UnknownItemError):
        merge(tools(two), [first.id, 999], "Sari")
    with pytest.raises(InputError, match="not in incident"):
        split(tools(two), first.id, [article(two, "pos")], "Sari")
    with pytest.raises(InputError, match="at least one stays"):
        split(tools(two), other.id, [article(two, "pos")], "Sari")
    with pytest.raises(InputError, match="merge the two"):
        move(tools(two), article(two, "pos"), first.id, "Sari")
    with pytest.raises(InputError, match="already"):
        move(tools(two), article(two, "kabar"), first.id, "Sari")
    with pytest.raises(InputError, match="machine's name"):
        merge(tools(two), [first.id, other.id], "Kentongan")
    assert [one.revision for one in (stands(two, first.id), stands(two, other.id))] == [first.revision, other.revision]


def test_of_two_who_merge_at_once_the_second_is_told(two: Newsroom, says: Callable[..., Any]) -> None:
    two.prints(
        "lain", "Jembatan dirusak", "Jembatan desa dirusak massa hingga putus dan jalan tertutup sejak siang", says()
    )
    two.assess()
    first, other, third = two.incident("kabar"), two.incident("pos"), two.incident("lain")
    told: list[str] = []
    start = threading.Barrier(2)

    def decide(into: int, person: str) -> None:
        start.wait()
        try:
            merge(tools(two), [into, other.id], person)
        except InputError as error:
            told.append(str(error))

    persons = [threading.Thread(target=decide, args=pair) for pair in ((first.id, "Sari"), (third.id, "Budi"))]
    for person in persons:
        person.start()
    for person in persons:
        person.join()
    assert len(told) == 1
    into = stands(two, other.id).merged_into
    assert into in {first.id, third.id}
    assert told[0].startswith(f"incident {other.id} was merged into incident {into} by ")
