"""One event, one incident: copies and follow-ups join, near misses stay apart, and the order of arrival is no matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from classifiers.copies import EMPTY, signature
from classifiers.incidents import Member, independent_sources, pair_score, partition, profile_of, summarise
from classifiers.incidents.pairs import CERTAIN, log_odds, of_two_events
from classifiers.incidents.words import number_of, stem
from data.records import Assessment, IncidentStatus, Modality, Place, PlaceRole, Urgency

NOON = datetime(2024, 11, 26, 5, 0, tzinfo=UTC)

BURNT = """Posko pemenangan salah satu pasangan calon di Kelurahan Kampung Perak dibakar orang tak dikenal pada Selasa dini hari.
Api menghanguskan dinding dan spanduk. Dua relawan yang tidur di dalam posko luka bakar ringan dan dibawa ke rumah sakit.
Saksi melihat dua orang bermasker datang dengan sepeda motor, menyiram bensin lalu melempar botol menyala ke teras posko."""

BURNT_ELSEWHERE = """Dua relawan terluka setelah posko mereka di Kampung Perak, Pariaman, terbakar dini hari tadi. Warga yang
memadamkan api menemukan botol berisi bensin di teras. Seorang saksi mengaku melihat pengendara sepeda motor bermasker
melarikan diri sesaat sebelum api membesar. Polisi memasang garis di sekitar posko dan memeriksa rekaman kamera."""

MONEY = """Warga menangkap seorang pria yang membagikan amplop berisi uang seratus ribu rupiah di sebuah warung pada Senin malam.
Di dalam tasnya ditemukan daftar nama penerima dan puluhan amplop bertuliskan nomor TPS. Panwascam membawa pria itu bersama
barang bukti ke kantor Bawaslu untuk dimintai keterangan. Dua warga yang menerima amplop diperiksa sebagai saksi."""

ARREST = """Polisi menangkap dua orang bermasker yang diduga membakar posko pemenangan di Kampung Perak. Keduanya ditetapkan
sebagai tersangka. Dari tangan mereka disita sepeda motor dan botol bekas bensin. Dua relawan yang luka bakar sudah pulang."""


def place(code: str, role: PlaceRole = PlaceRole.KEJADIAN) -> Place:
    return Place(code, code, role, "text", 0, 1, 0.9)


def member(number: int, title: str, text: str, **changed: Any) -> Member:
    fields: dict[str, Any] = {
        "signals": ("perusakan",),
        "modality": Modality.KEJADIAN,
        "severity": 3,
        "places": (place("13.77.01"),),
        "event_time": None,
        "network": f"outlet{number}.example",
        "tier": 3,
        "published": NOON,
        "flagged": True,
        "withdrawn": False,
    } | changed
    assessment = Assessment(
        signals=dict.fromkeys(fields["signals"], 0.9),
        flagged_signals=fields["signals"],
        modality=fields["modality"],
        severity=fields["severity"],
        severity_points=(),
        urgency=Urgency.P2,
        flagged=fields["flagged"],
        flag_score=0.9,
        places=fields["places"],
        evidence=(),
        model_version="m",
        rules_version="r",
        event_time=fields["event_time"],
    )
    return Member(
        article_id=number,
        source_id=f"s{number}",
        network=fields["network"],
        tier=fields["tier"],
        title=title,
        text=text,
        signature=signature(title, text),
        published=fields["published"],
        first_seen=fields["published"] + timedelta(minutes=10),
        assessment=assessment,
        withdrawn=fields["withdrawn"],
    )


FIRST = member(1, "Posko Paslon di Pariaman Dibakar OTK, Dua Relawan Luka", BURNT)
COPY = member(2, "Posko Dibakar Orang Tak Dikenal", "PARIAMAN, KABAR – " + BURNT, published=NOON + timedelta(hours=5))
OTHER_REPORT = member(
    3, "Posko Relawan Terbakar, Saksi Lihat Pria Bermasker", BURNT_ELSEWHERE, places=(place("13.77"),)
)
FOLLOW_UP = member(
    4,
    "Dua Pembakar Posko di Kampung Perak Jadi Tersangka",
    ARREST,
    modality=Modality.PENANGANAN_HUKUM,
    severity=2,
    published=NOON + timedelta(days=6),
)
NEAR_MISS = member(5, "Bagi-bagi Amplop, Seorang Pria Diamankan Warga", MONEY, signals=("politik_uang",))


def score(one: Member, other: Member) -> float:
    return pair_score(profile_of(one), profile_of(other))


def groups(*members: Member) -> list[tuple[int, ...]]:
    return partition([profile_of(one) for one in members])


@pytest.mark.parametrize("joining", [COPY, OTHER_REPORT, FOLLOW_UP], ids=["copy", "own report", "arrest days later"])
def test_what_is_about_the_same_event_joins(joining: Member) -> None:
    assert score(FIRST, joining) > 0.5
    assert groups(FIRST, joining, NEAR_MISS) == [(1, joining.article_id), (5,)]


def test_another_event_of_the_same_place_and_day_stays_apart() -> None:
    assert score(FIRST, NEAR_MISS) < 0.5
    assert groups(FIRST, COPY, NEAR_MISS) == [(1, 2), (5,)]


PADANG = place("13.71")
BOMB = member(
    11,
    "Ancaman Bom di Gudang Logistik KPU Padang, Polisi Sterilkan Lokasi",
    """PADANG – Gudang logistik KPU Kota Padang menerima ancaman bom lewat telepon, Senin (25/11/2024) malam. Tim Jibom
Polda menyisir lokasi selama dua jam. Polisi memburu penelepon yang mengancam akan meledakkan gudang berisi surat suara.""",
    signals=("kekerasan_intimidasi", "logistik_tps"),
    places=(replace(PADANG, name="Kota Padang", zone="title", start=36, end=42),),
)
TORN = member(
    12,
    "Baliho Calon Wali Kota Dirusak di Tiga Kelurahan di Padang Timur",
    """PADANG, KABAR.example – Belasan baliho calon wali kota dirusak di tiga kelurahan di Kecamatan Padang Timur, Kota
Padang, Sabtu (23/11/2024) malam. Tim pasangan calon melapor ke Bawaslu.""",
    places=(place("13.71.02"), Place("13.71", "Kota Padang", PlaceRole.LATAR, "title", 52, 58, 0.9)),
    published=NOON - timedelta(days=1),
)
TRAINING = member(
    13,
    "Bawaslu Padang Latih Pengawas TPS Cegah Politik Uang",
    "PADANG – Bawaslu Kota Padang melatih 1.400 pengawas TPS untuk mencegah politik uang pada masa tenang.",
    signals=("politik_uang",),
    modality=Modality.PENCEGAHAN_KEGIATAN,
    severity=0,
    flagged=False,
    places=(Place("13.71", "Kota Padang", PlaceRole.KEJADIAN, "title", 8, 14, 0.9),),
    published=NOON - timedelta(days=1),
)


def test_three_stories_of_one_town_are_not_one_for_naming_it() -> None:
    assert all(score(one, other) < 0.1 for one, other in permutations([BOMB, TORN, TRAINING], 2))
    assert groups(BOMB, TORN, TRAINING) == [(12,), (13,), (11,)]


def test_the_name_of_the_region_is_no_word_in_common() -> None:
    words = profile_of(TORN).words
    assert number_of(stem("Padang")) not in {*words.whole, *words.weights, *words.title, *words.rare, *words.names}
    assert number_of(stem("Timur")) in words.whole, "a kecamatan tells events of one town apart"


def test_an_article_on_prevention_never_joins_an_event_of_its_town_by_the_place_alone() -> None:
    assert of_two_events(profile_of(TORN), profile_of(TRAINING))
    assert log_odds(profile_of(TORN), profile_of(TRAINING)) == -CERTAIN


def test_the_arrest_may_be_filed_under_another_signal_than_the_deed() -> None:
    arrest = replace(FOLLOW_UP, assessment=replace(FOLLOW_UP.assessment, flagged_signals=("netralitas_aparatur",)))
    assert not of_two_events(profile_of(FIRST), profile_of(arrest))


def test_the_same_words_in_another_kabupaten_are_another_event() -> None:
    template = replace(
        COPY, assessment=replace(COPY.assessment, places=(place("13.06.01"),)), network="elsewhere.example"
    )
    assert score(FIRST, template) < 0.01
    assert groups(FIRST, template) == [(1,), (2,)]


def test_a_copy_spreads_and_does_not_corroborate() -> None:
    incident = summarise([FIRST, COPY], NOON)
    assert (incident.spread, incident.independent_sources) == (2, 1)
    incident = summarise([FIRST, COPY, OTHER_REPORT], NOON)
    assert (incident.spread, incident.independent_sources) == (3, 2)


def test_hosts_of_one_network_and_clones_are_no_witnesses() -> None:
    same_house = replace(OTHER_REPORT, network=FIRST.network)
    clone = replace(OTHER_REPORT, article_id=9, tier=4)
    assert independent_sources([FIRST, same_house, clone]) == 1


def test_copies_raise_nothing_and_handling_does_not_undo_the_event() -> None:
    incident = summarise([FIRST, COPY, FOLLOW_UP], NOON)
    assert incident.severity == 3
    assert incident.modality is Modality.KEJADIAN
    assert incident.title == "Posko Paslon di Pariaman Dibakar OTK, Dua Relawan Luka"
    assert [place.code for place in incident.places] == ["13.77.01"]


def test_an_incident_is_the_same_in_whatever_order_its_articles_came() -> None:
    incidents = {summarise(order, NOON) for order in permutations([FIRST, COPY, OTHER_REPORT, FOLLOW_UP])}
    assert len(incidents) == 1


def test_an_incident_whose_articles_are_no_longer_flagged_falls_to_nothing() -> None:
    before = replace(summarise([FIRST], NOON), id=7, status=IncidentStatus.VERIFIKASI)
    corrected = replace(FIRST, assessment=replace(FIRST.assessment, flagged=False, severity=0))
    after = summarise([corrected], NOON + timedelta(hours=1), before)
    assert (after.id, after.status, after.severity, after.urgency) == (7, IncidentStatus.VERIFIKASI, 0, Urgency.P4)
    assert after.opened_at == before.opened_at


def test_an_incident_without_articles_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="at least one article"):
        summarise([], NOON)


def test_a_spun_copy_that_the_signature_does_not_tell_is_no_witness() -> None:
    other = replace(FIRST, article_id=77, network="lain", source_id="lain", signature=EMPTY)
    assert independent_sources([replace(FIRST, signature=EMPTY), other]) == 2
    assert (
        independent_sources([replace(FIRST, signature=EMPTY), replace(other, prints=frozenset({FIRST.article_id}))])
        == 1
    )
