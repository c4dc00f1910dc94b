"""Searching: found words are marked, rights and regions hold, other people's text stays text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.store.matching import read_terms
from desk.snippets import LENGTH, snippet

if TYPE_CHECKING:
    from collections.abc import Callable


def test_other_forms_are_found_and_marked(newsdesk: Any, analyst: Any) -> None:
    newsdesk.prints("Polisi selidiki pembakaran posko", "Pelaku dicari. Warga melihat api.")
    page = analyst.get("/cari?q=dibakar").text
    assert "Polisi selidiki <mark>pembakaran</mark> posko" in page
    assert "bentuk kata lain" in page
    assert '<a href="/artikel/1"' in page


def test_a_phrase_an_exclusion_and_what_finds_nothing(newsdesk: Any, analyst: Any) -> None:
    newsdesk.prints("Posko dibakar massa", "Api padam.")
    newsdesk.prints("Dibakar malam hari", "Sebuah posko habis.")
    page = analyst.get("/cari", params={"q": '"posko dibakar" -kantor'}).text
    assert "/artikel/1" in page
    assert "/artikel/2" not in page
    assert "Tidak ada yang cocok" in analyst.get("/cari?q=kelapa").text
    assert "paling sedikit satu kata" in analyst.get("/cari?q=-posko").text


def test_a_hit_links_to_its_incident_and_filters_narrow(newsdesk: Any, incident: Any, analyst: Any) -> None:
    newsdesk.prints("Posko dibuka calon", "Acara meriah.")
    page = analyst.get("/cari?q=posko").text
    assert f'href="/kejadian/{incident.id}"' in page
    assert "/artikel/2" in page
    narrowed = analyst.get("/cari?q=posko&sinyal=perusakan&tingkat=2&wilayah=13.77&ditandai=ya&modalitas=kejadian").text
    assert f'href="/kejadian/{incident.id}"' in narrowed
    assert "/artikel/2" not in narrowed


def test_hostile_titles_and_queries_are_only_ever_text(incident: Any, analyst: Any) -> None:
    page = analyst.get("/cari", params={"q": '<script>alert(1)</script> "posko'}).text
    assert "<script>alert" not in page
    page = analyst.get("/cari?q=alert").text
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_an_observer_sees_a_snippet_and_a_link_but_no_text(newsdesk: Any, visit: Callable[..., Any]) -> None:
    long = "Korban Budi Santoso (34) dirawat di rumah sakit. " + "Polisi memeriksa saksi. " * 40 + "Kalimat terakhir."
    newsdesk.prints("Posko diserang", long)
    client = visit("pengamat")
    page = client.get("/cari?q=posko").text
    assert "Budi Santoso" not in page
    article = client.get("/artikel/1").text
    assert "Budi Santoso" not in article
    assert "Kalimat terakhir" not in article
    assert "http://kabar.example/1" in article


def test_reading_an_article_is_noted_once(newsdesk: Any, analyst: Any, store: Any) -> None:
    newsdesk.prints("Posko diserang", "Kalimat pertama. Kalimat terakhir.")
    assert "Kalimat terakhir" in analyst.get("/artikel/1").text
    analyst.get("/artikel/1")
    assert [entry.actor for entry in store.audit.entries(subject="artikel/1")] == ["analis"]


def test_an_article_of_another_region_is_not_there(newsdesk: Any, visit: Callable[..., Any]) -> None:
    newsdesk.opens("Posko dibakar", code="13.77")
    other = visit("analis", name="jauh", regions=("32",))
    assert other.get("/artikel/1").status_code == 404
    assert "/artikel/1" not in other.get("/cari?q=posko").text
    near = visit("analis", name="dekat", regions=("13",))
    assert near.get("/artikel/1").status_code == 200
    assert "/artikel/1" in near.get("/cari?q=posko").text


def test_an_article_that_was_missed_is_put_in_the_label_queue(newsdesk: Any, analyst: Any, store: Any) -> None:
    number = newsdesk.prints("Posko diserang")
    assert "Masukkan ke antrean label" in analyst.get(f"/artikel/{number}").text
    assert analyst.submit(f"/artikel/{number}/label").status_code == 303
    assert [one.task.reason for one in store.label_tasks.queue()] == ["terlewat"]
    assert f'href="/label/{number}/1"' in analyst.get(f"/artikel/{number}").text


def test_a_name_is_said_to_mean_another_place_or_none(newsdesk: Any, analyst: Any, store: Any) -> None:
    number = newsdesk.prints("Posko diserang", "Warga Pariaman berkumpul di Posko Melati.")
    for name, code, words in (
        ("Pariaman", "99.99", "99.99"),
        ("Padang", "13.71", "Padang"),
        ("", "13.77", "nama"),
    ):
        refused = analyst.submit(f"/artikel/{number}/nama", nama=name, arti=code)
        assert refused.status_code == 422
        assert words in refused.text
    assert store.place_corrections.all() == []
    assert analyst.submit(f"/artikel/{number}/nama", nama="Pariaman", arti="13.77").status_code == 303
    assert analyst.submit(f"/artikel/{number}/nama", nama="Melati", arti="").status_code == 303
    assert {(one.name, one.codes) for one in store.place_corrections.all()} == {
        ("Pariaman", ("13.77",)),
        ("Melati", ()),
    }


def test_pages_go_on_where_the_last_one_ended(newsdesk: Any, analyst: Any) -> None:
    for number in range(25):
        newsdesk.prints(f"Posko nomor {number} dibuka")
    first = analyst.get("/cari?q=posko").text
    assert "/artikel/25" in first
    assert '/artikel/5"' not in first
    assert "setelah=0~6" in first
    assert '/artikel/5"' in analyst.get("/cari?q=posko&setelah=0~6").text
    assert analyst.get("/cari?q=posko&setelah=rubbish").status_code == 200


def test_a_snippet_is_the_stretch_with_most_of_what_was_asked_for() -> None:
    text = "Rapat biasa berlangsung. " * 30 + "Posko di Kampung Baru dibakar massa. " + "Rapat usai. " * 30
    found = snippet(text, read_terms("posko dibakar"))
    assert [cut.text for cut in found if cut.is_hit] == ["Posko", "dibakar"]
    assert found[0].text == "… "
    assert found[-1].text == " …"
    assert sum(len(cut.text) for cut in found) <= LENGTH + 4
