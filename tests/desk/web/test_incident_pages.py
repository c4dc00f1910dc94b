"""The pages of one incident as each role gets them: what is shown, which steps are offered, what a refused form keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from data.records import IncidentStatus as S
from desk.actions.deciding import version_of
from tests.desk.web.conftest import EVIL, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.records import Incident
    from data.store import Store
    from tests.desk.web.conftest import Visitor


@pytest.fixture
def fire(newsdesk: Any) -> Incident:
    made: Incident = newsdesk.opens("Posko dibakar")
    return made


def here(incident: Incident, rest: str = "") -> str:
    return f"/kejadian/{incident.id}{rest}"


def offered(page: str) -> set[str]:
    """Return the statuses to which a page offers a step."""
    return {status.value for status in S if f'name="ke" value="{status.value}"' in page}


def undo_of(page: str) -> str:
    """Return where the message at the head of a page says to undo what was done."""
    return page.partition('class="message good"')[2].partition('action="')[2].partition('"')[0]


def decide(client: Visitor, store: Store, incident: Incident, to: S, **said: Any) -> Any:
    return client.submit(here(incident, "/putuskan"), ke=to.value, versi=str(version_of(store, incident.id)), **said)


# Who sees what.


def test_a_pengamat_sees_snippet_and_link_and_no_step(
    visit: Callable[..., Visitor], fire: Incident, store: Store
) -> None:
    page = visit("pengamat").get(here(fire)).text
    assert "http://kabar.example/1" in page
    assert "<blockquote>" in page
    assert "Dua relawan luka bakar ringan dan dirawat.</bdi></div>" not in page
    assert offered(page) == set()
    for form in ("putuskan", "komentar", "nilai", "peringatan", "laporan"):
        assert f'action="/kejadian/{fire.id}/{form}"' not in page
    assert store.audit.entries(action="baca_teks") == []


def test_an_analis_reads_the_text_with_its_evidence_marked_and_the_view_is_logged(
    analyst: Visitor, fire: Incident, store: Store
) -> None:
    page = analyst.get(here(fire)).text
    assert '<mark class="of-signal">dibakar<sup aria-hidden="true"' in page
    assert '<mark class="of-place">PARIAMAN<sup' in page
    assert [(one.actor, one.subject) for one in store.audit.entries(action="baca_teks")] == [
        ("analis", f"artikel/{fire.article_ids[0]}")
    ]
    assert offered(page) == {"verifikasi", "bukan_ancaman", "duplikat"}


@pytest.mark.parametrize("role", ["analis", "ketua"])
def test_every_page_of_an_incident_answers(visit: Callable[..., Visitor], fire: Incident, role: str) -> None:
    client = visit(role)
    article = fire.article_ids[0]
    for rest in (
        "",
        "/peta",
        "/gabung",
        "/gabung/tinjau",
        "/pisah",
        f"/artikel/{article}",
        f"/artikel/{article}/revisi",
    ):
        for lang in ("id", "en"):
            answer = client.get(here(fire, rest), params={"lang": lang})
            assert answer.status_code == 200, rest


def test_an_incident_of_another_region_is_not_there(visit: Callable[..., Visitor], fire: Incident) -> None:
    stranger = visit("verifikator", regions=("32",))
    for rest in ("", "/peta", "/gabung", "/gabung/tinjau", "/pisah", "/artikel/1", "/artikel/1/revisi"):
        assert stranger.get(here(fire, rest)).status_code == 404, rest


STEPS: dict[str, dict[str, Any]] = {
    "/putuskan": {"ke": "verifikasi", "versi": "1"},
    "/komentar": {"komentar": "x"},
    "/nilai": {"sumber": "C", "isi": "3"},
    "/hasil": {"hasil": "benar"},
    "/peringatan": {"langkah": "naikkan", "revisi": "0"},
    "/laporan": {"format": "txt"},
    "/artikel/1/koreksi": {"modalitas": "dugaan", "tingkat": "1", "versi": "1"},
    "/artikel/1/nama": {"nama": "Pariaman", "arti": "13.77"},
    "/gabung": {"versi": ["1:1", "2:1"], "utama": "1"},
    "/pisah": {"artikel": "1", "versi": "1"},
    "/pindah": {"artikel": "1", "ke": "2", "versi": "1"},
}


def test_what_a_role_may_not_it_cannot_send_either_and_nobody_of_another_region_can(
    visit: Callable[..., Visitor], fire: Incident, store: Store
) -> None:
    before = store.incidents.history(fire.id)
    pengamat, stranger, ketua = visit("pengamat"), visit("verifikator", regions=("32",)), visit("ketua")
    for rest, form in STEPS.items():
        assert pengamat.submit(here(fire, rest), **form).status_code == 403, rest
        assert stranger.submit(here(fire, rest), **form).status_code == 404, rest
        without_token = ketua.post(here(fire, rest), data=form, follow_redirects=False)
        assert without_token.status_code == 403, rest
    assert store.incidents.history(fire.id) == before


# Deciding.


def test_the_whole_way_with_recipient_answer_and_outcome(
    visit: Callable[..., Visitor], fire: Incident, store: Store, clock: Any
) -> None:
    vera = visit("verifikator")
    assert offered(vera.get(here(fire)).text) == {"verifikasi", "bukan_ancaman", "duplikat"}
    for to in (S.VERIFIKASI, S.TERVERIFIKASI):
        clock.forward(minutes=1)
        assert decide(vera, store, fire, to).status_code == 303
    page = vera.get(here(fire)).text
    assert offered(page) == {"ditindaklanjuti", "ditutup_tanpa_tindak_lanjut", "verifikasi"}
    clock.forward(minutes=1)
    refused = decide(vera, store, fire, S.DITINDAKLANJUTI, surat="9/XI")
    assert (refused.status_code, "kepada siapa" in refused.text, 'value="9/XI"' in refused.text) == (422, True, True)
    decide(vera, store, fire, S.DITINDAKLANJUTI, penerima="Polres Pariaman", surat="9/XI")
    (sent,) = store.follow_ups.of_incident(fire.id)
    assert (sent.recipient, sent.letter) == ("Polres Pariaman", "9/XI")
    vera.submit(here(fire, f"/jawaban/{sent.id}"), jawaban="Dua orang diperiksa")
    clock.forward(minutes=1)
    decide(vera, store, fire, S.SELESAI)
    vera.submit(here(fire, "/hasil"), hasil="benar", catatan="sesuai laporan Polres")
    page = vera.get(here(fire)).text
    for words in ("Polres Pariaman", "9/XI", "Dua orang diperiksa", "sesuai laporan Polres"):
        assert words in page
    assert offered(page) == {"ditindaklanjuti"}, "only back, with a reason"
    assert "status: ditindaklanjuti → selesai" in page


def test_a_decision_is_undone_from_the_message(analyst: Visitor, fire: Incident, store: Store) -> None:
    answer = decide(analyst, store, fire, S.BUKAN_ANCAMAN, alasan="simulasi")
    page = analyst.get(answer.headers["location"]).text
    undo = undo_of(page)
    assert undo.startswith(here(fire, "/urung/"))
    assert analyst.submit(undo).status_code == 303
    now = store.incidents.get(fire.id)
    assert now is not None
    assert now.status is S.BELUM_DITINJAU


def test_whoever_decides_second_sees_who_was_first_and_keeps_what_they_wrote(
    visit: Callable[..., Visitor], fire: Incident, store: Store
) -> None:
    rina, budi = visit("analis", name="rina"), visit("analis", name="budi")
    seen = str(version_of(store, fire.id))
    rina.submit(here(fire, "/putuskan"), ke="verifikasi", versi=seen)
    answer = budi.submit(here(fire, "/putuskan"), ke="bukan_ancaman", versi=seen, alasan="ini latihan <b>")
    assert answer.status_code == 409
    assert "rina" in answer.text
    assert "status: belum ditinjau → verifikasi" in answer.text
    assert "ini latihan &lt;b&gt;" in answer.text
    now = store.incidents.get(fire.id)
    assert now is not None
    assert now.status is S.VERIFIKASI


def test_a_form_that_cannot_be_is_refused_in_words(analyst: Visitor, fire: Incident) -> None:
    wrong: list[dict[str, Any]] = [
        {"ke": "selesai", "versi": "1"},
        {"ke": "apa", "versi": "1"},
        {"ke": "verifikasi"},
        {"ke": "duplikat", "versi": "99", "duplikat_dari": "xx"},
    ]
    for form in wrong:
        answer = analyst.submit(here(fire, "/putuskan"), **form)
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), form


# Articles: corrections and revisions.


def test_labels_and_place_are_corrected_and_the_correction_is_undone(
    analyst: Visitor, fire: Incident, store: Store, clock: Any
) -> None:
    path = here(fire, f"/artikel/{fire.article_ids[0]}")
    page = analyst.get(path).text
    assert 'value="perusakan" checked' in page
    assert 'name="tempat" value="13.77" checked' in page
    answer = analyst.submit(
        f"{path}/koreksi",
        sinyal=["perusakan", "kekerasan_intimidasi"], modalitas="dugaan", tingkat="2", tempat=["13.77.01"],
        catatan="dua korban", versi=str(version_of(store, fire.id)),
    )  # fmt: skip
    assert answer.status_code == 303
    page = analyst.get(answer.headers["location"]).text
    assert "dua korban" in page
    now = store.incidents.get(fire.id)
    assert now is not None
    assert ([place.code for place in now.places], now.severity) == (["13.77.01"], 2)
    clock.forward(minutes=1)
    undo = undo_of(page)
    analyst.submit(undo)
    now = store.incidents.get(fire.id)
    assert now is not None
    assert ([place.code for place in now.places], now.severity) == (["13.77"], 3)


def test_a_correction_that_is_refused_keeps_what_was_filled_in(analyst: Visitor, fire: Incident) -> None:
    path = here(fire, f"/artikel/{fire.article_ids[0]}")
    answer = analyst.submit(
        f"{path}/koreksi", sinyal=["perusakan"], modalitas="tidak_relevan", tingkat="1", tempat=["32.01"], catatan="catatan saya",
        versi="99",
    )  # fmt: skip
    assert answer.status_code == 422
    for words in ('value="tidak_relevan" selected', 'name="tempat" value="32.01" checked', "catatan saya", "Bogor"):
        assert words in answer.text


def test_a_name_is_given_its_meaning(analyst: Visitor, fire: Incident, store: Store) -> None:
    path = here(fire, f"/artikel/{fire.article_ids[0]}/nama")
    assert analyst.submit(path, nama="Pariaman").status_code == 422
    assert analyst.submit(path, nama="Pariaman", arti_kode="13.77").status_code == 303
    assert [one.codes for one in store.place_corrections.all()] == [("13.77",)]


def test_what_an_outlet_changed_is_shown_word_by_word(
    analyst: Visitor, newsdesk: Any, clock: Any, store: Store
) -> None:
    number = newsdesk.prints("Posko dibakar", slug="posko")
    opened = newsdesk.opens("Posko dibakar", number)
    clock.forward(hours=1)
    newsdesk.prints("Posko dirusak", TEXT.replace("Dua relawan", "Tiga relawan & warga"), slug="posko")
    page = analyst.get(here(opened, f"/artikel/{number}/revisi")).text
    for words in ("<del>dibakar</del>", "<ins>dirusak</ins>", "<del>Dua ", "<ins>Tiga ", "&amp; warga"):
        assert words in page
    assert f"/artikel/{number}/revisi" in analyst.get(here(opened)).text


# Places.


def test_places_are_found_as_a_part_of_the_page_or_as_json(analyst: Visitor) -> None:
    asked = {"q": "pariaman teng", "dalam": "13.77"}
    answer = analyst.get("/wilayah", params=asked, headers={"accept": "application/json"})
    assert answer.json()["hasil"][0] == {
        "kode": "13.77.01", "nama": "Kecamatan Pariaman Tengah", "dalam": "Kota Pariaman, Sumatera Barat",
    }  # fmt: skip
    part = analyst.get("/wilayah", params={"cari_arti": "pariaman teng", "kolom": "arti"}).text
    assert 'name="arti" value="13.77.01"' in part
    assert "<html" not in part
    assert "&lt;script&gt;" in analyst.get("/wilayah", params={"q": "<script>"}).text


# Comments, value, alerts, reports.


def test_a_comment_is_shown_and_who_is_named_gets_a_notice(
    visit: Callable[..., Visitor], fire: Incident, store: Store
) -> None:
    rina, budi = visit("analis", name="rina"), visit("analis", name="budi")
    rina.submit(here(fire, "/komentar"), komentar=f"@budi lihat {EVIL}")
    page = budi.get(here(fire)).text
    assert "@budi lihat &lt;script&gt;" in page
    assert EVIL not in page
    budi_id = store.users.by_name("budi")
    assert budi_id is not None
    assert store.notices.unread(budi_id.id) == 1


def test_value_and_alert_by_hand(visit: Callable[..., Visitor], newsdesk: Any, store: Store) -> None:
    fire = newsdesk.opens("Spanduk dirusak", severity=2)
    vera = visit("verifikator")
    assert vera.submit(here(fire, "/nilai"), sumber="A", isi="1").status_code == 422
    vera.submit(here(fire, "/nilai"), sumber="C", isi="3")
    assert "menunggu petugas" in vera.get(here(fire)).text
    vera.submit(here(fire, "/peringatan"), langkah="naikkan", revisi="0")
    assert (
        vera.submit(here(fire, "/peringatan"), langkah="batalkan", revisi="0", catatan_peringatan="x").status_code
        == 409
    )
    vera.submit(here(fire, "/peringatan"), langkah="batalkan", revisi="1", catatan_peringatan="bukan perusakan")
    page = vera.get(here(fire)).text
    assert "<b>C3</b>" in page
    assert "dibatalkan petugas: bukan perusakan" in page


def test_a_laporan_informasi_is_handed_over_and_logged(analyst: Visitor, fire: Incident, store: Store) -> None:
    for chosen in ("docx", "txt"):
        answer = analyst.submit(here(fire, "/laporan"), format=chosen)
        assert answer.status_code == 200
        assert f".{chosen}" in answer.headers["content-disposition"]
        assert len(answer.content) > 200
    assert [entry.detail["format"] for entry in store.audit.entries(action="laporan_dibuat")] == ["txt", "docx"]
    analyst.submit(here(fire, "/nilai"), sumber="D", isi="4")
    assert "D4 (ditetapkan petugas desk)" in analyst.submit(here(fire, "/laporan"), format="html").text


def test_a_format_that_there_is_not_is_refused(analyst: Visitor, fire: Incident) -> None:
    assert analyst.submit(here(fire, "/laporan"), format="exe").status_code in {404, 422}
