"""The queue's pages: what is shown, filtered, chosen, done with it, and told to a page that looks by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from data.records import IncidentStatus as S
from data.records import Urgency
from data.store import incident_queue as stored_queue
from data.work import Claim
from desk.actions.together import MOST, Chosen, decide_all
from desk.entry.guard import actor_of
from desk.pages import incident_queue
from desk.pages.queue_filters import Asked, after_of, key_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.store import Store

SENT = {"hx-request": "true"}
OF_ITSELF = {"x-kentongan-sendiri": "1"}


def rows(page: str) -> list[int]:
    """Return the numbers of the incidents of a page in their order."""
    return [int(part.partition('"')[0]) for part in page.split('data-number="')[1:]]


@pytest.fixture
def three(newsdesk: Any, clock: Any) -> dict[str, int]:
    """A P3 of an hour ago, then a P1 in Pariaman, then a P1 in Bandung, now."""
    found = {"p3": newsdesk.opens("Baliho roboh", severity=2, urgency=Urgency.P3, code="13.08").id}
    clock.forward(minutes=40)
    found["p1"] = newsdesk.opens("Posko dibakar").id
    clock.forward(minutes=20)
    found["p1b"] = newsdesk.opens("TPS diserang", code="32.73").id
    return found


def test_the_most_urgent_come_first_and_of_those_the_newest(analyst: Any, three: dict[str, int]) -> None:
    assert rows(analyst.get("/").text) == [three["p1b"], three["p1"], three["p3"]]
    assert rows(analyst.get("/?urut=lama").text) == [three["p1"], three["p1b"], three["p3"]]


def test_clocks_say_how_much_is_left_and_what_is_late(analyst: Any, three: dict[str, int]) -> None:
    page = analyst.get("/").text
    assert "terlambat 5 menit" in page
    assert "15 menit lagi" in page
    assert rows(analyst.get("/?terlambat=1").text) == [three["p1"]]
    # 15.00 WIB is the beginning of a shift: the P3 has until 23.00, seven hours after the last one opened.
    assert "7 jam lagi" in page


def test_a_look_stops_the_clock_and_one_of_an_observer_does_not(
    analyst: Any, visit: Callable[..., Any], three: dict[str, int]
) -> None:
    number = three["p1"]
    visit("pengamat").submit(f"/kejadian/{number}/hadir")
    assert rows(analyst.get("/?terlambat=1").text) == [number]
    analyst.submit(f"/kejadian/{number}/hadir")
    assert rows(analyst.get("/?terlambat=1").text) == []
    assert "dilihat setelah 20 menit (terlambat)" in analyst.get("/").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("wilayah=13", ["p1", "p3"]),
        ("wilayah=13.77", ["p1"]),
        ("sinyal=perusakan&urgensi=P3", ["p3"]),
        ("sinyal=politik_uang", []),
        ("tingkat=3", ["p1b", "p1"]),
        ("modalitas=kejadian&tier=3", ["p1b", "p1", "p3"]),
        ("tier=2", []),
        ("terverifikasi=ya", []),
        ("terverifikasi=ya&status=belum_ditinjau", []),
        ("terverifikasi=belum&waktu=1j", ["p1b", "p1", "p3"]),
        ("dari=2024-11-27", []),
        ("sampai=2024-11-26&urgensi=P1", ["p1b", "p1"]),
        ("q=baliho", ["p3"]),
        ("q=%23{p1}", ["p1"]),
        ("q=99999999999", []),
        ("milik=saya", []),
        ("milik=bebas&urgensi=P3", ["p3"]),
        ("belum_dilihat=1", ["p1b", "p1", "p3"]),
        ("status=selesai", []),
        ("status=tertutup", []),
        ("status=semua", ["p1b", "p1", "p3"]),
    ],
)
def test_each_filter_narrows_the_queue(analyst: Any, three: dict[str, int], query: str, found: list[str]) -> None:
    assert rows(analyst.get("/?" + query.format(**three)).text) == [three[name] for name in found]


@pytest.mark.parametrize(
    "query",
    [
        "status=habis&urgensi=P9&sinyal=x&tingkat=9&tier=0&milik=dia&terlambat=ya&waktu=lama",
        "wilayah=..&dari=besok&sampai=0001-01-01&setelah=P1~x~1&q=%00%22%27*(",
        "setelah=P1~999999999999999999999999999~1&sejak=x",
        "dari=9999-12-31",
    ],
)
def test_nonsense_in_the_address_is_left_out(analyst: Any, three: dict[str, int], query: str) -> None:
    answer = analyst.get("/?" + query)
    assert answer.status_code == 200


def test_who_sees_a_region_gets_its_incidents_and_those_of_nowhere(
    visit: Callable[..., Any], newsdesk: Any, three: dict[str, int]
) -> None:
    province = newsdesk.opens("Ricuh", code="13").id
    sumbar = visit("analis", name="pariaman", regions=("13.77",))
    assert rows(sumbar.get("/").text) == [province, three["p1"]]
    assert rows(visit("analis", name="jabar", regions=("32",)).get("/").text) == [three["p1b"]]


def test_counts_stand_beside_urgencies_and_statuses(analyst: Any, three: dict[str, int]) -> None:
    page = " ".join(analyst.get("/").text.split())
    assert '<span class="urgency p1">P1</span> 2</a>' in page
    assert '<span class="urgency p3">P3</span> 1</a>' in page
    assert 'Terbuka <span class="badge">3</span>' in page


def test_the_tree_of_areas_has_names_and_counts(analyst: Any, three: dict[str, int]) -> None:
    part = " ".join(analyst.get("/antrean/wilayah?wilayah=13").text.split())
    assert 'Sumatera Barat</a> <span class="badge">2</span>' in part
    assert 'Kota Pariaman</a> <span class="badge">1</span>' in part
    assert 'Jawa Barat</a> <span class="badge">1</span>' in part
    assert "Bandung" not in part


def test_pages_go_on_behind_the_last_row_whatever_came_meanwhile(
    analyst: Any, newsdesk: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_queue, "PER_PAGE", 2)
    numbers = []
    for urgency in (Urgency.P3, Urgency.P3, Urgency.P1, Urgency.P1, Urgency.P1):
        numbers.append(newsdesk.opens("Kejadian", urgency=urgency).id)
        clock.forward(seconds=1)
    seen: list[int] = []
    address = "/"
    while address:
        page = analyst.get(address).text
        seen += rows(page)
        newsdesk.opens("Kejadian baru")
        found = re.search(r'class="button quiet-button" href="([^"]+)"', page)
        address = found[1] if found else ""
    assert seen == [numbers[4], numbers[3], numbers[2], numbers[1], numbers[0]]


def test_a_key_in_an_address_is_read_as_it_was_written(clock: Any) -> None:
    after = after_of(key_of(Urgency.P2, clock(), 17))
    assert after is not None
    assert (after.urgency, after.opened_at, after.id) == (Urgency.P2, clock(), 17)
    for wrong in ("", "P2", "P2~1", "P9~1~1", "P2~1~99999999999", "P2~-1~1"):
        assert after_of(wrong) is None


def test_an_address_says_only_what_is_asked_for() -> None:
    assert Asked().link() == "/"
    assert Asked(sinyal="perusakan").link(status="selesai") == "/?status=selesai&sinyal=perusakan"
    assert Asked(status="selesai").link(status="terbuka") == "/"


def picked(store: Store, *numbers: int) -> list[str]:
    return [f"{number}:{store.incidents.version(number)}" for number in numbers]


def test_several_are_decided_at_once_and_undone_at_once(analyst: Any, store: Store, three: dict[str, int]) -> None:
    chosen = picked(store, *three.values())
    answer = analyst.submit("/antrean/tindakan", tindakan="bukan_ancaman", pilih=chosen)
    assert answer.status_code == 303
    assert {one.status for one in store.incidents.of(three.values())} == {S.BUKAN_ANCAMAN}
    page = analyst.get(answer.headers["location"]).text
    assert "3 kejadian bukan ancaman." in page
    undo = page.partition('action="/antrean/urung/')[2].partition('"')[0]
    assert analyst.submit(f"/antrean/urung/{undo}").status_code == 303
    assert {one.status for one in store.incidents.of(three.values())} == {S.BELUM_DITINJAU}


def test_of_several_those_that_changed_meanwhile_are_left_and_told(
    analyst: Any, visit: Callable[..., Any], store: Store, three: dict[str, int]
) -> None:
    chosen = picked(store, *three.values())
    visit("analis", name="rina").submit("/antrean/tindakan", tindakan="verifikasi", pilih=picked(store, three["p1"]))
    answer = analyst.post(
        "/antrean/tindakan",
        data={"csrf": analyst.csrf, "tindakan": "bukan_ancaman", "pilih": chosen},
        headers=SENT,
    )
    assert answer.status_code == 200
    assert "2 kejadian bukan ancaman." in answer.text
    assert f"#{three['p1']}: diubah oleh rina pada 26-11-2024 16.00 WIB" in answer.text
    assert rows(answer.text) == [three["p1"]]


def test_one_alone_that_changed_meanwhile_is_a_page_that_says_by_whom(
    analyst: Any, visit: Callable[..., Any], store: Store, three: dict[str, int]
) -> None:
    chosen = picked(store, three["p1"])
    visit("analis", name="rina").submit("/antrean/tindakan", tindakan="verifikasi", pilih=chosen)
    answer = analyst.submit("/antrean/tindakan", tindakan="bukan_ancaman", pilih=chosen)
    assert answer.status_code == 409
    assert "diubah oleh rina" in answer.text


@pytest.mark.parametrize(
    ("role", "fields", "status"),
    [
        ("pengamat", {"tindakan": "klaim"}, 403),
        ("analis", {"tindakan": "terverifikasi"}, 422),
        ("analis", {"tindakan": "duplikat"}, 422),
        ("analis", {"tindakan": "meledak"}, 404),
        ("analis", {"tindakan": "klaim", "pilih": []}, 422),
        ("analis", {"tindakan": "klaim", "pilih": ["x"]}, 422),
        ("analis", {"tindakan": "klaim", "pilih": ["999:1"]}, 404),
        ("analis", {"tindakan": "klaim", "pilih": [f"{n}:1" for n in range(MOST + 1)]}, 422),
    ],
)
def test_what_may_not_be_done_is_refused(
    visit: Callable[..., Any], store: Store, three: dict[str, int], role: str, fields: dict[str, Any], status: int
) -> None:
    given = {"pilih": picked(store, three["p1"]), **fields}
    assert visit(role).submit("/antrean/tindakan", **given).status_code == status


def test_decisions_of_two_hundred_at_once(newsdesk: Any, store: Store, add_user: Any, clock: Any) -> None:
    article = newsdesk.prints("Sama")
    first = newsdesk.opens("Sama", article).id
    numbers = [first]
    incident = store.incidents.get(first)
    assert incident is not None
    with store.transaction():
        numbers += [store.incidents.open(incident, (), clock()).id for _ in range(MOST - 1)]
    actor = actor_of(store, add_user("analis"))
    chosen = [Chosen(number, store.incidents.version(number)) for number in numbers]
    outcome = decide_all(store, actor, chosen, S.BUKAN_ANCAMAN, clock())
    assert (len(outcome.done), outcome.refused) == (MOST, ())


def test_all_of_a_filter_are_chosen(analyst: Any, three: dict[str, int]) -> None:
    page = analyst.get("/?urgensi=P1&pilih=semua").text
    assert page.count('data-key-label="Pilih kejadian" checked>') == 2


def test_a_view_is_kept_shared_and_forgotten(analyst: Any, visit: Callable[..., Any], three: dict[str, int]) -> None:
    other = visit("analis", name="budi")
    analyst.submit("/antrean/tampilan", nama="Sumbar gawat", saringan="wilayah=13&tingkat=3&x=1", bersama="1")
    analyst.submit("/antrean/tampilan", nama="Punyaku", saringan="milik=saya")
    assert 'href="/?tingkat=3&amp;wilayah=13"' in other.get("/").text
    assert "Punyaku" not in other.get("/").text
    assert other.submit("/antrean/tampilan/1/hapus").status_code == 404
    assert analyst.submit("/antrean/tampilan/1/hapus").status_code == 303
    assert "Sumbar gawat" not in other.get("/").text
    assert analyst.submit("/antrean/tampilan", nama=" ", saringan="").status_code == 422


# What a page learns that looks by itself.


def test_news_are_what_opened_or_became_more_urgent_since(
    analyst: Any, newsdesk: Any, store: Store, clock: Any
) -> None:
    old = newsdesk.opens("Baliho roboh", severity=2, urgency=Urgency.P3)
    begun = analyst.get("/antrean/kabar", headers=OF_ITSELF).json()
    assert (begun["baru"], begun["belum_dibaca"]) == ([], 0)
    new = newsdesk.opens("TPS diserang").id
    low = newsdesk.opens("Rapat", severity=1, urgency=Urgency.P4).id
    from dataclasses import replace

    store.incidents.update(replace(old, urgency=Urgency.P2, severity=3), clock())
    told = analyst.get(f"/antrean/kabar?sejak={begun['sejak']}", headers=OF_ITSELF).json()
    assert [(one["id"], one["urgensi"], one["penting"]) for one in told["baru"]] == [
        (new, "P1", True),
        (old.id, "P2", True),
        (low, "P4", False),
    ]
    assert told["jumlah"] == {"P1": 1, "P2": 1, "P4": 1}
    assert analyst.get(f"/antrean/kabar?sejak={told['sejak']}").json()["baru"] == []


def test_news_of_other_regions_are_not_told(visit: Callable[..., Any], newsdesk: Any) -> None:
    newsdesk.opens("Posko dibakar", code="13.77")
    assert visit("analis", regions=("32",)).get("/antrean/kabar?sejak=0").json()["baru"] == []


def test_a_page_that_slept_for_long_is_told_to_begin_anew(
    analyst: Any, newsdesk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.store.incident_queue.MOST_NEWS", 1)
    newsdesk.opens("Satu")
    last = newsdesk.store.queue.last_change()
    told = analyst.get("/antrean/kabar?sejak=0").json()
    assert (told["mulai_lagi"], told["sejak"], told["baru"]) == (True, last, [])


def test_rows_say_in_whose_hands_they_are(
    analyst: Any, visit: Callable[..., Any], store: Store, three: dict[str, int], clock: Any
) -> None:
    rina = visit("analis", name="rina")
    number = three["p1"]
    rina.submit(f"/kejadian/{number}/klaim")
    rina.submit(f"/kejadian/{number}/hadir")
    told = analyst.get(f"/antrean/kabar?sejak=0&baris={number},x,99999").json()["baris"]
    assert told == {
        str(number): {
            "pemegang": "Rina",
            "milik_saya": False,
            "melihat": ["Rina"],
            "status": "belum_ditinjau",
            "status_nama": "belum ditinjau",
        }
    }
    page = analyst.get("/").text
    assert "dikerjakan <bdi>Rina</bdi>" in page
    clock.forward(minutes=2)
    assert analyst.get(f"/antrean/kabar?baris={number}").json()["baris"][str(number)]["melihat"] == []


def test_a_page_that_looks_by_itself_keeps_no_session_alive(analyst: Any, clock: Any) -> None:
    for _ in range(3):
        clock.forward(minutes=50)
        answer = analyst.get("/antrean/kabar", headers=OF_ITSELF, follow_redirects=False)
    assert answer.status_code == 303


# Claims.


def test_a_claim_is_one_persons_until_it_runs_out(
    analyst: Any, visit: Callable[..., Any], store: Store, three: dict[str, int], clock: Any
) -> None:
    budi = visit("analis", name="budi")
    number = three["p1"]
    assert analyst.submit(f"/kejadian/{number}/klaim").status_code == 303
    refused = budi.submit(f"/kejadian/{number}/klaim")
    assert refused.status_code == 409
    assert "sedang dikerjakan analis" in refused.text
    assert budi.submit(f"/kejadian/{number}/lepas").status_code == 409
    assert budi.submit(f"/kejadian/{number}/ambil-alih", alasan="saya dekat").status_code == 403
    clock.forward(minutes=31)
    assert budi.submit(f"/kejadian/{number}/klaim").status_code == 303
    assert rows(budi.get("/?milik=saya").text) == [number]
    assert budi.submit(f"/kejadian/{number}/lepas").status_code == 303
    assert store.claims.of([number], clock()) == {}


def test_activity_lengthens_a_claim_and_an_open_page_alone_does_not(
    analyst: Any, store: Store, three: dict[str, int], clock: Any
) -> None:
    number = three["p1"]
    analyst.submit(f"/kejadian/{number}/klaim")
    clock.forward(minutes=20)
    path, fields = f"/kejadian/{number}/hadir", {"csrf": analyst.csrf}
    analyst.post(path, data=fields, headers=OF_ITSELF)
    assert store.claims.of([number], clock() + timedelta(minutes=11)) == {}
    analyst.post(path, data={**fields, "aktif": "1"}, headers=OF_ITSELF)
    assert number in store.claims.of([number], clock() + timedelta(minutes=29))


def test_a_verifikator_takes_over_with_a_reason_and_whoever_had_it_is_told(
    visit: Callable[..., Any], store: Store, three: dict[str, int], clock: Any
) -> None:
    rina, vera = visit("analis", name="rina"), visit("verifikator")
    number = three["p1"]
    rina.submit(f"/kejadian/{number}/klaim")
    assert vera.submit(f"/kejadian/{number}/ambil-alih", alasan=" ").status_code == 422
    assert vera.submit(f"/kejadian/{number}/ambil-alih", alasan="Rina <b>sakit</b>").status_code == 303
    told = rina.get("/kabar").text
    assert "mengambil alih kejadian Anda" in told
    assert "Verifikator: Rina &lt;b&gt;sakit&lt;/b&gt;" in told
    assert rina.get("/antrean/kabar").json()["belum_dibaca"] == 1
    (entry,) = store.audit.entries(action="diambil_alih")
    assert entry.detail == {"dari": "rina", "alasan": "Rina <b>sakit</b>"}
    held = store.claims.of([number], clock())[number]
    assert isinstance(held, Claim)
    vera_user = store.users.by_name("verifikator")
    assert vera_user is not None
    assert held.user_id == vera_user.id


def test_who_closes_a_page_is_not_shown_there_any_more(
    analyst: Any, visit: Callable[..., Any], three: dict[str, int]
) -> None:
    number = three["p1"]
    visit("analis", name="rina").submit(f"/kejadian/{number}/hadir")
    assert analyst.submit(f"/kejadian/{number}/hadir").json()["melihat"] == ["Rina"]
    budi = visit("analis", name="budi")
    budi.submit(f"/kejadian/{number}/hadir")
    budi.submit(f"/kejadian/{number}/pergi")
    assert analyst.submit(f"/kejadian/{number}/hadir").json()["melihat"] == ["Rina"]
    assert analyst.submit("/kejadian/999/hadir").status_code == 404


def test_the_other_language_keeps_the_filters(analyst: Any, three: dict[str, int]) -> None:
    assert (
        'href="/?status=semua&amp;sinyal=perusakan&amp;lang=en"' in analyst.get("/?status=semua&sinyal=perusakan").text
    )


def test_words_that_are_in_too_many_articles_are_searched_in_the_newest_and_the_page_says_so(
    analyst: Any, newsdesk: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = newsdesk.opens("Posko dibakar", newsdesk.prints("Posko dibakar")).id
    clock.forward(minutes=1)
    newer = newsdesk.opens("Posko roboh", newsdesk.prints("Posko roboh")).id
    page = analyst.get("/?q=posko").text
    assert rows(page) == [newer, older]
    assert "tulisan terbaru" not in page
    for module in (incident_queue, stored_queue):
        monkeypatch.setattr(module, "MOST_ARTICLES", 1)
    page = analyst.get("/?q=posko").text
    assert rows(page) == [newer]
    assert "hanya kejadian dari 1 tulisan terbaru" in page
