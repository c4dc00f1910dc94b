"""The pieces are what the sample network promises: enough of each kind, true to the calendar and the gazetteer."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from data.gazetteer import load_gazetteer
from data.records import WATCHED, Modality
from data.samples import network
from data.samples.network import HOSTS, PIECES, posts
from data.samples.truth import truth

if TYPE_CHECKING:
    from pathlib import Path

WIB = ZoneInfo("Asia/Jakarta")
SIGNALS = {
    "politik_uang",
    "netralitas_aparatur",
    "penyalahgunaan_wewenang",
    "pelanggaran_kampanye",
    "perusakan",
    "kekerasan_intimidasi",
    "konflik_massa",
    "sara_kebencian",
    "hoaks_disinformasi",
    "data_pemilih",
    "logistik_tps",
    "integritas_penyelenggara",
    "sengketa_tahapan",
    "bencana_cuaca",
}
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
ORIGINALS = [article for article in truth() if article.copy_of is None]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


def test_there_are_at_least_120_articles_of_which_half_are_soft_a_third_ceremonies_and_the_rest_incidents():
    kinds = Counter(article.kind for article in ORIGINALS)
    total = sum(kinds.values())
    assert total >= 120
    assert kinds["soft"] / total == pytest.approx(1 / 2, abs=0.04)
    assert kinds["ceremony"] / total == pytest.approx(1 / 3, abs=0.04)
    assert kinds["incident"] / total == pytest.approx(1 / 6, abs=0.05)


def test_every_host_has_articles_and_the_varient_hosts_have_at_least_80_together():
    by_host = Counter(article.host for article in truth())
    assert set(by_host) == set(HOSTS)
    assert sum(by_host[host] for host in HOSTS if "wartadesa" in host) >= 80


def test_the_incidents_cover_every_signal_every_watched_modality_and_every_severity():
    incidents = [article.labels for article in ORIGINALS if article.kind == "incident"]
    assert {signal for labels in incidents for signal in labels.signals} == SIGNALS
    assert {labels.modality for labels in incidents} == WATCHED
    assert {labels.severity for labels in incidents} == {0, 1, 2, 3, 4}


def test_only_incidents_are_flagged_and_a_severity_of_zero_among_them_is_a_denial():
    for article in truth():
        assert article.labels.flagged is (article.kind == "incident"), article.piece_id
        if article.kind == "incident":
            assert (article.labels.severity == 0) is article.labels.negasi, article.piece_id


def test_soft_news_carry_no_signal_but_for_columns_and_ceremonies_no_severity():
    for article in ORIGINALS:
        if article.kind == "soft" and article.labels.modality is not Modality.OPINI:
            assert (article.labels.signals, article.labels.modality) == ((), Modality.TIDAK_RELEVAN), article.piece_id
        if article.kind == "ceremony":
            assert article.labels.modality is Modality.PENCEGAHAN_KEGIATAN, article.piece_id
            assert article.labels.severity == 0, article.piece_id


def test_at_least_eight_incidents_are_printed_by_other_hosts_too_in_slightly_other_words():
    by_url = {article.url: article for article in truth()}
    copied = [article for article in truth() if article.copy_of is not None and article.kind == "incident"]
    for copy in copied:
        first = by_url[copy.copy_of]
        assert copy.host != first.host
        assert copy.event == first.event
        assert copy.published >= first.published
    reworded = {copy.piece_id for copy in copied if copy.text != by_url[copy.copy_of].text}
    assert len(reworded) >= 8


def test_one_article_stands_unchanged_and_under_the_same_name_on_two_hosts_of_one_network():
    first, second = (article for article in truth() if article.piece_id == "demo-kpu-sumbar")
    assert (first.title, first.text, first.published) == (second.title, second.text, second.published)
    assert {first.host, second.host} == {"wartadesa.test", "pariaman.wartadesa.test"}
    assert first.url.rsplit("/", 1)[1] == second.url.rsplit("/", 1)[1]


def test_three_events_are_followed_up_by_a_second_piece():
    pieces: dict[str, set[str]] = {}
    for article in truth():
        if article.event is not None:
            pieces.setdefault(article.event, set()).add(article.piece_id)
    assert sum(len(names) > 1 for names in pieces.values()) >= 3
    assert pieces["posko-kasang"] == {"posko-kasang", "posko-kasang-pelaku", "posko-kasang-p21"}


def test_texts_have_80_to_350_words_but_for_one_of_nearly_900_in_a_single_paragraph():
    long = [article for article in ORIGINALS if not 80 <= len(article.text.split()) <= 350]
    assert [article.piece_id for article in long] == ["lapau-tek-niar"]
    assert 850 <= len(long[0].text.split()) <= 1000
    assert "\n" not in long[0].text


def test_every_place_has_a_code_of_the_gazetteer_and_every_incident_has_a_place():
    gazetteer = load_gazetteer()
    for article in truth():
        assert all(code in gazetteer for code in article.places), article.piece_id
        assert article.places or article.kind != "incident", article.piece_id


def test_the_place_of_an_incident_or_a_unit_above_or_below_it_is_named_in_its_text():
    gazetteer = load_gazetteer()
    for article in truth():
        if article.kind == "incident":
            for code in article.places:
                name = gazetteer.unit(code).name
                assert name.lower() in f"{article.title} {article.text}".lower(), (article.piece_id, name)


def test_weekdays_in_the_texts_are_those_of_the_calendar():
    pattern = re.compile(rf"\b({'|'.join(DAYS)})\s+\((\d+)/(\d+)/(\d{{4}})\)")
    dated = 0
    for article in truth():
        for day, number, month, year in pattern.findall(article.text):
            dated += 1
            assert DAYS[date(int(year), int(month), int(number)).weekday()] == day, article.piece_id
    assert dated > 80


def test_what_has_happened_was_printed_afterwards():
    pattern = re.compile(r"\((\d+)/(\d+)/(\d{4})\)")
    for article in truth():
        dates = [date(int(y), int(m), int(d)) for d, m, y in pattern.findall(article.text)]
        if dates:
            assert min(dates) <= article.published.astimezone(WIB).date(), article.piece_id


def test_addresses_are_unique_and_so_are_the_pieces_names():
    addresses = [article.url for article in truth()]
    assert len(addresses) == len(set(addresses))
    names = [article.piece_id for article in ORIGINALS]
    assert len(names) == len(set(names))


def test_two_pieces_of_one_title_on_one_host_differ_by_a_number_in_the_address():
    urls = [article.url for article in truth() if article.title == "Harga Cabai Naik Lagi"]
    assert sorted(urls) == [
        "http://wartadesa.test/harga-cabai-naik-lagi",
        "http://wartadesa.test/harga-cabai-naik-lagi-123",
    ]


def test_the_seeds_kind_of_piece_stands_there():
    (piece,) = [article for article in ORIGINALS if article.piece_id == "rakor-pariaman"]
    assert "Potensi Kerawanan" in piece.title
    assert piece.text.startswith("Bukittinggi-Pjs Wali Kota")
    assert "Aula Balaikota Pariaman" in piece.text
    assert piece.section == "Desa"
    assert piece.places == ("13.77",)
    assert not piece.labels.flagged


def test_a_revised_piece_has_its_first_text_before_and_its_second_after():
    def shown(at: datetime | None) -> tuple[str, bool]:
        (piece,) = [a for a in truth(at) if a.piece_id == "kpu-pasbar-digeruduk" and a.copy_of is None]
        return piece.title[-20:], "Dua petugas keamanan" in piece.text

    assert shown(moment("2024-12-03T21:00")) == ("Barat, Pleno Diskors", False)
    assert shown(moment("2024-12-03T21:15")) == (" Diskors hingga Rabu", True)
    assert shown(None)[1]


def test_a_withdrawn_piece_is_there_between_its_printing_and_its_withdrawal_only():
    def there(at: datetime | None) -> bool:
        return any(article.piece_id == "kapus-ditarik" for article in truth(at))

    assert not there(moment("2024-11-10T20:00"))
    assert there(moment("2024-11-11T08:00"))
    assert not there(moment("2024-11-12T09:00"))
    assert not there(None)


def test_before_the_first_piece_nothing_stands():
    assert posts(moment("2024-01-01T00:00")) == ()


def test_a_broken_pieces_file_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from data.errors import InputError

    (tmp_path / "rusak.toml").write_text('[[piece]]\nid = "x"\n', encoding="utf-8")
    monkeypatch.setattr(network, "PIECES", tmp_path)
    network._all_posts.cache_clear()
    try:
        with pytest.raises(InputError, match=r"rusak\.toml"):
            posts()
    finally:
        monkeypatch.setattr(network, "PIECES", PIECES)
        network._all_posts.cache_clear()
