"""The worked examples and rulings of the domain dossier (sections 2.2 and 2.3), told in made-up pieces."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from classifiers.severity import Judged, judge_severity, load_table
from classifiers.stages import StageWindow, load_calendar
from classifiers.text import read_document
from data.errors import SettingsError
from data.records import Modality

if TYPE_CHECKING:
    from pathlib import Path

KEJADIAN, DUGAAN, POTENSI = Modality.KEJADIAN, Modality.DUGAAN, Modality.ANCAMAN_POTENSI
CEGAH, HUKUM, OPINI = Modality.PENCEGAHAN_KEGIATAN, Modality.PENANGANAN_HUKUM, Modality.OPINI

TORN = "Tiga baliho calon bupati di Nagari Sungai Lasi ditemukan robek. Pelakunya orang tak dikenal."


def on(day: str) -> StageWindow | None:
    moment = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo("Asia/Jakarta"))
    return load_calendar().stage_at(moment, ["13.06"])


def judge(text: str, signals: list[str], modality: Modality, day: str | None = None, title: str = "") -> Judged:
    return judge_severity(read_document(title, text), signals, modality, window=on(day) if day else None)


class TestWorkedExamples:
    def test_torn_baliho_by_unknown_persons_in_september_is_1(self) -> None:
        judged = judge(TORN, ["perusakan"], KEJADIAN, "2024-09-12")
        assert judged.level == 1
        assert judged.points == (("dasar: perusakan x kejadian (hanya alat peraga)", 1),)

    def test_the_same_in_masa_tenang_with_armed_men_is_3(self) -> None:
        text = TORN + " Warga melihat empat pria membawa parang di dekat baliho itu."
        judged = judge(text, ["perusakan"], KEJADIAN, "2024-11-24")
        assert judged.level == 3
        assert ("pemicu 3: senjata", 2) in judged.points

    def test_the_same_words_in_a_simulation_are_0(self) -> None:
        text = TORN + " Warga melihat empat pria membawa parang. Begitulah skenario simulasi pengamanan kota."
        assert judge(text, ["perusakan"], CEGAH, "2024-11-24").level == 0

    def test_a_kpps_member_threatened_on_25_november_is_3(self) -> None:
        text = "Seorang ketua KPPS di Nagari Kubu didatangi dua pria yang mengancam dirinya soal hasil TPS."
        judged = judge(text, ["kekerasan_intimidasi"], KEJADIAN, "2024-11-25")
        assert judged.level == 3
        assert judged.points[0] == ("dasar: kekerasan_intimidasi x kejadian (ancaman atau kekerasan ringan)", 2)

    def test_a_flooded_tps_that_is_moved_and_goes_on_voting_is_2(self) -> None:
        text = (
            "Satu TPS di Kelurahan Rimbo tergenang banjir setinggi lutut, Rabu pagi. Petugas memindahkannya 200 meter ke "
            "balai warga dan pemungutan suara tetap berjalan."
        )
        judged = judge(text, ["logistik_tps"], KEJADIAN, "2024-11-27")
        assert judged.level == 2
        assert [amount for _, amount in judged.points] == [2, 1, -1]

    def test_ballots_of_the_neighbour_replaced_after_90_minutes_at_3_tps_are_2(self) -> None:
        text = (
            "Surat suara di tiga TPS Desa Sendang ternyata milik kabupaten tetangga. Logistik pengganti tiba 90 menit kemudian "
            "dan pemungutan suara dilanjutkan."
        )
        assert judge(text, ["logistik_tps"], KEJADIAN, "2024-11-27").level == 2

    def test_voting_that_began_90_minutes_late_was_not_halted(self) -> None:
        text = "Pencoblosan di tiga TPS tertunda sekitar 90 menit karena surat suara tertukar. Pengganti diambil dari gudang."
        assert judge(text, ["logistik_tps"], KEJADIAN, "2024-11-27").level == 2
        halted = text.replace("sekitar 90 menit", "sampai pekan depan")
        assert judge(halted, ["logistik_tps"], KEJADIAN, "2024-11-27").level == 3

    def test_ballots_of_five_stations_that_cannot_be_used_are_3(self) -> None:
        text = "KPU menemukan {} lembar surat suara pemilihan bupati salah cetak."
        assert judge(text.format("37 ribu"), ["logistik_tps"], KEJADIAN, "2024-11-11").level == 3
        assert judge(text.format("300"), ["logistik_tps"], KEJADIAN, "2024-11-11").level == 2

    def test_a_pierced_ballot_stays_a_breach_when_voting_goes_on(self) -> None:
        text = "Ketua KPPS mencoblos 19 lembar surat suara. Ia diganti dan pemungutan suara dibuka dengan cadangan."
        assert judge(text, ["integritas_penyelenggara"], KEJADIAN, "2024-11-27").level == 3

    def test_a_recap_halted_by_350_people_with_broken_panes_is_3_and_not_4(self) -> None:
        text = (
            "Rapat pleno rekapitulasi di kantor KPU diskors setelah 350 pendukung mendatangi lokasi. "
            "Sebagian melempari gedung, tiga kaca jendela pecah."
        )
        judged = judge(text, ["konflik_massa", "sengketa_tahapan"], KEJADIAN, "2024-12-03")
        assert judged.level == 3
        assert ("pemicu 3: tahapan terhenti", 1) in judged.points

    def test_a_flooded_tps_with_voting_postponed_is_3(self) -> None:
        text = "TPS 3 di Desa Muara terendam banjir sehingga pemungutan suara ditunda sampai pekan depan."
        assert judge(text, ["bencana_cuaca", "logistik_tps"], KEJADIAN, "2024-11-27").level == 3

    def test_a_verified_bomb_threat_is_4_and_an_unverified_one_is_not(self) -> None:
        text = "Kantor KPU menerima ancaman bom melalui surat. Polisi memastikan benda itu benar bom rakitan."
        assert judge(text, ["kekerasan_intimidasi"], POTENSI).level == 4
        unsure = "Kantor KPU menerima ancaman bom melalui surat. Polisi belum memastikan benda itu bom rakitan."
        assert judge(unsure, ["kekerasan_intimidasi"], POTENSI).level == 2

    def test_an_attack_usai_simulasi_is_no_drill(self) -> None:
        text = "Massa menyerang mapolsek usai simulasi pengamanan pilkada. Seorang polisi luka bacok."
        assert judge(text, ["kekerasan_intimidasi", "konflik_massa"], KEJADIAN).level == 3

    def test_the_committee_of_a_village_election_is_an_organiser(self) -> None:
        text = "Pilkades Sukamaju ricuh, pendukung calon yang kalah melukai dua panitia."
        judged = judge(text, ["konflik_massa"], KEJADIAN)
        assert ("+1 sasaran panitia pemilihan", 1) in judged.points
        assert judged.level == 3

    def test_burning_tyres_beside_a_sealed_police_office_burns_no_office(self) -> None:
        text = "Protes honor, massa bakar ban, ruangan polres disegel."
        assert judge(text, ["konflik_massa"], KEJADIAN).level < 4


class TestRulings:
    def test_a_peaceful_demonstration_is_1_however_large(self) -> None:
        text = "Sekitar 2.000 buruh berunjuk rasa di depan kantor gubernur. Mereka berorasi lalu pulang."
        assert judge(text, ["konflik_massa"], KEJADIAN).level == 1

    def test_a_scuffle_is_2(self) -> None:
        text = "Unjuk rasa mahasiswa di gedung dewan ricuh. Mereka terlibat saling dorong dengan polisi."
        assert judge(text, ["konflik_massa"], KEJADIAN).level == 2

    def test_a_clash_with_stab_wounds_is_3(self) -> None:
        text = "Dua kelompok pemuda bentrok di Pasar Lama. Dua orang menderita luka tusuk."
        assert judge(text, ["konflik_massa"], KEJADIAN).level == 3

    def test_a_death_in_a_brawl_is_4(self) -> None:
        text = "Tawuran pecah di Jalan Veteran, Sabtu malam. Seorang pelajar tewas dalam tawuran itu."
        judged = judge(text, ["konflik_massa"], KEJADIAN)
        assert judged.level == 4
        assert judged.evidence[-1].why == "pemicu 4: korban jiwa"

    def test_a_riot_that_burns_offices_is_4(self) -> None:
        text = "Kerusuhan pecah di ibu kota kabupaten. Massa membakar kantor bupati dan menjarah toko."
        assert judge(text, ["konflik_massa", "perusakan"], KEJADIAN).level == 4

    def test_a_crowd_that_burns_the_house_of_the_organisers_or_police_is_4(self) -> None:
        assert judge("Massa membakar gudang KPU seusai pleno.", ["konflik_massa", "perusakan"], KEJADIAN).level == 4

    def test_breakage_at_the_house_of_a_candidate_or_organiser_is_3(self) -> None:
        text = "Posko pemenangan pasangan calon dilempari telur, dua kaca jendela retak."
        assert judge(text, ["perusakan"], KEJADIAN, "2024-10-10").level == 3
        assert judge("Papan nama sekolah dirusak.", ["perusakan"], KEJADIAN, "2024-10-10").level == 2

    def test_the_process_over_a_threat_to_an_organiser_is_3(self) -> None:
        text = "Simpatisan yang mengancam ketua PPK dihukum 14 bulan penjara."
        assert judge(text, ["kekerasan_intimidasi"], HUKUM, "2025-02-10").level == 3

    def test_a_large_disaster_on_any_day_of_a_stage_is_4(self) -> None:
        text = "Gunung meletus dan sembilan warga meninggal dunia."
        assert judge(text, ["bencana_cuaca"], KEJADIAN, "2024-11-04").level == 4
        assert judge(text, ["bencana_cuaca"], KEJADIAN, "2025-11-04").level == 3

    def test_burnt_ballot_boxes_are_4(self) -> None:
        text = "Massa membakar empat kotak suara di halaman kantor camat."
        assert judge(text, ["konflik_massa", "perusakan"], KEJADIAN).level == 4

    def test_a_brawl_of_pupils_that_hurt_nobody_is_1(self) -> None:
        text = "Dua kelompok pelajar tawuran di jalan raya dan saling lempar batu, lalu bubar ketika polisi datang."
        assert judge(text, ["konflik_massa"], KEJADIAN).level == 1

    def test_deaths_of_a_disaster_are_3_outside_a_stage_and_4_on_its_days(self) -> None:
        text = "Banjir bandang menerjang Nagari Andaleh. Tiga warga meninggal dunia."
        assert judge(text, ["bencana_cuaca"], KEJADIAN, "2025-02-12").level == 3
        assert judge(text, ["bencana_cuaca"], KEJADIAN, "2024-11-26").level == 4

    def test_an_earthquake_that_broke_nothing_is_1(self) -> None:
        text = "Gempa magnitudo 5,1 mengguncang perairan barat. Belum ada laporan korban maupun kerusakan."
        assert judge(text, ["bencana_cuaca"], KEJADIAN, title="Gempa M5,1 Guncang Perairan Barat").level == 1

    def test_money_caught_with_evidence_is_3(self) -> None:
        text = "Warga mencegat sebuah mobil dan menemukan 84 amplop berisi uang bertuliskan nomor TPS."
        assert judge(text, ["politik_uang"], KEJADIAN).level == 3

    def test_an_ordered_revote_is_3_even_in_a_process(self) -> None:
        text = "Bawaslu merekomendasikan pemungutan suara ulang di TPS 4 setelah dua anggota KPPS terbukti mencoblos."
        assert judge(text, ["integritas_penyelenggara", "sengketa_tahapan"], HUKUM).level == 3

    def test_a_count_anew_is_3_from_five_tps_on(self) -> None:
        text = "MK memerintahkan KPU melakukan penghitungan surat suara ulang karena selisih ditemukan di {} TPS."
        assert judge(text.format("135"), ["sengketa_tahapan"], HUKUM).level == 3
        assert judge(text.format("dua"), ["sengketa_tahapan"], HUKUM).level == 2

    def test_a_rule_that_is_withdrawn_again_is_1(self) -> None:
        text = "KPU membatalkan keputusan itu setelah menuai kritik."
        assert judge(text, ["sengketa_tahapan"], KEJADIAN, title="KPU Cabut Aturan Dokumen Calon Rahasia").level == 1

    def test_those_who_drowned_are_no_victims_of_the_looting(self) -> None:
        text = "Banjir bandang melanda kota. Tiga warga meninggal dunia. Sejumlah warga merusak pintu gudang bantuan."
        assert judge(text, ["bencana_cuaca", "perusakan"], KEJADIAN).level == 3

    def test_an_officer_who_dies_of_illness_is_2(self) -> None:
        text = "Ketua KPPS di Desa Oesena meninggal dunia karena kelelahan. Ia punya riwayat tekanan darah tinggi."
        assert judge(text, ["integritas_penyelenggara"], KEJADIAN).level == 2

    def test_incitement_against_a_group_that_goes_viral_is_3_as_an_allegation(self) -> None:
        text = "Video ceramah yang diduga menghasut warga agar menolak calon wali kota karena sukunya beredar luas."
        assert judge(text, ["sara_kebencian"], DUGAAN).level == 3

    def test_a_threat_of_500_people_against_kpu_is_2(self) -> None:
        text = "Aliansi pemuda menyiapkan 500 orang untuk berunjuk rasa di kantor KPU, Rabu besok."
        assert judge(text, ["konflik_massa"], POTENSI).level == 2

    def test_a_map_of_42_tps_at_risk_stays_1(self) -> None:
        text = "Bawaslu memetakan 42 TPS rawan, terbanyak terkendala sinyal."
        assert judge(text, ["logistik_tps", "data_pemilih"], POTENSI).level == 1


class TestOneUnnamedSource:
    RUMOUR = (
        "Sekelompok orang dikabarkan membagikan sembako. Seorang warga yang enggan disebut namanya menceritakannya."
    )

    def judged(self, text: str, *, narrow_place: bool | None) -> int:
        return judge_severity(read_document("", text), ["politik_uang"], KEJADIAN, narrow_place=narrow_place).level

    def test_lowers_by_one_without_a_place_below_the_kabupaten(self) -> None:
        assert self.judged(self.RUMOUR, narrow_place=False) == 1

    def test_lowers_nothing_where_the_place_is_known_or_was_not_looked_for(self) -> None:
        assert self.judged(self.RUMOUR, narrow_place=True) == 2
        assert self.judged(self.RUMOUR, narrow_place=None) == 2

    def test_lowers_nothing_where_an_official_speaks_too(self) -> None:
        assert self.judged(self.RUMOUR + " Ketua Bawaslu membenarkannya.", narrow_place=False) == 2


class TestAbuseByAHead:
    TEXT = "Bupati melantik 27 pejabat tanpa izin Mendagri, sebulan sebelum penetapan calon."

    def test_is_3_where_it_stands_beyond_dispute(self) -> None:
        title = "Bupati Lantik 27 Pejabat Tanpa Izin Mendagri"
        assert judge(self.TEXT, ["penyalahgunaan_wewenang"], KEJADIAN, title=title).level == 3
        assert judge(self.TEXT, ["penyalahgunaan_wewenang"], DUGAAN, title=title).level == 2

    def test_is_2_where_a_candidate_or_an_office_is_meant(self) -> None:
        for title in ("Beras Bantuan Berstiker Calon Bupati Dibagikan", "Truk Dinas Angkut Panggung di Kantor Bupati"):
            text = "Warga mendapati fasilitas pemerintah dipakai untuk kampanye."
            assert judge(text, ["penyalahgunaan_wewenang"], KEJADIAN, title=title).level == 2


class TestAllegations:
    def test_of_money_stay_2_in_masa_tenang(self) -> None:
        text = "Relawan menuding lawannya mengumpulkan KTP dengan imbalan Rp300 ribu."
        assert judge(text, ["politik_uang"], DUGAAN, "2024-11-25").level == 2

    def test_of_organisers_reach_3_near_the_vote(self) -> None:
        text = "Anggota KPPS diduga mencoblos sisa surat suara."
        assert judge(text, ["integritas_penyelenggara"], DUGAAN, "2024-11-27").level == 3


class TestCaps:
    def test_a_ceremony_is_0_whatever_it_speaks_of(self) -> None:
        text = "Bupati memimpin rakor mengantisipasi kerusuhan, pembakaran TPS dan politik uang pada Pilkada."
        assert judge(text, ["politik_uang"], CEGAH, "2024-11-26").level == 0

    def test_an_irrelevant_article_is_0(self) -> None:
        assert judge("Lima orang tewas dalam film itu.", [], Modality.TIDAK_RELEVAN).level == 0

    def test_an_opinion_is_at_most_1(self) -> None:
        text = "Penulis mengenang kerusuhan yang membakar kantor dan menewaskan tiga orang."
        assert judge(text, ["konflik_massa", "kekerasan_intimidasi"], OPINI, "2024-11-26").level == 1

    def test_an_allegation_never_reaches_4(self) -> None:
        text = "Warga menduga dua orang tewas ditembak kelompok bersenjata di distrik itu."
        assert judge(text, ["kekerasan_intimidasi"], DUGAAN).level == 3

    def test_points_never_lift_3_to_4(self) -> None:
        text = "Tiga wartawan dikeroyok massa saat rapat pleno, empat orang luka berat."
        assert judge(text, ["kekerasan_intimidasi"], KEJADIAN, "2024-11-28").level == 3

    def test_what_was_found_untrue_is_0(self) -> None:
        document = read_document("", "Gakkumdu menghentikan laporan pembagian sembako karena tidak terbukti.")
        assert judge_severity(document, ["politik_uang"], HUKUM, negasi=True).level == 0

    def test_a_denial_by_the_accused_keeps_the_level_of_the_allegation(self) -> None:
        document = read_document("", "Calon itu membantah membagikan amplop kepada warga.")
        assert judge_severity(document, ["politik_uang"], DUGAAN, negasi=True).level == 2

    def test_background_of_years_ago_is_no_severity(self) -> None:
        document = read_document("", "Mengenang kerusuhan 1998, kantor-kantor dibakar dan ratusan orang tewas.")
        assert judge_severity(document, ["konflik_massa"], KEJADIAN, historis=True).level == 0


class TestPrevention:
    def test_posters_found_where_none_may_hang_are_1_and_clearing_for_masa_tenang_is_0(self) -> None:
        found = "Tim gabungan menurunkan 212 APK yang dipaku di pohon pelindung dan pagar sekolah."
        assert judge(found, ["pelanggaran_kampanye"], CEGAH).level == 1
        cleared = "Memasuki masa tenang, tim gabungan menurunkan 2.000 APK di seluruh kecamatan."
        assert judge(cleared, ["pelanggaran_kampanye"], CEGAH, "2024-11-24").level == 0

    def test_patrols_after_a_riot_are_1_and_a_talk_about_brawls_is_0(self) -> None:
        patrols = "Polisi memperketat penjagaan setelah kerusuhan yang membakar dua toko kemarin."
        assert judge(patrols, ["konflik_massa"], CEGAH).level == 1
        talk = "Polsek menggelar sosialisasi bahaya kenakalan remaja di sekolah."
        assert judge(talk, ["konflik_massa"], CEGAH, title="Sosialisasi Cegah Tawuran").level == 0

    def test_aid_around_a_disaster_is_1_and_a_drill_is_0(self) -> None:
        aid = "Relawan mengirim makanan untuk warga yang mengungsi karena banjir."
        assert judge(aid, ["bencana_cuaca"], CEGAH).level == 1
        drill = "Relawan mengikuti apel siaga menghadapi musim hujan."
        assert judge(drill, ["bencana_cuaca"], CEGAH, title="Apel Siaga Bencana").level == 0


class TestVillageElections:
    TEXT = "Penghitungan suara pemilihan wali nagari terhenti satu jam karena keributan antarpendukung. Dua orang luka ringan."

    def test_stage_halted_does_not_count_and_no_modifier_of_a_stage_either(self) -> None:
        judged = judge(self.TEXT, ["konflik_massa"], KEJADIAN, "2024-11-27")
        assert judged.level == 2
        assert judged.points == (("dasar: konflik_massa x kejadian (gesekan)", 2),)

    def test_a_death_is_capped_at_3(self) -> None:
        judged = judge(
            "Bentrok saat pilkades, seorang pendukung tewas ditikam.",
            ["konflik_massa", "kekerasan_intimidasi"],
            KEJADIAN,
        )
        assert judged.level == 3
        assert judged.points[-1] == ("batas pilkades/pilwana", -1)


class TestOnlyFactsCount:
    @pytest.mark.parametrize(
        "text",
        [
            "Unjuk rasa berjalan tertib. Tidak ada korban jiwa.",
            "Unjuk rasa berjalan tertib. Polisi berjaga agar tidak ada massa yang membakar kantor.",
            "Unjuk rasa berjalan tertib. Jika ricuh, polisi akan menembakkan gas air mata.",
            "Unjuk rasa berjalan tertib. Pada 2019 tiga orang tewas dalam kerusuhan di tempat yang sama.",
            "Unjuk rasa berjalan tertib. Pelaku pembakaran terancam hukuman mati.",
        ],
    )
    def test_what_is_denied_feared_imagined_or_past_lifts_nothing(self, text: str) -> None:
        document = read_document("", text)
        assert judge_severity(document, ["konflik_massa"], KEJADIAN, year=2024).level == 1


def test_without_a_moment_no_modifier_of_a_stage_counts() -> None:
    assert judge(TORN, ["perusakan"], KEJADIAN, None).level == 1


def test_every_point_that_rests_on_words_has_its_span() -> None:
    text = "Massa membakar kantor camat saat kerusuhan."
    judged = judge(text, ["konflik_massa", "perusakan"], KEJADIAN)
    assert [text[one.start : one.end] for one in judged.evidence if one.why.startswith("pemicu")] == ["membakar kantor"]
    assert {one.subject for one in judged.evidence} == {"severity"}


def test_the_points_add_up_to_the_level() -> None:
    text = "Rapat pleno rekapitulasi diskors setelah ratusan orang mengepung kantor KPU. Lima orang luka."
    for modality in Modality:
        judged = judge(text, ["konflik_massa", "sengketa_tahapan"], modality, "2024-12-03")
        assert sum(amount for _, amount in judged.points) == judged.level


def test_a_wrong_table_says_what_to_mend(tmp_path: Path) -> None:
    path = tmp_path / "severity.toml"
    path.write_text("[dasar]\npolitik_uang = [2, 2]\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"severity\.toml"):
        load_table(path)
