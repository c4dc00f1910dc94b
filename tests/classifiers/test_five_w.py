"""5W1H of an incident: filled as far as a made-up text gives, roles never names, each with where it stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from classifiers.copies import signature
from classifiers.incidents import Member, five_w
from classifiers.incidents.five_w import answers_of, plain_role
from data.records import Assessment, EventTime, Evidence, Modality, Place, PlaceRole, Urgency

NOON = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)


def member(text: str, title: str = "Kejadian di Nagari", number: int = 1, **changed: Any) -> Member:
    fields: dict[str, Any] = {"places": (), "event_time": None, "evidence": (), "tier": 3, "flagged": True} | changed
    assessment = Assessment(
        signals={},
        flagged_signals=("perusakan",),
        modality=Modality.KEJADIAN,
        severity=2,
        severity_points=(),
        urgency=Urgency.P3,
        flagged=fields["flagged"],
        flag_score=0.9,
        places=fields["places"],
        evidence=fields["evidence"],
        model_version="m",
        rules_version="r",
        event_time=fields["event_time"],
    )
    return Member(
        number, f"s{number}", f"s{number}", fields["tier"], title, text, signature(title, text), NOON, NOON, assessment
    )


@pytest.mark.parametrize(
    ("sentence", "roles"),
    [
        (
            "Massa pendukung salah satu pasangan calon melempari kantor KPU dengan batu.",
            ["massa pendukung", "pasangan calon"],
        ),
        ("Orang tak dikenal membakar posko pada Selasa dini hari.", ["orang tak dikenal"]),
        ("Posko dirusak OTK saat warga tidur.", ["OTK", "warga"]),
        ("Oknum camat diduga mengarahkan perangkat desa memilih petahana.", ["oknum camat", "perangkat desa"]),
        ("Ketua KPPS TPS 04 mencoblos sendiri sisa surat suara.", ["ketua KPPS"]),
        ("Dua pria bermasker menyiram bensin ke teras posko.", ["dua pria bermasker"]),
        ("Seorang wanita tertangkap tangan membagikan amplop.", ["seorang wanita"]),
        ("Anggota Panwascam dipukul saat mengawasi kampanye.", ["anggota Panwascam"]),
        ("Ratusan warga mengepung kantor camat.", ["ratusan warga", "camat"]),
        ("Sekelompok pemuda bersenjata menghadang mobil logistik.", ["sekelompok pemuda bersenjata"]),
        ("Tim sukses membagikan sembako di pasar.", ["tim sukses"]),
        ("Hujan deras merendam tiga TPS.", []),
        ("Budi Santoso dan Rina Kartika berbicara di balai.", []),
        ("Tersangka Budi Santoso dibawa ke Polres.", ["tersangka"]),
        ("Korban bernama Siti Aminah luka di kepala.", ["korban"]),
    ],
)
def test_siapa_is_roles_and_never_names(sentence: str, roles: list[str]) -> None:
    assert [answer.text for answer in answers_of(member(sentence)).siapa] == roles


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Massa mengamuk karena surat suara kurang. Polisi datang.", "karena surat suara kurang"),
        (
            "Bentrokan pecah dipicu saling ejek antarpendukung, kata saksi.",
            "dipicu saling ejek antarpendukung, kata saksi",
        ),
        ("Tiga TPS terendam akibat luapan sungai sejak subuh.", "akibat luapan sungai sejak subuh"),
        ("Kotak suara rusak. Gudang itu diduga akibat korsleting terbakar.", "diduga akibat korsleting terbakar"),
        (
            "Mereka berunjuk rasa sebagai protes atas penghitungan yang tertutup.",
            "sebagai protes atas penghitungan yang tertutup",
        ),
        ("Massa marah. Oleh karena itu pleno ditunda.", None),
        ("Pleno ditunda. Karena itu saksi pulang.", None),
        ("Warga mengepung kantor.", None),
        ("Pemungutan diulang lantaran ada pemilih mencoblos dua kali.", "lantaran ada pemilih mencoblos dua kali"),
    ],
)
def test_mengapa_is_the_clause_that_says_so(text: str, why: str | None) -> None:
    found = answers_of(member(text)).mengapa
    assert (found.text if found else None) == why


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("Pelaku membakar posko dengan cara menyiram bensin ke dinding.", "dengan cara menyiram bensin ke dinding"),
        ("Ia membeli suara dengan modus arisan. Warga melapor.", "dengan modus arisan"),
        ("Bentrokan bermula saat dua rombongan bertemu di jembatan.", "bermula saat dua rombongan bertemu di jembatan"),
        ("Mereka merusak kotak suara menggunakan linggis.", "menggunakan linggis"),
        ("Keributan berawal dari antrean panjang.", "berawal dari antrean panjang"),
        ("Posko terbakar pada malam hari.", None),
    ],
)
def test_bagaimana_is_the_clause_that_says_so(text: str, how: str | None) -> None:
    found = answers_of(member(text)).bagaimana
    assert (found.text if found else None) == how


TEXT = "Hujan turun sejak sore. Massa membakar posko di Kampung Perak pada Selasa dini hari. Polisi menyelidiki."


def test_apa_is_the_sentence_that_decided_and_else_the_first() -> None:
    decided = Evidence("perusakan", "text", TEXT.index("membakar"), TEXT.index(" posko"), 2.0, "membakar posko")
    found = answers_of(member(TEXT, evidence=(decided,))).apa
    assert found is not None
    assert found.text == "Massa membakar posko di Kampung Perak pada Selasa dini hari."
    assert TEXT[found.start : found.end] == found.text
    first = answers_of(member(TEXT)).apa
    assert first is not None
    assert first.text == "Hujan turun sejak sore."


def test_di_mana_and_bilamana_are_where_the_text_says_so() -> None:
    start = TEXT.index("Kampung Perak")
    place = Place("13.77.01.1001", "Kampung Perak", PlaceRole.KEJADIAN, "text", start, start + 13, 0.9)
    handled = Place("13.77", "Pariaman", PlaceRole.PENANGANAN, "text", 0, 5, 0.9)
    at = TEXT.index("Selasa dini hari")
    time = EventTime(NOON, NOON, "text", at, at + 16)
    found = answers_of(member(TEXT, places=(handled, place), event_time=time))
    assert [one.text for one in found.di_mana] == ["Kampung Perak"]
    assert found.bilamana is not None
    assert found.bilamana.text == "Selasa dini hari"


def test_what_the_best_article_does_not_say_comes_from_the_next() -> None:
    best = member("Massa membakar posko.", tier=1)
    next_best = member("Posko dibakar massa karena kalah suara.", number=2)
    found = five_w([next_best, best])
    assert found.apa is not None
    assert found.mengapa is not None
    assert (found.apa.article_id, found.mengapa.article_id, found.mengapa.text) == (1, 2, "karena kalah suara")
    assert found.bilamana is None


def test_no_more_articles_are_asked_than_it_needs_and_never_more_than_twenty() -> None:
    silent = [member("Posko dirusak.", number=number, tier=2) for number in range(1, 20)]
    twentieth = member("Posko dirusak karena rebutan parkir.", number=20)
    later = member("Posko dirusak menggunakan bensin.", number=21, tier=4)
    found = five_w([later, twentieth, *silent])
    assert found.mengapa is not None
    assert (found.mengapa.text, found.mengapa.article_id) == ("karena rebutan parkir", 20)
    assert found.bagaimana is None, "the twenty-first is not asked"
    assert five_w([twentieth, later]).bagaimana is not None


def test_an_incident_without_words_answers_nothing() -> None:
    found = five_w([member("", title="")])
    assert (found.siapa, found.apa, found.di_mana, found.bilamana) == ((), None, (), None)


def test_short_names_of_offices_keep_their_capitals() -> None:
    assert plain_role("Anggota KPPS") == "anggota KPPS"
    assert plain_role("KETUA BAWASLU") == "ketua Bawaslu"
