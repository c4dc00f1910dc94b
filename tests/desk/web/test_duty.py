"""On duty and hand-over, and the inbox of notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store


def test_who_begins_duty_is_shown_on_the_queue_until_they_end_it(analyst: Any, visit: Callable[..., Any]) -> None:
    other = visit("pengamat")
    assert "Tidak ada yang bertugas jaga" in other.get("/").text
    analyst.submit("/jaga/mulai")
    analyst.submit("/jaga/mulai")
    assert "Jaga: <bdi>Analis</bdi>" in other.get("/").text
    analyst.submit("/jaga/selesai", catatan="Tunggu jawaban Polres <soal> posko")
    page = other.get("/").text
    assert "Tidak ada yang bertugas jaga" in page
    assert "Tunggu jawaban Polres &lt;soal&gt; posko" in page


def test_who_forgot_to_end_their_duty_is_not_on_duty_for_ever(
    analyst: Any, visit: Callable[..., Any], clock: Any
) -> None:
    analyst.submit("/jaga/mulai")
    clock.forward(hours=17)
    assert "Tidak ada yang bertugas jaga" in visit("ketua").get("/").text


def test_the_page_of_duty_shows_the_shift_and_the_notes_the_newest_first(analyst: Any, clock: Any) -> None:
    for number in range(22):
        analyst.submit("/jaga/catatan", catatan=f"catatan ke-{number}.")
        clock.forward(minutes=1)
    page = analyst.get("/jaga").text
    assert "26-11-2024 15.00 WIB – 26-11-2024 23.00 WIB" in page
    assert page.index("catatan ke-21.") < page.index("catatan ke-2.")
    assert "catatan ke-1." not in page
    older = page.partition("sebelum=")[2].partition('"')[0]
    assert "catatan ke-1." in analyst.get(f"/jaga?sebelum={older}").text


def test_an_observer_reads_and_writes_nothing(visit: Callable[..., Any]) -> None:
    observer = visit("pengamat")
    assert observer.get("/jaga").status_code == 200
    for path in ("/jaga/mulai", "/jaga/selesai", "/jaga/catatan"):
        assert observer.submit(path, catatan="x").status_code == 403


def test_an_empty_note_is_refused_and_what_was_done_stands_in_the_log(analyst: Any, store: Store) -> None:
    assert analyst.submit("/jaga/catatan", catatan=" ").status_code == 422
    analyst.submit("/jaga/mulai")
    analyst.submit("/jaga/selesai", catatan="Aman")
    assert [entry.action for entry in store.audit.entries(actor="analis", limit=3)] == [
        "jaga_selesai",
        "catatan_jaga",
        "jaga_mulai",
    ]


def test_shifts_are_those_that_the_desk_has_set(analyst: Any, store: Store, clock: Any) -> None:
    store.desk_settings.put("jam_jaga", ["06:00", "18:00"], "ketua", clock())
    assert "26-11-2024 06.00 WIB – 26-11-2024 18.00 WIB" in analyst.get("/jaga").text


def test_notices_are_ones_own_and_are_read_once(
    analyst: Any, visit: Callable[..., Any], store: Store, newsdesk: Any, clock: Any
) -> None:
    number = newsdesk.opens("Posko dibakar").id
    me = store.users.by_name("analis")
    assert me is not None
    store.notices.add(me.id, clock(), "sebutan", "Rina: @analis tolong <i>cek</i>", number)
    page = analyst.get("/kabar").text
    assert "menyebut Anda" in page
    assert "tolong &lt;i&gt;cek&lt;/i&gt;" in page
    assert f'href="/kejadian/{number}"' in page
    assert "tolong" not in visit("ketua").get("/kabar").text
    assert analyst.get("/antrean/kabar").json()["belum_dibaca"] == 1
    analyst.submit("/kabar/baca")
    assert analyst.get("/antrean/kabar").json()["belum_dibaca"] == 0
    assert "tolong" in analyst.get("/kabar").text
